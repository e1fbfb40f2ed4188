"""What the one who asks may do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from users.models import ApiKey

if TYPE_CHECKING:
    from rest_framework.views import APIView


class HasScope(BasePermission):
    """A key needs the scope that the view names for the action; a person needs to be signed in.

    A view names them in `scopes = {action: scope}` (or `{method: scope}` outside viewsets), and
    the actions that are open to people in `person_actions`. Staff may do what any key may. What a
    view does not name is refused. A method that the view does not have is DRF's to refuse (405).
    """

    def has_permission(self, request: Request, view: APIView) -> bool:
        method = (request.method or "").lower()
        if not hasattr(view, method):
            return is_identified(request)
        action = getattr(view, "action", None) or method
        if isinstance(request.auth, ApiKey):
            scopes: dict[str, Any] = getattr(view, "scopes", {})
            return request.auth.has_scope(scopes.get(action, ""))
        if not request.user.is_authenticated:
            return False
        return request.user.is_staff or action in getattr(view, "person_actions", ())


class IsIdentified(BasePermission):
    """Any usable key, whatever its scopes, or any signed-in person."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return is_identified(request)


def is_identified(request: Request) -> bool:
    return isinstance(request.auth, ApiKey) or request.user.is_authenticated
