"""What was said in an interview, and the sound of it."""

from __future__ import annotations

from django.core.files.storage import Storage, storages
from django.db import models

from interviews.models.interview import Interview, Question


def recording_storage() -> Storage:
    return storages["recordings"]


def recording_name(recording: Recording, filename: str) -> str:
    """One folder for each interview, so that it can be deleted whole."""
    return f"{recording.turn.interview_id}/{recording.turn.turn_id}{filename}"


class Turn(models.Model):
    """What one side said.

    `words` are `[text, start_s, end_s]`, in seconds from the start of the recording; empty where
    the answer was typed. `revision` is the interview's when this row last changed.
    """

    class Speaker(models.TextChoices):
        INTERVIEWER = "interviewer"
        CANDIDATE = "candidate"

    class Kind(models.TextChoices):
        QUESTION = "question"
        FOLLOW_UP = "follow_up"
        REPEAT = "repeat"
        CLOSING = "closing"
        ANSWER = "answer"

    class State(models.TextChoices):
        """`said` is the interviewer's; the others are a candidate's, in this order."""

        SAID = "said"
        RECEIVED = "received"
        TRANSCRIBED = "transcribed"
        ANSWERED = "answered"

    OPEN = (State.RECEIVED, State.TRANSCRIBED)

    interview = models.ForeignKey(
        Interview, on_delete=models.CASCADE, related_name="turns", db_index=False
    )
    question = models.ForeignKey(
        Question, on_delete=models.CASCADE, related_name="turns", null=True
    )
    sequence = models.PositiveIntegerField(help_text="From 1, without gaps.")
    revision = models.PositiveIntegerField()
    speaker = models.CharField(max_length=12, choices=Speaker.choices)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    state = models.CharField(max_length=12, choices=State.choices)
    text = models.TextField(blank=True)
    asks_for = models.CharField(
        max_length=20, blank=True, help_text="The missing element that a follow-up asks for."
    )
    model = models.CharField(
        max_length=100, blank=True, help_text="What transcribed the answer or worded the follow-up."
    )
    turn_id = models.UUIDField(null=True, help_text="Made by the client; of answers only.")
    words = models.JSONField(default=list)
    duration_s = models.FloatField(null=True)
    claimed_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["sequence"]
        constraints = [
            models.UniqueConstraint(fields=["interview", "sequence"], name="turn_sequence_once"),
            models.UniqueConstraint(fields=["interview", "turn_id"], name="turn_id_once"),
        ]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"Turn {self.sequence} of {self.interview_id}"

    @property
    def may_quote(self) -> bool:
        """Whether the interviewer's words may hold the candidate's."""
        return self.kind in (self.Kind.FOLLOW_UP, self.Kind.REPEAT)

    @property
    def is_the_services_own(self) -> bool:
        """Whether the interviewer's words hold nothing of anyone's: a model may have put a question
        in words of the résumé."""
        return not self.may_quote and (self.question is None or self.question.is_in_bank)

    @property
    def is_open(self) -> bool:
        """A candidate's turn that was not replied to yet."""
        return self.state in self.OPEN


class Recording(models.Model):
    """The sound of a candidate's turn. It is kept for `RECORDINGS_KEPT_DAYS`; the words stay."""

    turn = models.OneToOneField(Turn, on_delete=models.CASCADE, related_name="recording")
    file = models.FileField(storage=recording_storage, upload_to=recording_name, max_length=200)
    content_type = models.CharField(max_length=50)
    sha256 = models.CharField("SHA-256 of what was sent", max_length=64)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"Recording of {self.turn_id}"
