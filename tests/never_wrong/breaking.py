"""What is killed and restarted while clients ask, and when that was."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Self

from tests.live import Service, child_pids
from tests.private_servers import PrivateMariaDB, PrivateRedis

# So long after its client was gone, an operation may still run.
LINGERS_S = 3.0


@dataclass(frozen=True)
class Break:
    what: str
    began_at: float
    ended_at: float


@dataclass
class Breaker:
    """Breaks one thing every so many seconds, in a thread, until the block ends.

    The first ones are one of each kind; then workers of the server are killed most.
    """

    every_s: float
    seed: int
    services: Sequence[Service]
    task_workers: Callable[[], int]
    database: PrivateMariaDB
    cache: PrivateRedis
    breaks: list[Break] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._rng = random.Random(self.seed)
        self._is_over = Event()
        self._thread = Thread(target=self._run, daemon=True)
        self._error: BaseException | None = None

    @property
    def kinds(self) -> dict[str, Callable[[], None]]:
        return {
            "a server's worker killed": self.kill_worker,
            "the database killed": lambda: self.database.restart(kill=True),
            "another server's worker killed": self.kill_worker,
            "Redis killed": lambda: self.cache.restart(kill=True),
            "the database restarted": self.database.restart,
            "the task worker killed": self.kill_task_worker,
            "Redis restarted": self.cache.restart,
        }

    def kill_worker(self) -> None:
        kill(self._rng.choice(self._rng.choice(self.services).worker_pids))

    def kill_task_worker(self) -> None:
        kill(self._rng.choice(child_pids(self.task_workers())))

    def _run(self) -> None:
        try:
            first = list(self.kinds.items())
            while not self._is_over.wait(self.every_s * self._rng.uniform(0.5, 1.5)):
                self._break(*(first.pop(0) if first else self._choose()))
        except BaseException as exc:
            self._error = exc

    def _choose(self) -> tuple[str, Callable[[], None]]:
        weights = [6 if "server's worker" in name else 1 for name in self.kinds]
        return self._rng.choices(list(self.kinds.items()), weights)[0]

    def _break(self, what: str, act: Callable[[], None]) -> None:
        began_at = time.time()
        act()
        self.breaks.append(Break(what, began_at, time.time()))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self._is_over.set()
        self._thread.join()
        if self._error is not None:
            raise self._error


def kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


class Calendar:
    """Whether something was broken while an operation may have run."""

    def __init__(self, breaks: Sequence[Break]) -> None:
        self._breaks = breaks

    def is_disturbed(self, began_at: float, ended_at: float) -> bool:
        return any(
            it.began_at <= ended_at + LINGERS_S and began_at <= it.ended_at + LINGERS_S
            for it in self._breaks
        )
