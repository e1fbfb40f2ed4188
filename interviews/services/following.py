"""What changed in an interview: for streams that end, and for other devices that follow."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Prefetch, Q

from interviews.errors import InterviewNotFoundError
from interviews.models import Interview, Turn

# The highest revision that a database stores.
LATEST = 2**31 - 1


def read_changes(*, interview_id: UUID, after: int) -> tuple[Interview, list[Turn]]:
    """The interview as it is now, to be shown without questions and turns, and the turns that
    changed since the revision `after`. Three queries. Raises `InterviewNotFoundError`.
    """
    wanted = Turn.objects.filter(Q(state__in=Turn.OPEN) | Q(revision__gt=after))
    turns = Prefetch("turns", wanted.select_related("question", "recording"))
    rows = Interview.objects.without_texts().prefetch_related("questions", turns)
    try:
        interview = rows.get(pk=interview_id)
    except Interview.DoesNotExist as exc:
        raise InterviewNotFoundError from exc
    return interview, [turn for turn in interview.turns.all() if turn.revision > after]


def read_state(interview: Interview) -> Interview:
    """The interview as it is now, to be shown without questions and turns."""
    current, _ = read_changes(interview_id=interview.pk, after=LATEST)
    return current
