"""Reading what an interview is set up with: JSON, or a form with files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from rest_framework.parsers import DataAndFiles, MultiPartParser

from interview_trainer.errors import BodyTooLargeError

# The boundaries, headers and other fields of a form.
FORM_ENVELOPE_BYTES = 64 * 1024
DOCUMENTS = 2


class DocumentFormParser(MultiPartParser):
    """A form with a job description and a résumé, each a file or a text.

    One that is too large is refused by its length: Django would first write all of it to disk.
    """

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> DataAndFiles[Any, Any]:
        request = (parser_context or {})["request"]
        most = int(settings.DOCUMENT_MAX_BYTES)
        if int(request.META.get("CONTENT_LENGTH") or 0) > DOCUMENTS * most + FORM_ENVELOPE_BYTES:
            raise BodyTooLargeError(f"A document may be at most {most:,} bytes.")
        return super().parse(stream, media_type, parser_context)
