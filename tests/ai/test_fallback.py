"""When a provider fails, the next one serves; one that keeps failing is left alone for a while."""

import pytest
from django.core.cache import cache

from ai.errors import ProviderError, ProviderRefusedError, ProviderTimeoutError
from ai.models import ModelOverride
from ai.providers.base import TextDelta
from tests.ai.stand_ins import StandInText

URL = "/api/ai/message?email=ada@example.com"


@pytest.fixture
def script(stand_ins, monkeypatch, settings):
    settings.TEXT_FALLBACKS = ["builtin-coach"]
    settings.BREAKER_FAILURES = 2

    def write(*steps) -> None:
        monkeypatch.setattr(StandInText, "script", list(steps))

    return write


def ask(client):
    return client.post(URL, {"message": "Candidate: I fixed a bug."}, format="json")


def test_the_fallback_serves_and_is_named(frontend, script, balance):
    script(ProviderTimeoutError())
    model = ask(frontend).json()["model"]
    assert (model["requested"], model["served"]) == ("stand-in-text", "builtin-coach")
    assert model["reason"] == "stand-in-text failed."
    assert balance() == (299, 0)


def test_the_charge_follows_the_model_that_served(frontend, script, balance):
    ModelOverride.objects.filter(name="stand-in-text").update(credits_per_unit=9)
    script(ProviderError())
    receipt = ask(frontend).json()["receipt"]
    assert (receipt["held"], receipt["charged"]) == (9, 1)
    assert balance() == (299, 0)


def test_without_a_fallback_the_failure_is_the_answer(frontend, script, settings):
    settings.TEXT_FALLBACKS = []
    script(ProviderTimeoutError())
    assert ask(frontend).status_code == 504


def test_there_is_no_fallback_once_a_word_went_out(frontend, script):
    script(TextDelta("Why "), ProviderError())
    response = frontend.post(
        URL, {"message": "Hi"}, format="json", headers={"Accept": "text/event-stream"}
    )
    assert b"builtin-coach" not in b"".join(response)


def test_a_provider_that_keeps_failing_is_left_alone(frontend, script):
    calls = []

    def fail() -> None:
        calls.append(1)
        raise ProviderError

    script(fail)
    for _ in range(4):
        reason = ask(frontend).json()["model"]["reason"]
    assert len(calls) == 2
    assert reason == "stand-in-text is left alone for a while."


def test_it_is_probed_once_after_the_cool_down_and_comes_back(frontend, script):
    script(ProviderError())
    for _ in range(3):
        ask(frontend)
    cache.delete("breaker:stand-in:text:probe")  # the cool-down has passed
    script(TextDelta("Why?"))
    assert ask(frontend).json()["model"]["served"] == "stand-in-text"
    assert ask(frontend).json()["model"]["served"] == "stand-in-text"


def test_a_probe_that_fails_waits_for_the_next_cool_down(frontend, script):
    script(ProviderError())
    for _ in range(3):
        ask(frontend)
    cache.delete("breaker:stand-in:text:probe")
    ask(frontend)
    script(TextDelta("Why?"))
    assert ask(frontend).json()["model"]["served"] == "builtin-coach"


def test_where_all_are_left_alone_the_answer_says_when_to_come_back(frontend, script, settings):
    settings.TEXT_FALLBACKS = []
    script(ProviderError())
    for _ in range(2):
        ask(frontend)
    response = ask(frontend)
    assert (response.status_code, response.json()["code"]) == (503, "unavailable")
    assert int(response.headers["Retry-After"]) > 0


def test_a_vendor_that_refuses_one_request_is_not_left_alone_for_it(frontend, script):
    script(ProviderRefusedError())
    for _ in range(3):
        ask(frontend)
    script(TextDelta("Why?"))
    assert ask(frontend).json()["model"]["served"] == "stand-in-text"
