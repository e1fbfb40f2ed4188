"""The queue's rows under a name that staff understand."""

from django_tasks_db.models import DBTaskResult


class BackgroundTask(DBTaskResult):  # type: ignore[type-arg]  # not generic at run time
    """A row of the queue, as the admin site shows it. `queue.py` is what works on them."""

    class Meta:
        proxy = True
        verbose_name = "background task"

    def __str__(self) -> str:
        return f"{self.short_name} {self.pk}"

    @property
    def short_name(self) -> str:
        """`interviews.make_report` for `interviews.tasks.make_report`."""
        return self.task_path.replace(".tasks.", ".")
