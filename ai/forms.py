"""The form in which a person chooses their models."""

from __future__ import annotations

from typing import Any

from django import forms

from ai.choices import CAPABILITIES, ModelChoice, model_choices
from ai.models import Capability
from interview_trainer.forms import PageForm
from users.models import UserSettings


class InterviewerForm(PageForm):
    """A choice for each capability, among the models that run here now and the person's own."""

    auto_play_audio = forms.BooleanField(
        label="Speak aloud", required=False, help_text="The interviewer's words are also spoken."
    )

    def __init__(self, user_settings: UserSettings, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.initial = {"auto_play_audio": user_settings.auto_play_audio}
        self.offered = {
            field: model_choices(capability, getattr(user_settings, field))
            for field, capability in CAPABILITIES.items()
        }
        for field, choices in self.offered.items():
            self.fields[field] = forms.ChoiceField(
                label=TITLES[CAPABILITIES[field]],
                choices=[(choice.name, choice.title) for choice in choices if choice.can_be_chosen],
                initial=getattr(user_settings, field),
                widget=forms.RadioSelect,
            )

    @property
    def model_fields(self) -> list[tuple[Any, list[ModelChoice], list[ModelChoice]]]:
        """Each field with the choices that can be made and those that cannot."""
        return [
            (
                self[field],
                [choice for choice in choices if choice.can_be_chosen],
                [choice for choice in choices if not choice.can_be_chosen],
            )
            for field, choices in self.offered.items()
        ]


TITLES: dict[str, str] = {
    Capability.TEXT: "What the interviewer says",
    Capability.SPEECH: "The interviewer's voice",
    Capability.TRANSCRIPTION: "What writes down your words",
}
