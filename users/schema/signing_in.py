"""The routes of signing in, and the ways to say who one is."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from drf_spectacular.extensions import (
    OpenApiAuthenticationExtension,
)
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from interview_trainer.schema import (
    BODY_FAILURES,
    FORBIDDEN,
    UNAVAILABLE,
    failure,
    framework_failure,
    operation,
)
from users.auth_serializers import (
    RefreshSerializer,
    SignedInSerializer,
    SignedOutSerializer,
    TokenSerializer,
)
from users.errors import (
    AccountDisabledError,
    SignInLockedError,
)

SIGNING_IN = "signing in"
MESSAGE_EXAMPLE = {"message": "You are signed out"}


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # has no types
    target_class = "users.authentication.ApiKeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "x-api-key",
            "description": "A program's key, made by staff. It may do what its scopes allow.",
        }


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # has no types
    target_class = "users.authentication.TokenAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "A person's token, from `/api/auth/token` or an outside issuer.",
        }


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # has no types
    target_class = "users.authentication.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": settings.SESSION_COOKIE_NAME,
            "description": "A signed-in browser. What changes something also needs X-CSRFToken.",
        }


class TokenPairSerializer(serializers.Serializer[Any]):
    access = serializers.CharField()
    refresh = serializers.CharField()


class NewAccessSerializer(serializers.Serializer[Any]):
    access = serializers.CharField()


TOKEN = {
    "post": operation(
        "token",
        "Sign in for tokens",
        description="An email and a password for an access and a refresh token. Needs no key.",
        body=TokenSerializer,
        body_example={"email": "ada@example.com", "password": "correct horse battery staple"},
        answer=TokenPairSerializer,
        example={"access": "eyJhbGciOi…", "refresh": "eyJhbGciOi…"},
        failures=(*BODY_FAILURES, framework_failure(429), failure(SignInLockedError)),
        tag=SIGNING_IN,
    )
}

TOKEN_REFRESH = {
    "post": operation(
        "token_refresh",
        "A new access token",
        description="A refresh token for a new access token. Needs no key.",
        body=RefreshSerializer,
        body_example={"refresh": "eyJhbGciOi…"},
        answer=NewAccessSerializer,
        example={"access": "eyJhbGciOi…"},
        failures=BODY_FAILURES,
        tag=SIGNING_IN,
    )
}

GOOGLE_CALLBACK = {
    "get": operation(
        "google_callback",
        "Sign in with Google",
        description=(
            "A Google ID token, raw in `Authorization`, for a session cookie. A person who was"
            " never here before is created."
        ),
        answer=SignedInSerializer,
        example={"email": "ada@example.com", "name": "Ada Lovelace"},
        parameters=[
            OpenApiParameter(
                "Authorization",
                str,
                OpenApiParameter.HEADER,
                required=True,
                description="The Google ID token. `Bearer` before it is optional.",
            )
        ],
        failures=[FORBIDDEN, failure(AccountDisabledError), UNAVAILABLE],
        tag=SIGNING_IN,
    )
}

LOGOUT = {
    "get": operation(
        "logout",
        "Sign out",
        description="Ends the session that the request carries, if any.",
        answer=SignedOutSerializer,
        example=MESSAGE_EXAMPLE,
        failures=[framework_failure(403)],
        tag=SIGNING_IN,
    )
}
