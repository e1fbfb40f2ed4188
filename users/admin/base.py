"""What the admin's pages share: bounded lists, read-only tables, and pages that do one thing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar, TypeVar, cast

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from unfold.admin import ModelAdmin
from unfold.paginator import InfinitePaginator
from unfold.views import ChangeList

from interview_trainer.errors import AppError
from users.errors import InsufficientCreditsError
from users.models import User

MOST_PAGES = 200

T = TypeVar("T")


class UncountedPaginator(InfinitePaginator):
    """Previous and next, and no COUNT(*): a page costs its own rows, whatever the table's size.

    Pages end at `MOST_PAGES`, because an offset reads all that it skips. Searches and filters
    lead further back.
    """

    @property
    def count(self) -> int:
        """The most rows that can be paged to; nothing is counted."""
        return int(self.per_page) * MOST_PAGES


class UncountedChangeList(ChangeList):
    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        # Told apart, the header would show the most rows as if they had been counted.
        self.full_result_count = self.result_count


class StaffAdmin(ModelAdmin):
    """One model in the admin site. `section` and `icon` (Material Symbols) are the sidebar's."""

    section: ClassVar[str] = "Other"
    icon: ClassVar[str] = "database"

    paginator = UncountedPaginator
    show_full_result_count = False
    list_disable_select_all = True
    list_per_page = 50

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return UncountedChangeList

    def object_or_404(self, request: HttpRequest, object_id: str) -> Any:
        """The object of an action's page, as this person may see it."""
        found = self.get_object(request, object_id)
        if found is None:
            raise Http404
        if not self.has_view_permission(request, found):
            raise PermissionDenied
        return found

    def change_url(self, pk: object) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[pk])

    def list_url(self) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")

    def redirect_to(self, found: Model) -> HttpResponse:
        return HttpResponseRedirect(self.change_url(found.pk))

    def action_page(
        self,
        request: HttpRequest,
        *,
        form: forms.Form,
        title: str,
        submit: str,
        subject: Model | None = None,
        note: str = "",
        is_dangerous: bool = False,
    ) -> HttpResponse:
        """A page of one form that does one thing, without script. `subject` is what it is about."""
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "subject": subject,
            "form": form,
            "note": note,
            "submit_label": submit,
            "variant": "danger" if is_dangerous else "primary",
            "back_url": self.change_url(subject.pk) if subject else self.list_url(),
        }
        return TemplateResponse(request, "admin/action_page.html", context)


class ReadOnlyAdmin(StaffAdmin):
    """Rows that nobody adds, changes or deletes here, superusers included."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


def shown_time(moment: datetime | None) -> str:
    """To the minute, on one line; to the second in its tooltip."""
    if moment is None:
        return "-"
    local = timezone.localtime(moment)
    return format_html(
        '<time class="whitespace-nowrap" datetime="{0}" title="{0}">{1}</time>',
        local.isoformat(timespec="seconds"),
        date_format(local, "j M Y, H:i"),
    )


def link(url: str, text: str) -> str:
    return format_html(
        '<a class="text-primary-600 dark:text-primary-500" href="{}">{}</a>', url, text
    )


def staff_of(request: HttpRequest) -> User:
    """Who is at work; the admin site lets nobody else in."""
    return cast(User, request.user)


def sent_form(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: an empty POST is a form sent with nothing in it."""
    return request.POST if request.method == "POST" else None


def attempt(form: forms.Form, change: Callable[[], T]) -> T | None:
    """What the service answered, or None with its refusal explained on the form."""
    try:
        return change()
    except AppError as refusal:
        form.add_error(None, explain(refusal))
        return None


def explain(refusal: AppError) -> str:
    """The refusal in words for staff; an error's own words are for the person it is about."""
    if isinstance(refusal, InsufficientCreditsError):
        balance, required = refusal.extra["balance"], refusal.extra["required"]
        return f"Only {balance} credits are available, so {required} cannot be taken back."
    return refusal.detail
