"""The catalogue as a person chooses from it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from ai.catalogue import catalogue, resolve_models
from ai.errors import ModelUnavailableError
from ai.models import Capability
from ai.offers import BUILT_IN, CatalogueModel, Price

# The settings that name a model, and what for.
CAPABILITIES: dict[str, Capability] = {
    "llm_model": Capability.TEXT,
    "tts_model": Capability.SPEECH,
    "stt_model": Capability.TRANSCRIPTION,
}
BUILT_IN_TITLES = {
    "builtin-coach": "Built-in coach",
    "builtin-voice": "Built-in voice",
    "builtin-transcriber": "Built-in transcriber",
}


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """`missing` is why it cannot run here; `note` is what the person should know besides."""

    name: str
    title: str
    provider: str
    price: str
    missing: str = ""
    note: str = ""
    is_current: bool = False

    @property
    def can_be_chosen(self) -> bool:
        return self.is_current or not self.missing


def model_choices(capability: Capability, current: str) -> list[ModelChoice]:
    """The person's own choice and every model that is not retired, the built-in one first."""
    today = timezone.now().date()
    models = [
        model
        for model in catalogue()
        if model.capability == capability
        and (model.name == current or (model.is_offered and not model.is_retired(today)))
    ]
    models.sort(key=lambda model: model.name != BUILT_IN[capability])
    choices = [offered_choice(model, current) for model in models]
    if any(choice.is_current for choice in choices):
        return choices
    return [unknown_choice(capability, current), *choices]


def offered_choice(model: CatalogueModel, current: str) -> ModelChoice:
    is_current = model.name == current
    return ModelChoice(
        name=model.name,
        title=BUILT_IN_TITLES.get(model.name, model.name),
        provider=model.provider,
        price=price_text(model.price),
        missing=model.missing,
        note=serving_note(model.capability, current) if is_current and model.missing else "",
        is_current=is_current,
    )


def unknown_choice(capability: Capability, current: str) -> ModelChoice:
    """A stored name that is no model's of today, such as the first service's."""
    note = serving_note(capability, current)
    return ModelChoice(current, current, "", "", note=note, is_current=True)


def serving_note(capability: Capability, requested: str) -> str:
    """Who answers to a name today."""
    try:
        served = resolve_models(capability, requested)[0].model
    except ModelUnavailableError:
        return "Nothing can take its place here now."
    title = BUILT_IN_TITLES.get(served.name, served.name)
    return f"Set so far. {title} serves in its place, for {price_text(served.price)}."


def price_text(price: Price) -> str:
    credits = "1 credit" if price.credits == 1 else f"{price.credits} credits"
    return f"{credits} for {price.per:,} {price.unit}" if price.credits else "free"
