"""Interviews for staff: who practised what and when, and whether the report was made.

Nothing of what was said, written or uploaded is shown here.
"""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from unfold.decorators import display

from interviews.models import Interview, Report
from users.admin.base import ReadOnlyAdmin, shown_time
from users.admin.ledger import person_link
from users.admin.search import SearchTerms

STATES = {"Planned": "default", "Running": "info", "Paused": "warning", "Finished": "success"}
REPORT_STATES = {
    "Waiting": "info",
    "Running": "info",
    "Ready": "success",
    "Failed": "danger",
    "None": "default",
}


@admin.register(Interview)
class InterviewAdmin(ReadOnlyAdmin):
    section = "People"
    icon = "record_voice_over"

    list_display = [
        "made",
        "person",
        "role_title",
        "level",
        "type",
        "state_label",
        "report_label",
        "finished",
    ]
    list_filter = ["state", "type"]
    search_fields = ["id"]
    search_help_text = "Whole email, or the interview's id"
    sortable_by: list[str] = []
    fieldsets = [
        (None, {"fields": [("state_label", "id"), "person"]}),
        ("What was practised", {"fields": ["role_title", ("level", "type"), "matched_by"]}),
        ("When", {"fields": ["made", ("started", "finished")]}),
        ("Report", {"fields": [("report_label", "attempts", "failure"), "rubric_label"]}),
    ]
    readonly_fields = [
        "state_label",
        "person",
        "role_title",
        "made",
        "started",
        "finished",
        "report_label",
        "attempts",
        "failure",
        "rubric_label",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Interview]:
        """Without the texts; prefetched, so that a page reads no more than its own rows."""
        reports = Report.objects.defer("document", "samples", "summary")
        return (
            Interview.objects.defer("job_description", "resume")
            .prefetch_related("user", Prefetch("report", reports))
            .order_by("-created_at", "-pk")
        )

    def get_ordering(self, request: HttpRequest) -> list[str]:
        return ["-created_at", "-pk"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Interview], search_term: str
    ) -> tuple[QuerySet[Interview], bool]:
        terms = SearchTerms.parse(search_term)
        if terms.emails:
            queryset = queryset.filter(user__email__in=terms.emails)
        if terms.operation_ids:
            queryset = queryset.filter(pk__in=terms.operation_ids)
        return queryset.none() if terms.words else queryset, False

    @admin.display(description="made")
    def made(self, interview: Interview) -> str:
        return shown_time(interview.created_at)

    @admin.display(description="person")
    def person(self, interview: Interview) -> str:
        return person_link(interview.user)

    @admin.display(description="role")
    def role_title(self, interview: Interview) -> str:
        return interview.role_title

    @display(description="state", label=STATES)
    def state_label(self, interview: Interview) -> str:
        return interview.get_state_display()

    @admin.display(description="started")
    def started(self, interview: Interview) -> str:
        return shown_time(interview.started_at)

    @admin.display(description="finished")
    def finished(self, interview: Interview) -> str:
        return shown_time(interview.finished_at)

    @display(description="report", label=REPORT_STATES)
    def report_label(self, interview: Interview) -> str:
        report = report_of(interview)
        return report.get_state_display() if report else "None"

    @admin.display(description="attempts")
    def attempts(self, interview: Interview) -> int:
        report = report_of(interview)
        return report.attempts if report else 0

    @admin.display(description="failure")
    def failure(self, interview: Interview) -> str:
        report = report_of(interview)
        return report.failure if report and report.failure else "-"

    @admin.display(description="rubric")
    def rubric_label(self, interview: Interview) -> str:
        return f"{interview.rubric}-{interview.rubric_version}"


def report_of(interview: Interview) -> Report | None:
    return getattr(interview, "report", None)
