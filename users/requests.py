"""Who a request is about, and who makes it."""

from __future__ import annotations

from typing import cast

from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from interview_trainer.fields import validated
from users.errors import EmailRequiredError, ForeignEmailError
from users.models import ApiKey, User
from users.permissions import is_staff_with
from users.serializers import NormalizedEmailField
from users.services.ledger import Author
from users.services.people import find_user


class PersonQuerySerializer(serializers.Serializer[User]):
    email = NormalizedEmailField(required=False, allow_blank=True)


def requested_user(request: Request) -> User:
    """The person a request is about: whom `?email=` names, or who is signed in.

    A key must name a person, staff who may change users may, and everyone else may only name
    themselves. Raises `EmailRequiredError`, `ForeignEmailError`, `UserNotFoundError` or DRF's
    `ValidationError`.
    """
    email = validated(PersonQuerySerializer, request.query_params).get("email")
    if isinstance(request.auth, ApiKey):
        if not email:
            raise EmailRequiredError
        return find_user(email=email)
    person = cast(User, request.user)
    if not email or email == person.email:
        return person
    if not is_staff_with(request, "users.change_user"):
        raise ForeignEmailError
    return find_user(email=email)


def named_user(request: Request) -> User | None:
    """As `requested_user`, for what needs no person: None for a key that names nobody."""
    try:
        return requested_user(request)
    except EmailRequiredError:
        return None


def author_of(request: Request) -> Author:
    """Who answers for what this request writes to the ledger."""
    if isinstance(request.auth, ApiKey):
        return Author(api_key=request.auth)
    return Author(user=cast(User, request.user))


def refuse_foreign_staff(request: Request, user: User) -> None:
    """Staff are changed and deleted by superusers and themselves, as in the admin site.

    An account goes with its email: who could change a superuser's would sign in as that superuser.
    Raises `PermissionDenied`.
    """
    is_privileged = user.is_staff or user.is_superuser
    if is_privileged and not request.user.is_superuser and user != request.user:
        raise PermissionDenied("Staff are changed by superusers and by themselves only.")
