"""Finding rows by time in tables that only grow, without an index on time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone

# Ids are given before a transaction commits, so neighbours may be out of order by its length.
SLACK = timedelta(minutes=5)


def first_pk_since(rows: QuerySet[Any], field: str, moment: datetime) -> int:
    """The id from which on rows were made at `moment` or later, found by halving the ids.

    Some 24 look-ups in 10 million rows. Rows are made in the order of their ids, so their times
    need no index of their own, which every hold and its outcome would have to write.
    """
    low, high = 0, newest_pk(rows) + 1
    while low < high:
        middle = (low + high) // 2
        found = rows.filter(pk__gte=middle).order_by("pk").values_list("pk", field).first()
        if found is None or found[1] >= moment:
            high = middle
        else:
            low = found[0] + 1
    return low


def newest_pk(rows: QuerySet[Any]) -> int:
    return rows.order_by("-pk").values_list("pk", flat=True).first() or 0


def rows_since(rows: QuerySet[Any], field: str, moment: datetime) -> QuerySet[Any]:
    """The rows made at `moment` or later; reads only those."""
    start = first_pk_since(rows.model._default_manager.all(), field, moment - SLACK)
    return rows.filter(pk__gte=start, **{f"{field}__gte": moment})


class PeriodFilter(admin.SimpleListFilter):
    """Rows of the last day, week, month or quarter, by the time in `field`."""

    title = "period"
    parameter_name = "period"
    field: ClassVar[str] = "created_at"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> Iterable[tuple[str, str]]:
        return [
            ("1", "Last 24 hours"),
            ("7", "Last 7 days"),
            ("30", "Last 30 days"),
            ("90", "Last 90 days"),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Model]) -> QuerySet[Model]:
        days = self.value()
        if days not in ("1", "7", "30", "90"):
            return queryset
        return rows_since(queryset, self.field, timezone.now() - timedelta(days=int(days)))
