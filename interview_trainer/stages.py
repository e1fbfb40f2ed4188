"""How long each part of a request takes.

    with stage("hold"):
        hold = hold_credits(...)

It goes to the histogram of `/metrics`, to the `Server-Timing` header of the answer, and to the
request's trace where traces are on. The request's record is found through a context variable: a
thread that works for a request in a copy of its context writes to the same record.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextvars import ContextVar
from time import perf_counter
from typing import ParamSpec, TypeVar

from interview_trainer import metrics
from interview_trainer.metrics import Stage
from interview_trainer.tracing import WorkSpan

P = ParamSpec("P")
R = TypeVar("R")


class Record:
    """The stages of one request so far: name, begin and end, by `perf_counter`."""

    __slots__ = ("span", "stages")

    def __init__(self, span: WorkSpan | None = None) -> None:
        self.span = span
        # Appending is safe between threads.
        self.stages: list[tuple[str, float, float]] = []

    def server_timing(self) -> str:
        """The value of the `Server-Timing` header: milliseconds by stage, in order."""
        total_s: dict[str, float] = {}
        for name, started, ended in list(self.stages):
            total_s[name] = total_s.get(name, 0.0) + ended - started
        return ", ".join(f"{name};dur={seconds * 1000:.1f}" for name, seconds in total_s.items())


current: ContextVar[Record | None] = ContextVar("stages", default=None)


class stage:
    """Times a `with` block, or each call of the function that it decorates."""

    __slots__ = ("_name", "_started")

    def __init__(self, name: Stage) -> None:
        self._name: Stage = name

    def __enter__(self) -> None:
        self._started = perf_counter()

    def __exit__(self, *error: object) -> None:
        note_stage(self._name, self._started, perf_counter())

    def __call__(self, function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        def timed(*args: P.args, **kwargs: P.kwargs) -> R:
            with stage(self._name):
                return function(*args, **kwargs)

        return timed


def note_stage(name: Stage, started: float, ended: float, **attributes: str) -> None:
    """Note a stage that began and ended then, by `perf_counter`. `attributes` are the trace's."""
    metrics.stages[name].observe(ended - started)
    record = current.get()
    if record is None:
        return
    record.stages.append((name, started, ended))
    if record.span is not None:
        record.span.add(name, started, ended, attributes)
