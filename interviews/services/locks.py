"""The interview's row lock: whoever changes an interview, or what hangs on it, takes it first."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from interviews.errors import InterviewNotFoundError
from interviews.models import Interview


@contextmanager
def locked(interview: Interview) -> Iterator[Interview]:
    """The interview as it is now, its row locked until the block ends.

    Raises `InterviewNotFoundError` where it was deleted meanwhile.
    """
    with transaction.atomic():
        try:
            rows = Interview.objects.select_for_update().defer("job_description", "resume")
            row = rows.get(pk=interview.pk)
        except Interview.DoesNotExist as exc:
            raise InterviewNotFoundError from exc
        yield row


@contextmanager
def changing(interview: Interview) -> Iterator[Interview]:
    """As `locked`, and the change gets the interview's next revision."""
    with locked(interview) as row:
        row.revision += 1
        yield row
        row.save(update_fields=["state", "turn_count", "revision", "started_at", "finished_at"])
