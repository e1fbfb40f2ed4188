"""The service with a voice that does as the text says, for `test_served_sound.py` to start."""

import os
from collections.abc import Generator
from pathlib import Path

from ai.providers.base import SpeechProvider, SpeechRequest
from ai.providers.registry import PROVIDERS
from interview_trainer.wsgi import application

__all__ = ["application"]

SECOND = b"\x00\x40\x00\xc0" * 8_000


class BreakingSpeech(SpeechProvider):
    """A second of sound for each chunk. One that says "wait" first waits for the pipe `GATE`."""

    sample_rate = 16_000

    def synthesize(self, request: SpeechRequest) -> Generator[bytes, None, None]:
        if "wait" in request.text:
            Path(os.environ["GATE"]).read_bytes()
        if "break" in request.text:
            raise RuntimeError("The voice broke.")
        yield SECOND


PROVIDERS["piper", "speech"] = f"{__name__}.{BreakingSpeech.__name__}"
