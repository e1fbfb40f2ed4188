"""The tokens that this service issues: short-lived for access, longer-lived to get a new one.

Signed and read by djangorestframework-simplejwt under `settings.SIMPLE_JWT`, which checks the
signature, `exp`, `iss` and `aud`. `nbf` is ours. A token names its user and carries a digest of
the stored password, so that a changed password ends every token.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.conf import settings
from rest_framework.exceptions import AuthenticationFailed
from rest_framework_simplejwt import tokens
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import (
    TokenBackendError,
    TokenBackendExpiredToken,
    TokenError,
)
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.utils import get_md5_hash_password

from users.models import User


class RotatingBackend(TokenBackend):
    """Signs with today's key. What a former key signed holds as long as that key is listed."""

    def decode(self, token: Any, verify: bool = True) -> dict[str, Any]:
        try:
            return super().decode(token, verify)
        except TokenBackendExpiredToken:
            raise
        except TokenBackendError:
            for key in settings.JWT_FORMER_KEYS:
                with suppress(TokenBackendError):
                    return make_backend(TokenBackend, key).decode(token, verify)
            raise


def make_backend(kind: type[TokenBackend], key: str) -> TokenBackend:
    return kind(
        api_settings.ALGORITHM,
        key,
        audience=api_settings.AUDIENCE,
        issuer=api_settings.ISSUER,
        leeway=api_settings.LEEWAY,
    )


class NotBeforeToken(tokens.Token):
    """A token that says from when it is good, and is refused where it does not say so."""

    _token_backend = make_backend(RotatingBackend, settings.JWT_SIGNING_KEY)

    def __init__(self, token: Any = None, verify: bool = True) -> None:
        super().__init__(token, verify)
        if token is None:
            self["nbf"] = self["iat"]

    def verify(self) -> None:
        super().verify()
        if "nbf" not in self:
            raise TokenError("Token has no 'nbf' claim")


class AccessToken(tokens.AccessToken, NotBeforeToken):
    pass


class RefreshToken(tokens.RefreshToken, NotBeforeToken):  # type: ignore[misc]  # for_user's types
    access_token_class = AccessToken


def read_access_token(token: str) -> AccessToken:
    """The verified token. Raises `AuthenticationFailed`."""
    try:
        return AccessToken(token)
    except TokenError as exc:
        raise AuthenticationFailed from exc


def find_token_user(token: tokens.Token) -> User:
    """The user of a verified token, with settings and account.

    Raises `AuthenticationFailed` where the user is deleted or inactive, or the password has
    changed since the token was made.
    """
    people = User.objects.present().select_related("settings", "account")
    user = people.filter(pk=token[api_settings.USER_ID_CLAIM], is_active=True).first()
    if user is None or token.get(api_settings.REVOKE_TOKEN_CLAIM) != password_digest(user):
        raise AuthenticationFailed
    return user


def password_digest(user: User) -> str:
    """As simplejwt writes it. What is digested is a salted hash, or random where there is none."""
    return get_md5_hash_password(user.password)
