"""A worker: one process that runs tasks, one at a time, and what is to be done regularly.

SIGTERM lets the running task end, for `GRACEFUL_TIMEOUT_S` at most; SIGINT and SIGQUIT do not wait.
A task that is cut short unwinds, so that nothing it held stays held, and goes back to the queue.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from types import FrameType
from typing import Any

import structlog
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import close_old_connections, connections
from django.utils.module_loading import import_string
from django_tasks import TaskContext
from django_tasks.utils import normalize_json

from background import queue
from background.queue import Row
from interview_trainer import metrics, stages
from interview_trainer.error_reports import end_error_reports, start_error_reports
from interview_trainer.outages import DATABASE_AWAY
from interview_trainer.tracing import begin_span, end_tracing, start_tracing

logger = logging.getLogger(__name__)

POLL_S = 0.5
DATABASE_WAIT_S = 5.0
RENEWALS_PER_LEASE = 4


class StoppedError(BaseException):
    """The running task is to end now: the worker stops. Not an error that a task may handle."""


@dataclass
class Attempt:
    """A task that runs, and the time (monotonic) until which it is safely this worker's."""

    row: Row
    lapses_at: float


class Worker:
    def __init__(self) -> None:
        self.id = f"{os.getpid()}-{uuid.uuid4().hex}"
        self.is_stopping = False
        self._must_stop_now = False
        self._may_interrupt = False
        self._attempt: Attempt | None = None
        self._due_at = dict.fromkeys(settings.SCHEDULE_S, 0.0)

    def run(self, *, parent_pid: int) -> None:
        """Work until a signal comes or the parent is gone."""
        signal.signal(signal.SIGTERM, self._stop_gently)
        signal.signal(signal.SIGINT, self._stop_now)
        signal.signal(signal.SIGQUIT, self._stop_now)
        signal.signal(signal.SIGALRM, self._stop_now)
        threading.Thread(
            target=self._keep_watch, args=[parent_pid], name="watch", daemon=True
        ).start()
        start_error_reports()
        start_tracing()
        logger.info("worker_started", extra={"pid": os.getpid()})
        while not self.is_stopping and os.getppid() == parent_pid:
            self._pause(self._work())
        logger.info("worker_stopped", extra={"pid": os.getpid()})
        end_tracing()
        end_error_reports()

    def _work(self) -> float:
        """Do what is due. Returns how many seconds to wait then."""
        try:
            close_old_connections()
            self.keep_schedule()
            return 0.0 if self.run_next() else POLL_S
        except DatabaseError as exc:
            logger.warning("worker_database_away", extra={"error": type(exc).__name__})
            connections.close_all()
            return DATABASE_WAIT_S

    def _pause(self, wait_s: float) -> None:
        until = time.monotonic() + wait_s
        while not self.is_stopping and time.monotonic() < until:
            time.sleep(POLL_S)

    def keep_schedule(self) -> None:
        """Run what `SCHEDULE_S` says is due."""
        for path, every_s in settings.SCHEDULE_S.items():
            if time.monotonic() >= self._due_at[path]:
                self._due_at[path] = time.monotonic() + every_s
                run_scheduled(path)

    def run_next(self) -> bool:
        """Run the next due task, if there is one. False where there is none."""
        row = queue.claim_next(worker_id=self.id)
        if row is None:
            return False
        attempt = len(row.worker_ids)
        names = {"task_id": str(row.pk), "task": row.task_path, "attempt": attempt}
        with structlog.contextvars.bound_contextvars(**names):
            self._run(row)
        return True

    def _run(self, row: Row) -> None:
        attempt = Attempt(row, time.monotonic() + settings.TASK_LEASE_S)
        started = time.perf_counter()
        span = begin_span(row.task_path, started)
        stages.current.set(stages.Record(span))
        error = ""
        end: Callable[[], bool]
        try:
            end = partial(queue.succeed, row, return_value=self._call(attempt))
        except StoppedError:
            end = partial(queue.give_back, row)
        except Exception as exc:
            error = type(exc).__name__
            end = partial(queue.fail, row, exc)
        is_ours = while_leased(attempt, end)
        fields = {
            "state": row.status.lower() if is_ours else "lost",
            "duration_ms": round((time.perf_counter() - started) * 1000, 1),
            **({"error": error} if error else {}),
        }
        if span is not None:
            told = {"task_id": str(row.pk), "attempt": len(row.worker_ids), **fields}
            span.end(row.task_path, told, has_failed=bool(error))
        metrics.tasks.labels(row.task_path, fields["state"]).inc()
        logger.log(logging.WARNING if error else logging.INFO, "task", extra=fields)

    def _call(self, attempt: Attempt) -> Any:
        result: Any = attempt.row.task_result  # typed for Django 6's own TaskResult
        task = attempt.row.task
        context = [TaskContext(task_result=result)] if task.takes_context else []
        self._attempt = attempt
        try:
            self._may_interrupt = True
            if self._must_stop_now:
                raise StoppedError
            return normalize_json(task.call(*context, *result.args, **result.kwargs))
        finally:
            self._may_interrupt = False
            self._attempt = None

    def _stop_gently(self, signum: int, frame: FrameType | None) -> None:
        if not self.is_stopping:
            self.is_stopping = True
            signal.alarm(max(1, settings.GRACEFUL_TIMEOUT_S))

    def _stop_now(self, signum: int, frame: FrameType | None) -> None:
        self.is_stopping = self._must_stop_now = True
        if self._may_interrupt:
            self._may_interrupt = False
            raise StoppedError

    def _keep_watch(self, parent_pid: int) -> None:
        """A thread of its own, beside the task: renews the lease, and stops when orphaned.

        It ends the process before another worker runs the task.
        """
        while True:
            time.sleep(settings.TASK_LEASE_S / RENEWALS_PER_LEASE)
            if os.getppid() != parent_pid:
                os.kill(os.getpid(), signal.SIGTERM)
            attempt = self._attempt
            if attempt is not None and not is_renewed(attempt) and self._attempt is attempt:
                logger.critical("lease_lost", extra={"task_id": str(attempt.row.pk)})
                os._exit(1)


def while_leased(attempt: Attempt, end: Callable[[], bool]) -> bool:
    """Write how the attempt ended, again and again while the database is away: it was work."""
    while True:
        try:
            return end()
        except DATABASE_AWAY:
            if time.monotonic() >= attempt.lapses_at:
                raise
            connections.close_all()
            time.sleep(POLL_S)


def is_renewed(attempt: Attempt) -> bool:
    """Whether the task is still this worker's. While the database is away, until it lapses."""
    now = time.monotonic()
    try:
        close_old_connections()
        if not queue.renew_lease(attempt.row):
            return False
    except DatabaseError:
        connections.close_all()
        return time.monotonic() < attempt.lapses_at
    attempt.lapses_at = now + settings.TASK_LEASE_S
    return True


def run_scheduled(path: str) -> None:
    """Its failure is logged, and left to the next time."""
    try:
        count = import_string(path)()
    except Exception as exc:
        logger.error("scheduled_failed", extra={"function": path, "error": type(exc).__name__})
        return
    if count:
        logger.info("scheduled", extra={"function": path, "count": count})
