"""Signing in and out: by password for tokens, by Google for a session."""

from __future__ import annotations

from typing import ClassVar

import structlog
from django.contrib.auth import login, logout
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework_simplejwt.views import TokenViewBase

from interview_trainer.schema import describe
from users.auth_serializers import (
    RefreshSerializer,
    SignedInSerializer,
    SignedOutSerializer,
    TokenSerializer,
)
from users.authentication import BEARER, ApiKeyAuthentication
from users.limits.rates import Kind
from users.models import Scope
from users.permissions import IsIdentified
from users.schema import signing_in
from users.services.sign_in import find_google_user


@describe(**signing_in.TOKEN)
class TokenView(TokenViewBase):
    """Email and password for an access and a refresh token. Needs no key."""

    serializer_class = TokenSerializer
    limited_as: ClassVar = {"post": (Kind.TOKEN,)}


@describe(**signing_in.TOKEN_REFRESH)
class TokenRefreshView(TokenViewBase):
    """A refresh token for a new access token. Needs no key."""

    serializer_class = RefreshSerializer
    limited_as: ClassVar = {"post": (Kind.TOKEN,)}


@describe(**signing_in.GOOGLE_CALLBACK)
class GoogleCallbackView(APIView):
    """A Google ID token, raw in `Authorization`, for a session. Needs a key."""

    authentication_classes = (ApiKeyAuthentication,)
    scopes: ClassVar = {"get": Scope.USERS_WRITE}

    def get(self, request: Request) -> Response:
        user = find_google_user(token=google_token(request))
        login(request._request, user)
        structlog.contextvars.bind_contextvars(user_id=user.pk)
        return Response(SignedInSerializer(user).data)


@describe(**signing_in.LOGOUT)
class LogoutView(APIView):
    """Ends the session that the request carries, if any."""

    permission_classes = (IsIdentified,)

    def get(self, request: Request) -> Response:
        logout(request._request)
        return Response(SignedOutSerializer({"message": "You are signed out"}).data)


def google_token(request: Request) -> str:
    """The token in `Authorization`; frontends send it raw, and `Bearer` before it is fine too."""
    header = request.headers.get("authorization", "").strip()
    scheme, _, token = header.partition(" ")
    if scheme.lower() == BEARER:
        header = token.strip()
    if not header:
        raise AuthenticationFailed
    return header
