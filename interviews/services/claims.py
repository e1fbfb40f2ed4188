"""Who works on a turn: one at a time, and nobody for longer than they live."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.conf import settings
from django.utils import timezone

from interviews.errors import TurnRunningError
from interviews.models import Turn

T = TypeVar("T")

# A claim is renewed once this part of it is over.
RENEWED_AFTER = 1 / 3


def claim_lasts() -> timedelta:
    return timedelta(seconds=settings.TURN_CLAIM_S)


class Claim:
    """The right to work on a turn. It lapses `TURN_CLAIM_S` after its holder was last heard of.

    Whoever lost it (the process stood still, and another one took the turn up) can change nothing
    any more: every change asks for the claim as it was left.
    """

    def __init__(self, turn: Turn, until: datetime) -> None:
        """The caller has just stored `until` in the turn, under the interview's lock."""
        self.turn = turn
        self._until: datetime | None = until

    def change(self, **changes: Any) -> None:
        """Change the turn's row. Raises `TurnRunningError` where the claim was lost."""
        mine = Turn.objects.filter(pk=self.turn.pk, claimed_until=self._until)
        if self._until is None or not mine.update(**changes):
            self._until = None
            raise TurnRunningError
        for name, value in changes.items():
            setattr(self.turn, name, value)
        self._until = changes.get("claimed_until", self._until)

    def renew(self) -> None:
        """Hold on to the turn; cheap to call often. Raises `TurnRunningError`."""
        now = timezone.now()
        if self._until is None or self._until - now < claim_lasts() * (1 - RENEWED_AFTER):
            self.change(claimed_until=now + claim_lasts())

    def release(self) -> None:
        """Let the next one have it at once, if it is still held."""
        if self._until is not None:
            Turn.objects.filter(pk=self.turn.pk, claimed_until=self._until).update(
                claimed_until=None
            )
            self._until = None

    def during(self, work: Generator[None, None, T]) -> Generator[None, None, T]:
        """Do the work and keep the claim; yields at every beat of the work's silence."""
        with closing(work):
            while True:
                try:
                    next(work)
                except StopIteration as end:
                    result: T = end.value
                    return result
                self.renew()
                yield None
