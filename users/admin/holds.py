"""Holds: what is set aside now, and how each one ended."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from unfold.decorators import display

from users.admin.base import ReadOnlyAdmin, link, shown_time
from users.admin.ledger import person_link
from users.admin.search import search_holds
from users.models import Hold, LedgerEntry

STATES = {"Open": "info", "Posted": "success", "Voided": "default", "Expired": "warning"}


def entry_link(entry: LedgerEntry | None) -> str:
    if entry is None:
        return "-"
    return link(reverse("admin:users_ledgerentry_change", args=[entry.pk]), str(entry))


@admin.register(Hold)
class HoldAdmin(ReadOnlyAdmin):
    section = "Credits"
    icon = "lock_clock"

    list_display = [
        "made",
        "person",
        "state_label",
        "amount",
        "charged",
        "purpose",
        "expires",
        "resolved",
    ]
    list_filter = ["state"]
    search_fields = ["purpose"]
    search_help_text = "Whole email, operation id or purpose"
    sortable_by: list[str] = []
    fieldsets = [
        (None, {"fields": [("state_label", "operation_id"), "person", "purpose"]}),
        ("Credits", {"fields": [("amount", "charged")]}),
        ("When", {"fields": ["made", ("expires", "resolved")]}),
        ("In the ledger", {"fields": ["opened_by", "resolved_by"]}),
    ]
    readonly_fields = [
        "state_label",
        "person",
        "made",
        "expires",
        "resolved",
        "opened_by",
        "resolved_by",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Hold]:
        """Prefetched, not joined: with a join, databases may sort the whole table for one page."""
        holds: QuerySet[Hold] = super().get_queryset(request)
        return holds.prefetch_related("account__user")

    def get_ordering(self, request: HttpRequest) -> list[str]:
        """Newest first; within one state in the order that the index (state, expires_at) has."""
        return ["-expires_at", "-pk"] if "state__exact" in request.GET else ["-pk"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Hold], search_term: str
    ) -> tuple[QuerySet[Hold], bool]:
        found = search_holds(queryset, search_term) if search_term.strip() else queryset
        return found, False

    @admin.display(description="person")
    def person(self, hold: Hold) -> str:
        return person_link(hold.account.user)

    @admin.display(description="made")
    def made(self, hold: Hold) -> str:
        return shown_time(hold.created_at)

    @admin.display(description="expires")
    def expires(self, hold: Hold) -> str:
        return shown_time(hold.expires_at)

    @admin.display(description="resolved")
    def resolved(self, hold: Hold) -> str:
        return shown_time(hold.resolved_at)

    @admin.display(description="opened by")
    def opened_by(self, hold: Hold) -> str:
        return entry_link(LedgerEntry.objects.filter(opens=hold).first())

    @admin.display(description="resolved by")
    def resolved_by(self, hold: Hold) -> str:
        return entry_link(LedgerEntry.objects.filter(resolves=hold).first())

    @display(description="state", label=STATES)
    def state_label(self, hold: Hold) -> str:
        return hold.get_state_display()
