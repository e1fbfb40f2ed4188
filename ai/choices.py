"""The catalogue as a person chooses from it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from ai.catalogue import catalogue, resolve_models
from ai.errors import ModelUnavailableError
from ai.models import Capability
from ai.offers import BUILT_IN, CatalogueModel, Price
from users.models import UserSettings

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
    if any(model.name == current and not model.missing for model in models):
        return [offered_choice(model, current) for model in models]
    others = [offered_choice(model, current) for model in models if model.name != current]
    return [indirect_choice(capability, current), *others]


def offered_choice(model: CatalogueModel, current: str) -> ModelChoice:
    return ModelChoice(
        name=model.name,
        title=title_of(model),
        provider=model.provider,
        price=price_text(model.price),
        missing=model.missing,
        is_current=model.name == current,
    )


def indirect_choice(capability: Capability, current: str) -> ModelChoice:
    """A stored name that another model serves today. Whoever never chose has the first one."""
    if current == first_name(capability):
        title, note = "Chosen for you", "Now {}."
    else:
        title, note = current, "Your choice so far does not run here. In its place: {}."
    try:
        served = resolve_models(capability, current)[0].model
    except ModelUnavailableError:
        note = "Nothing runs here now. Whoever runs this site can change that."
    else:
        note = note.format(f"{title_of(served)}, {price_text(served.price)}")
    return ModelChoice(current, title, "", "", note=note, is_current=True)


def first_name(capability: Capability) -> str:
    """What stands in the settings of whoever never chose."""
    (field,) = (field for field, its in CAPABILITIES.items() if its == capability)
    return str(getattr(UserSettings(), field))


def title_of(model: CatalogueModel) -> str:
    return BUILT_IN_TITLES.get(model.name, model.name)


def price_text(price: Price) -> str:
    credits = "1 credit" if price.credits == 1 else f"{price.credits} credits"
    return f"{credits} for {price.per:,} {price.unit}" if price.credits else "free"
