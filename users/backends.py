"""Finding the person of a password or of a session."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables

from users.limits.addresses import client_address, subscriber
from users.models import User
from users.services.sign_in_lock import begin_attempt, forget_failures


class PersonBackend(ModelBackend):
    """Django's own, which also counts attempts, and brings the person's settings and account.

    Every way to sign in by password leads here: the site, the admin site, tokens.
    """

    @sensitive_variables("password")
    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        """Raises `SignInLockedError`."""
        email = username or kwargs.get(User.USERNAME_FIELD)
        if email is None or password is None:
            return None
        address = subscriber(client_address(request)) if request else ""
        attempt = begin_attempt(email=email, address=address)
        user = super().authenticate(request, email, password)
        if user is not None and attempt is not None:
            forget_failures(attempt)
        return user if isinstance(user, User) else None

    def get_user(self, user_id: Any) -> User | None:
        people = User.objects.present().select_related("settings", "account")
        return people.filter(pk=user_id, is_active=True).first()
