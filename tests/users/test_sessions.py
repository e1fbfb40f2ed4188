"""Sessions do not stay for ever."""

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.utils import timezone

from users.services.sessions import delete_old_sessions


def test_only_sessions_that_have_ended_are_deleted(owner, client, person_client):
    person_client(owner)
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    client.force_login(owner)
    assert delete_old_sessions() == 1
    assert Session.objects.get().session_key == client.session.session_key
