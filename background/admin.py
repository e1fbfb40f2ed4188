"""Background tasks: what waits, what runs, and what has failed and why."""

from __future__ import annotations

import json
from datetime import datetime

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max
from unfold.decorators import action, display

from background.models import BackgroundTask
from background.queue import run_again
from users.admin.base import ReadOnlyAdmin, shown_time
from users.admin.forms import ConfirmForm

STATES = {"Ready": "info", "Running": "warning", "Successful": "success", "Failed": "danger"}

# The package's own page is made for Django's plain admin site.
admin.site.unregister(DBTaskResult)


@admin.register(BackgroundTask)
class BackgroundTaskAdmin(ReadOnlyAdmin):
    section = "Oversight"
    icon = "manufacturing"

    actions_detail = ["retry"]
    list_display = ["enqueued", "name", "state", "attempts", "due", "finished", "error"]
    list_filter = ["status"]
    search_fields = ["task_path"]
    search_help_text = "A part of the task's name"
    sortable_by: list[str] = []
    fieldsets = [
        (None, {"fields": ["name", ("state", "attempts"), "arguments"]}),
        ("When", {"fields": [("enqueued", "due"), ("started", "finished")]}),
        ("How its last attempt ended", {"fields": ["error", "where"]}),
    ]
    readonly_fields = [
        "name",
        "state",
        "attempts",
        "arguments",
        "enqueued",
        "due",
        "started",
        "finished",
        "error",
        "where",
    ]

    def get_ordering(self, request: HttpRequest) -> list[str]:
        return ["-enqueued_at", "-pk"]

    def has_retry_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        if not request.user.has_perm("background.change_backgroundtask"):
            return False
        row = self.get_object(request, str(object_id)) if object_id else None
        return row is None or row.status == TaskResultStatus.FAILED

    @admin.display(description="task")
    def name(self, row: BackgroundTask) -> str:
        return row.short_name

    @display(description="state", label=STATES)
    def state(self, row: BackgroundTask) -> str:
        return str(row.get_status_display())

    @admin.display(description="attempts")
    def attempts(self, row: BackgroundTask) -> int:
        return len(row.worker_ids)

    @admin.display(description="arguments")
    def arguments(self, row: BackgroundTask) -> str:
        return json.dumps(row.args_kwargs, ensure_ascii=False)

    @admin.display(description="enqueued")
    def enqueued(self, row: BackgroundTask) -> str:
        return shown_time(row.enqueued_at)

    @admin.display(description="due")
    def due(self, row: BackgroundTask) -> str:
        return shown_time(due_at(row))

    @admin.display(description="started")
    def started(self, row: BackgroundTask) -> str:
        return shown_time(row.started_at)

    @admin.display(description="finished")
    def finished(self, row: BackgroundTask) -> str:
        return shown_time(row.finished_at)

    @admin.display(description="error")
    def error(self, row: BackgroundTask) -> str:
        return row.exception_class_path.rpartition(".")[2] or "-"

    @admin.display(description="where")
    def where(self, row: BackgroundTask) -> str:
        return format_html('<pre class="overflow-x-auto">{}</pre>', row.traceback or "-")

    @action(description="Run again", url_path="retry", icon="replay", permissions=["retry"])
    def retry(self, request: HttpRequest, object_id: str) -> HttpResponse:
        row = self.object_or_404(request, object_id)
        if request.method == "POST":
            if run_again(row):
                self.log_change(request, row, "Ran again.")
                messages.success(request, "The task is ready to run again.")
            return self.redirect_to(row)
        return self.action_page(
            request,
            form=ConfirmForm(),
            title="Run this task again",
            submit="Run again",
            subject=row,
            note="It gets as many attempts as a new one.",
        )


def due_at(row: BackgroundTask) -> datetime | None:
    """When it may run, or, while it runs, when it is lost if its worker does not say that it lives.

    None for a task that has ended, and for one that was due as soon as it was enqueued.
    """
    if row.status not in (TaskResultStatus.READY, TaskResultStatus.RUNNING):
        return None
    return None if row.run_after == get_date_max() else row.run_after
