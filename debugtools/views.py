"""Staff tools, as the first service had them. Routed only when `DEBUG_TOOLS` is on."""

from __future__ import annotations

from typing import ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from debugtools import schema
from interview_trainer.fields import validated
from interview_trainer.schema import describe
from users.idempotency import idempotent, operation_key
from users.models import Scope, User
from users.pagination import NewestFirst
from users.requests import author_of, requested_user
from users.serializers import UserSerializer, check_credits_amount
from users.services.ledger import change_credits

REASON = "Debugging tools"
SECRET_HEADERS = frozenset({"Authorization", "Cookie", "X-Api-Key", "X-Csrftoken"})


class TokenAmountSerializer(serializers.Serializer[User]):
    tokenAmount = serializers.IntegerField(validators=[check_credits_amount])


@describe(**schema.TOOLS)
class DebuggingViewSet(ViewSet):
    """For keys with the `debug` scope, and for staff."""

    scopes: ClassVar[dict[str, Scope]] = {
        "echo": Scope.DEBUG,
        "get_user_details": Scope.DEBUG,
        "get_all_users": Scope.DEBUG,
        "update_tokens_for_user": Scope.DEBUG,
    }

    def echo(self, request: Request) -> Response:
        """What the server saw of this request. Secrets are left out."""
        return Response(
            {
                "method": request.method,
                "path": request.path,
                "query": request.query_params.dict(),
                "headers": {
                    name: "(hidden)" if name in SECRET_HEADERS else value
                    for name, value in request.headers.items()
                },
                "body": request.data,
                "address": request.META.get("REMOTE_ADDR", ""),
            }
        )

    def get_user_details(self, request: Request) -> Response:
        return Response(UserSerializer(requested_user(request)).data)

    def get_all_users(self, request: Request) -> Response:
        """Users, newest first, as a plain list; the header `Link` names the next page."""
        pages = NewestFirst()
        users = User.objects.present().select_related("settings", "account")
        page = pages.paginate_queryset(users, request, view=self)
        following = pages.get_next_link()
        headers = {"Link": f'<{following}>; rel="next"'} if following else None
        return Response(UserSerializer(page, many=True).data, headers=headers)

    @idempotent
    def update_tokens_for_user(self, request: Request) -> Response:
        """Give `?tokenAmount=` credits to the user of `?email=`, or take back below 0."""
        sent = validated(TokenAmountSerializer, request.query_params)
        user = requested_user(request)
        change_credits(
            user=user,
            amount=sent["tokenAmount"],
            reason=REASON,
            author=author_of(request),
            operation_key=operation_key(request),
        )
        user.account.refresh_from_db()
        return Response(UserSerializer(user).data)
