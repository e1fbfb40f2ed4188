"""Where tasks are kept: Django's Tasks interface over the service's own database.

    @task(max_attempts=3, on_failure=note_failure)
    def make_report(report_id: int) -> None: ...

    with transaction.atomic():
        report = Report.objects.create(...)
        make_report.enqueue(report.pk)

Enqueuing writes a row in the caller's transaction: both happen, or neither. A task runs at least
once, so it must do no harm when it runs again; its arguments are ids, never a person's words.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

from django_tasks.base import Task
from django_tasks_db import DatabaseBackend

MAX_ATTEMPTS = 5

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class RetriedTask(Task[P, T]):
    """A task with what happens when it raises: all of it may be given to `@task`.

    It is tried `max_attempts` times in all, but never again after one of `not_retried`.
    `on_failure` is called with the task's own arguments when it has failed for good, also where
    its worker was killed, in the transaction that marks it as failed.
    """

    max_attempts: int = MAX_ATTEMPTS
    not_retried: tuple[type[Exception], ...] = ()
    on_failure: Callable[..., object] | None = None


class Backend(DatabaseBackend):
    task_class = RetriedTask  # type: ignore[assignment]  # typed for Django 6's own Task
