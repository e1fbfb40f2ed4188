"""Waiting for a vendor: for no longer than anybody waits for its answer, and without a permit.

A thread that reads from a vendor cannot be interrupted. So whoever no longer wants the answer shuts
its connection down, which ends the read.
"""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from threading import Event, Lock
from types import ModuleType
from typing import Any

from interview_trainer.permits import start_waiting, stop_waiting, waiting

CONNECTING = (".connect_tcp.started", ".start_tls.started")
CONNECTED = (".connect_tcp.complete", ".start_tls.complete")
# What is sent to somebody who waits for it, the system takes without waiting.
TAKEN_AT_ONCE_BYTES = 16 * 1024
NOT_CONNECTED = (".connect_tcp.failed", ".start_tls.failed")


class Stop:
    """Ends calls that other threads make, also while they wait for the vendor."""

    def __init__(self) -> None:
        self._is_set = Event()
        self._lock = Lock()
        self._read_from: set[socket.socket] = set()

    def set(self) -> None:
        with self._lock:
            self._is_set.set()
            for connection in self._read_from:
                shut_down(connection)

    def is_set(self, *, within_s: float = 0) -> bool:
        """Whether it is set now, or at some moment of the time given, which passes."""
        return self._is_set.wait(within_s) if within_s else self._is_set.is_set()

    @contextmanager
    def reading_from(self, connection: socket.socket) -> Iterator[None]:
        """A read in the block ends when this is set, even where it was set before."""
        with self._lock:
            self._read_from.add(connection)
            if self._is_set.is_set():
                shut_down(connection)
        try:
            yield
        finally:
            with self._lock:
                self._read_from.discard(connection)


def shut_down(connection: socket.socket) -> None:
    with suppress(OSError):
        # A TLS socket's own method would also take away what its reader is using.
        socket.socket.shutdown(connection, socket.SHUT_RDWR)


# Nobody's work is wanted any more: this process ends.
_process_ends = Stop()
_stop: ContextVar[Stop] = ContextVar("stop", default=_process_ends)


def stop_when(stop: Stop) -> None:
    """From here on, calls in this context end soon after `stop` is set."""
    _stop.set(stop)


def is_unwanted(*, within_s: float = 0) -> bool:
    """Whether nobody waits any more, now or at some moment of the time given, which passes."""
    if not within_s:
        return _stop.get().is_set()
    with waiting():
        return _stop.get().is_set(within_s=within_s)


def stop_all() -> None:
    """Calls end soon that nobody else stops. Their clients hear that the provider failed."""
    _process_ends.set()


def stoppable_streams(core: ModuleType) -> Callable[[str, dict[str, Any]], None]:
    """A `trace` for requests of `core` (httpcore or httpcore2): it sees connections being made.

    Reads from those end with `core.ReadError` when they are unwanted.
    https://www.encode.io/httpcore/extensions/#trace
    """

    def trace(event: str, info: dict[str, Any]) -> None:
        if event.endswith(CONNECTING):
            start_waiting()
        elif event.endswith(CONNECTED):
            stop_waiting()
            make_stoppable(info["return_value"], core)
        elif event.endswith(NOT_CONNECTED):
            stop_waiting()

    return trace


def make_stoppable(stream: Any, core: ModuleType) -> None:
    read, write = stream.read, stream.write
    connection = stream.get_extra_info("socket")

    def read_while_wanted(max_bytes: int, timeout: float | None = None) -> bytes:
        stop = _stop.get()
        with waiting(), stop.reading_from(connection):
            received = bytes(read(max_bytes, timeout))
        if stop.is_set():
            raise core.ReadError("Nobody waits for the answer")
        return received

    def write_waiting(buffer: bytes, timeout: float | None = None) -> None:
        if len(buffer) <= TAKEN_AT_ONCE_BYTES:
            write(buffer, timeout)
            return
        with waiting():
            write(buffer, timeout)

    stream.read, stream.write = read_while_wanted, write_waiting
