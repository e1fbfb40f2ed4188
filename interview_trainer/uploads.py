"""How large a form may be that comes to a page."""

from __future__ import annotations

from typing import IO, Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

FILES_OF_A_PAGE = 2


class BoundedUploadHandler(FileUploadHandler):
    """Refuses by its length a form that would first be written to disk whole.

    The API's own parsers refuse earlier, with a bound for each route.
    """

    def handle_raw_input(
        self,
        input_data: IO[bytes],
        META: dict[str, str],
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        files = max(settings.AUDIO_MAX_BYTES, FILES_OF_A_PAGE * settings.DOCUMENT_MAX_BYTES)
        if content_length > files + settings.BODY_MAX_BYTES:
            raise RequestDataTooBig("The form is too large.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """For the handlers after this one."""
        return raw_data

    def file_complete(self, file_size: int) -> Any:
        return None
