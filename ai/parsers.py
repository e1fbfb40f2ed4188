"""Reading recordings: as JSON (what existing frontends send), as a form's file, or raw."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from rest_framework.parsers import BaseParser

from interview_trainer.parsers import BoundedFormParser, BoundedJSONParser, read_bounded

# `[255,255,...]`: at most four characters a byte, and some for the rest.
JSON_CHARACTERS_PER_BYTE = 4
JSON_ENVELOPE_BYTES = 1_024


class RecordingJSONParser(BoundedJSONParser):
    """`{"audioData": [bytes as numbers]}` of at most `AUDIO_MAX_BYTES`."""

    def max_bytes(self) -> int:
        return int(settings.AUDIO_MAX_BYTES) * JSON_CHARACTERS_PER_BYTE + JSON_ENVELOPE_BYTES


class RecordingFormParser(BoundedFormParser):
    """A form whose file `audio` is the recording."""

    file_noun = "recording"

    def max_file_bytes(self) -> int:
        return int(settings.AUDIO_MAX_BYTES)


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
