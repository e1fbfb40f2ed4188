"""Slots in Redis are short leases, which are renewed for as long as their process lives.

One thread renews all leases of its process in one round trip. So the slots of a process that was
killed are free again within `LEASE_S`, and a request pays no more than an entry in a dictionary.
While Redis is away nothing is renewed, and nothing counted there.
"""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock, Thread
from time import monotonic, sleep

from django.conf import settings

from users.limits.stores import Slots, renew_shared

LEASE_S = 60
RENEWED_EVERY_S = 20
US = 1_000_000


class Renewer:
    def __init__(
        self, *, lease_s: float = LEASE_S, renewed_every_s: float = RENEWED_EVERY_S
    ) -> None:
        self.lease_us = int(lease_s * US)
        self._renewed_every_s = renewed_every_s
        self._held: dict[str, tuple[Sequence[Slots], float]] = {}
        self._lock = Lock()
        self._thread: Thread | None = None

    def add(self, lease: str, slots: Sequence[Slots]) -> None:
        """Renew it from now on: until it is dropped, or the hold that came with it has expired.

        The latter only matters should a lease ever not be given back.
        """
        self._held[lease] = slots, monotonic() + settings.HOLD_EXPIRES_AFTER_S
        if self._thread is None or not self._thread.is_alive():
            self._start()

    def drop(self, lease: str) -> None:
        self._held.pop(lease, None)

    def renew(self) -> None:
        now = monotonic()
        places: list[tuple[str, str]] = []
        for lease, (slots, ends_at) in self._held.copy().items():
            if ends_at <= now:
                self.drop(lease)
            else:
                places += [(it.key, lease) for it in slots]
        if places:
            renew_shared(places, self.lease_us)

    def _start(self) -> None:
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = Thread(target=self._run, name="leases", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            sleep(self._renewed_every_s)
            self.renew()


renewer = Renewer()
