"""What holds for every vendor's text, and what each vendor alone is asked."""

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from ai.errors import ProviderError
from ai.providers.base import TextDelta, TextUsage
from tests.ai.providers.cases import TEXT, Case
from tests.ai.providers.conftest import MESSAGE, SYSTEM, Vendor
from tests.ai.providers.servers.base import Fault
from tests.ai.providers.servers.openai import WORDS

OPENAI, COMPATIBLE, VERTEX = TEXT
SCHEMA = {
    "type": "object",
    "properties": {"score": {"type": "integer"}},
    "required": ["score"],
    "additionalProperties": False,
}

every_text = pytest.mark.parametrize("vendor", TEXT, indirect=True, ids=str)


def asked_of(vendor: Vendor) -> dict[str, Any]:
    body: dict[str, Any] = vendor.server.spoilt_asked[-1].json
    return body


@every_text
class TestEveryVendor:
    def test_streams_the_words_and_ends_with_the_count(self, vendor: Vendor) -> None:
        assert list(vendor.items()) == [*map(TextDelta, WORDS), TextUsage(12, 9)]

    def test_gives_the_whole_answer(self, vendor: Vendor) -> None:
        result = vendor.provider.generate(vendor.request())
        assert result.text == "".join(WORDS)
        assert result.usage == TextUsage(12, 9)

    def test_ends_without_a_count_where_the_vendor_has_none(self, vendor: Vendor) -> None:
        vendor.server.usage = None
        assert list(vendor.items()) == [*map(TextDelta, WORDS)]

    def test_passes_no_count_on_that_is_none(self, vendor: Vendor) -> None:
        for wrong in (-5, "many", 1.5):
            vendor.server.usage = dict.fromkeys(vendor.server.usage, wrong)
            vendor.server.asked.clear()
            words = [item for item in read_until_error(vendor) if isinstance(item, TextDelta)]
            assert [word.text for word in words] == list(WORDS[: len(words)])
            assert not any(isinstance(item, TextUsage) for item in read_until_error(vendor))

    def test_an_event_cut_in_the_middle_is_an_error(self, vendor: Vendor) -> None:
        vendor.server.fail(Fault.TRUNCATED_EVENT)
        items = vendor.items()
        assert next(items) == TextDelta(WORDS[0])
        with pytest.raises(ProviderError):
            list(items)

    def test_a_stream_that_ends_before_the_answer_is_an_error(self, vendor: Vendor) -> None:
        vendor.server.fail(Fault.HALF)
        items = vendor.items()
        assert next(items) == TextDelta(WORDS[0])
        with pytest.raises(ProviderError):
            list(items)

    def test_an_answer_without_words_is_an_error(self, vendor: Vendor) -> None:
        vendor.server.words = ("",)
        with pytest.raises(ProviderError):
            list(vendor.items())

    def test_any_letters_arrive_as_they_are(self, vendor: Vendor) -> None:
        vendor.server.words = ("Grüße,\u2028", "日本\n\n", "data: ", '"\\', "🙂")
        assert vendor.provider.generate(vendor.request()).text == "".join(vendor.server.words)

    def test_sends_prompt_message_and_model(self, vendor: Vendor) -> None:
        list(vendor.items())
        asked = vendor.server.spoilt_asked[-1]
        assert SYSTEM in asked.body.decode()
        assert MESSAGE in asked.body.decode()
        assert vendor.case.model in asked.path + asked.body.decode()


def read_until_error(vendor: Vendor) -> list[object]:
    """A client that checks its vendor's types may refuse a count that is none."""
    read: list[object] = []
    with suppress(ProviderError):
        read.extend(vendor.items())
    return read


def test_openai_is_asked_not_to_think(serve: Callable[..., Vendor]) -> None:
    vendor = serve(OPENAI)
    efforts = {}
    for model in ("gpt-6-luna", "gpt-5.4-mini", "gpt-5-mini", "gpt-5", "o3", "gpt-4.1"):
        list(vendor.items(model=model, temperature=0.3))
        efforts[model] = asked_of(vendor).get("reasoning_effort")
        assert ("temperature" in asked_of(vendor)) is (model == "gpt-4.1")
    assert efforts == {
        "gpt-6-luna": "none",
        "gpt-5.4-mini": "none",
        "gpt-5-mini": "minimal",
        "gpt-5": "minimal",
        "o3": "low",
        "gpt-4.1": None,
    }


@pytest.mark.parametrize(
    "case, parameter", [(OPENAI, "max_completion_tokens"), (COMPATIBLE, "max_tokens")], ids=str
)
def test_each_server_gets_the_limit_that_it_knows(
    case: Case, parameter: str, serve: Callable[..., Vendor]
) -> None:
    vendor = serve(case)
    list(vendor.items())
    assert asked_of(vendor)[parameter] == 125


@pytest.mark.parametrize("case", [OPENAI, COMPATIBLE], ids=str)
def test_openai_keeps_to_a_schema(case: Case, serve: Callable[..., Vendor]) -> None:
    vendor = serve(case)
    list(vendor.items(schema=SCHEMA))
    assert asked_of(vendor)["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "answer", "strict": True, "schema": SCHEMA},
    }


def test_gemini_gets_the_tutor_s_settings(serve: Callable[..., Vendor]) -> None:
    vendor = serve(VERTEX)
    list(vendor.items())
    config = asked_of(vendor)["generationConfig"]
    assert config.pop("thinkingConfig") == {"thinking_level": "MINIMAL"}
    assert config == {"temperature": 1.0, "topP": 0.8, "topK": 10.0, "maxOutputTokens": 125}


def test_gemini_thinks_as_little_as_each_model_can(serve: Callable[..., Vendor]) -> None:
    vendor = serve(VERTEX)
    thinking = {}
    for model in ("gemini-2.5-flash", "gemini-3.5-flash", "gemini-3.8-flash", "gemma-4"):
        list(vendor.items(model=model))
        thinking[model] = json.dumps(asked_of(vendor)["generationConfig"].get("thinkingConfig"))
    assert '"thinking_budget": 0' in thinking["gemini-2.5-flash"]
    assert "MINIMAL" in thinking["gemini-3.5-flash"]
    assert "LOW" in thinking["gemini-3.8-flash"]
    assert thinking["gemma-4"] in {"null", "{}"}


def test_gemini_keeps_to_a_schema_and_a_temperature(serve: Callable[..., Vendor]) -> None:
    vendor = serve(VERTEX)
    list(vendor.items(schema=SCHEMA, temperature=0.25))
    config = asked_of(vendor)["generationConfig"]
    assert config["responseMimeType"] == "application/json"
    assert config["responseJsonSchema"] == SCHEMA
    assert config["temperature"] == 0.25
