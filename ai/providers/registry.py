"""Where each provider lives, and the one instance of each per process.

To add a provider: copy a neighbour's file and its tests, add its line here, and its models to
`ai/catalogue.py`.
"""

import logging
from functools import cache
from threading import Lock

from django.utils.module_loading import import_string

from ai.providers.base import Provider

PROVIDERS: dict[tuple[str, str], str] = {
    ("coach", "text"): "ai.providers.coach.CoachText",
    ("compatible", "speech"): "ai.providers.compatible.CompatibleSpeech",
    ("compatible", "text"): "ai.providers.compatible.CompatibleText",
    ("compatible", "transcription"): "ai.providers.compatible.CompatibleTranscription",
    ("elevenlabs", "speech"): "ai.providers.elevenlabs.ElevenLabsSpeech",
    ("elevenlabs", "transcription"): "ai.providers.elevenlabs.ElevenLabsTranscription",
    ("openai", "speech"): "ai.providers.openai.OpenAISpeech",
    ("openai", "text"): "ai.providers.openai.OpenAIText",
    ("openai", "transcription"): "ai.providers.openai.OpenAITranscription",
    ("piper", "speech"): "ai.providers.piper.PiperSpeech",
    ("unrealspeech", "speech"): "ai.providers.unrealspeech.UnrealSpeech",
    ("vertex", "speech"): "ai.providers.vertex.GoogleSpeech",
    ("vertex", "text"): "ai.providers.vertex.VertexText",
    ("vertex", "transcription"): "ai.providers.vertex.GoogleTranscription",
    ("whisper", "transcription"): "ai.providers.whisper.WhisperTranscription",
}

logger = logging.getLogger(__name__)

_lock = Lock()
_built: list[Provider] = []


def provider_class(provider: str, capability: str) -> type[Provider]:
    """The class, without building it. `KeyError` where there is none of that name."""
    cls: type[Provider] = import_string(PROVIDERS[provider, capability])
    return cls


def missing_reason(provider: str, capability: str) -> str:
    """What keeps a provider from running here, and how to mend it; empty where nothing does."""
    if (provider, capability) not in PROVIDERS:
        return f"This installation has no provider {provider} for {capability}."
    return provider_class(provider, capability).missing()


def default_voice(provider: str) -> str:
    """The voice that a speech provider speaks with where none is asked for."""
    return str(getattr(provider_class(provider, "speech"), "default_voice", ""))


def get_provider(provider: str, capability: str) -> Provider:
    """The process's one instance. For `ai/operations.py` alone: calls must be paid for."""
    with _lock:
        return _build(provider, capability)


@cache
def _build(provider: str, capability: str) -> Provider:
    built = provider_class(provider, capability)()
    _built.append(built)
    return built


def close_providers() -> None:
    """Let go of what providers hold, before the process ends. The next call builds anew."""
    with _lock:
        while _built:
            _built.pop().close()
        _build.cache_clear()


def warm_providers() -> None:
    """Load now what the first calls would load. One that fails is logged and left to its calls."""
    for provider, capability in PROVIDERS:
        try:
            if not provider_class(provider, capability).missing():
                get_provider(provider, capability).warm()
        except Exception:
            logger.exception("warm_failed", extra={"provider": provider, "capability": capability})
