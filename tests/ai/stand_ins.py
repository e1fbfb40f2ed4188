"""Providers that do as a test tells them, registered beside the real ones.

A script is a list of what to give, in order; an exception in it is raised, a callable is called.
"""

from collections.abc import Callable, Generator
from typing import Any, ClassVar

from ai.providers.base import (
    SpeechProvider,
    SpeechRequest,
    TextDelta,
    TextProvider,
    TextRequest,
    TextUsage,
    Transcript,
    TranscriptionProvider,
    TranscriptionRequest,
)

# A tenth of a second of quiet at 16 kHz.
PCM = b"\x00\x00" * 1_600

PATHS = {
    ("stand-in", "text"): f"{__name__}.StandInText",
    ("stand-in", "speech"): f"{__name__}.StandInSpeech",
    ("stand-in", "transcription"): f"{__name__}.StandInTranscription",
}


def play(step: Any) -> Any:
    if isinstance(step, BaseException):
        raise step
    return step() if callable(step) else step


def say_nothing(text: str) -> Generator[bytes, None, None]:
    yield from ()


class StandInText(TextProvider):
    script: ClassVar[list[Any]] = []

    def stream(self, request: TextRequest) -> Generator[TextDelta | TextUsage, None, None]:
        for step in self.script:
            yield play(step)


class StandInSpeech(SpeechProvider):
    sample_rate = 16_000
    say: ClassVar[Callable[[str], Generator[bytes, None, None]]] = staticmethod(say_nothing)

    def synthesize(self, request: SpeechRequest) -> Generator[bytes, None, None]:
        return type(self).say(request.text)


class StandInTranscription(TranscriptionProvider):
    script: ClassVar[list[Any]] = []

    def transcribe(self, request: TranscriptionRequest) -> Transcript:
        transcript: Transcript = play(self.script[0])
        return transcript
