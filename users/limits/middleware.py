"""The pages' requests are counted here, and slots given back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from interview_trainer.errors import AppError
from interview_trainer.problems import refusal_page
from users.limits.addresses import client_address, subscriber
from users.limits.rates import BY_ADDRESS, Kind
from users.limits.taking import Caller, Lease, take
from users.limits.throttling import hold_until_answered

# What pages do when they are sent, by the names of their routes.
PAGES = {
    "admin:login": Kind.SIGN_IN,
    "rest_framework:login": Kind.SIGN_IN,
    "pages:sign-in": Kind.SIGN_IN,
    "pages:password": Kind.SIGN_IN,
    "pages:sign-up": Kind.SIGN_UP,
    "pages:reset": Kind.PASSWORD_RESET,
    "pages:reset-confirm": Kind.PASSWORD_RESET,
    "practice:new": Kind.INTERVIEWS,
    "practice:retake": Kind.INTERVIEWS,
}


class LimitsMiddleware:
    """Counts what pages are sent, and gives slots back once the answer is out, or its client gone.

    The innermost middleware: whatever a view does, there is an answer here.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        lease: Lease | None = getattr(request, "lease", None)
        if lease is not None:
            # Django closes these with the answer, however far that was read.
            response._resource_closers.append(lease.give_back)  # type: ignore[attr-defined]
        for name, value in getattr(request, "limit_headers", {}).items():
            response[name] = value
        return response

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        match = request.resolver_match
        kind = PAGES.get(match.view_name) if match and request.method == "POST" else None
        if kind is None:
            return None
        try:
            lease, request.limit_headers = take(  # type: ignore[attr-defined]  # ours
                page_caller(request, kind), [kind]
            )
        except AppError as exc:
            return refusal_page(request, exc)
        hold_until_answered(request, lease)
        return None

    def process_exception(self, request: HttpRequest, exc: Exception) -> HttpResponse | None:
        """What a page's view refuses, such as to look at one more password."""
        return refusal_page(request, exc) if isinstance(exc, AppError) else None


def page_caller(request: HttpRequest, kind: Kind) -> Caller:
    """Who signs in is nobody yet; to ask who it is would be a query."""
    address = subscriber(client_address(request))
    if kind in BY_ADDRESS:
        return Caller(address)
    return Caller(address, email=getattr(request.user, "email", ""))
