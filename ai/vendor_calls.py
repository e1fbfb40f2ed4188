"""Counting and timing one call to a provider."""

from __future__ import annotations

from time import perf_counter

from interview_trainer.errors import AppError, ClientGoneError
from interview_trainer.metrics import vendor_calls_of, vendor_seconds_of
from interview_trainer.stages import note_stage

ABANDONED = (ClientGoneError, GeneratorExit)


class VendorCall:
    """The block in which a provider is asked and its items are taken."""

    def __init__(self, provider: str, capability: str) -> None:
        self._provider = provider
        self._capability = capability

    def __enter__(self) -> VendorCall:
        self._started = perf_counter()
        return self

    def note_first_item(self) -> None:
        note_stage("vendor_first_byte", self._started, perf_counter())

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        ended = perf_counter()
        called, came_to = (self._provider, self._capability), outcome(error)
        vendor_seconds_of(*called).observe(ended - self._started)
        vendor_calls_of(*called, came_to).inc()
        note_stage(
            "vendor",
            self._started,
            ended,
            provider=self._provider,
            capability=self._capability,
            outcome=came_to,
        )


def outcome(error: BaseException | None) -> str:
    """`ok`, the code of one of our errors, `abandoned` by who asked, or `error`: a bug."""
    if error is None:
        return "ok"
    if isinstance(error, ABANDONED):
        return "abandoned"
    return error.code if isinstance(error, AppError) else "error"
