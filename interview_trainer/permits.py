"""Which threads of a process work now, and with which database connections.

Hundreds of requests may be open in one process, and nearly all of them wait: for a vendor, for a
client. If all that stop waiting went to work at once, they would fight over the interpreter's lock
and each would need a database connection. So a request works under one of `PERMITS` permits. With
the permit comes a connection, and it goes back for as long as the request waits:

    with working():
        ...
        with waiting():
            answer = vendor.read()

Nobody else works under a permit: in tests, commands and task workers, and in threads that make
something beside a request, `waiting()` does nothing.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import Lock

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper


class Permit:
    """The right to work, and the connection that its last holder left open."""

    def __init__(self) -> None:
        self.connection: BaseDatabaseWrapper | None = None


class Permits:
    """The permits of a process. Who waits first works first: none may wait long by bad luck."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._lock = Lock()
        self._free = [Permit() for _ in range(count)]
        self._turns: deque[Turn] = deque()

    @property
    def busy(self) -> int:
        return self._count - len(self._free)

    def take(self) -> Permit:
        with self._lock:
            if self._free:
                return self._free.pop()
            turn = Turn()
            self._turns.append(turn)
        return turn.wait()

    def give_back(self, permit: Permit) -> None:
        with self._lock:
            if self._turns:
                self._turns.popleft().come(permit)
            else:
                self._free.append(permit)


class Turn:
    """One thread's turn to get a permit."""

    permit: Permit

    def __init__(self) -> None:
        self._has_come = Lock()
        self._has_come.acquire()

    def wait(self) -> Permit:
        # The server imports this module before it says where its processes count.
        from interview_trainer.metrics import permit_wait_seconds

        with permit_wait_seconds.time():
            self._has_come.acquire()
        return self.permit

    def come(self, permit: Permit) -> None:
        self.permit = permit
        self._has_come.release()


class Holding(threading.local):
    """The permit of this thread, and whether it gave it back for as long as it waits."""

    permit: Permit | None = None
    is_waiting = False


holding = Holding()


@cache
def all_permits() -> Permits:
    """Made at first use, so that each process has its own."""
    return Permits(settings.PERMITS)


def busy_permits() -> int:
    """Under how many somebody works now."""
    return all_permits().busy


@contextmanager
def working() -> Iterator[None]:
    """Wait for a permit and work under it."""
    take_permit()
    try:
        yield
    finally:
        give_back_permit()


@contextmanager
def waiting() -> Iterator[None]:
    """Let others work meanwhile."""
    has_begun = start_waiting()
    try:
        yield
    finally:
        if has_begun:
            stop_waiting()


def start_waiting() -> bool:
    """Give the permit back, and say whether there was one.

    In a transaction it stays: nobody may wait there, and the connection is in use.
    """
    if holding.permit is None or connections[DEFAULT_DB_ALIAS].in_atomic_block:
        return False
    give_back_permit()
    holding.is_waiting = True
    return True


def stop_waiting() -> None:
    """Take a permit again, where one was given back."""
    if holding.is_waiting:
        holding.is_waiting = False
        take_permit()


def take_permit() -> None:
    permit = all_permits().take()
    if permit.connection is not None:
        connections[DEFAULT_DB_ALIAS] = permit.connection
    holding.permit = permit


def give_back_permit() -> None:
    permit, holding.permit = holding.permit, None
    if permit is not None:
        permit.connection = detached_connection()
        all_permits().give_back(permit)


def detached_connection() -> BaseDatabaseWrapper | None:
    """This thread's connection, for the next holder; None where it made none, or left it in use."""
    if not connections.all(initialized_only=True):
        return None
    connection = connections[DEFAULT_DB_ALIAS]
    del connections[DEFAULT_DB_ALIAS]
    if connection.in_atomic_block:
        connection.close()
        return None
    if not connection.allow_thread_sharing:
        connection.inc_thread_sharing()
    return connection
