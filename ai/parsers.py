"""Reading recordings: as JSON (what existing frontends send), as a form's file, or raw."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from rest_framework.parsers import BaseParser, DataAndFiles, MultiPartParser

from interview_trainer.errors import BodyTooLargeError
from interview_trainer.parsers import BoundedJSONParser, read_bounded

# `[255,255,...]`: at most four characters a byte, and some for the rest.
JSON_CHARACTERS_PER_BYTE = 4
JSON_ENVELOPE_BYTES = 1_024
# The boundaries, headers and other fields of a form.
FORM_ENVELOPE_BYTES = 64 * 1024


class RecordingJSONParser(BoundedJSONParser):
    """`{"audioData": [bytes as numbers]}` of at most `AUDIO_MAX_BYTES`."""

    def max_bytes(self) -> int:
        return int(settings.AUDIO_MAX_BYTES) * JSON_CHARACTERS_PER_BYTE + JSON_ENVELOPE_BYTES


class RecordingFormParser(MultiPartParser):
    """A form whose file `audio` is the recording.

    One that is too large is refused by its length: Django would first write all of it to disk.
    """

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> DataAndFiles[Any, Any]:
        request = (parser_context or {})["request"]
        most = int(settings.AUDIO_MAX_BYTES)
        if int(request.META.get("CONTENT_LENGTH") or 0) > most + FORM_ENVELOPE_BYTES:
            raise BodyTooLargeError(f"A recording may be at most {most:,} bytes.")
        return super().parse(stream, media_type, parser_context)


class RawAudioParser(BaseParser):
    """The bytes themselves, whatever audio or video type they are sent as."""

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, bytes]:
        return {"audio": read_bounded(stream, int(settings.AUDIO_MAX_BYTES))}


class RawSoundParser(RawAudioParser):
    media_type = "audio/*"


class RawVideoParser(RawAudioParser):
    """Some recorders call sound alone `video/webm` or `video/mp4`."""

    media_type = "video/*"


class OctetStreamParser(RawAudioParser):
    media_type = "application/octet-stream"
