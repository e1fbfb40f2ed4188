"""Who did what in the admin site."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from unfold.decorators import display

from users.admin.base import ReadOnlyAdmin, link, shown_time
from users.admin.recency import PeriodFilter
from users.admin.search import as_email

ACTIONS = {ADDITION: "added", CHANGE: "changed", DELETION: "deleted"}


class ActionPeriodFilter(PeriodFilter):
    field = "action_time"


@admin.register(LogEntry)
class ActivityAdmin(ReadOnlyAdmin):
    section = "Oversight"
    icon = "history"

    list_display = ["when", "user", "did", "kind", "subject", "details"]
    list_filter = ["action_flag", ActionPeriodFilter]
    list_select_related = ["user", "content_type"]
    search_fields = ["object_repr"]
    search_help_text = "Email of who did it, or what it was done to"
    ordering = ["-pk"]
    sortable_by: list[str] = []
    fieldsets = [(None, {"fields": ["when", "user", "did", "kind", "subject", "details"]})]
    readonly_fields = ["when", "did", "kind", "subject", "details"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[LogEntry], search_term: str
    ) -> tuple[QuerySet[LogEntry], bool]:
        text = search_term.strip()
        if not text:
            return queryset, False
        found = Q(object_repr__icontains=text)
        if email := as_email(text):
            found |= Q(user__email=email)
        return queryset.filter(found), False

    @admin.display(description="when")
    def when(self, entry: LogEntry) -> str:
        return shown_time(entry.action_time)

    @display(description="did", label={"added": "success", "changed": "info", "deleted": "danger"})
    def did(self, entry: LogEntry) -> str:
        return ACTIONS[entry.action_flag]

    @admin.display(description="kind")
    def kind(self, entry: LogEntry) -> str:
        return entry.content_type.name if entry.content_type else ""

    @admin.display(description="what")
    def subject(self, entry: LogEntry) -> str:
        url = entry.get_admin_url()
        return link(url, entry.object_repr) if url else entry.object_repr

    @admin.display(description="details")
    def details(self, entry: LogEntry) -> str:
        return entry.get_change_message()
