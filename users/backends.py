"""Finding the person of a session."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend

from users.models import User


class PersonBackend(ModelBackend):
    """Django's own, which also brings the person's settings and account in the same query."""

    def get_user(self, user_id: Any) -> User | None:
        people = User.objects.present().select_related("settings", "account")
        return people.filter(pk=user_id, is_active=True).first()
