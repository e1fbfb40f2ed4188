"""Figures that are asked for when `/metrics` is: of the database, the cache and the settings.

`SCRAPED_GAUGES` in the settings lists functions that return some. Each runs in a thread and a
database connection of its own, at most once in `KEPT_S` and never twice at once. `/metrics` waits
`WAIT_S` for them: what has not come by then is left out, and `gauges_up` says whose it is.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Iterable, Iterator

from django.conf import settings
from django.db import connection, connections
from django.utils.module_loading import import_string
from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from interview_trainer.metric_files import current_folder, maker_of
from interview_trainer.metrics import PREFIX
from interview_trainer.processes import cpu_s, family_of, memory_bytes

logger = logging.getLogger(__name__)

KEPT_S = 5.0
WAIT_S = 2.0


def gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"{PREFIX}_{name}", text, value=value)


def labelled_gauge(name: str, text: str, labels: Iterable[str]) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"{PREFIX}_{name}", text, labels=list(labels))


class Source:
    """One function of `SCRAPED_GAUGES`, and what it returned last."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._known: list[Metric] = []
        self._known_at = float("-inf")
        self._thread: threading.Thread | None = None

    @property
    def is_up(self) -> bool:
        return time.monotonic() - self._known_at < KEPT_S

    @property
    def gauges(self) -> list[Metric]:
        return self._known if self.is_up else []

    def begin(self) -> None:
        if not (self.is_up or (self._thread and self._thread.is_alive())):
            self._thread = threading.Thread(target=self._ask, name="gauges", daemon=True)
            self._thread.start()

    def wait(self, until: float) -> None:
        if self._thread is not None:
            self._thread.join(max(0.0, until - time.monotonic()))

    def _ask(self) -> None:
        try:
            self._known = list(import_string(self.path)())
            self._known_at = time.monotonic()
        except Exception as exc:
            # Whatever is away, all other figures are still there.
            logger.warning(
                "gauges_failed", extra={"source": self.path, "error": type(exc).__name__}
            )
        finally:
            connections.close_all()


class Gauges(Collector):
    """What prometheus_client asks. There is one in each process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sources: dict[str, Source] = {}

    def collect(self) -> Iterator[Metric]:
        up = labelled_gauge("gauges_up", "Whether gauges could be asked for.", ["source"])
        for source in self._answered():
            yield from source.gauges
            up.add_metric([source.path], float(source.is_up))
        yield up

    def _answered(self) -> list[Source]:
        with self._lock:
            sources = [
                self._sources.setdefault(path, Source(path)) for path in settings.SCRAPED_GAUGES
            ]
            for source in sources:
                source.begin()
        until = time.monotonic() + WAIT_S
        for source in sources:
            source.wait(until)
        return sources


def database_gauges() -> Iterator[GaugeMetricFamily]:
    """How many connections the server has, and may have. SQLite has no server."""
    if connection.vendor != "mysql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SHOW GLOBAL STATUS LIKE 'Threads_connected'")
        ((_, connected),) = cursor.fetchall()
        cursor.execute("SELECT @@global.max_connections")
        ((allowed,),) = cursor.fetchall()
    yield gauge("database_connections", "Connections that the database server has.", int(connected))
    yield gauge("database_connections_max", "Connections that it allows.", allowed)


def process_gauges() -> Iterator[Metric]:
    """What all processes of this server use, the ended ones' time too."""
    pids = list(family_of(server_pid()))
    yield gauge("processes", "Processes that run.", len(pids))
    memory = sum(memory_bytes(pid) for pid in pids)
    yield gauge("memory_bytes", "Memory in use; what is shared counts once.", memory)
    text = "Time that the processors worked for it."
    yield CounterMetricFamily(f"{PREFIX}_cpu_seconds", text, sum(map(cpu_s, pids)))


def server_pid() -> int:
    folder = current_folder()
    return maker_of(folder) if folder is not None else os.getpid()


def thread_gauges() -> Iterator[GaugeMetricFamily]:
    """The most that there may be of what is counted, in one server."""
    text = "Requests that may be open at once."
    yield gauge("request_threads", text, settings.WORKERS * settings.THREADS)
    text = "Requests that may work at once."
    yield gauge("permits", text, settings.WORKERS * settings.PERMITS)
    text = "Threads that there are for chunks of speech."
    yield gauge("speech_threads", text, settings.WORKERS * settings.SPEECH_THREADS)
