"""What the service counts. `/metrics` shows it; docs/metrics.md says what each figure means.

Labels have few values, all of them the code's own: never a path, an address or a person's word.
The figures of all processes are added up, through the files of `metric_files.py`.
"""

from __future__ import annotations

from functools import cache
from typing import Literal, get_args

from prometheus_client import Counter, Gauge, Histogram

PREFIX = "interview_trainer"

# The parts of a request that are timed.
Stage = Literal["auth", "hold", "vendor_first_byte", "vendor", "settle", "chunk_wait"]
HoldKind = Literal["held", "posted", "voided", "expired"]

BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)
# Of what may be one of many routes, or lasts long.
COARSE_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)


def counter(name: str, text: str, *labels: str) -> Counter:
    return Counter(f"{PREFIX}_{name}", text, labels)


def histogram(
    name: str, text: str, labels: tuple[str, ...], buckets: tuple[float, ...]
) -> Histogram:
    return Histogram(f"{PREFIX}_{name}", text, labels, buckets=buckets)


def live_gauge(name: str, text: str) -> Gauge:
    """The sum over the processes that live."""
    return Gauge(f"{PREFIX}_{name}", text, multiprocess_mode="livesum")


requests = counter("requests_total", "Requests answered.", "route", "method", "status")
request_seconds = histogram(
    "request_seconds", "From a request to the begin of its answer.", ("route",), COARSE_BUCKETS_S
)
request_threads_busy = live_gauge("request_threads_busy", "Requests that are open.")
permits_busy = live_gauge("permits_busy", "Permits under which somebody works.")
permit_wait_seconds = histogram(
    "permit_wait_seconds", "How long a permit was waited for, where none was free.", (), BUCKETS_S
)
streams_open = live_gauge("streams_open", "Answers that are being streamed.")
stream_seconds = histogram(
    "stream_seconds", "From a request to the end of its stream.", ("ended",), COARSE_BUCKETS_S
)
stage_seconds = histogram("stage_seconds", "Time by part of a request.", ("stage",), BUCKETS_S)
vendor_calls = counter(
    "vendor_calls_total", "Calls to models by how they ended.", "provider", "capability", "outcome"
)
vendor_seconds = histogram(
    "vendor_seconds",
    "Time that calls to models took, to their last piece.",
    ("provider", "capability"),
    COARSE_BUCKETS_S,
)
holds = counter("holds_total", "Holds by what became of them.", "kind")
credits_moved = counter("credits_total", "Credits held, charged and returned.", "kind")
tasks = counter("tasks_total", "Attempts at background tasks by how they ended.", "task", "state")
speech_threads_busy = live_gauge("speech_threads_busy", "Threads that make a chunk of speech.")
speech_chunks_waiting = live_gauge("speech_chunks_waiting", "Chunks that wait for a thread.")

# To find the one of its labels in a metric costs more than to count: each is found once. The
# labels are bounded, and so are these.
stages = {name: stage_seconds.labels(name) for name in get_args(Stage)}
requests_of = cache(requests.labels)
request_seconds_of = cache(request_seconds.labels)
vendor_calls_of = cache(vendor_calls.labels)
vendor_seconds_of = cache(vendor_seconds.labels)
holds_of = {kind: (holds.labels(kind), credits_moved.labels(kind)) for kind in get_args(HoldKind)}


def note_hold(kind: HoldKind, amount: int) -> None:
    """Count what is committed: a hold, or what became of one, with its credits."""
    count, amounts = holds_of[kind]
    count.inc()
    amounts.inc(amount)
