"""What an audio route may be asked for, beside JSON. The views stream the sound by themselves."""

from __future__ import annotations

from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from ai.audio import ENCODINGS, AudioFormat

FORMATS: dict[str, AudioFormat] = {
    encoding.content_type: audio_format for audio_format, encoding in ENCODINGS.items()
}


class SoundRenderer(JSONRenderer):
    """Lets clients accept `audio/...`. Errors are JSON."""

    media_type = "audio/*"
    format = "sound"


def accepted_format(request: Request) -> AudioFormat:
    """The format that `Accept` prefers; MP3 where it names none of ours."""
    preferred = request.get_preferred_type(list(FORMATS))
    return FORMATS.get(str(preferred), "mp3")
