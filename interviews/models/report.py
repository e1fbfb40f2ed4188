"""What an interview showed."""

from __future__ import annotations

from django.db import models

from interviews.models.interview import Interview


class Report(models.Model):
    """`document` is written once, whole, and is described in docs/interviews.md.

    `summary` is what progress over interviews reads of it. `failure` is the code of the error that
    ended the last attempt. `samples` are what a language model said of each answer, by the
    question's position, kept from when it was said until the document is there: what was paid for
    once is not asked for again.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        READY = "ready"
        FAILED = "failed"

    interview = models.OneToOneField(Interview, on_delete=models.CASCADE, related_name="report")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    answers_scored = models.PositiveSmallIntegerField(default=0)
    answers_total = models.PositiveSmallIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    failure = models.CharField(max_length=50, blank=True)
    samples = models.JSONField(default=dict)
    document = models.JSONField(null=True)
    summary = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    ready_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"Report of {self.interview_id}"
