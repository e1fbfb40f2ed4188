"""What the one who asks may do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from users.models import ApiKey, Scope

if TYPE_CHECKING:
    from rest_framework.views import APIView

STAFF_PERMISSIONS: dict[str, str] = {
    Scope.USERS_READ: "users.view_user",
    Scope.USERS_WRITE: "users.change_user",
    Scope.CREDITS_WRITE: "users.write_credits",
    Scope.DEBUG: "users.view_user",
}


class HasScope(BasePermission):
    """A key needs the scope that the view names for the action; a person needs to be signed in.

    A view names them in `scopes = {action: scope}` (or `{method: scope}` outside viewsets), and
    the actions that are open to people in `person_actions`. Staff may do what a key with the scope
    may, where they have the permission that the admin site asks for (`STAFF_PERMISSIONS`). What a
    view does not name is refused. A method that the view does not have is DRF's to refuse (405).
    """

    def has_permission(self, request: Request, view: APIView) -> bool:
        method = (request.method or "").lower()
        if not hasattr(view, method):
            return is_identified(request)
        action = getattr(view, "action", None) or method
        scopes: dict[str, Any] = getattr(view, "scopes", {})
        scope = scopes.get(action, "")
        if isinstance(request.auth, ApiKey):
            return request.auth.has_scope(scope)
        if request.user.is_authenticated and action in getattr(view, "person_actions", ()):
            return True
        return is_staff_with(request, STAFF_PERMISSIONS.get(scope, ""))


class IsIdentified(BasePermission):
    """Any usable key, whatever its scopes, or any signed-in person."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return is_identified(request)


def is_staff_with(request: Request, permission: str) -> bool:
    user = request.user
    return user.is_authenticated and user.is_staff and user.has_perm(permission)


def is_identified(request: Request) -> bool:
    return isinstance(request.auth, ApiKey) or request.user.is_authenticated
