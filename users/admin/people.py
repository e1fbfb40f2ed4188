"""People: who they are, what they prefer, and what staff may do for them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.db import transaction
from django.db.models import ManyToManyField, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from unfold.admin import StackedInline
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.forms import AdminPasswordChangeForm
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from users.admin.base import StaffAdmin, attempt, sent_form, shown_time, staff_of
from users.admin.forms import (
    AdjustForm,
    ConfirmForm,
    CreditsForm,
    EraseForm,
    GrantForm,
    PersonChangeForm,
    PersonCreateForm,
    SettingsForm,
)
from users.admin.search import search_users
from users.errors import OperationSettledError
from users.models import LedgerEntry, User, UserSettings
from users.services import people
from users.services.ledger import Author, adjust_credits, grant_credits

STATES = {"active": "success", "locked": "warning", "deleted": "danger", "erased": "danger"}
LATEST_ENTRIES = 10


class StateFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin[User]
    ) -> Iterable[tuple[str, str]]:
        return [
            ("active", "Active"),
            ("locked", "May not sign in"),
            ("deleted", "Deleted"),
            ("erased", "Erased"),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        match self.value():
            case "active":
                return queryset.filter(deleted_at=None, is_active=True)
            case "locked":
                return queryset.filter(deleted_at=None, is_active=False)
            case "deleted":
                return queryset.filter(deleted_at__isnull=False, erased_at=None)
            case "erased":
                return queryset.filter(deleted_at__isnull=False, erased_at__isnull=False)
        return queryset


class SettingsInline(StackedInline):
    model = UserSettings
    form = SettingsForm
    can_delete = False
    extra = 0
    max_num = 1
    verbose_name_plural = "settings"


@admin.register(User)
class PersonAdmin(UserAdmin, StaffAdmin):  # type: ignore[misc]  # unfold's classes have no types
    section = "People"
    icon = "group"

    form = PersonChangeForm
    add_form = PersonCreateForm
    change_password_form = AdminPasswordChangeForm
    change_form_after_template = "admin/users/user/latest_entries.html"
    inlines = [SettingsInline]
    list_display = ["person", "available", "held", "last_activity", "state", "role"]
    list_filter = [StateFilter, "is_staff"]
    list_select_related = ["account"]
    search_fields = ["email", "name"]
    search_help_text = "Email or name, or a part of them"
    ordering = ["-pk"]
    sortable_by = ["person"]
    filter_horizontal = ()
    actions_detail = ["grant", "adjust", "see_ledger", "restore", "erase"]
    fieldsets = [
        (None, {"fields": ["email", "name", "password"]}),
        ("Credits", {"fields": [("available", "held"), "last_activity"]}),
        ("Access", {"fields": ["is_active", "is_staff", "is_superuser", "groups"]}),
        (
            "History",
            {"fields": [("created_at", "last_login"), ("deleted_at", "erased_at")]},
        ),
    ]
    add_fieldsets = [
        (None, {"fields": ["email", "name", "usable_password", "password1", "password2"]})
    ]
    access_fields = ["is_staff", "is_superuser", "groups"]
    history_fields = [
        "available",
        "held",
        "last_activity",
        "created_at",
        "last_login",
        "deleted_at",
        "erased_at",
    ]

    @display(description="person", header=True, ordering="email")
    def person(self, user: User) -> list[str]:
        return [user.email, user.name]

    @admin.display(description="available")
    def available(self, user: User) -> int:
        return user.account.available

    @admin.display(description="held")
    def held(self, user: User) -> int:
        return user.account.held

    @admin.display(description="last activity")
    def last_activity(self, user: User) -> str:
        return shown_time(user.account.last_entry_at)

    @display(description="state", label=STATES)
    def state(self, user: User) -> str:
        if user.erased_at:
            return "erased"
        if user.deleted_at:
            return "deleted"
        return "active" if user.is_active else "locked"

    @display(description="role", label={"superuser": "primary", "staff": "info"})
    def role(self, user: User) -> str:
        if user.is_superuser:
            return "superuser"
        return "staff" if user.is_staff else ""

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        users: QuerySet[User] = super().get_queryset(request)
        return users.select_related("account")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[User], search_term: str
    ) -> tuple[QuerySet[User], bool]:
        text = search_term.strip()
        return (search_users(queryset, text) if text else queryset), False

    def formfield_for_manytomany(
        self, db_field: ManyToManyField, request: HttpRequest, **kwargs: Any
    ) -> Any:
        kwargs["widget"] = UnfoldAdminCheckboxSelectMultipleWidget
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    # Who may change whom

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        """Only superusers say who is staff; otherwise staff could promote themselves."""
        if request.user.is_superuser:
            return self.history_fields
        return [*self.history_fields, *self.access_fields]

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Staff change staff only as superusers, and nobody changes whom they cannot find."""
        if not super().has_change_permission(request, obj):
            return False
        return obj is None or (not obj.erased_at and self._may_touch(request, obj))

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        if not super().has_delete_permission(request, obj):
            return False
        return obj is None or (not obj.deleted_at and self._may_remove(request, obj))

    def has_restore_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        user = self._user(request, object_id)
        is_restorable = user is not None and user.deleted_at and not user.erased_at
        return bool(is_restorable) and self.has_change_permission(request, user)

    def has_erase_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        user = self._user(request, object_id)
        if user is None or user.erased_at or not super().has_delete_permission(request, user):
            return False
        return self._may_remove(request, user)

    def has_credits_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        user = self._user(request, object_id)
        return (
            user is not None
            and not user.deleted_at
            and request.user.has_perm("users.write_credits")
        )

    def has_ledger_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return request.user.has_perm("users.view_ledgerentry")

    def _may_touch(self, request: HttpRequest, user: User) -> bool:
        is_privileged = user.is_staff or user.is_superuser
        return request.user.is_superuser or not is_privileged or user == request.user

    def _may_remove(self, request: HttpRequest, user: User) -> bool:
        return user != request.user and self._may_touch(request, user)

    def _user(self, request: HttpRequest, object_id: str | None) -> User | None:
        user: User | None = self.get_object(request, str(object_id)) if object_id else None
        return user

    # Adding, deleting

    def get_inlines(self, request: HttpRequest, obj: User | None) -> list[type]:
        return [SettingsInline] if obj else []

    def save_form(self, request: HttpRequest, form: forms.ModelForm, change: bool) -> User:
        """A new person is made whole by the service, which leaves the admin nothing to save."""
        if change:
            user: User = super().save_form(request, form, change)
            return user
        sent = form.cleaned_data
        return people.create_user(
            email=sent["email"], name=sent["name"], password=sent.get("password1") or None
        )

    def save_model(
        self, request: HttpRequest, obj: User, form: forms.ModelForm, change: bool
    ) -> None:
        if change and form.changed_data:
            changes = {name: form.cleaned_data[name] for name in form.changed_data}
            changes.pop("groups", None)
            people.change_user(user=obj, **changes)

    def save_related(
        self, request: HttpRequest, form: forms.ModelForm, formsets: Any, change: bool
    ) -> None:
        if change:
            super().save_related(request, form, formsets, change)

    def get_deleted_objects(
        self, objs: Iterable[User], request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """Deleting hides the person and keeps the rows, so nothing else goes with them."""
        names = [str(user) for user in objs]
        return names, {"people": len(names)}, set(), []

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        people.delete_user(user=obj)

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset:
            if self.has_delete_permission(request, user):
                people.delete_user(user=user)

    # One page each

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        entries: list[LedgerEntry] = []
        if object_id.isdecimal() and request.user.has_perm("users.view_ledgerentry"):
            by_account = LedgerEntry.objects.filter(account_id=int(object_id))
            entries = list(by_account.order_by("-sequence")[:LATEST_ENTRIES])
        context = {**(extra_context or {}), "latest_entries": entries}
        response: HttpResponse = super().change_view(request, object_id, form_url, context)
        return response

    @action(
        description="Grant credits",
        url_path="grant",
        icon="add_card",
        permissions=["credits"],
        variant=ActionVariant.PRIMARY,
    )
    def grant(self, request: HttpRequest, object_id: str) -> HttpResponse:
        user = self.object_or_404(request, object_id)
        return self._credits_page(request, user, GrantForm(sent_form(request)), "Grant credits")

    @action(description="Adjust", url_path="adjust", icon="exposure", permissions=["credits"])
    def adjust(self, request: HttpRequest, object_id: str) -> HttpResponse:
        user = self.object_or_404(request, object_id)
        return self._credits_page(
            request, user, AdjustForm(sent_form(request)), "Adjust the balance"
        )

    def _credits_page(
        self, request: HttpRequest, user: User, form: CreditsForm, title: str
    ) -> HttpResponse:
        if form.is_valid() and attempt(form, lambda: self._change_credits(request, user, form)):
            return self.redirect_to(user)
        return self.action_page(
            request,
            form=form,
            title=title,
            submit=title,
            subject=user,
            note=f"{user.account.available} credits are available, {user.account.held} are held.",
        )

    def _change_credits(self, request: HttpRequest, user: User, form: CreditsForm) -> bool:
        """Post the change and note who made it, both or neither. Raises an `AppError`."""
        change = grant_credits if isinstance(form, GrantForm) else adjust_credits
        try:
            with transaction.atomic():
                entry = change(
                    user=user, author=Author(user=staff_of(request)), **form.cleaned_data
                )
                self.log_change(request, user, f"{entry.get_kind_display()} of {entry.available}.")
        except OperationSettledError:
            messages.warning(request, "This form was sent before; it counted once.")
            return True
        messages.success(
            request,
            f"{entry.get_kind_display()} of {entry.available} credits posted; "
            f"{entry.available_after} are available now.",
        )
        return True

    @action(description="Ledger", url_path="ledger", icon="list_alt", permissions=["ledger"])
    def see_ledger(self, request: HttpRequest, object_id: str) -> HttpResponse:
        user = self.object_or_404(request, object_id)
        return HttpResponseRedirect(
            reverse("admin:users_ledgerentry_changelist", query={"q": user.email})
        )

    @action(description="Restore", url_path="restore", icon="undo", permissions=["restore"])
    def restore(self, request: HttpRequest, object_id: str) -> HttpResponse:
        user = self.object_or_404(request, object_id)
        if request.method == "POST":
            with transaction.atomic():
                people.restore_user(user=user)
                self.log_change(request, user, "Restored.")
            messages.success(request, "Restored; they may sign in again.")
            return self.redirect_to(user)
        return self.action_page(
            request,
            form=ConfirmForm(),
            title="Restore this person",
            submit="Restore",
            subject=user,
            note="They are found again and may sign in, with the credits they had.",
        )

    @action(
        description="Erase",
        url_path="erase",
        icon="person_remove",
        permissions=["erase"],
        variant=ActionVariant.DANGER,
    )
    def erase(self, request: HttpRequest, object_id: str) -> HttpResponse:
        user = self.object_or_404(request, object_id)
        form = EraseForm(sent_form(request), user=user)
        if form.is_valid():
            with transaction.atomic():
                people.erase_user(user=user)
                self.log_change(request, user, "Erased.")
            messages.success(request, "Erased. Their credits' history stays, without a name.")
            return self.redirect_to(user)
        return self.action_page(
            request,
            form=form,
            title="Erase this person",
            submit="Erase for good",
            subject=user,
            note="Email, name and settings are removed for good and they are signed out. "
            "Their ledger stays, under a nameless account. This cannot be undone.",
            is_dangerous=True,
        )
