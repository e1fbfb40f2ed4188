"""One practice interview and the questions planned for it."""

from __future__ import annotations

import uuid

from django.db import models

from ai.coach.bank import Kind, load_bank
from ai.coach.bank import Level as BankLevel
from ai.coach.bank import Question as BankQuestion
from users.models import User

ENGLISH = "en"


class InterviewQuerySet(models.QuerySet["Interview"]):
    def for_user(self, user: User) -> InterviewQuerySet:
        """The person's own: everybody else's do not exist for them."""
        return self.filter(user=user)

    def for_showing(self) -> InterviewQuerySet:
        """With what the serializers read, in five queries whatever the number of rows."""
        return self.without_texts().prefetch_related(
            "questions", "turns__question", "turns__recording"
        )

    def for_listing(self) -> InterviewQuerySet:
        """With what `InterviewSerializer` reads, in three queries, and nothing that was said.

        `turns` are the open ones only.
        """
        from interviews.models.turn import Turn

        questions = Question.objects.only("interview", "position", "state")
        open_turns = Turn.objects.filter(state__in=Turn.OPEN).only("interview", "turn_id", "state")
        return self.without_texts().prefetch_related(
            models.Prefetch("questions", questions), models.Prefetch("turns", open_turns)
        )

    def without_texts(self) -> InterviewQuerySet:
        """The rows and their reports' state, without what may be long."""
        return self.select_related("report").defer(
            "job_description", "resume", "report__document", "report__samples", "report__summary"
        )


class Interview(models.Model):
    """`turn_count` and `revision` are moved under the row's lock only."""

    class State(models.TextChoices):
        PLANNED = "planned"
        RUNNING = "running"
        PAUSED = "paused"
        FINISHED = "finished"

    class Type(models.TextChoices):
        MIXED = "mixed"
        BEHAVIOURAL = "behavioural"
        SITUATIONAL = "situational"
        TECHNICAL = "technical"
        MOTIVATION = "motivation"

    class Level(models.TextChoices):
        ENTRY = "entry"
        MID = "mid"
        SENIOR = "senior"

        @property
        def in_bank(self) -> BankLevel:
            return BankLevel[self.name]

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="interviews", db_index=False
    )
    role = models.CharField(max_length=40, help_text="An id of the question bank.")
    level = models.CharField(max_length=10, choices=Level.choices)
    type = models.CharField(max_length=12, choices=Type.choices)
    language = models.CharField(max_length=8, default=ENGLISH)
    job_description = models.TextField(blank=True)
    resume = models.TextField(blank=True)
    matched_by = models.CharField(
        max_length=100, help_text="`order`, `terms`, or the text model that chose the questions."
    )
    rubric = models.CharField(max_length=40)
    rubric_version = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    retake_of = models.ForeignKey(
        "Question", on_delete=models.SET_NULL, null=True, related_name="retakes"
    )
    turn_count = models.PositiveIntegerField(default=0)
    revision = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = InterviewQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["user", "-created_at"], name="interview_user_created"),
            models.Index(fields=["-created_at", "-id"], name="interview_created"),
            models.Index(fields=["state", "-created_at", "-id"], name="interview_state_created"),
        ]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"Interview {self.id}"

    @property
    def role_title(self) -> str:
        """What the role is called; its id where the bank no longer has it."""
        known = load_bank().roles.get(self.role)
        return known.title if known else self.role

    @property
    def is_over(self) -> bool:
        return self.state == self.State.FINISHED


class Question(models.Model):
    """A planned question. It is a copy: the bank may change, an interview does not."""

    class State(models.TextChoices):
        PENDING = "pending"
        ASKED = "asked"
        ANSWERED = "answered"
        SKIPPED = "skipped"

    interview = models.ForeignKey(
        Interview, on_delete=models.CASCADE, related_name="questions", db_index=False
    )
    position = models.PositiveSmallIntegerField(help_text="From 1.")
    bank_id = models.CharField(max_length=100, blank=True)
    kind = models.CharField(max_length=12, choices=[(kind.value, kind.value) for kind in Kind])
    competency = models.CharField(max_length=40, help_text="An id of the rubric's competencies.")
    text = models.CharField(max_length=500)
    topic = models.CharField(max_length=200, blank=True)
    terms = models.JSONField(default=list, help_text="Stems that an answer would touch.")
    follow_up = models.CharField(max_length=500, blank=True)
    matched = models.JSONField(
        default=list, help_text="Words of the job description or résumé that it was chosen for."
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["interview", "position"], name="question_position_once")
        ]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"Question {self.position} of {self.interview_id}"

    @property
    def is_in_bank(self) -> bool:
        """In these very words."""
        return any(question.text == self.text for question in load_bank().questions)

    @property
    def as_in_bank(self) -> BankQuestion:
        """The question as the coach reads answers to it."""
        return BankQuestion(
            id=self.bank_id,
            role=self.interview.role,
            kind=Kind(self.kind),
            level=self.interview_level,
            competency=load_bank().competencies.get(self.competency),
            text=self.text,
            topic=self.topic,
            terms=frozenset(self.terms),
            follow_up=self.follow_up,
        )

    @property
    def interview_level(self) -> BankLevel:
        return Interview.Level(self.interview.level).in_bank
