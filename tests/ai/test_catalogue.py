"""From the name in a person's settings to the model that serves."""

from datetime import UTC, date, datetime

import pytest

from ai.catalogue import catalogue, forget_catalogue, resolve_models
from ai.checks import check_retirements
from ai.errors import ModelUnavailableError
from ai.models import Capability, ModelOverride
from ai.offers import BUILT_IN, MODELS, Price
from ai.providers.registry import PROVIDERS

pytestmark = pytest.mark.django_db

# What stored settings of the first service may hold.
OLD_NAMES = [
    (Capability.TEXT, name)
    for name in (
        "gpt-3.5-turbo",
        "gpt-4",
        "gpt-4-1106-preview",
        "googler",
        "meta-mate",
        "chat-bison",
        "gemini-pro",
        "claude",
    )
] + [
    (Capability.TRANSCRIPTION, "whisper-1"),
    (Capability.TRANSCRIPTION, "vertex"),
    (Capability.SPEECH, "tts-1"),
    (Capability.SPEECH, "vertex"),
    (Capability.SPEECH, "elevenlabs-multilingual-v1"),
    (Capability.SPEECH, "unreal-speech"),
]


@pytest.fixture
def openai_is_set_up(settings):
    settings.OPENAI_API_KEY = "sk-test"


@pytest.fixture
def today(monkeypatch):
    """Let it be another day."""

    def be(year: int, month: int, day: int) -> None:
        moment = datetime(year, month, day, 12, tzinfo=UTC)
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    return be


def served(capability: Capability, name: str) -> str:
    return resolve_models(capability, name)[0].model.name


def test_every_model_has_a_provider_and_every_replacement_a_model():
    names = {(model.capability, model.name) for model in MODELS}
    assert len(names) == len(MODELS)
    for model in MODELS:
        assert (model.provider, model.capability) in PROVIDERS
        assert not model.retires_on or (model.capability, model.replaced_by) in names
    assert all((capability, name) in names for capability, name in BUILT_IN.items())


def test_no_name_means_two_models():
    names = [(m.capability, name) for m in MODELS for name in (m.name, *m.old_names)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(("capability", "name"), OLD_NAMES)
def test_every_old_name_leads_to_a_model_and_here_to_the_built_in_one(capability, name):
    known = {
        n
        for model in MODELS
        if model.capability == capability
        for n in (model.name, *model.old_names)
    }
    assert name in known
    assert served(capability, name) == BUILT_IN[capability]


def test_a_model_that_is_set_up_serves(openai_is_set_up):
    (resolution,) = resolve_models(Capability.TEXT, "gpt-5.5")
    assert (resolution.model.name, resolution.reason) == ("gpt-5.5", "")


def test_an_old_name_is_explained(openai_is_set_up):
    (resolution,) = resolve_models(Capability.TEXT, "gpt-4")
    assert resolution.model.name == "gpt-6-luna"
    assert resolution.reason == "gpt-4 is an old name of gpt-6-luna."


def test_a_model_serves_until_the_day_it_is_retired(openai_is_set_up, today):
    today(2027, 2, 25)
    assert served(Capability.TRANSCRIPTION, "whisper-1") == "whisper-1"
    today(2027, 2, 26)
    (resolution,) = resolve_models(Capability.TRANSCRIPTION, "whisper-1")
    assert resolution.model.name == "gpt-transcribe"
    assert resolution.reason == "whisper-1 was retired on 2027-02-26."


def test_the_built_in_model_says_what_is_missing():
    (resolution,) = resolve_models(Capability.TEXT, "gpt-5.5")
    assert resolution.model.name == "builtin-coach"
    assert "OPENAI_API_KEY" in resolution.reason


def test_fallbacks_follow_in_order(openai_is_set_up, settings):
    settings.TEXT_FALLBACKS = ["gemini-pro", "gpt-5.5", "builtin-coach"]
    names = [r.model.name for r in resolve_models(Capability.TEXT, "gpt-6-luna")]
    assert names == ["gpt-6-luna", "gpt-5.5", "builtin-coach"]


def test_a_fallback_goes_before_the_built_in_model(openai_is_set_up, settings):
    settings.TEXT_FALLBACKS = ["gpt-5.5"]
    assert [r.model.name for r in resolve_models(Capability.TEXT, "gemini-pro")] == ["gpt-5.5"]


def test_where_nothing_can_run_the_error_says_what_is_missing(monkeypatch):
    ModelOverride.objects.create(name="builtin-coach", is_offered=False)
    forget_catalogue()
    with pytest.raises(ModelUnavailableError, match="switched this model off"):
        resolve_models(Capability.TEXT, "gpt-5.5")


def test_staff_change_a_price_a_date_and_a_successor(openai_is_set_up):
    ModelOverride.objects.create(
        name="gpt-5.5",
        credits_per_unit=3,
        retires_on=date(2026, 1, 1),
        replaced_by="gpt-5.4-mini",
    )
    forget_catalogue()
    changed = next(model for model in catalogue() if model.name == "gpt-5.5")
    assert changed.price == Price(3, 1_000, "tokens")
    assert served(Capability.TEXT, "gpt-5.5") == "gpt-5.4-mini"


def test_staff_add_a_model_without_a_release(openai_is_set_up):
    ModelOverride.objects.create(name="gpt-7", provider="openai", capability="text")
    forget_catalogue()
    assert served(Capability.TEXT, "gpt-7") == "gpt-7"


def test_retirements_in_a_circle_end(openai_is_set_up):
    for name, successor in (("gpt-5.5", "gpt-5.4-mini"), ("gpt-5.4-mini", "gpt-5.5")):
        ModelOverride.objects.create(name=name, retires_on=date(2026, 1, 1), replaced_by=successor)
    forget_catalogue()
    assert served(Capability.TEXT, "gpt-5.5") in {"gpt-5.5", "gpt-5.4-mini"}


def test_the_operator_s_own_server_stands_in_the_catalogue(settings):
    settings.COMPATIBLE_BASE_URL = "http://127.0.0.1:11434/v1"
    settings.COMPATIBLE_TEXT_MODEL = "qwen3:8b"
    forget_catalogue()
    assert served(Capability.TEXT, "qwen3:8b") == "qwen3:8b"


def test_the_check_warns_sixty_days_ahead_of_what_is_in_use(openai_is_set_up, settings, today):
    today(2026, 12, 28)
    assert "whisper-1" in " ".join(warning.msg for warning in check_retirements())
    today(2026, 12, 27)
    assert "whisper-1" not in " ".join(warning.msg for warning in check_retirements())
    settings.OPENAI_API_KEY = ""
    assert check_retirements() == []


@pytest.mark.parametrize(
    ("units", "credits"), [(0, 0), (1, 1), (1_000, 1), (1_001, 2), (10**9, 10**6)]
)
def test_every_started_unit_is_charged(units, credits):
    assert Price(1, 1_000, "tokens").of(units) == credits
