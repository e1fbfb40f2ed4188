"""What can be asked of a model, in one declarative place: names, prices, limits, retirements.

`MODELS` are the defaults. Staff change or add models without a release (`ModelOverride`, in
admin); `catalogue()` is the two together, and `resolve_model` finds what serves a name today.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from django.conf import settings
from django.utils import timezone

from ai.errors import ModelUnavailableError
from ai.models import Capability, ModelOverride
from ai.providers.registry import missing_reason

OVERRIDES_LAST_S = 10


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
    `max_characters` bounds one chunk of speech. `cached_credits` is what a unit of sound costs that
    was made before.
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


OPENAI_SPEECH_ENDS = date(2027, 1, 6)
OPENAI_GPT_4_ENDS = date(2027, 1, 14)
OPENAI_WHISPER_ENDS = date(2027, 2, 26)

# The first model of each capability serves names that nobody knows.
MODELS: tuple[CatalogueModel, ...] = (
    CatalogueModel(
        name="gpt-5.4-mini",
        provider="openai",
        capability=Capability.TEXT,
        price=TEXT_PRICE,
        old_names=("gpt-3.5-turbo", "gpt-4", "gpt-4-1106-preview", "claude"),
    ),
    CatalogueModel(name="gpt-5.5", provider="openai", capability=Capability.TEXT, price=TEXT_PRICE),
    CatalogueModel(
        name="gpt-4o",
        provider="openai",
        capability=Capability.TEXT,
        price=TEXT_PRICE,
        retires_on=OPENAI_GPT_4_ENDS,
        replaced_by="gpt-5.5",
    ),
    CatalogueModel(
        name="gpt-4o-mini",
        provider="openai",
        capability=Capability.TEXT,
        price=TEXT_PRICE,
        retires_on=OPENAI_GPT_4_ENDS,
        replaced_by="gpt-5.4-mini",
    ),
    CatalogueModel(
        name="gemini-3.8-flash",
        provider="vertex",
        capability=Capability.TEXT,
        price=TEXT_PRICE,
        old_names=("gemini-pro", "chat-bison", "googler", "meta-mate"),
    ),
    CatalogueModel(
        name="gemini-2.5-flash", provider="vertex", capability=Capability.TEXT, price=TEXT_PRICE
    ),
    CatalogueModel(
        name="builtin-coach", provider="coach", capability=Capability.TEXT, price=TEXT_PRICE
    ),
    CatalogueModel(
        name="eleven_flash_v2_5",
        provider="elevenlabs",
        capability=Capability.SPEECH,
        price=SPEECH_PRICE,
        old_names=("elevenlabs-multilingual-v1",),
    ),
    CatalogueModel(
        name="eleven_v3",
        provider="elevenlabs",
        capability=Capability.SPEECH,
        price=SPEECH_PRICE,
    ),
    CatalogueModel(
        name="gpt-4o-mini-tts",
        provider="openai",
        capability=Capability.SPEECH,
        price=SPEECH_PRICE,
        retires_on=OPENAI_SPEECH_ENDS,
        replaced_by="eleven_flash_v2_5",
    ),
    CatalogueModel(
        name="tts-1",
        provider="openai",
        capability=Capability.SPEECH,
        price=SPEECH_PRICE,
        retires_on=OPENAI_SPEECH_ENDS,
        replaced_by="eleven_flash_v2_5",
    ),
    CatalogueModel(
        name="google-neural2",
        provider="vertex",
        capability=Capability.SPEECH,
        price=SPEECH_PRICE,
        old_names=("vertex",),
    ),
    CatalogueModel(
        name="unreal-speech-v8",
        provider="unrealspeech",
        capability=Capability.SPEECH,
        price=SPEECH_PRICE,
        old_names=("unreal-speech",),
    ),
    CatalogueModel(
        name="builtin-voice", provider="piper", capability=Capability.SPEECH, price=SPEECH_PRICE
    ),
    CatalogueModel(
        name="gpt-transcribe",
        provider="openai",
        capability=Capability.TRANSCRIPTION,
        price=TRANSCRIPTION_PRICE,
    ),
    CatalogueModel(
        name="whisper-1",
        provider="openai",
        capability=Capability.TRANSCRIPTION,
        price=TRANSCRIPTION_PRICE,
        retires_on=OPENAI_WHISPER_ENDS,
        replaced_by="gpt-transcribe",
    ),
    CatalogueModel(
        name="scribe_v2",
        provider="elevenlabs",
        capability=Capability.TRANSCRIPTION,
        price=TRANSCRIPTION_PRICE,
    ),
    CatalogueModel(
        name="google-speech",
        provider="vertex",
        capability=Capability.TRANSCRIPTION,
        price=TRANSCRIPTION_PRICE,
        old_names=("vertex",),
    ),
    CatalogueModel(
        name="builtin-transcriber",
        provider="whisper",
        capability=Capability.TRANSCRIPTION,
        price=TRANSCRIPTION_PRICE,
    ),
)

BUILT_IN: dict[str, str] = {
    Capability.TEXT: "builtin-coach",
    Capability.SPEECH: "builtin-voice",
    Capability.TRANSCRIPTION: "builtin-transcriber",
}


def catalogue() -> tuple[CatalogueModel, ...]:
    """Every model, with what staff changed. A change takes effect within `OVERRIDES_LAST_S`."""
    return _load_catalogue(int(time.monotonic() // OVERRIDES_LAST_S))


def forget_catalogue() -> None:
    """Let a change of staff's take effect in this process at once."""
    _load_catalogue.cache_clear()


@lru_cache(maxsize=1)
def _load_catalogue(period: int) -> tuple[CatalogueModel, ...]:
    overrides = {override.name: override for override in ModelOverride.objects.all()}
    known = tuple(apply_override(model, overrides.pop(model.name, None)) for model in MODELS)
    return known + tuple(added_models(overrides.values()))


def apply_override(model: CatalogueModel, override: ModelOverride | None) -> CatalogueModel:
    if override is None:
        return model
    price = model.price
    if override.credits_per_unit is not None:
        price = replace(price, credits=override.credits_per_unit)
    return replace(
        model,
        price=price,
        cached_credits=override.cached_credits_per_unit or model.cached_credits,
        is_offered=override.is_offered,
        retires_on=override.retires_on or model.retires_on,
        replaced_by=override.replaced_by or model.replaced_by,
    )


def added_models(overrides: Iterable[ModelOverride]) -> Iterator[CatalogueModel]:
    """Models that only staff know."""
    for override in overrides:
        if override.provider and override.capability:
            capability = Capability(override.capability)
            model = CatalogueModel(
                name=override.name,
                provider=override.provider,
                capability=capability,
                price=PRICES[capability],
            )
            yield apply_override(model, override)


@dataclass(frozen=True, slots=True)
class Resolution:
    """The model that serves a name, and why where it is another one than was asked for."""

    requested: str
    model: CatalogueModel
    reason: str = ""


def resolve_models(capability: Capability, requested: str) -> tuple[Resolution, ...]:
    """The models that may serve a name here now: the one it leads to, then the fallbacks.

    The built-in model serves where none of these is set up. Raises `ModelUnavailableError` where
    even that is missing.
    """
    models = {model.name: model for model in catalogue() if model.capability == capability}
    reasons: list[str] = []
    served: dict[str, Resolution] = {}

    def consider(name: str) -> None:
        model, steps = walk(models, name)
        if model.missing:
            reasons.extend([*steps, f"{model.name} is not available here: {model.missing}"])
        else:
            reason = " ".join([*reasons, *steps])
            served.setdefault(model.name, Resolution(requested, model, reason))

    for name in (requested, *fallback_names(capability)):
        consider(name)
    if not served:
        consider(BUILT_IN[capability])
    if not served:
        raise ModelUnavailableError(" ".join(reasons))
    return tuple(served.values())


def fallback_names(capability: Capability) -> list[str]:
    """The operator's fallbacks, in order; the built-in model stands last where it is named."""
    names: dict[str, list[str]] = {
        Capability.TEXT: settings.TEXT_FALLBACKS,
        Capability.SPEECH: settings.SPEECH_FALLBACKS,
        Capability.TRANSCRIPTION: settings.TRANSCRIPTION_FALLBACKS,
    }
    return names[capability]


def walk(models: dict[str, CatalogueModel], name: str) -> tuple[CatalogueModel, list[str]]:
    """From a name to today's model, and the steps: an old name, retirements."""
    model, steps = find_model(models, name)
    while model.is_retired(timezone.now().date()) and model.replaced_by in models:
        steps.append(f"{model.name} was retired on {model.retires_on}.")
        model = models[model.replaced_by]
    return model, steps


def find_model(
    models: dict[str, CatalogueModel], requested: str
) -> tuple[CatalogueModel, list[str]]:
    if requested in models:
        return models[requested], []
    for model in models.values():
        if requested in model.old_names:
            return model, [f"{requested} is an old name of {model.name}."]
    first = next(iter(models.values()))
    return first, [f"{requested} is not in the catalogue; {first.name} was chosen."]
