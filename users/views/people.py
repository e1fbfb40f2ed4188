"""People: for other programs by `?email=` or id, and for the signed-in person as `me`."""

from __future__ import annotations

from typing import ClassVar

from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from interview_trainer.fields import validated
from interview_trainer.schema import describe
from users.idempotency import idempotent, operation_key
from users.models import LedgerEntry, Scope, User
from users.models.user import UserQuerySet
from users.pagination import LedgerPages, NewestFirst
from users.requests import author_of, refuse_foreign_staff, requested_user
from users.schema import people as schema
from users.serializers import (
    BalanceSerializer,
    CreditsChangeSerializer,
    LedgerEntrySerializer,
    MeChangeSerializer,
    MeSerializer,
    UserChangeSerializer,
    UserCreateSerializer,
    UserSerializer,
    UserSettingsSerializer,
)
from users.services import people
from users.services.ledger import change_credits


class PersonViewSet(GenericViewSet[User]):
    """What the two views of people share: one person's settings and ledger."""

    pagination_class = NewestFirst

    def get_queryset(self) -> UserQuerySet:
        return User.objects.present().select_related("settings", "account")

    def answer_settings(self, request: Request, user: User) -> Response:
        if request.method == "POST":
            sent = validated(UserSettingsSerializer, request.data)
            people.change_settings(user=user, **sent)
        return Response(UserSettingsSerializer(user.settings).data)

    def answer_ledger(self, request: Request, user: User) -> Response:
        pages = LedgerPages()
        entries = LedgerEntry.objects.filter(account_id=user.pk).select_related("opens", "resolves")
        page = pages.paginate_queryset(entries, request, view=self)
        return pages.get_ledger_response(
            BalanceSerializer(user.account).data, LedgerEntrySerializer(page, many=True).data
        )

    def answer_deletion(self, request: Request, user: User) -> Response:
        refuse_foreign_staff(request, user)
        if request.query_params.get("erase") == "true":
            people.erase_user(user=user)
        else:
            people.delete_user(user=user)
        return Response(status=status.HTTP_204_NO_CONTENT)


@describe(**schema.USERS)
class UserViewSet(PersonViewSet):
    serializer_class = UserSerializer
    lookup_value_regex = r"\d{1,18}"
    scopes: ClassVar[dict[str, Scope]] = {
        "list": Scope.USERS_READ,
        "create": Scope.USERS_WRITE,
        "retrieve": Scope.USERS_READ,
        "partial_update": Scope.USERS_WRITE,
        "destroy": Scope.USERS_WRITE,
        "read_settings": Scope.USERS_READ,
        "change_settings": Scope.USERS_WRITE,
        "read_credits": Scope.USERS_READ,
        "change_credits": Scope.CREDITS_WRITE,
    }
    person_actions = ("read_settings", "change_settings")

    def addressed_person(self, request: Request) -> User:
        return self.get_object()

    def list(self, request: Request) -> Response:
        """One user by `?email=`, or without it all users by pages, searched by `?search=`."""
        if "email" in request.query_params:
            return Response(UserSerializer(requested_user(request)).data)
        found = self.get_queryset()
        if search := request.query_params.get("search", "").strip():
            found = found.matching(search)
        page = self.paginate_queryset(found)
        return self.get_paginated_response(UserSerializer(page, many=True).data)

    def create(self, request: Request) -> Response:
        """Create a user, with the welcome credits. The same email again is a 409."""
        sent = validated(UserCreateSerializer, request.data)
        return Response(UserSerializer(people.create_user(**sent)).data)

    def retrieve(self, request: Request, pk: str) -> Response:
        return Response(UserSerializer(self.get_object()).data)

    def partial_update(self, request: Request, pk: str) -> Response:
        sent = validated(UserChangeSerializer, request.data)
        user = self.get_object()
        refuse_foreign_staff(request, user)
        user = people.change_user(user=user, **sent)
        return Response(UserSerializer(user).data)

    def destroy(self, request: Request, pk: str) -> Response:
        """Delete a user; with `?erase=true` their personal data is removed for good."""
        return self.answer_deletion(request, self.get_object())

    @action(detail=False, methods=["get"], url_path="settings")
    def read_settings(self, request: Request) -> Response:
        return self.answer_settings(request, requested_user(request))

    @read_settings.mapping.post
    def change_settings(self, request: Request) -> Response:
        """Change the settings that are sent; the others stay."""
        return self.answer_settings(request, requested_user(request))

    @action(detail=True, methods=["get"], url_path="credits")
    def read_credits(self, request: Request, pk: str) -> Response:
        return self.answer_ledger(request, self.get_object())

    @read_credits.mapping.post
    @idempotent
    def change_credits(self, request: Request, pk: str) -> Response:
        """Give credits, or take back with an amount below 0 (never more than are available)."""
        user = self.get_object()
        sent = validated(CreditsChangeSerializer, request.data)
        entry = change_credits(
            user=user,
            author=author_of(request),
            operation_key=operation_key(request),
            **sent,
        )
        return Response(
            {
                "balance": entry.available_after,
                "held": entry.held_after,
                "entry": LedgerEntrySerializer(entry).data,
            }
        )


@describe(**schema.MY)
class MeViewSet(PersonViewSet):
    """The signed-in person. A key names its person by `?email=`."""

    serializer_class = MeSerializer
    scopes: ClassVar[dict[str, Scope]] = {
        "retrieve": Scope.USERS_READ,
        "partial_update": Scope.USERS_WRITE,
        "destroy": Scope.USERS_WRITE,
        "read_settings": Scope.USERS_READ,
        "change_settings": Scope.USERS_WRITE,
        "read_credits": Scope.USERS_READ,
    }
    person_actions = tuple(scopes)

    def retrieve(self, request: Request) -> Response:
        return Response(MeSerializer(requested_user(request)).data)

    def partial_update(self, request: Request) -> Response:
        sent = validated(MeChangeSerializer, request.data)
        user = people.change_user(user=requested_user(request), **sent)
        return Response(MeSerializer(user).data)

    def destroy(self, request: Request) -> Response:
        return self.answer_deletion(request, requested_user(request))

    def read_settings(self, request: Request) -> Response:
        return self.answer_settings(request, requested_user(request))

    def change_settings(self, request: Request) -> Response:
        return self.answer_settings(request, requested_user(request))

    def read_credits(self, request: Request) -> Response:
        return self.answer_ledger(request, requested_user(request))
