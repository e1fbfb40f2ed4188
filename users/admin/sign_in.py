"""Who is locked out of signing in; to delete a row lets them try again at once."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.db.models import Model
from django.http import HttpRequest

from users.admin.base import ReadOnlyAdmin, shown_time
from users.models import SignInFailures


@admin.register(SignInFailures)
class SignInFailuresAdmin(ReadOnlyAdmin):
    section = "Access"
    icon = "lock"

    list_display = ["email", "address", "count", "locked", "last"]
    search_fields = ["email__startswith", "address__startswith"]
    search_help_text = "Email or address, from its start"
    sortable_by: list[str] = []
    fields = ["email", "address", "count", "locked", "last"]
    readonly_fields = fields

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return ModelAdmin.has_delete_permission(self, request, obj)

    @admin.display(description="locked until")
    def locked(self, failures: SignInFailures) -> str:
        return shown_time(failures.locked_until)

    @admin.display(description="last")
    def last(self, failures: SignInFailures) -> str:
        return shown_time(failures.last_at)
