"""What a browser may do with our answers: content policy, permissions, compression of pages."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from csp.constants import HEADER
from csp.middleware import CSPMiddleware, PolicyParts
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware


class ContentPolicyMiddleware(CSPMiddleware):
    """`CONTENT_SECURITY_POLICY` everywhere, and what `RELAXED_POLICIES` adds under some paths."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """What is no page has no nonce and nothing of its own: its policy is written once."""
        if is_page(response):
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, self.plain_policy)
        return response

    @cached_property
    def plain_policy(self) -> str:
        return build_policy()

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if not report_only and parts.update is None:
            parts.update = relaxed_policy(request.path)
        return parts


def is_page(response: HttpResponseBase) -> bool:
    return response.get("Content-Type", "").startswith("text/html")


def relaxed_policy(path: str) -> dict[str, list[str]] | None:
    """What is added to the policy of this page. The longest prefix that fits decides."""
    fitting = [prefix for prefix in settings.RELAXED_POLICIES if path.startswith(prefix)]
    return settings.RELAXED_POLICIES[max(fitting, key=len)] if fitting else None


class PermissionsPolicyMiddleware:
    """The microphone is for our own pages, and nothing else that a browser could offer is used."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response["Permissions-Policy"] = settings.PERMISSIONS_POLICY
        return response


class CompressPagesMiddleware(GZipMiddleware):
    """Pages only. JSON, sound and streams go as they are, so that nothing holds a stream back.

    A page never mixes what someone else wrote with a secret that stays the same: the one secret,
    the form's token, is masked anew each time, and Django pads the length at random (BREACH).
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if response.streaming or not is_page(response):
            return response
        return super().process_response(request, response)
