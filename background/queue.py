"""What a worker does to the rows of the queue. Each step is safe against every other worker.

A running task's `run_after` is its lease: the time from which it may run again. Its worker moves
it ahead while it lives (`renew_lease`); where that ends, `retry_lost_tasks` finds the task. The
time at which an attempt started says whose it is: a worker that lost its task changes nothing.
"""

from __future__ import annotations

import logging
import traceback
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django_tasks import DEFAULT_TASK_BACKEND_ALIAS, TaskResultStatus
from django_tasks.base import Task
from django_tasks_db.models import DBTaskResult

from background.backend import MAX_ATTEMPTS

logger = logging.getLogger(__name__)

Row = DBTaskResult[Any, Any]
Rows = QuerySet[Row]

CANDIDATES = 10
# Of the wait before the next attempt: 5 s, 20 s, 80 s, 320 s as shipped.
WAIT_GROWTH = 4


class TaskLostError(Exception):
    """The worker of this attempt ended, or gave no sign of life for `TASK_LEASE_S`."""


def claim_next(*, worker_id: str) -> Row | None:
    """The next due task, from now on this worker's, or None where nothing is due.

    A claim is one conditional UPDATE: whoever turns the row from ready to running has the task.
    No lock is waited for, and none is left behind, on either database.
    """
    due = DBTaskResult.objects.ready().filter(backend_name=DEFAULT_TASK_BACKEND_ALIAS)
    while candidates := list(due[:CANDIDATES]):
        for row in candidates:
            if claim(row, worker_id=worker_id):
                return row
    return None


def claim(row: Row, *, worker_id: str) -> bool:
    as_found = DBTaskResult.objects.filter(
        pk=row.pk, status=TaskResultStatus.READY, run_after=row.run_after
    )
    now = timezone.now()
    return change(
        as_found,
        row,
        status=TaskResultStatus.RUNNING,
        started_at=now,
        run_after=now + timedelta(seconds=settings.TASK_LEASE_S),
        worker_ids=[*row.worker_ids, worker_id],
    )


def renew_lease(row: Row) -> bool:
    """False where the task is no longer this attempt's."""
    lease = timezone.now() + timedelta(seconds=settings.TASK_LEASE_S)
    return bool(held(row).update(run_after=lease))


def succeed(row: Row, *, return_value: Any) -> bool:
    """False where the task is no longer this attempt's, as of the functions below."""
    return change(
        held(row),
        row,
        status=TaskResultStatus.SUCCESSFUL,
        finished_at=timezone.now(),
        return_value=return_value,
        exception_class_path="",
        traceback="",
    )


def fail(row: Row, exc: Exception, *, rows: Rows | None = None) -> bool:
    """Wait for the next attempt, or, where there is none, tell `on_failure` and end as failed."""
    task = task_of(row)
    changes: dict[str, Any] = {
        "exception_class_path": f"{type(exc).__module__}.{type(exc).__qualname__}",
        "traceback": describe(exc),
    }
    if is_final(task, row, exc):
        changes |= {"status": TaskResultStatus.FAILED, "finished_at": timezone.now()}
    else:
        wait = settings.TASK_RETRY_WAIT_S * WAIT_GROWTH ** (len(row.worker_ids) - 1)
        again_at = timezone.now() + timedelta(seconds=wait)
        changes |= {"status": TaskResultStatus.READY, "run_after": again_at}
    with transaction.atomic():
        if not change(held(row) if rows is None else rows, row, **changes):
            return False
        if row.status == TaskResultStatus.FAILED:
            tell_failure(task, row)
    return True


def is_final(task: Task[Any, Any] | None, row: Row, exc: Exception) -> bool:
    if isinstance(exc, getattr(task, "not_retried", ())):
        return True
    return len(row.worker_ids) >= getattr(task, "max_attempts", MAX_ATTEMPTS)


def tell_failure(task: Task[Any, Any] | None, row: Row) -> None:
    on_failure = getattr(task, "on_failure", None)
    if on_failure is None:
        return
    try:
        with transaction.atomic():
            on_failure(*row.args_kwargs["args"], **row.args_kwargs["kwargs"])
    except Exception as exc:
        # The task has failed all the same; left running, it would be found lost for ever.
        logger.error(
            "on_failure_failed", extra={"task": row.task_path, "error": type(exc).__name__}
        )


def give_back(row: Row) -> bool:
    """Ready at once, as if this attempt had not been: the worker was told to stop."""
    return change(
        held(row),
        row,
        status=TaskResultStatus.READY,
        run_after=timezone.now(),
        worker_ids=row.worker_ids[:-1],
    )


def run_again(row: Row) -> bool:
    """Ready once more, with all its attempts. False where the task has not failed."""
    failed = DBTaskResult.objects.failed().filter(pk=row.pk)
    return change(
        failed,
        row,
        status=TaskResultStatus.READY,
        run_after=timezone.now(),
        finished_at=None,
        worker_ids=[],
    )


def retry_lost_tasks() -> int:
    """End the attempts whose lease has lapsed, and say how many those were."""
    lapsed = DBTaskResult.objects.running().filter(run_after__lte=timezone.now())
    return sum(
        fail(row, TaskLostError(), rows=held(row).filter(run_after=row.run_after))
        for row in list(lapsed)
    )


def delete_old_results() -> int:
    """Forget what ended more than `TASK_RESULTS_KEPT_S` ago, and say how many tasks that was."""
    kept_since = timezone.now() - timedelta(seconds=settings.TASK_RESULTS_KEPT_S)
    deleted, _ = DBTaskResult.objects.finished().filter(finished_at__lt=kept_since).delete()
    return deleted


def held(row: Row) -> Rows:
    """The row, as long as it is in the attempt that `row` was claimed for."""
    return DBTaskResult.objects.filter(
        pk=row.pk, status=TaskResultStatus.RUNNING, started_at=row.started_at
    )


def change(rows: Rows, row: Row, **changes: Any) -> bool:
    """Write to the database what still matches, and then to `row`."""
    if not rows.update(**changes):
        return False
    for name, value in changes.items():
        setattr(row, name, value)
    return True


def task_of(row: Row) -> Task[Any, Any] | None:
    """None where this version of the code does not have it: another may."""
    try:
        return row.task  # type: ignore[return-value]  # typed for Django 6's own Task
    except (ImportError, SuspiciousOperation):
        return None


def describe(exc: BaseException) -> str:
    """Where it was raised, without its text, which may hold a person's words."""
    causes = []
    cause: BaseException | None = exc
    while cause is not None:
        name = f"{type(cause).__module__}.{type(cause).__qualname__}"
        causes.append("".join(traceback.format_tb(cause.__traceback__)) + name)
        cause = cause.__cause__
    return "\n\ncaused by\n\n".join(causes)
