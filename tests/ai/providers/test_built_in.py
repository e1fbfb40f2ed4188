"""What holds for the built-in providers too: a good answer has the same shape from everyone."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ai.providers.base import (
    Provider,
    SpeechRequest,
    TextDelta,
    TextUsage,
    Transcript,
    TranscriptionRequest,
)
from ai.providers.registry import provider_class
from tests.ai.providers.cases import SENTENCE
from tests.ai.providers.conftest import recording, text_request


@pytest.fixture
def build() -> Iterator[Callable[[str, str], Any]]:
    """Builds a provider where its model is installed."""
    built: list[Provider] = []

    def build(name: str, capability: str) -> Provider:
        cls = provider_class(name, capability)
        if cls.missing():
            pytest.skip(cls.missing())
        built.append(cls())
        return built[-1]

    yield build
    for provider in built:
        provider.close()


def test_the_coach_streams_text(build: Callable[[str, str], Any]) -> None:
    items = list(build("coach", "text").stream(text_request(model="coach")))
    assert "".join(item.text for item in items if isinstance(item, TextDelta)).strip()
    assert all(isinstance(item, TextDelta) for item in items[:-1])
    assert isinstance(items[-1], TextDelta | TextUsage)


def test_the_built_in_voice_yields_whole_samples_and_can_be_closed(
    build: Callable[[str, str], Any],
) -> None:
    provider = build("piper", "speech")
    request = SpeechRequest(model="joe", text=SENTENCE)
    chunks = list(provider.synthesize(request))
    assert chunks
    assert all(chunk and len(chunk) % 2 == 0 for chunk in chunks)
    closed = provider.synthesize(request)
    next(closed)
    closed.close()
    assert list(provider.synthesize(request))


def test_the_built_in_transcription_invents_nothing(build: Callable[[str, str], Any]) -> None:
    transcript = build("whisper", "transcription").transcribe(
        TranscriptionRequest(model="tiny.en", recording=recording(1.0))
    )
    assert isinstance(transcript, Transcript)
    assert transcript.words == ()
