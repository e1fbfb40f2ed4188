"""What can be asked of a model now: the release's models with what staff changed.

`ai/offers.py` declares the models. Staff change or add some without a release (`ModelOverride`, in
admin); `catalogue()` is the two together, and `resolve_models` finds what serves a name today.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from django.conf import settings
from django.utils import timezone

from ai.errors import ModelUnavailableError
from ai.models import Capability, ModelOverride
from ai.offers import BUILT_IN, MODELS, PRICES, CatalogueModel, compatible_models

OVERRIDES_LAST_S = 10


def catalogue() -> tuple[CatalogueModel, ...]:
    """Every model, with what staff changed. A change takes effect within `OVERRIDES_LAST_S`."""
    return _load_catalogue(int(time.monotonic() // OVERRIDES_LAST_S))


def forget_catalogue() -> None:
    """Let a change of staff's take effect in this process at once."""
    _load_catalogue.cache_clear()


@lru_cache(maxsize=1)
def _load_catalogue(period: int) -> tuple[CatalogueModel, ...]:
    overrides = {override.name: override for override in ModelOverride.objects.all()}
    known = tuple(
        apply_override(model, overrides.pop(model.name, None))
        for model in (*MODELS, *compatible_models())
    )
    return known + tuple(added_models(overrides.values()))


def apply_override(model: CatalogueModel, override: ModelOverride | None) -> CatalogueModel:
    if override is None:
        return model
    price, cached = model.price, override.cached_credits_per_unit
    if override.credits_per_unit is not None:
        price = replace(price, credits=override.credits_per_unit)
    return replace(
        model,
        price=price,
        cached_credits=model.cached_credits if cached is None else cached,
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
    """From a name to today's model, and the steps: an old name, retirements.

    Replacements that lead in a circle end at the one that closes it.
    """
    model, steps = find_model(models, name)
    today, successors = timezone.now().date(), dict(models)
    while model.is_retired(today) and model.replaced_by in successors:
        steps.append(f"{model.name} was retired on {model.retires_on}.")
        model = successors.pop(model.replaced_by)
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
