"""The buckets and slots of one process: without Redis, or while it is away.

The rules are those of `take.lua`. Each process counts by itself and allows the whole rate: how many
processes there are, and how requests spread over them, none of them knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from time import monotonic_ns

from users.limits.stores import EMPTY, FULL, TAKEN, Bucket, Slots, Taken

# So many are kept before those that mean nothing any more are looked for.
SWEEP_AT = 10_000


class LocalStore:
    def __init__(self) -> None:
        self._lock = Lock()
        self._full_at_us: dict[str, int] = {}
        self._leases: dict[str, dict[str, int]] = {}

    def take(
        self, buckets: Sequence[Bucket], slots: Sequence[Slots], lease: str, lasts_us: int
    ) -> Taken:
        now = monotonic_ns() // 1_000
        with self._lock:
            self._sweep(now)
            filling = [max(self._full_at_us.get(it.key, 0) - now, 0) for it in buckets]
            waits = [
                us + it.rate.interval_us - it.rate.size_us
                for us, it in zip(filling, buckets, strict=True)
            ]
            wait_us = max([0, *waits])
            used = [self._count(it.key, now) for it in slots]
            is_full = any(count >= it.most for count, it in zip(used, slots, strict=True))
            outcome = EMPTY if wait_us else FULL if is_full else TAKEN
            if outcome == TAKEN:
                filling = [
                    us + it.rate.interval_us for us, it in zip(filling, buckets, strict=True)
                ]
                used = [count + 1 for count in used]
                self._full_at_us.update(
                    {it.key: now + us for us, it in zip(filling, buckets, strict=True)}
                )
                for it in slots:
                    self._leases.setdefault(it.key, {})[lease] = now + lasts_us
        left = [
            (it.rate.size_us - us) // it.rate.interval_us
            for us, it in zip(filling, buckets, strict=True)
        ]
        free = [max(it.most - count, 0) for count, it in zip(used, slots, strict=True)]
        return Taken(outcome, wait_us, left, filling, free)

    def give_back(self, slots: Sequence[Slots], lease: str) -> None:
        with self._lock:
            for it in slots:
                self._leases.get(it.key, {}).pop(lease, None)

    def forget(self) -> None:
        with self._lock:
            self._full_at_us.clear()
            self._leases.clear()

    def _count(self, key: str, now: int) -> int:
        """How many slots are taken. Those that lapsed are not."""
        leases = self._leases.get(key, {})
        for lease in [lease for lease, lapses_at in leases.items() if lapses_at <= now]:
            del leases[lease]
        return len(leases)

    def _sweep(self, now: int) -> None:
        """Drop what is full or empty again, where much has come together."""
        if len(self._full_at_us) > SWEEP_AT:
            self._full_at_us = {key: at for key, at in self._full_at_us.items() if at > now}
        if len(self._leases) > SWEEP_AT:
            self._leases = {key: of for key, of in self._leases.items() if self._count(key, now)}
