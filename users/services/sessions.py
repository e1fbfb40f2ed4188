"""Sessions that have ended by time. Django itself leaves their rows for ever."""

from django.contrib.sessions.models import Session
from django.utils import timezone


def delete_old_sessions() -> int:
    """Says how many those were."""
    deleted, _ = Session.objects.filter(expire_date__lt=timezone.now()).delete()
    return deleted
