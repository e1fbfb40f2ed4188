"""All that is a person's, as a file: for the person alone, never for a program's key."""

from __future__ import annotations

from typing import ClassVar, cast

from django.http import FileResponse
from django.http.response import HttpResponseBase
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from interview_trainer.fields import validated
from interview_trainer.schema import describe
from users.errors import ExportNotFoundError
from users.export_serializers import DataExportSerializer, DownloadSerializer
from users.models import Scope, User
from users.schema import exports as schema
from users.services.exports import open_export, read_export, request_export


@describe(**schema.EXPORTS)
class ExportViewSet(ViewSet):
    scopes: ClassVar[dict[str, Scope]] = {}
    person_actions = ("create", "retrieve")

    def create(self, request: Request) -> Response:
        """Ask for one: the answer is where it is, the file comes later."""
        export = request_export(user=cast(User, request.user))
        return Response(DataExportSerializer(export).data, status=status.HTTP_202_ACCEPTED)

    def retrieve(self, request: Request) -> HttpResponseBase:
        user = cast(User, request.user)
        if validated(DownloadSerializer, request.query_params)["download"]:
            return export_file(user)
        export = read_export(user=user)
        if export is None:
            raise ExportNotFoundError
        return Response(DataExportSerializer(export).data)


def export_file(user: User) -> FileResponse:
    """Raises `ExportNotReadyError`."""
    return FileResponse(
        open_export(user=user),
        as_attachment=True,
        filename="interview-trainer.zip",
        content_type="application/zip",
    )
