"""Stopping a call to a vendor for whose answer nobody waits any more, even while it is silent.

A thread that reads from a vendor cannot be interrupted. So it reads in short turns, and looks in
between whether its work is still wanted.
"""

import math
import time
from collections.abc import Callable
from contextvars import ContextVar
from threading import Event
from types import ModuleType
from typing import Any

# How long a read goes on that nobody wants, at most.
TURN_S = 0.2
SHORTEST_TURN_S = 0.001
CONNECTED = (".connect_tcp.complete", ".start_tls.complete")

# Nobody's work is wanted any more: this process ends.
_process_ends = Event()
_unwanted: ContextVar[Event] = ContextVar("unwanted", default=_process_ends)


def stop_when(unwanted: Event) -> None:
    """From here on, calls in this context end soon after `unwanted` is set."""
    _unwanted.set(unwanted)


def is_unwanted(*, within_s: float = 0) -> bool:
    """Whether nobody waits any more, now or at some moment of the time given, which passes."""
    return _unwanted.get().wait(within_s)


def stop_all() -> None:
    """Calls end soon that nobody else stops. Their clients hear that the provider failed."""
    _process_ends.set()


def stoppable_streams(core: ModuleType) -> Callable[[str, dict[str, Any]], None]:
    """A `trace` for requests of `core` (httpcore or httpcore2): it sees connections being made.

    Reads from those end with `core.ReadError` when they are unwanted.
    https://www.encode.io/httpcore/extensions/#trace
    """

    def trace(event: str, info: dict[str, Any]) -> None:
        if event.endswith(CONNECTED):
            make_stoppable(info["return_value"], core)

    return trace


def make_stoppable(stream: Any, core: ModuleType) -> None:
    read = stream.read

    def read_in_turns(max_bytes: int, timeout: float | None = None) -> bytes:
        ends_at = math.inf if timeout is None else time.monotonic() + timeout
        while not is_unwanted():
            left_s = ends_at - time.monotonic()
            try:
                return bytes(read(max_bytes, max(min(left_s, TURN_S), SHORTEST_TURN_S)))
            except core.ReadTimeout:
                if time.monotonic() >= ends_at:
                    raise
        raise core.ReadError("Nobody waits for the answer")

    stream.read = read_in_turns
