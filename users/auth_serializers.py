"""Signing in by email and password, and getting a new access token."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework_simplejwt.serializers import (
    PasswordField,
    TokenObtainPairSerializer,
    TokenRefreshSerializer,
)

from users.tokens import RefreshToken, find_token_user


class TokenSerializer(TokenObtainPairSerializer):
    """`{email, password}` in, `{access, refresh}` out.

    The answer to an unknown email and to a wrong password is the same, after the same work:
    Django's backend hashes the password either way.
    """

    token_class = RefreshToken

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"] = PasswordField(trim_whitespace=False)


class RefreshSerializer(TokenRefreshSerializer):
    """`{refresh}` in, `{access}` out. The refresh token stays good until it expires."""

    token_class = RefreshToken

    def validate(self, attrs: dict[str, Any]) -> dict[str, str]:
        refresh = RefreshToken(attrs["refresh"])
        find_token_user(refresh)
        return {"access": str(refresh.access_token)}


class SignedInSerializer(serializers.Serializer[Any]):
    """Who has signed in, as existing frontends read it."""

    email = serializers.EmailField()
    name = serializers.CharField()


class SignedOutSerializer(serializers.Serializer[Any]):
    message = serializers.CharField()
