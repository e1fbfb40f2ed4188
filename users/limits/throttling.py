"""The API's requests are counted here, once it is known who asks and whether they may."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from users.limits.addresses import client_address, subscriber
from users.limits.rates import Kind
from users.limits.taking import Caller, Lease, take
from users.models import ApiKey

if TYPE_CHECKING:
    from rest_framework.views import APIView


class Throttle(BaseThrottle):
    """DRF asks it after authentication and permissions, and before the action.

    A view says what its actions are for in `limited_as = {action: (kind, ...)}` (or by method
    outside viewsets); what it does not name is `Kind.OTHER`.
    """

    def allow_request(self, request: Request, view: APIView) -> bool:
        action = getattr(view, "action", None) or (request.method or "").lower()
        kinds = getattr(view, "limited_as", {}).get(action, (Kind.OTHER,))
        lease, headers = take(caller_of(request), kinds)
        view.headers.update(headers)
        hold_until_answered(request._request, lease)
        return True


def count_wrong_credentials(request: HttpRequest) -> None:
    """Count a request whose key or token does not hold, by its address alone.

    Raises `RateLimitedError`. Whoever sends a right one is not counted here and never refused,
    whatever others send from the same address.
    """
    caller = Caller(subscriber(client_address(request)))
    _, headers = take(caller, [Kind.WRONG_CREDENTIALS])
    request.limit_headers = headers  # type: ignore[attr-defined]  # ours, for the middleware


def caller_of(request: Request) -> Caller:
    address = subscriber(client_address(request._request))
    if isinstance(request.auth, ApiKey):
        return Caller(address, request.auth, request.query_params.get("email", ""))
    return Caller(address, email=getattr(request.user, "email", ""))


def hold_until_answered(request: HttpRequest, lease: Lease | None) -> None:
    request.lease = lease  # type: ignore[attr-defined]  # ours, for the middleware
