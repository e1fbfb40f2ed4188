"""Reports, progress over them, and the rubrics that they are read against."""

from __future__ import annotations

from typing import ClassVar

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from interview_trainer.fields import validated
from interview_trainer.schema import JSON, describe
from interviews import schema
from interviews.errors import ReportNotReadyError
from interviews.report.document import Json
from interviews.report_serializers import (
    DownloadSerializer,
    ProgressSerializer,
    ReportSerializer,
    RubricSerializer,
    WholeReportSerializer,
)
from interviews.requests import own_interview, requested_candidate, requested_report
from interviews.scoring.rubric import all_rubrics
from interviews.services.conduct import finish_interview
from interviews.services.progress import read_progress
from interviews.services.reports import current_document
from users.limits.rates import Kind
from users.models import Scope


@describe(**schema.REPORTS)
class ReportViewSet(ViewSet):
    """An interview's report: asked for by ending the interview, made in the background."""

    lookup_value_regex = "[^/]+"
    person_actions = ("finish", "report")
    scopes: ClassVar[dict[str, Scope]] = dict.fromkeys(person_actions, Scope.INTERVIEWS)
    limited_as: ClassVar = {"finish": (Kind.INTERVIEWS,)}

    @action(detail=True, methods=["post"])
    def finish(self, request: Request, pk: str) -> Response:
        """End the interview where it is, and ask for its report: again, where it has failed."""
        report = finish_interview(interview=own_interview(request, pk))
        return Response(ReportSerializer(report).data, status=status.HTTP_202_ACCEPTED)

    @action(detail=True, methods=["get"])
    def report(self, request: Request, pk: str) -> HttpResponseBase:
        """Where the report is, and the document once it is ready: shown, or as a file."""
        wanted = validated(DownloadSerializer, request.query_params)
        report = requested_report(request, pk)
        report.document = current_document(report)
        if not wanted["download"]:
            return Response(WholeReportSerializer(report).data)
        if report.document is None:
            raise ReportNotReadyError("The report is not ready yet; ask for its state.")
        return document_file(report.document)


def document_file(document: Json) -> HttpResponse:
    """The document to keep, whatever the client accepts."""
    about = document["interview"]
    day = (about["finished_at"] or "")[:10]
    name = "-".join(filter(None, ["interview-report", about["role"], day]))
    return HttpResponse(
        JSONRenderer().render(document, accepted_media_type="application/json; indent=2"),
        content_type=JSON,
        headers={"Content-Disposition": f'attachment; filename="{name}.json"'},
    )


@describe(**schema.PROGRESS)
class ProgressViewSet(ViewSet):
    person_actions = ("retrieve",)
    scopes: ClassVar[dict[str, Scope]] = {"retrieve": Scope.INTERVIEWS}

    def retrieve(self, request: Request) -> Response:
        """Scores and measures over the person's interviews, and what can be said of their trend."""
        progress = read_progress(user=requested_candidate(request))
        return Response(ProgressSerializer(progress).data)


@describe(**schema.RUBRICS)
class RubricViewSet(ViewSet):
    person_actions = ("list",)
    scopes: ClassVar[dict[str, Scope]] = {"list": Scope.INTERVIEWS}

    def list(self, request: Request) -> Response:
        """Every rubric in every version: what each level means."""
        return Response([RubricSerializer(rubric).data for rubric in all_rubrics()])
