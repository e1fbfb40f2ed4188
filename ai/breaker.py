"""A provider that keeps failing is left alone for a while, then probed.

The state is in Django's cache, so that processes which share a cache share it. Each step of it is
one command of the cache's own, with nothing read and written back. Losing it is harmless: a broken
provider is then found out again. That nothing failed, a process believes for `BELIEVED_S` without
looking.
"""

from __future__ import annotations

from collections.abc import Iterable
from time import monotonic

from django.conf import settings
from django.core.cache import cache

OPEN_FOR_AT_MOST_S = 3_600
BELIEVED_S = 1.0

# Until when, by `monotonic`, nothing is known to fail of a breaker.
well_until: dict[str, float] = {}


class Breaker:
    """The circuit breaker of one provider and capability, for one call."""

    def __init__(self, provider: str, capability: str) -> None:
        self._name = name = f"breaker:{provider}:{capability}"
        self._failures, self._opened, self._probed = (
            f"{name}:failures",
            f"{name}:open",
            f"{name}:probe",
        )
        self._had_failed = True

    def admits(self) -> bool:
        """Whether to call it: always while closed, and once per cool-down while open."""
        now = monotonic()
        if now < well_until.get(self._name, now):
            self._had_failed = False
            return True
        known = cache.get_many([self._failures, self._opened])
        self._had_failed = bool(known)
        if not known:
            well_until[self._name] = now + BELIEVED_S
        if self._opened not in known:
            return True
        return bool(cache.add(self._probed, 1, settings.BREAKER_COOL_DOWN_S))

    def note_failure(self) -> None:
        well_until.pop(self._name, None)
        cache.add(self._failures, 0, settings.BREAKER_WINDOW_S)
        try:
            failures = cache.incr(self._failures)
        except ValueError:  # it expired between the two calls
            return
        if failures >= settings.BREAKER_FAILURES:
            # In this order: nobody is to find it open and not yet probed.
            cache.set(self._probed, 1, settings.BREAKER_COOL_DOWN_S)
            cache.set(self._opened, 1, OPEN_FOR_AT_MOST_S)

    def note_success(self) -> None:
        """Forget the failures that were known when this call began."""
        if self._had_failed:
            cache.delete_many([self._failures, self._opened, self._probed])

    @classmethod
    def opened_of(cls, pairs: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
        """Those pairs of provider and capability that are left alone now, by one look."""
        pairs_by_key = {cls(*pair)._opened: pair for pair in pairs}
        return {pairs_by_key[key] for key in cache.get_many(pairs_by_key)}
