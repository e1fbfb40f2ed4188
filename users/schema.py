"""How the routes of people and of signing in show in the OpenAPI document."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from drf_spectacular.extensions import (
    OpenApiAuthenticationExtension,
    OpenApiSerializerFieldExtension,
)
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, PolymorphicProxySerializer
from rest_framework import serializers

from interview_trainer.schema import (
    BODY_FAILURES,
    FORBIDDEN,
    INVALID,
    NOT_FOUND,
    UNAVAILABLE,
    answer_header,
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
    BadOperationKeyError,
    EmailRequiredError,
    EmailTakenError,
    ForeignEmailError,
    InsufficientCreditsError,
    OperationInProgressError,
    OperationKeyReusedError,
    OperationSettledError,
    UserNotFoundError,
)
from users.serializers import (
    BalanceSerializer,
    CreditsChangeSerializer,
    LedgerEntrySerializer,
    MeChangeSerializer,
    MeSerializer,
    UserChangeSerializer,
    UserCreateSerializer,
    UserSerializer,
    UserSettingsSerializer,
)


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


class EmailFieldSchema(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]  # has no types
    target_class = "users.serializers.NormalizedEmailField"

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        return {"type": "string", "format": "email"}


# Shapes that views put together from serializers.


class UserPageSerializer(serializers.Serializer[Any]):
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = UserSerializer(many=True)


class LedgerPageSerializer(BalanceSerializer):
    """The balances, then entries, newest first."""

    entries = LedgerEntrySerializer(many=True)
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)

    class Meta(BalanceSerializer.Meta):
        fields = [*BalanceSerializer.Meta.fields, "entries", "next", "previous"]


class CreditsChangedSerializer(BalanceSerializer):
    entry = LedgerEntrySerializer()

    class Meta(BalanceSerializer.Meta):
        fields = [*BalanceSerializer.Meta.fields, "entry"]


class TokenPairSerializer(serializers.Serializer[Any]):
    access = serializers.CharField()
    refresh = serializers.CharField()


class NewAccessSerializer(serializers.Serializer[Any]):
    access = serializers.CharField()


EMAIL = OpenApiParameter(
    "email",
    OpenApiTypes.EMAIL,
    description="The person. A key must name one; a signed-in person may only name themselves.",
)
ERASE = OpenApiParameter(
    "erase",
    str,
    enum=["true"],
    description="`true` removes what is personal for good; otherwise the account is only closed.",
)
CURSOR = OpenApiParameter(
    "cursor", str, description="Where the page starts, from `next` or `previous`."
)
PAGE_SIZE = OpenApiParameter("page_size", int, description="How many to a page, at most 200.")
PAGES = (CURSOR, PAGE_SIZE)
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
    OpenApiParameter.HEADER,
    description=(
        "Your own id for this operation. The same request again is answered with the stored"
        " answer, and nothing is charged or granted again."
    ),
)

IDEMPOTENT = (
    IDEMPOTENCY_KEY,
    answer_header(
        "Idempotency-Replayed", str, "`true` where this is a stored answer.", required=False
    ),
)

KEY_FAILURES = (
    failure(BadOperationKeyError),
    failure(OperationInProgressError),
    failure(OperationSettledError),
    failure(OperationKeyReusedError),
)
PERSON_FAILURES = (
    failure(EmailRequiredError),
    INVALID,
    FORBIDDEN,
    failure(ForeignEmailError),
    failure(UserNotFoundError),
)
NO_CREDITS = failure(InsufficientCreditsError, required=3, balance=1)
NO_SUCH_USER = (FORBIDDEN, NOT_FOUND)

SETTINGS_EXAMPLE = {
    "email": "ada@example.com",
    "llm_model": "gpt-3.5-turbo",
    "stt_model": "whisper-1",
    "tts_model": "elevenlabs-multilingual-v1",
    "auto_play_audio": True,
}
SETTINGS_SENT = {name: value for name, value in SETTINGS_EXAMPLE.items() if name != "email"}
USER_EXAMPLE = {
    "ID": 7,
    "email": "ada@example.com",
    "credits": 300,
    "created_at": "2026-11-02T09:30:00Z",
    "updated_at": "2026-11-02T09:30:00Z",
    "UserSettings": SETTINGS_EXAMPLE,
}
ME_EXAMPLE = USER_EXAMPLE | {"name": "Ada", "held": 0, "is_staff": False}
ENTRY_EXAMPLE = {
    "id": 41,
    "sequence": 2,
    "kind": "adjustment",
    "available": 50,
    "held": 0,
    "charged": 0,
    "available_after": 350,
    "held_after": 0,
    "reason": "Thanks for the bug report",
    "operation_id": None,
    "created_at": "2026-11-02T10:00:00Z",
}
LEDGER_EXAMPLE = {
    "balance": 350,
    "held": 0,
    "entries": [ENTRY_EXAMPLE],
    "next": None,
    "previous": None,
}
MESSAGE_EXAMPLE = {"message": "You are signed out"}

PEOPLE = "people"
ME = "me"
SIGNING_IN = "signing in"

USERS = {
    "list": operation(
        "users_list",
        "One user by email, or all users by pages",
        description="One user by `?email=`. Without it all users, newest first, by pages.",
        answer=PolymorphicProxySerializer(
            "UserOrUserPage",
            [UserSerializer, UserPageSerializer],
            resource_type_field_name=None,
            many=False,
        ),
        example=USER_EXAMPLE,
        parameters=[
            EMAIL,
            OpenApiParameter("search", str, description="A part of the email or the name."),
        ],
        failures=[*PERSON_FAILURES, NOT_FOUND],
        tag=PEOPLE,
    ),
    "create": operation(
        "users_create",
        "Create a user",
        description="Create a user, with settings and the welcome credits.",
        body=UserCreateSerializer,
        body_example={"email": "ada@example.com"},
        answer=UserSerializer,
        example=USER_EXAMPLE,
        failures=[*BODY_FAILURES, FORBIDDEN, failure(EmailTakenError)],
        tag=PEOPLE,
    ),
    "retrieve": operation(
        "users_read",
        "One user by id",
        answer=UserSerializer,
        example=USER_EXAMPLE,
        failures=NO_SUCH_USER,
        tag=PEOPLE,
    ),
    "partial_update": operation(
        "users_change",
        "Change a user",
        description="Change the members that are sent; the others stay.",
        body=UserChangeSerializer,
        body_example={"name": "Ada"},
        answer=UserSerializer,
        example=USER_EXAMPLE,
        failures=[*BODY_FAILURES, *NO_SUCH_USER, failure(EmailTakenError)],
        tag=PEOPLE,
    ),
    "destroy": operation(
        "users_delete",
        "Delete or erase a user",
        description=(
            "Close the account: it is not found any more, and its email stays taken."
            " With `?erase=true` what is personal is removed for good."
        ),
        answer=None,
        status=204,
        parameters=[ERASE],
        failures=NO_SUCH_USER,
        tag=PEOPLE,
    ),
    "read_settings": operation(
        "users_settings_read",
        "A user's settings",
        answer=UserSettingsSerializer,
        example=SETTINGS_EXAMPLE,
        parameters=[EMAIL],
        failures=PERSON_FAILURES,
        tag=PEOPLE,
    ),
    "change_settings": operation(
        "users_settings_change",
        "Change a user's settings",
        description="Change the settings that are sent; the others stay.",
        body=UserSettingsSerializer,
        body_example=SETTINGS_SENT,
        answer=UserSettingsSerializer,
        example=SETTINGS_EXAMPLE,
        parameters=[EMAIL],
        failures=[*BODY_FAILURES, *PERSON_FAILURES],
        tag=PEOPLE,
    ),
    "read_credits": operation(
        "users_credits_read",
        "A user's credits and ledger",
        answer=LedgerPageSerializer,
        example=LEDGER_EXAMPLE,
        parameters=PAGES,
        failures=NO_SUCH_USER,
        tag=PEOPLE,
    ),
    "change_credits": operation(
        "users_credits_change",
        "Give or take back credits",
        description=(
            "Give credits, or take back with an amount below 0, never more than are available."
        ),
        body=CreditsChangeSerializer,
        body_example={"amount": 50, "reason": "Thanks for the bug report"},
        answer=CreditsChangedSerializer,
        example={"balance": 350, "held": 0, "entry": ENTRY_EXAMPLE},
        parameters=IDEMPOTENT,
        failures=[*BODY_FAILURES, *KEY_FAILURES, *NO_SUCH_USER, NO_CREDITS],
        tag=PEOPLE,
    ),
}

MY = {
    "retrieve": operation(
        "me_read",
        "The signed-in person",
        answer=MeSerializer,
        example=ME_EXAMPLE,
        parameters=[EMAIL],
        failures=PERSON_FAILURES,
        tag=ME,
    ),
    "partial_update": operation(
        "me_change",
        "Change the signed-in person",
        body=MeChangeSerializer,
        body_example={"name": "Ada"},
        answer=MeSerializer,
        example=ME_EXAMPLE,
        parameters=[EMAIL],
        failures=[*BODY_FAILURES, *PERSON_FAILURES],
        tag=ME,
    ),
    "destroy": operation(
        "me_delete",
        "Delete or erase the signed-in person",
        answer=None,
        status=204,
        parameters=[EMAIL, ERASE],
        failures=PERSON_FAILURES,
        tag=ME,
    ),
    "read_settings": operation(
        "me_settings_read",
        "My settings",
        answer=UserSettingsSerializer,
        example=SETTINGS_EXAMPLE,
        parameters=[EMAIL],
        failures=PERSON_FAILURES,
        tag=ME,
    ),
    "change_settings": operation(
        "me_settings_change",
        "Change my settings",
        description="Change the settings that are sent; the others stay.",
        body=UserSettingsSerializer,
        body_example=SETTINGS_SENT,
        answer=UserSettingsSerializer,
        example=SETTINGS_EXAMPLE,
        parameters=[EMAIL],
        failures=[*BODY_FAILURES, *PERSON_FAILURES],
        tag=ME,
    ),
    "read_credits": operation(
        "me_credits_read",
        "My credits and ledger",
        answer=LedgerPageSerializer,
        example=LEDGER_EXAMPLE,
        parameters=[EMAIL, *PAGES],
        failures=[*PERSON_FAILURES, NOT_FOUND],
        tag=ME,
    ),
}

TOKEN = {
    "post": operation(
        "token",
        "Sign in for tokens",
        description="An email and a password for an access and a refresh token. Needs no key.",
        body=TokenSerializer,
        body_example={"email": "ada@example.com", "password": "correct horse battery staple"},
        answer=TokenPairSerializer,
        example={"access": "eyJhbGciOi…", "refresh": "eyJhbGciOi…"},
        failures=BODY_FAILURES,
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
