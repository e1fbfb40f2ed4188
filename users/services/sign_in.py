"""From what an outside issuer vouches for to a person here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from rest_framework.exceptions import AuthenticationFailed

from users.errors import AccountDisabledError, EmailTakenError, GoogleSignInMissingError
from users.issuers import google
from users.models import User
from users.services.people import change_user, get_or_create_user, prove_email

NAME_MAX_CHARACTERS = 200


def find_google_user(*, token: str) -> User:
    """The person whom a Google ID token stands for, made on first sight, named where nameless.

    Raises `GoogleSignInMissingError` and what `Issuer.verify` and `find_vouched_user` raise.
    """
    issuer = google()
    if issuer is None:
        raise GoogleSignInMissingError
    claims = issuer.verify(token)
    user = find_vouched_user({"email_verified": False, **claims})
    name = claimed_name(claims)
    if name and not user.name:
        change_user(user=user, name=name)
    return user


def find_vouched_user(claims: Mapping[str, Any]) -> User:
    """The person whose email is in verified claims, made on first sight.

    An issuer that says nothing of `email_verified` is believed only where
    `OUTSIDE_JWT_TRUST_EMAIL` says so. Raises `AuthenticationFailed` where the claims name nobody,
    `AccountDisabledError` where the account was deleted or switched off.
    """
    email = claims.get("email")
    verified = claims.get("email_verified", settings.OUTSIDE_JWT_TRUST_EMAIL)
    if not isinstance(email, str) or verified not in (True, "true"):
        raise AuthenticationFailed
    try:
        user = get_or_create_user(email=email, name=claimed_name(claims))
    except ValidationError as exc:
        raise AuthenticationFailed from exc
    except EmailTakenError as exc:
        raise AccountDisabledError from exc
    if not user.is_active:
        raise AccountDisabledError
    prove_email(user=user)
    return user


def claimed_name(claims: Mapping[str, Any]) -> str:
    name = claims.get("name")
    return name.strip()[:NAME_MAX_CHARACTERS] if isinstance(name, str) else ""
