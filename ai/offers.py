"""The models that this release knows: names, prices, limits, retirements.

Sources: the vendors' pages on models and on deprecations, November 2026.
https://developers.openai.com/api/docs/deprecations
https://cloud.google.com/vertex-ai/generative-ai/docs/learn/model-versions
https://elevenlabs.io/docs/models
https://docs.unrealspeech.com
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from django.conf import settings

from ai.models import Capability
from ai.providers.registry import missing_reason


@dataclass(frozen=True, slots=True)
class Price:
    """`credits` for every started `per` units (tokens, characters or seconds)."""

    credits: int
    per: int
    unit: str

    def of(self, units: int) -> int:
        return math.ceil(units / self.per) * self.credits


TEXT_PRICE = Price(1, 1_000, "tokens")
SPEECH_PRICE = Price(1, 500, "characters")
TRANSCRIPTION_PRICE = Price(1, 30, "seconds")
PRICES: dict[str, Price] = {
    Capability.TEXT: TEXT_PRICE,
    Capability.SPEECH: SPEECH_PRICE,
    Capability.TRANSCRIPTION: TRANSCRIPTION_PRICE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueModel:
    """One model.

    `name` is ours and, unless `vendor_name` says otherwise, the vendor's. `old_names` are what
    stored settings may still say. From `retires_on` on, `replaced_by` serves in its place.
    `max_characters` is the most that the vendor takes in one call of speech. `cached_credits` is
    what a unit of sound costs that was made before.
    """

    name: str
    provider: str
    capability: Capability
    price: Price
    cached_credits: int = 0
    vendor_name: str = ""
    max_characters: int = 1_000
    old_names: tuple[str, ...] = ()
    retires_on: date | None = None
    replaced_by: str = ""
    is_offered: bool = True

    @property
    def name_at_vendor(self) -> str:
        return self.vendor_name or self.name

    @property
    def cached_price(self) -> Price:
        return replace(self.price, credits=self.cached_credits)

    @property
    def missing(self) -> str:
        """Why it cannot run here now and how to mend that, or an empty string."""
        if not self.is_offered:
            return "Staff have switched this model off."
        return missing_reason(self.provider, self.capability)

    def is_retired(self, today: date) -> bool:
        return self.retires_on is not None and self.retires_on <= today


text = partial(CatalogueModel, capability=Capability.TEXT, price=TEXT_PRICE)
speech = partial(CatalogueModel, capability=Capability.SPEECH, price=SPEECH_PRICE)
transcription = partial(
    CatalogueModel, capability=Capability.TRANSCRIPTION, price=TRANSCRIPTION_PRICE
)

GPT_5_ENDS = date(2026, 12, 11)
OPENAI_SPEECH_ENDS = date(2027, 1, 6)
GPT_4_ENDS = date(2027, 1, 14)
WHISPER_ENDS = date(2027, 2, 26)
GPT_5_1_ENDS = date(2027, 4, 1)

# OpenAI's speech models end without a successor at the same address: ElevenLabs takes over.
SPEECH_SUCCESSOR = "eleven_multilingual_v2"

TEXT_MODELS = (
    text(
        name="gpt-6-luna",
        provider="openai",
        old_names=(
            "gpt-3.5-turbo",
            "gpt-4",
            "gpt-4-1106-preview",
            "gpt-4-turbo",
            "gpt-4.1-nano",
            "o1",
            "o3-mini",
            "o4-mini",
            "claude",
        ),
    ),
    text(name="gpt-6.1-terra", provider="openai"),
    text(name="gpt-5.5", provider="openai"),
    text(name="gpt-5.4-mini", provider="openai"),
    *(
        text(name=name, provider="openai", retires_on=ends, replaced_by=successor)
        for name, ends, successor in (
            ("gpt-5", GPT_5_ENDS, "gpt-6.1-terra"),
            ("gpt-5-mini", GPT_5_ENDS, "gpt-6.1-terra"),
            ("gpt-5-nano", GPT_5_ENDS, "gpt-6-luna"),
            ("gpt-4o", GPT_4_ENDS, "gpt-6-luna"),
            ("gpt-4o-mini", GPT_4_ENDS, "gpt-6-luna"),
            ("gpt-4.1", GPT_4_ENDS, "gpt-6-luna"),
            ("gpt-4.1-mini", GPT_4_ENDS, "gpt-6-luna"),
            ("gpt-5.1", GPT_5_1_ENDS, "gpt-6-luna"),
            ("gpt-5.4-nano", GPT_5_1_ENDS, "gpt-6-luna"),
        )
    ),
    text(
        name="gemini-3.5-flash-lite",
        provider="vertex",
        old_names=(
            "gemini-pro",
            "chat-bison",
            "googler",
            "meta-mate",
            "gemini-2.5-flash",
            "gemini-2.5-flash-lite",
        ),
    ),
    text(name="gemini-3.5-flash", provider="vertex", old_names=("gemini-2.5-pro",)),
    text(name="gemini-3.8-flash", provider="vertex"),
    text(name="builtin-coach", provider="coach"),
)

SPEECH_MODELS = (
    speech(
        name=SPEECH_SUCCESSOR,
        provider="elevenlabs",
        max_characters=10_000,
        old_names=("elevenlabs-multilingual-v1", "eleven_multilingual_v1"),
    ),
    speech(name="eleven_flash_v2_5", provider="elevenlabs", max_characters=40_000),
    speech(name="eleven_v3", provider="elevenlabs", max_characters=5_000),
    *(
        speech(
            name=name,
            provider="openai",
            max_characters=4_096,
            retires_on=OPENAI_SPEECH_ENDS,
            replaced_by=SPEECH_SUCCESSOR,
        )
        for name in ("gpt-4o-mini-tts", "tts-1", "tts-1-hd")
    ),
    # 5,000 bytes at Google, of at most four for a character.
    speech(name="google-tts", provider="vertex", max_characters=1_250, old_names=("vertex",)),
    # To 1,000 characters Unreal Speech streams.
    speech(name="unreal-speech", provider="unrealspeech", max_characters=1_000),
    speech(name="builtin-voice", provider="piper"),
)

TRANSCRIPTION_MODELS = (
    transcription(name="gpt-transcribe", provider="openai"),
    *(
        transcription(
            name=name, provider="openai", retires_on=WHISPER_ENDS, replaced_by="gpt-transcribe"
        )
        for name in ("whisper-1", "gpt-4o-transcribe", "gpt-4o-mini-transcribe")
    ),
    transcription(name="scribe_v2", provider="elevenlabs", old_names=("scribe_v1",)),
    transcription(name="chirp_2", provider="vertex", old_names=("vertex",)),
    transcription(name="builtin-transcriber", provider="whisper"),
)

# The first model of each capability serves names that nobody knows.
MODELS: tuple[CatalogueModel, ...] = (*TEXT_MODELS, *SPEECH_MODELS, *TRANSCRIPTION_MODELS)

BUILT_IN: dict[str, str] = {
    Capability.TEXT: "builtin-coach",
    Capability.SPEECH: "builtin-voice",
    Capability.TRANSCRIPTION: "builtin-transcriber",
}


def compatible_models() -> Iterator[CatalogueModel]:
    """The models of the operator's own OpenAI-compatible server, by the names in settings."""
    named = (
        (text, settings.COMPATIBLE_TEXT_MODEL),
        (speech, settings.COMPATIBLE_SPEECH_MODEL),
        (transcription, settings.COMPATIBLE_TRANSCRIPTION_MODEL),
    )
    return (make(name=name, provider="compatible") for make, name in named if name)
