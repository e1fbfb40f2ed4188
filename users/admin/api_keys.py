"""API keys: made, shown once, limited, revoked; never edited."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from users.admin.base import StaffAdmin, sent_form, shown_time, staff_of
from users.admin.forms import ApiKeyForm, ConfirmForm, KeyLimitsForm
from users.models import ApiKey
from users.services.api_keys import create_api_key, limit_api_key, revoke_api_key

STATES = {"usable": "success", "expired": "warning", "revoked": "danger"}


@admin.register(ApiKey)
class ApiKeyAdmin(StaffAdmin):
    section = "Access"
    icon = "key"

    list_display = ["shown_name", "state", "scope_list", "created_by", "last_used", "expires"]
    list_select_related = ["created_by"]
    search_fields = ["name", "prefix"]
    search_help_text = "Name or prefix"
    actions = ["revoke_selected"]
    actions_detail = ["set_limits", "revoke"]
    fieldsets = [
        (None, {"fields": ["shown_name", "state", "scope_list", "limit_list"]}),
        ("History", {"fields": [("created", "created_by"), "last_used"]}),
        ("End", {"fields": [("expires", "revoked")]}),
    ]
    readonly_fields = [
        "shown_name",
        "state",
        "scope_list",
        "limit_list",
        "created",
        "created_by",
        "last_used",
        "expires",
        "revoked",
    ]

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """A key's rights never change while someone uses it: make another one and revoke this."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Keys are revoked and stay, because the ledger names them."""
        return False

    def has_revoke_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        if not request.user.has_perm("users.change_apikey"):
            return False
        api_key = self.get_object(request, str(object_id)) if object_id else None
        return api_key is None or api_key.revoked_at is None

    @display(description="name", header=True)
    def shown_name(self, api_key: ApiKey) -> list[str]:
        return [api_key.name, f"it_{api_key.prefix}_…"]

    @display(description="state", label=STATES)
    def state(self, api_key: ApiKey) -> str:
        if api_key.revoked_at:
            return "revoked"
        return "usable" if api_key.is_usable_at(timezone.now()) else "expired"

    @admin.display(description="created")
    def created(self, api_key: ApiKey) -> str:
        return shown_time(api_key.created_at)

    @admin.display(description="last used")
    def last_used(self, api_key: ApiKey) -> str:
        return shown_time(api_key.last_used_at)

    @admin.display(description="expires")
    def expires(self, api_key: ApiKey) -> str:
        return shown_time(api_key.expires_at)

    @admin.display(description="revoked")
    def revoked(self, api_key: ApiKey) -> str:
        return shown_time(api_key.revoked_at)

    @admin.display(description="scopes")
    def scope_list(self, api_key: ApiKey) -> str:
        return ", ".join(api_key.scopes)

    @admin.display(description="limits of its own")
    def limit_list(self, api_key: ApiKey) -> str:
        return ", ".join(f"{name} {value}" for name, value in (api_key.limits or {}).items()) or "-"

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = ApiKeyForm(sent_form(request))
        if form.is_valid():
            return self._make(request, form)
        return self.action_page(
            request,
            form=form,
            title="Make an API key",
            submit="Make the key",
            note="The key is shown once, on the next page, and is not stored.",
        )

    @sensitive_variables("secret")
    def _make(self, request: HttpRequest, form: ApiKeyForm) -> HttpResponse:
        """The answer to the POST is the one page with the secret: no redirect, message or session
        carries it, so none can keep it.
        """
        with transaction.atomic():
            api_key, secret = create_api_key(
                name=form.cleaned_data["name"],
                scopes=form.cleaned_data["scopes"],
                created_by=staff_of(request),
                expires_at=form.expires_at,
            )
            self.log_addition(request, api_key, [{"added": {}}])
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Copy the key now",
            "api_key": api_key,
            "secret": secret,
            "key_url": self.change_url(api_key.pk),
        }
        return TemplateResponse(request, "admin/users/apikey/secret.html", context)

    @action(description="Limits", url_path="limits", icon="speed", permissions=["revoke"])
    def set_limits(self, request: HttpRequest, object_id: str) -> HttpResponse:
        api_key = self.object_or_404(request, object_id)
        form = KeyLimitsForm(sent_form(request), initial=api_key.limits)
        if form.is_valid():
            with transaction.atomic():
                limit_api_key(api_key=api_key, limits=form.limits)
                self.log_change(request, api_key, f"Limits: {self.limit_list(api_key)}.")
            messages.success(request, f"Saved the limits of {api_key}.")
            return self.redirect_to(api_key)
        return self.action_page(
            request,
            form=form,
            title="Limits of this key",
            submit="Save",
            subject=api_key,
            note="As 60/m (s, m, h or d), or off. Empty: as the settings say.",
        )

    @action(
        description="Revoke",
        url_path="revoke",
        icon="key_off",
        permissions=["revoke"],
        variant=ActionVariant.DANGER,
    )
    def revoke(self, request: HttpRequest, object_id: str) -> HttpResponse:
        api_key = self.object_or_404(request, object_id)
        if request.method == "POST":
            self._revoke(request, api_key)
            messages.success(request, f"Revoked {api_key}.")
            return self.redirect_to(api_key)
        return self.action_page(
            request,
            form=ConfirmForm(),
            title="Revoke this key",
            submit="Revoke",
            subject=api_key,
            note=f"Whatever uses {api_key} is refused from now on. This cannot be undone.",
            is_dangerous=True,
        )

    @admin.action(description="Revoke the selected keys", permissions=["revoke"])
    def revoke_selected(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> None:
        for api_key in queryset.filter(revoked_at=None):
            self._revoke(request, api_key)
        messages.success(request, "Revoked.")

    @transaction.atomic
    def _revoke(self, request: HttpRequest, api_key: ApiKey) -> None:
        revoke_api_key(api_key=api_key)
        self.log_change(request, api_key, "Revoked.")
