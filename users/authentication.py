"""Who is asking: another program by its API key, or a person by token or session.

An API key is not a person: `request.user` stays anonymous and `request.auth` is the `ApiKey`.
"""

from __future__ import annotations

import secrets
from abc import ABC, abstractmethod
from datetime import timedelta

import structlog
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from rest_framework import authentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from interview_trainer.errors import AppError
from interview_trainer.stages import stage
from users.issuers import outside_issuer, unverified_issuer
from users.limits.throttling import count_wrong_credentials
from users.models import ApiKey, User
from users.models.api_key import hash_secret
from users.services.sign_in import find_vouched_user
from users.statements import find
from users.tokens import find_token_user, read_access_token

API_KEY_HEADER = "x-api-key"
BEARER = "bearer"
LAST_USED_PRECISION = timedelta(minutes=1)

Found = tuple[AnonymousUser, ApiKey] | tuple[User, None]


class CountedAuthentication(authentication.BaseAuthentication, ABC):
    """Credentials that do not hold are a 401, and a 429 where there are too many of them."""

    def authenticate(self, request: Request) -> Found | None:
        try:
            return self.find(request)
        except (AuthenticationFailed, AppError) as exc:
            # DRF does this for its own errors only. Without it, a page that shows the error would
            # ask who is there, and fail again.
            request._not_authenticated()  # type: ignore[attr-defined]  # not in the stubs
            if isinstance(exc, AuthenticationFailed):
                count_wrong_credentials(request._request)
            raise

    @abstractmethod
    def find(self, request: Request) -> Found | None:
        """Who sends these credentials; None where there are none of this kind."""


class ApiKeyAuthentication(CountedAuthentication):
    """The header `x-api-key`. A wrong, expired or revoked key does not hold."""

    def find(self, request: Request) -> tuple[AnonymousUser, ApiKey] | None:
        offered = request.headers.get(API_KEY_HEADER)
        if offered is None:
            return None
        api_key = find_usable_key(offered)
        if api_key is None:
            raise AuthenticationFailed
        structlog.contextvars.bind_contextvars(key_id=api_key.pk)
        note_use(api_key)
        return AnonymousUser(), api_key

    def authenticate_header(self, request: Request) -> str:
        return 'ApiKey realm="api"'


@stage("auth")
def find_usable_key(offered: str) -> ApiKey | None:
    """The key that this secret belongs to, unless it is expired or revoked."""
    marker, _, rest = offered.partition("_")
    prefix, _, secret = rest.partition("_")
    if marker != "it" or not prefix.isascii() or not secret:
        return None
    api_key = find(ApiKey, prefix=prefix)
    if api_key is None or not secrets.compare_digest(api_key.secret_hash, hash_secret(offered)):
        return None
    return api_key if api_key.is_usable_at(timezone.now()) else None


def note_use(api_key: ApiKey) -> None:
    """Keep `last_used_at` to the minute: one write a minute, not one a request."""
    now = timezone.now()
    if api_key.last_used_at is None or now - api_key.last_used_at > LAST_USED_PRECISION:
        ApiKey.objects.filter(pk=api_key.pk).update(last_used_at=now)


class TokenAuthentication(CountedAuthentication):
    """The header `Authorization: Bearer <JWT>`, ours or an outside issuer's.

    Other schemes are ignored. A person whose account is switched off is a 403 or (by our own token)
    a 401; an outside issuer out of reach, a 503.
    """

    def find(self, request: Request) -> tuple[User, None] | None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != BEARER:
            return None
        user = find_bearer(token.strip())
        structlog.contextvars.bind_contextvars(user_id=user.pk)
        return user, None

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


@stage("auth")
def find_bearer(token: str) -> User:
    """The person that a token stands for, with settings and account.

    Raises `AuthenticationFailed`, `AccountDisabledError` or `IssuerUnavailableError`.
    """
    name = unverified_issuer(token)
    if name == settings.JWT_ISSUER:
        return find_token_user(read_access_token(token))
    issuer = outside_issuer()
    if issuer is None or name not in issuer.names:
        raise AuthenticationFailed
    return find_vouched_user(issuer.verify(token))


class SessionAuthentication(authentication.SessionAuthentication):
    """Django's session, with its CSRF check."""

    @stage("auth")
    def authenticate(self, request: Request) -> tuple[User, None] | None:
        found: tuple[User, None] | None = super().authenticate(request)
        if found is not None:
            structlog.contextvars.bind_contextvars(user_id=found[0].pk)
        return found
