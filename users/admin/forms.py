"""The forms of the admin's pages."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import RegexValidator
from django.utils import timezone
from unfold.forms import UserChangeForm, UserCreationForm
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminTextInputWidget,
)

from users.limits.rates import OF_KEYS, Kind, read_rate
from users.models import Scope, User, UserSettings
from users.models.api_key import validate_rate
from users.models.user import normalize_email
from users.serializers import ModelNameField


class DateWidget(UnfoldAdminTextInputWidget):
    input_type = "date"


class ConfirmForm(forms.Form):
    """Nothing to fill in: sending it is the answer."""


class ReasonForm(forms.Form):
    reason = forms.CharField(
        max_length=200,
        widget=UnfoldAdminTextInputWidget,
        help_text="Stays in the ledger for good. No more about the person than it takes.",
    )


class CreditsForm(ReasonForm):
    """Credits and why. Each rendered form has a key of its own, so that it counts once."""

    amount = forms.IntegerField(widget=UnfoldAdminIntegerFieldWidget)
    operation_key = forms.UUIDField(initial=uuid.uuid4, widget=forms.HiddenInput)
    field_order = ["amount", "reason"]

    def clean_amount(self) -> int:
        amount: int = self.cleaned_data["amount"]
        most = settings.MAX_GRANT_CREDITS
        if amount == 0 or abs(amount) > most:
            raise forms.ValidationError(f"Enter a whole number from 1 to {most:,}, or below 0.")
        return amount

    def clean_operation_key(self) -> str:
        key: uuid.UUID = self.cleaned_data["operation_key"]
        return key.hex


class GrantForm(CreditsForm):
    def clean_amount(self) -> int:
        amount = super().clean_amount()
        if amount < 1:
            raise forms.ValidationError("A grant is of one credit or more; adjust to take back.")
        return amount


class AdjustForm(CreditsForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"].help_text = "Below 0 takes back, never more than is available."


class EraseForm(forms.Form):
    """Typing the address again is what keeps the wrong person from being erased."""

    email = forms.CharField(label="Email, once more", widget=UnfoldAdminTextInputWidget)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if email.strip().lower() != self.user.email:
            raise forms.ValidationError("This is not the person's email.")
        return email


class PersonCreateForm(UserCreationForm):
    class Meta:
        model = User
        fields = ["email", "name"]

    def clean_email(self) -> str:
        return normalize_email(self.cleaned_data["email"])


class PersonChangeForm(UserChangeForm):
    class Meta:
        model = User
        fields = "__all__"
        field_classes: dict[str, Any] = {}

    def clean_email(self) -> str:
        return normalize_email(self.cleaned_data["email"])


class SettingsForm(forms.ModelForm):
    """Model names may be older than the catalogue, so any that could be one is taken."""

    class Meta:
        model = UserSettings
        fields = ["llm_model", "stt_model", "tts_model", "auto_play_audio"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rules = [rule for rule in ModelNameField().validators if isinstance(rule, RegexValidator)]
        for name in ("llm_model", "stt_model", "tts_model"):
            self.fields[name].validators.extend(rules)


class KeyLimitsForm(forms.Form):
    """Empty is as the settings say."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in OF_KEYS:
            self.fields[kind.value] = forms.CharField(
                label=kind.label,
                required=False,
                max_length=20,
                validators=[validate_rate],
                widget=UnfoldAdminTextInputWidget,
                help_text=f"Default: {default_rate_of_keys(kind)}",
            )
        self.fields["streams"] = forms.IntegerField(
            label="At once",
            required=False,
            min_value=1,
            widget=UnfoldAdminIntegerFieldWidget,
            help_text=f"Default: {settings.STREAMS_PER_KEY or 'off'}",
        )

    @property
    def limits(self) -> dict[str, str | int]:
        return {name: value for name, value in self.cleaned_data.items() if value}


def default_rate_of_keys(kind: Kind) -> str:
    rate, times = read_rate(settings.LIMITS[kind]), settings.LIMIT_TIMES_PER_KEY
    if rate is None or not times:
        return "off"
    return f"{settings.LIMITS[kind]} for each of {times}"


class ApiKeyForm(forms.Form):
    name = forms.CharField(
        max_length=100, widget=UnfoldAdminTextInputWidget, help_text="Who or what uses this key."
    )
    scopes = forms.MultipleChoiceField(
        choices=Scope.choices, widget=UnfoldAdminCheckboxSelectMultipleWidget
    )
    last_day = forms.DateField(
        required=False, widget=DateWidget, help_text="The last day it works (UTC). Empty: for ever."
    )

    def clean_last_day(self) -> date | None:
        last_day: date | None = self.cleaned_data["last_day"]
        if last_day is not None and last_day < timezone.now().date():
            raise forms.ValidationError("This day is over; the key would never work.")
        return last_day

    @property
    def expires_at(self) -> datetime | None:
        """The midnight that ends the last day."""
        last_day: date | None = self.cleaned_data["last_day"]
        if last_day is None:
            return None
        return datetime.combine(last_day + timedelta(days=1), time.min, tzinfo=UTC)
