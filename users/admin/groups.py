"""Groups: what staff who are not superusers may do."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.db.models import ManyToManyField
from django.http import HttpRequest
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from users.admin.base import StaffAdmin

# The framework's own tables have no page here, so rights on them would mean nothing.
UNSEEN_APPS = ("contenttypes", "sessions")
UNSEEN_MODELS = ("permission", "creditaccount")

admin.site.unregister(Group)


class PermissionsField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Permission) -> str:
        return obj.name


@admin.register(Group)
class StaffGroupAdmin(StaffAdmin):
    section = "Access"
    icon = "shield_person"

    search_fields = ["name"]
    ordering = ["name"]

    def formfield_for_manytomany(
        self, db_field: ManyToManyField, request: HttpRequest, **kwargs: Any
    ) -> Any:
        kwargs["form_class"] = PermissionsField
        kwargs["widget"] = UnfoldAdminCheckboxSelectMultipleWidget
        kwargs["queryset"] = Permission.objects.exclude(
            content_type__app_label__in=UNSEEN_APPS
        ).exclude(content_type__model__in=UNSEEN_MODELS)
        return super().formfield_for_manytomany(db_field, request, **kwargs)
