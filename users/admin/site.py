"""The admin's sidebar and its first page (settings: `UNFOLD`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.core.cache import cache
from django.db.models import Sum
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from users.admin.recency import rows_since
from users.models import ApiKey, Hold, LedgerEntry, User

admin.site.index_title = "Overview"

SECTIONS = ("People", "Credits", "Models", "Access", "Oversight")
FIGURES_LAST_S = 60
LATEST_ACTIONS = 8


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of the first page; `link` leads to its rows."""

    title: str
    value: int
    note: str
    link: str


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The models that this person may see, by section, in unfold's shape."""
    sections: dict[str, list[dict[str, Any]]] = {name: [] for name in SECTIONS}
    for app in admin.site.get_app_list(request):
        for model in app["models"]:
            model_admin = admin.site.get_model_admin(model["model"])
            section = getattr(model_admin, "section", "Other")
            sections.setdefault(section, []).append(
                {
                    "title": model["name"],
                    "icon": getattr(model_admin, "icon", "database"),
                    "link": model["admin_url"],
                }
            )
    home = {"title": "Overview", "icon": "home", "link": reverse("admin:index")}
    return [
        {"items": [home]},
        *({"title": name, "items": items} for name, items in sections.items() if items),
    ]


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """What the first page shows, each part for those who may see its rows."""
    if request.user.has_perm("users.view_ledgerentry"):
        context["figures"] = cache.get_or_set("admin-figures", read_figures, FIGURES_LAST_S)
    if request.user.has_perm("admin.view_logentry"):
        entries = LogEntry.objects.select_related("user", "content_type").order_by("-pk")
        context["latest_actions"] = entries[:LATEST_ACTIONS]
    return context


def read_figures() -> list[Figure]:
    """Read from the last day's rows and from indexes, never from whole tables."""
    now = timezone.now()
    today = rows_since(LedgerEntry.objects.all(), "created_at", now - timedelta(days=1))
    sums = today.aggregate(charged=Sum("charged"), issued=Sum("issued"))
    open_holds = Hold.objects.filter(state=Hold.State.OPEN)
    ledger, holds = (reverse(f"admin:users_{name}_changelist") for name in ("ledgerentry", "hold"))
    return [
        Figure(
            "New people",
            rows_since(User.objects.get_queryset(), "created_at", now - timedelta(days=1)).count(),
            "in the last 24 hours",
            reverse("admin:users_user_changelist"),
        ),
        Figure(
            "Credits charged",
            sums["charged"] or 0,
            "in the last 24 hours",
            f"{ledger}?kind__exact=post&period=1",
        ),
        Figure(
            "Credits issued",
            -(sums["issued"] or 0),
            "in the last 24 hours, less what was taken back",
            f"{ledger}?period=1",
        ),
        Figure(
            "Open holds",
            open_holds.count(),
            f"{open_holds.filter(expires_at__lte=now).count()} of them overdue",
            f"{holds}?state__exact=open",
        ),
        Figure(
            "API keys",
            ApiKey.objects.usable().count(),
            "can be used now",
            reverse("admin:users_apikey_changelist"),
        ),
    ]
