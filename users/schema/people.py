"""The routes of people, their settings and their credits."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import (
    OpenApiSerializerFieldExtension,
)
from drf_spectacular.utils import OpenApiParameter, PolymorphicProxySerializer
from rest_framework import serializers

from interview_trainer.schema import (
    BODY_FAILURES,
    FORBIDDEN,
    NOT_FOUND,
    failure,
    operation,
)
from users.errors import (
    EmailTakenError,
)
from users.schema.requests import (
    EMAIL,
    IDEMPOTENT,
    KEY_FAILURES,
    NO_CREDITS,
    PAGES,
    PERSON_FAILURES,
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

SEARCH = "How the email or the name starts; of the newest people, any part of them."
PEOPLE = "people"
ME = "me"


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


ERASE = OpenApiParameter(
    "erase",
    str,
    enum=["true"],
    description="`true` removes what is personal for good; otherwise the account is only closed.",
)
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
            OpenApiParameter("search", str, description=SEARCH),
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
