"""What an operation would cost at most, before it is made."""

from __future__ import annotations

import math
from dataclasses import dataclass

from django.conf import settings

from ai.catalogue import Resolution, resolve_models
from ai.models import Capability
from users.models import User

BYTES_PER_TOKEN = 4
CHARACTERS_PER_TOKEN = 6
FEWEST_BYTES_PER_TOKEN = 3


@dataclass(frozen=True, slots=True)
class Quote:
    """`units` at most, of whichever of the models serves; `credits` covers the dearest of them."""

    capability: Capability
    resolutions: tuple[Resolution, ...]
    units: int

    @property
    def resolution(self) -> Resolution:
        """The model that is asked first."""
        return self.resolutions[0]

    @property
    def credits(self) -> int:
        return max(resolution.model.price.of(self.units) for resolution in self.resolutions)

    @property
    def purpose(self) -> str:
        return f"{self.capability}: {self.resolution.model.name}"


def count_tokens(text: str) -> int:
    """Tokens as a rule of thumb: one for four bytes of UTF-8. Ours, where no vendor counts."""
    return math.ceil(len(text.encode("utf-8", "replace")) / BYTES_PER_TOKEN)


def most_tokens(text: str) -> int:
    """An estimate that real tokenizers stay below for ordinary text: one for three bytes."""
    return math.ceil(len(text.encode("utf-8", "replace")) / FEWEST_BYTES_PER_TOKEN)


def quote_text(*, model: str, system: str, message: str) -> Quote:
    units = most_tokens(system) + most_tokens(message) + settings.TEXT_MAX_OUTPUT_TOKENS
    return Quote(Capability.TEXT, resolve_models(Capability.TEXT, model), units)


def quote_speech(*, model: str, text: str) -> Quote:
    return Quote(Capability.SPEECH, resolve_models(Capability.SPEECH, model), len(text))


def quote_reply_speech(*, model: str) -> Quote:
    """The speech of a reply that is not written yet, if it becomes as long as it may."""
    units = settings.TEXT_MAX_OUTPUT_TOKENS * CHARACTERS_PER_TOKEN
    return Quote(Capability.SPEECH, resolve_models(Capability.SPEECH, model), units)


def quote_transcription(*, model: str, duration_s: float) -> Quote:
    resolutions = resolve_models(Capability.TRANSCRIPTION, model)
    return Quote(Capability.TRANSCRIPTION, resolutions, math.ceil(duration_s))


def quote_for(
    *, user: User, capability: Capability, message: str = "", duration_s: float = 0
) -> Quote:
    """What an operation of this person would cost at most, by the models they chose."""
    if capability == Capability.TEXT:
        return quote_text(
            model=user.settings.llm_model, system=settings.SYSTEM_PROMPT, message=message
        )
    if capability == Capability.SPEECH:
        return quote_speech(model=user.settings.tts_model, text=message)
    return quote_transcription(model=user.settings.stt_model, duration_s=duration_s)
