"""The ledger: searched, read and, by an entry of its own, reversed."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from unfold.decorators import action, display

from users.admin.base import ReadOnlyAdmin, attempt, link, sent_form, shown_time, staff_of
from users.admin.forms import ReasonForm
from users.admin.recency import PeriodFilter
from users.admin.search import search_entries
from users.models import LedgerEntry, User
from users.services.ledger import Author, reverse_entry

Kind = LedgerEntry.Kind
KINDS = {
    "Grant": "success",
    "Adjustment": "warning",
    "Hold": "info",
    "Post": "primary",
    "Void": "default",
    "Expire": "warning",
    "Reversal": "danger",
}
REVERSIBLE = (Kind.GRANT, Kind.ADJUSTMENT, Kind.POST)


def why_not_reversible(entry: LedgerEntry) -> str:
    """Why this entry cannot be reversed, or an empty string."""
    if entry.kind == Kind.REVERSAL:
        return "A reversal stays; adjust the balance instead."
    if entry.kind not in REVERSIBLE:
        return "The operation itself settles or returns its hold; only its charge can be reversed."
    if LedgerEntry.objects.filter(reverses=entry).exists():
        return "It was reversed before, which is possible once."
    return ""


def person_link(user: User) -> str:
    return link(reverse("admin:users_user_change", args=[user.pk]), user.email)


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnlyAdmin):
    """Newest first by id. Every search and filter below ends at an index; see `search.py`."""

    section = "Credits"
    icon = "receipt_long"

    list_display = [
        "made",
        "person",
        "kind_label",
        "available",
        "held",
        "charged",
        "after",
        "reason",
        "by",
    ]
    list_filter = ["kind", PeriodFilter]
    search_fields = ["reason"]
    search_help_text = "Whole email, operation id or reason"
    ordering = ["-pk"]
    sortable_by: list[str] = []
    actions_detail = ["reverse"]
    fieldsets = [
        (None, {"fields": [("kind_label", "made"), "person", "reason", "by", "reversible"]}),
        (
            "What it adds to each account",
            {"fields": [("issued", "available"), ("held", "charged")]},
        ),
        ("Balances after it", {"fields": [("available_after", "held_after")]}),
        ("Where it belongs", {"fields": ["sequence", "opens", "resolves", "reverses"]}),
    ]
    readonly_fields = ["kind_label", "made", "person", "by", "reversible"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[LedgerEntry]:
        """Prefetched, not joined: with a join, databases may sort the whole table for one page."""
        entries: QuerySet[LedgerEntry] = super().get_queryset(request)
        return entries.prefetch_related("account__user", "author", "api_key")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[LedgerEntry], search_term: str
    ) -> tuple[QuerySet[LedgerEntry], bool]:
        found = search_entries(queryset, search_term) if search_term.strip() else queryset
        return found, False

    @admin.display(description="made")
    def made(self, entry: LedgerEntry) -> str:
        return shown_time(entry.created_at)

    @admin.display(description="person")
    def person(self, entry: LedgerEntry) -> str:
        return person_link(entry.account.user)

    @display(description="kind", label=KINDS)
    def kind_label(self, entry: LedgerEntry) -> str:
        return entry.get_kind_display()

    @admin.display(description="after")
    def after(self, entry: LedgerEntry) -> int:
        return entry.available_after

    @admin.display(description="by")
    def by(self, entry: LedgerEntry) -> str:
        return str(entry.author or entry.api_key or "the service")

    @admin.display(description="can be reversed")
    def reversible(self, entry: LedgerEntry) -> str:
        return why_not_reversible(entry) or "Yes."

    def has_reverse_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return request.user.has_perm("users.write_credits")

    @action(description="Reverse", url_path="reverse", icon="undo", permissions=["reverse"])
    def reverse(self, request: HttpRequest, object_id: str) -> HttpResponse:
        entry = self.object_or_404(request, object_id)
        form = ReasonForm(sent_form(request))
        if form.is_valid():
            reason = form.cleaned_data["reason"]
            if reversal := attempt(form, lambda: self._reverse(request, entry, reason)):
                messages.success(request, f"Reversed; {reversal.available_after} are available.")
                return self.redirect_to(reversal)
        return self.action_page(
            request,
            form=form,
            title=f"Reverse {entry}",
            submit="Reverse",
            subject=entry,
            note=why_not_reversible(entry) or consequence(entry),
        )

    def _reverse(self, request: HttpRequest, entry: LedgerEntry, reason: str) -> LedgerEntry:
        with transaction.atomic():
            reversal = reverse_entry(
                entry=entry, reason=reason, author=Author(user=staff_of(request))
            )
            self.log_change(request, entry, f"Reversed by entry {reversal.pk}.")
        return reversal


def consequence(entry: LedgerEntry) -> str:
    if entry.kind == Kind.POST:
        return f"Refunds {entry.charged} credits that were charged."
    if entry.available > 0:
        return f"Takes back {entry.available} credits, where they are still available."
    return f"Gives back {-entry.available} credits."
