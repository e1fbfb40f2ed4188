"""The form that sets up an interview."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

from ai.coach.bank import GENERAL, load_bank
from interview_trainer.errors import AppError
from interview_trainer.forms import PageForm
from interviews.models import Interview
from interviews.services.documents import read_document

DOCUMENT_TYPES = ".pdf,.docx,.txt,.md"
ANY_WORK = "Any kind of work"
NOT_BOTH = "Paste the text or choose a file, not both."

LEVELS = [
    (Interview.Level.ENTRY, "Starting out"),
    (Interview.Level.MID, "Experienced"),
    (Interview.Level.SENIOR, "Senior"),
]
TYPES = [
    (Interview.Type.MIXED, "A bit of everything"),
    (Interview.Type.BEHAVIOURAL, "What you have done"),
    (Interview.Type.SITUATIONAL, "What you would do"),
    (Interview.Type.TECHNICAL, "What you know"),
    (Interview.Type.MOTIVATION, "Why you want it"),
]
# Questions, and about how many minutes they take with their follow-ups.
LENGTHS = [(3, "3 questions, 10 minutes"), (5, "5 questions, 20 minutes")]
LONG = (8, "8 questions, 30 minutes")


class SetUpForm(PageForm):
    """`plan` is what `create_interview` takes."""

    role = forms.ChoiceField(label="What kind of work is it?")
    level = forms.ChoiceField(
        label="How experienced are you?",
        choices=LEVELS,
        initial=Interview.Level.MID,
        widget=forms.RadioSelect,
    )
    type = forms.ChoiceField(
        label="What should the questions be about?",
        choices=TYPES,
        initial=Interview.Type.MIXED,
        widget=forms.RadioSelect,
    )
    length = forms.TypedChoiceField(
        label="How long?", coerce=int, initial=3, widget=forms.RadioSelect
    )
    job_description = forms.CharField(
        label="Job description",
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Paste it here, or choose a file below.",
    )
    job_description_file = forms.FileField(
        label="Job description as a file",
        required=False,
        widget=forms.FileInput(attrs={"accept": DOCUMENT_TYPES}),
        help_text="PDF, Word (.docx) or plain text.",
    )
    resume = forms.CharField(
        label="Your CV",
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Paste it here, or choose a file below.",
    )
    resume_file = forms.FileField(
        label="Your CV as a file",
        required=False,
        widget=forms.FileInput(attrs={"accept": DOCUMENT_TYPES}),
        help_text="PDF, Word (.docx) or plain text.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = roles_by_field()  # type: ignore[attr-defined]
        lengths = [*LENGTHS, LONG]
        self.fields["length"].choices = [  # type: ignore[attr-defined]
            choice for choice in lengths if choice[0] <= settings.INTERVIEW_MAX_QUESTIONS
        ]

    @property
    def has_texts(self) -> bool:
        """Whether there is something in what is folded away."""
        names = ("job_description", "job_description_file", "resume", "resume_file")
        return any(self.data.get(name) or name in self.errors for name in names)

    @property
    def plan(self) -> dict[str, Any]:
        names = ("role", "level", "type", "length", "job_description", "resume")
        return {name: self.cleaned_data[name] for name in names}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in ("job_description", "resume"):
            self._take_document(cleaned, name)
        return cleaned

    def _take_document(self, cleaned: dict[str, Any], name: str) -> None:
        """The text of the file, where there is one, takes the place of the pasted text."""
        pasted, file = cleaned.get(name, ""), cleaned.get(f"{name}_file")
        if pasted and file:
            self.add_error(f"{name}_file", ValidationError(NOT_BOTH, code="both"))
            return
        try:
            cleaned[name] = read_document(file or pasted)
        except AppError as exc:
            field = f"{name}_file" if file else name
            self.add_error(field, ValidationError(exc.detail, code=exc.code))


def roles_by_field() -> list[tuple[str, list[tuple[str, str]]]]:
    """Choices in groups, those for any work first."""
    groups: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for role in load_bank().roles.values():
        if role.id != GENERAL:
            groups[capitalised(role.field)].append((role.id, capitalised(role.title)))
    return [("Any", [(GENERAL, ANY_WORK)]), *sorted(groups.items())]


def capitalised(title: str) -> str:
    """UX stays UX."""
    return title[:1].upper() + title[1:]
