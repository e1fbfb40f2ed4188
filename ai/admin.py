"""The catalogue of models: what staff changed, beside all that there is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from unfold.decorators import display

from ai.catalogue import catalogue, forget_catalogue
from ai.models import ModelOverride
from ai.offers import CatalogueModel
from users.admin.base import StaffAdmin

WARN_BEFORE = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class CatalogueRow:
    """One model as it is served now, and where staff change it."""

    model: CatalogueModel
    is_changed: bool
    change_url: str
    retirement: str


def retirement_of(retires_on: date | None, today: date) -> str:
    """`retired`, `soon` (within `WARN_BEFORE`), `announced`, or an empty string."""
    if retires_on is None:
        return ""
    if retires_on <= today:
        return "retired"
    return "soon" if retires_on <= today + WARN_BEFORE else "announced"


def catalogue_rows() -> list[CatalogueRow]:
    today = timezone.now().date()
    overrides = dict(ModelOverride.objects.values_list("name", "pk"))
    return [
        CatalogueRow(
            model=model,
            is_changed=model.name in overrides,
            change_url=change_url(model.name, overrides.get(model.name)),
            retirement=retirement_of(model.retires_on, today),
        )
        for model in catalogue()
    ]


def change_url(name: str, override_id: int | None) -> str:
    if override_id is None:
        return reverse("admin:ai_modeloverride_add", query={"name": name})
    return reverse("admin:ai_modeloverride_change", args=[override_id])


@admin.register(ModelOverride)
class ModelOverrideAdmin(StaffAdmin):
    section = "Models"
    icon = "neurology"

    list_display = ["name", "credits_per_unit", "is_offered", "end", "replaced_by", "updated_at"]
    list_filter = ["is_offered"]
    search_fields = ["name"]
    search_help_text = "Name of a changed model"
    list_before_template = "admin/ai/modeloverride/catalogue.html"
    fieldsets = [
        (None, {"fields": ["name", "is_offered", ("credits_per_unit", "cached_credits_per_unit")]}),
        ("Retirement", {"fields": [("retires_on", "replaced_by")]}),
        (
            "A model that the catalogue does not know",
            {"fields": [("provider", "capability")]},
        ),
    ]

    @display(
        description="retires",
        label={"retired": "danger", "soon": "warning", "announced": "info"},
        ordering="retires_on",
    )
    def end(self, override: ModelOverride) -> tuple[str, str] | None:
        retirement = retirement_of(override.retires_on, timezone.now().date())
        return (retirement, f"{retirement}: {override.retires_on}") if retirement else None

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        rows = catalogue_rows()
        context = {
            **(extra_context or {}),
            "title": "Models",
            "rows": rows,
            "ending": [row for row in rows if row.retirement in ("soon", "retired")],
            "may_change": self.has_change_permission(request) and self.has_add_permission(request),
        }
        response: HttpResponse = super().changelist_view(request, context)
        return response

    def save_model(
        self, request: HttpRequest, obj: ModelOverride, form: forms.ModelForm, change: bool
    ) -> None:
        super().save_model(request, obj, form, change)
        forget_catalogue()

    def delete_model(self, request: HttpRequest, obj: ModelOverride) -> None:
        super().delete_model(request, obj)
        forget_catalogue()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[ModelOverride]) -> None:
        super().delete_queryset(request, queryset)
        forget_catalogue()
