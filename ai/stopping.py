"""Waiting for a vendor: for no longer than anybody waits for its answer, and without a permit.

A thread that reads from a vendor cannot be interrupted. So whoever no longer wants the answer shuts
its connection down, which ends the read.
"""

import math
import socket
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager, suppress
from contextvars import ContextVar
from threading import Event, Lock
from types import ModuleType
from typing import Any, TypeVar

from interview_trainer.permits import start_waiting, stop_waiting, waiting

T = TypeVar("T")
Beat = Callable[[], None]

# How soon a client that left is missed in a vendor's silence.
BEAT_S = 0.5
LAST_LOOK_S = 0.01

CONNECTING = (".connect_tcp.started", ".start_tls.started")
CONNECTED = (".connect_tcp.complete", ".start_tls.complete")
NOT_CONNECTED = (".connect_tcp.failed", ".start_tls.failed")
# What is sent to somebody who waits for it, the system takes without waiting.
TAKEN_AT_ONCE_BYTES = 16 * 1024


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
# What is to be done in a vendor's silence.
_beats: ContextVar["Beats | None"] = ContextVar("beats", default=None)


class Beats:
    """`beat` is called every `BEAT_S` after the last item, however many bytes come meanwhile."""

    def __init__(self, beat: Beat) -> None:
        self._beat = beat
        self.begin()

    def begin(self) -> None:
        self.due_at = time.monotonic() + BEAT_S

    def keep(self) -> None:
        if time.monotonic() >= self.due_at:
            self.begin()
            self._beat()


def in_beats(items: Generator[T, None, None], beat: Beat) -> Generator[T, None, None]:
    """The items, while `beat` is called every `BEAT_S` for which the next one is waited for.

    It is called in the middle of a read: what it raises ends the read, and comes out here.
    """
    beats = Beats(beat)
    with closing(items):
        while True:
            token = _beats.set(beats)
            try:
                item = next(items)
            except StopIteration:
                return
            finally:
                _beats.reset(token)
            yield item
            beats.begin()


def stop_when(stop: Stop) -> None:
    """From here on, calls in this context end soon after `stop` is set."""
    _stop.set(stop)


def is_unwanted(*, within_s: float = 0) -> bool:
    """Whether nobody waits any more, now or at some moment of the time given, which passes."""
    if not within_s:
        return _stop.get().is_set()
    until = time.monotonic() + within_s
    with waiting():
        while (left_s := until - time.monotonic()) > 0:
            if _stop.get().is_set(within_s=min(BEAT_S, left_s)):
                return True
            if beats := _beats.get():
                beats.keep()
    return False


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
        stop, beats = _stop.get(), _beats.get()
        with waiting(), stop.reading_from(connection):
            received = (
                read(max_bytes, timeout) if beats is None else hear(max_bytes, timeout, beats)
            )
        if stop.is_set():
            raise core.ReadError("Nobody waits for the answer")
        return bytes(received)

    def hear(max_bytes: int, timeout: float | None, beats: Beats) -> Any:
        until = math.inf if timeout is None else time.monotonic() + timeout
        while True:
            beats.keep()
            wait_s = min(beats.due_at, until) - time.monotonic()
            try:
                return read(max_bytes, max(wait_s, LAST_LOOK_S))
            except core.ReadTimeout:
                if time.monotonic() >= until:
                    raise

    def write_waiting(buffer: bytes, timeout: float | None = None) -> None:
        if len(buffer) <= TAKEN_AT_ONCE_BYTES:
            write(buffer, timeout)
            return
        with waiting():
            write(buffer, timeout)

    stream.read, stream.write = read_while_wanted, write_waiting
