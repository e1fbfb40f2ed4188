"""The routes of a person's export."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter

from interview_trainer.schema import FORBIDDEN, failure, operation
from users.errors import ExportNotFoundError, ExportNotReadyError
from users.export_serializers import DataExportSerializer
from users.schema.people import ME

EXAMPLE = {
    "state": "ready",
    "requested_at": "2026-11-22T18:12:04Z",
    "ready_at": "2026-11-22T18:12:06Z",
    "expires_at": "2026-11-23T18:12:06Z",
}
DOWNLOAD = OpenApiParameter(
    "download", bool, description="The file itself, a ZIP archive, once it is ready."
)
EXPORTS = {
    "create": operation(
        "me_export_create",
        "Ask for all that is mine as a file",
        description=(
            "Account, credits, interviews with all that was said, reports and recordings, as a ZIP"
            " archive that is made in the background. Asked for again while it is made, it does no"
            " more; afterwards it is made anew. For the signed-in person, not for a key."
        ),
        answer=DataExportSerializer,
        status=202,
        example=EXAMPLE | {"state": "waiting", "ready_at": None, "expires_at": None},
        failures=[FORBIDDEN],
        tag=ME,
    ),
    "retrieve": operation(
        "me_export_read",
        "Where that file is, or the file",
        answer=DataExportSerializer,
        example=EXAMPLE,
        parameters=[DOWNLOAD],
        failures=[FORBIDDEN, failure(ExportNotFoundError), failure(ExportNotReadyError)],
        tag=ME,
    ),
}
