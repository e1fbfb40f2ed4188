"""The shapes of people, settings and credits, as clients send and read them."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError as DjangoValidationError
from django.core.validators import RegexValidator
from rest_framework import serializers

from interview_trainer.fields import StrictBooleanField, StrictCharField, StrictIntegerField
from users.models import CreditAccount, LedgerEntry, User, UserSettings
from users.models.user import normalize_email


class NormalizedEmailField(StrictCharField):
    """An email address, in the one spelling that is stored."""

    def to_internal_value(self, data: Any) -> str:
        try:
            return normalize_email(super().to_internal_value(data))
        except DjangoValidationError as exc:
            raise serializers.ValidationError(exc.messages, code="invalid") from exc


class ModelNameField(StrictCharField):
    """The name of a model. Names that the catalogue does not know are mapped when used."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=100, **kwargs)
        self.validators.append(
            RegexValidator(r"\A[\w.:/@-]+\Z", "Use letters, digits and . : / @ _ - only.")
        )


class UserSettingsSerializer(serializers.ModelSerializer[UserSettings]):
    email = serializers.EmailField(source="user.email", read_only=True)
    llm_model = ModelNameField(required=False)
    stt_model = ModelNameField(required=False)
    tts_model = ModelNameField(required=False)
    auto_play_audio = StrictBooleanField(required=False)

    class Meta:
        model = UserSettings
        fields = ["email", "llm_model", "stt_model", "tts_model", "auto_play_audio"]


class UserSerializer(serializers.ModelSerializer[User]):
    """A user as existing frontends read it (capitals as in the first service)."""

    ID = serializers.IntegerField(source="pk", read_only=True)
    credits = serializers.IntegerField(source="account.available", read_only=True)
    UserSettings = UserSettingsSerializer(source="settings", read_only=True)

    class Meta:
        model = User
        fields = ["ID", "email", "credits", "created_at", "updated_at", "UserSettings"]
        read_only_fields = ["email"]


class UserCreateSerializer(serializers.Serializer[User]):
    email = NormalizedEmailField()


class UserChangeSerializer(serializers.Serializer[User]):
    email = NormalizedEmailField(required=False)
    name = StrictCharField(required=False, allow_blank=True, max_length=200)
    is_active = StrictBooleanField(required=False)


class MeSerializer(UserSerializer):
    """The signed-in person, with what only they need."""

    held = serializers.IntegerField(source="account.held", read_only=True)

    class Meta(UserSerializer.Meta):
        fields = [*UserSerializer.Meta.fields, "name", "held", "is_staff"]
        read_only_fields = ["email", "name", "is_staff"]


class MeChangeSerializer(serializers.Serializer[User]):
    name = StrictCharField(required=False, allow_blank=True, max_length=200)


class LedgerEntrySerializer(serializers.ModelSerializer[LedgerEntry]):
    """One entry. `available`, `held` and `charged` are what it added to (or took from) each."""

    operation_id = serializers.SerializerMethodField()

    class Meta:
        model = LedgerEntry
        fields = [
            "id",
            "sequence",
            "kind",
            "available",
            "held",
            "charged",
            "available_after",
            "held_after",
            "reason",
            "operation_id",
            "created_at",
        ]

    def get_operation_id(self, entry: LedgerEntry) -> str | None:
        hold = entry.opens or entry.resolves
        return str(hold.operation_id) if hold else None


def check_credits_amount(amount: int) -> None:
    most = settings.MAX_GRANT_CREDITS
    if amount == 0 or abs(amount) > most:
        raise serializers.ValidationError(
            f"Send a whole number from 1 to {most:,}, or one below 0 to take back."
        )


class CreditsChangeSerializer(serializers.Serializer[LedgerEntry]):
    """Credits to give (above 0) or to take back (below 0), and why."""

    amount = StrictIntegerField(validators=[check_credits_amount])
    reason = StrictCharField(max_length=200)


class BalanceSerializer(serializers.ModelSerializer[CreditAccount]):
    balance = serializers.IntegerField(source="available")

    class Meta:
        model = CreditAccount
        fields = ["balance", "held"]
