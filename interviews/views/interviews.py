"""Setting up interviews, and finding them again."""

from __future__ import annotations

from typing import ClassVar

from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ViewSet

from ai.coach.bank import load_bank
from ai.operations import Receipt
from ai.serializers import ReceiptSerializer
from interview_trainer.fields import validated
from interview_trainer.parsers import BoundedJSONParser
from interview_trainer.schema import describe
from interviews import schema
from interviews.models import Interview
from interviews.pagination import InterviewPages
from interviews.parsers import DocumentFormParser
from interviews.requests import requested_candidate, requested_interview
from interviews.serializers import (
    InterviewPlanSerializer,
    InterviewSerializer,
    RetakePlanSerializer,
    RoleSerializer,
    WholeInterviewSerializer,
)
from interviews.services.deletion import delete_interview
from interviews.services.documents import read_document
from interviews.services.planning import create_interview, create_retake
from users.idempotency import idempotent
from users.limits.rates import Kind
from users.models import Scope
from users.requests import author_of


@describe(**schema.INTERVIEWS)
class InterviewViewSet(GenericViewSet[Interview]):
    serializer_class = InterviewSerializer
    queryset = Interview.objects.none()  # whose they are depends on the request
    pagination_class = InterviewPages
    lookup_value_regex = "[^/]+"
    parser_classes = (BoundedJSONParser, DocumentFormParser)
    person_actions = ("list", "create", "retrieve", "destroy")
    scopes: ClassVar[dict[str, Scope]] = dict.fromkeys(person_actions, Scope.INTERVIEWS)
    limited_as: ClassVar = {"create": (Kind.INTERVIEWS,)}

    def list(self, request: Request) -> Response:
        """The person's interviews, newest first, without what was said."""
        mine = Interview.objects.for_user(requested_candidate(request)).for_listing()
        page = self.paginate_queryset(mine)
        return self.get_paginated_response(InterviewSerializer(page, many=True).data)

    @idempotent
    def create(self, request: Request) -> Response:
        """Plan an interview, or a retake of one question."""
        is_retake = isinstance(request.data, dict) and "retake_of" in request.data
        planned, receipts = (retake_question if is_retake else plan_interview)(request)
        interview = requested_interview(request, str(planned.id))
        body = {
            **WholeInterviewSerializer(interview).data,
            "receipts": ReceiptSerializer(receipts, many=True).data,
        }
        return Response(body, status=status.HTTP_201_CREATED)

    def retrieve(self, request: Request, pk: str) -> Response:
        return Response(WholeInterviewSerializer(requested_interview(request, pk)).data)

    def destroy(self, request: Request, pk: str) -> Response:
        """Delete an interview with its recordings and its report."""
        delete_interview(interview=requested_interview(request, pk))
        return Response(status=status.HTTP_204_NO_CONTENT)


@describe(**schema.ROLES)
class RoleViewSet(ViewSet):
    person_actions = ("list",)
    scopes: ClassVar[dict[str, Scope]] = {"list": Scope.INTERVIEWS}

    def list(self, request: Request) -> Response:
        """The roles that there are questions for."""
        return Response(RoleSerializer(load_bank().roles.values(), many=True).data)


def plan_interview(request: Request) -> tuple[Interview, list[Receipt]]:
    sent = validated(InterviewPlanSerializer, request.data)
    for name in ("job_description", "resume"):
        sent[name] = read_document(sent[name])
    receipts: list[Receipt] = []
    planned = create_interview(
        user=requested_candidate(request),
        author=author_of(request),
        note_receipt=receipts.append,
        **sent,
    )
    return planned, receipts


def retake_question(request: Request) -> tuple[Interview, list[Receipt]]:
    sent = validated(RetakePlanSerializer, request.data)
    return create_retake(user=requested_candidate(request), question_id=sent["retake_of"]), []
