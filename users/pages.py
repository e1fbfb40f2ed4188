"""The pages of an account: signing up, in and out, a new password, settings, credits."""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash, views
from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.auth.views import RedirectURLMixin
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView, TemplateView, View
from django.views.generic.base import ContextMixin

from users.errors import EmailTakenError, ExportNotReadyError
from users.forms import (
    ChangePasswordForm,
    DeleteForm,
    PersonForm,
    ResetPasswordForm,
    ResetRequestForm,
    SignInForm,
    SignUpForm,
)
from users.models import User
from users.receipts import read_receipts
from users.services import people
from users.services.exports import read_export, request_export
from users.views.exports import export_file

BACKEND = "users.backends.PersonBackend"


@method_decorator(never_cache, name="dispatch")
class PersonPage(LoginRequiredMixin):
    """A page of the signed-in person, which no browser or proxy keeps."""

    request: HttpRequest

    @property
    def person(self) -> User:
        return cast(User, self.request.user)


class WayBack(RedirectURLMixin):
    """`?next=` on this site, but for this very page: that would lead here again and again."""

    request: HttpRequest

    def get_redirect_url(self, request: HttpRequest | None = None) -> str:
        path = super().get_redirect_url()
        return "" if path.startswith(self.request.path) else path

    def get_default_redirect_url(self) -> str:
        return resolve_url(settings.LOGIN_REDIRECT_URL)


@method_decorator(sensitive_post_parameters("password"), name="dispatch")
@method_decorator(never_cache, name="dispatch")
class SignUpView(WayBack, FormView):
    form_class = SignUpForm
    template_name = "users/sign_up.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            return HttpResponseRedirect(self.get_success_url())
        if not settings.SIGN_UP_OPEN:
            return self.response_class(request, ["users/sign_up_closed.html"], {}, status=403)
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: SignUpForm) -> HttpResponse:
        try:
            user = people.create_user(**form.cleaned_data, has_unproven_email=True)
        except EmailTakenError:
            taken = "There is an account with this address. Sign in, or ask for a new password."
            form.add_error("email", ValidationError(taken, code="taken"))
            return self.form_invalid(form)
        login(self.request, user, BACKEND)
        return super().form_valid(form)


class SignInView(WayBack, views.LoginView):
    form_class = SignInForm
    template_name = "users/sign_in.html"
    redirect_authenticated_user = True


class SignOutView(views.LogoutView):
    next_page = "/"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().post(request, *args, **kwargs)
        messages.success(request, "You are signed out.")
        return response


class ResetPage(ContextMixin):
    """What the pages of a new password say: whether mail is sent, and how long its link lasts."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **kwargs, sends_mail=bool(settings.EMAIL_URL), reset_hours=reset_hours()
        )


def reset_hours() -> int:
    hours: int = settings.PASSWORD_RESET_TIMEOUT // 3600
    return hours


class ResetRequestView(ResetPage, views.PasswordResetView):
    """Answers the same for every address."""

    form_class = ResetRequestForm
    template_name = "users/reset.html"
    subject_template_name = "users/reset_subject.txt"
    email_template_name = "users/reset_mail.txt"
    success_url = reverse_lazy("pages:reset-sent")

    def form_valid(self, form: Any) -> HttpResponse:
        self.extra_email_context = {"reset_hours": reset_hours()}
        return super().form_valid(form)


class ResetSentView(ResetPage, TemplateView):
    template_name = "users/reset_sent.html"


class ResetConfirmView(views.PasswordResetConfirmView):
    form_class: Any = ResetPasswordForm
    template_name = "users/reset_confirm.html"
    success_url = reverse_lazy("pages:sign-in")

    def get_user(self, uidb64: str) -> User | None:
        user = super().get_user(uidb64)
        return user if isinstance(user, User) and user.is_active else None

    def form_valid(self, form: Any) -> HttpResponse:
        messages.success(self.request, "Your new password is set. Sign in with it.")
        return super().form_valid(form)


class PersonView(PersonPage, FormView):
    form_class = PersonForm
    template_name = "users/settings.html"
    success_url = reverse_lazy("pages:settings")

    def get_initial(self) -> dict[str, Any]:
        return {"name": self.person.name}

    def form_valid(self, form: PersonForm) -> HttpResponse:
        people.change_user(user=self.person, **form.cleaned_data)
        messages.success(self.request, "Saved.")
        return super().form_valid(form)


@method_decorator(sensitive_post_parameters("current", "password"), name="dispatch")
class PasswordView(PersonPage, FormView):
    form_class = ChangePasswordForm
    template_name = "users/password.html"
    success_url = reverse_lazy("pages:password")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.person}

    def form_valid(self, form: ChangePasswordForm) -> HttpResponse:
        update_session_auth_hash(self.request, form.save())
        messages.success(self.request, "Your password is changed. Other devices are signed out.")
        return super().form_valid(form)


class DeleteView(PersonPage, FormView):
    form_class = DeleteForm
    template_name = "users/delete.html"
    success_url = "/"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.person}

    def form_valid(self, form: DeleteForm) -> HttpResponse:
        person = self.person
        if form.cleaned_data["how"] == DeleteForm.ERASE:
            people.erase_user(user=person)
        else:
            people.delete_user(user=person)
        logout(self.request)
        messages.success(self.request, "Your account is deleted.")
        return super().form_valid(form)


class DataView(PersonPage, TemplateView):
    """What may be taken along: asked for here, and fetched once it is made."""

    template_name = "users/data.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, export=read_export(user=self.person))

    def post(self, request: HttpRequest) -> HttpResponse:
        request_export(user=self.person)
        messages.success(request, "Your data is being put together. It takes a minute or two.")
        return HttpResponseRedirect(reverse("pages:data"))


class DataFileView(PersonPage, View):
    def get(self, request: HttpRequest) -> HttpResponseBase:
        try:
            return export_file(self.person)
        except ExportNotReadyError:
            return HttpResponseRedirect(reverse("pages:data"))


class CreditsView(PersonPage, TemplateView):
    """The balances and a page of receipts, older ones by `?before=`."""

    template_name = "users/credits.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = read_receipts(user=self.person, before=self.request.GET.get("before", ""))
        older = f"{reverse('pages:credits')}?before={page.older}" if page.older else ""
        return super().get_context_data(
            **kwargs, account=self.person.account, page=page, older=older
        )
