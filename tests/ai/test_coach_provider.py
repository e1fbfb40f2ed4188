import pytest

from ai.coach.reply import reply_to
from ai.providers.base import TextDelta, TextRequest, TextUsage
from ai.providers.coach import CoachText, count_tokens
from ai.providers.registry import provider_class


@pytest.fixture
def request_() -> TextRequest:
    message = "Interviewer: Why this job?\nCandidate: Because I enjoy it."
    return TextRequest(model="coach", system="", message=message, max_output_tokens=125)


def test_streams_sentence_by_sentence_and_then_the_usage(request_: TextRequest):
    *deltas, usage = CoachText().stream(request_)

    assert len(deltas) >= 2
    assert all(isinstance(delta, TextDelta) for delta in deltas)
    assert isinstance(usage, TextUsage)


def test_the_whole_answer_is_the_reply_and_its_count(request_: TextRequest):
    result = CoachText().generate(request_)

    assert result.text == reply_to(request_.message)
    assert result.usage == TextUsage(
        count_tokens(request_.message), count_tokens(reply_to(request_.message))
    )


@pytest.mark.parametrize(("text", "tokens"), [("", 0), ("abcd", 1), ("abcde", 2), ("ä" * 2, 1)])
def test_counts_a_token_for_every_started_four_bytes(text: str, tokens: int):
    assert count_tokens(text) == tokens


def test_is_registered_and_misses_nothing():
    assert provider_class("coach", "text") is CoachText
    assert CoachText.missing() == ""
