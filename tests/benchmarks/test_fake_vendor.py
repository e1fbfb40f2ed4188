"""The fake vendor of the benchmarks answers what the real clients take."""

import http.client
import json
import subprocess
import sys
from collections.abc import Iterator

import openai
import pytest

from ai.providers.base import TextDelta, TextRequest, TextUsage
from ai.providers.openai import OpenAIText
from tests.live import PATIENCE_S, PROJECT

WORDS = 40


@pytest.fixture
def vendor() -> Iterator[str]:
    """Its address."""
    command = [sys.executable, str(PROJECT / "benchmarks" / "fake_vendor.py")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().removeprefix("Ready: http://").strip()
        finally:
            process.terminate()


def tell(vendor: str, method: str, path: str, body: object = None):
    connection = http.client.HTTPConnection(vendor, timeout=PATIENCE_S)
    connection.request(method, path, json.dumps(body))
    answer = json.load(connection.getresponse())
    connection.close()
    return answer


@pytest.mark.parametrize("gap_ms", [0, 1])
def test_streams_words_and_what_they_used(vendor, settings, gap_ms):
    settings.OPENAI_BASE_URL, settings.OPENAI_API_KEY = f"http://{vendor}/v1", "sk-test"
    tell(vendor, "PUT", "/plan", {"delay_ms": 1, "words": WORDS, "gap_ms": gap_ms})
    provider = OpenAIText()
    asked = TextRequest(model="gpt-6-luna", system="", message="Hello", max_output_tokens=9)
    *words, usage = provider.stream(asked)
    provider.close()
    assert words == [TextDelta(" curious")] * WORDS
    assert isinstance(usage, TextUsage) and usage.output_tokens == WORDS
    assert tell(vendor, "GET", "/tally")["streamed"] == 1


def test_answers_whole(vendor):
    with openai.OpenAI(base_url=f"http://{vendor}/v1", api_key="sk-test") as client:
        answer = client.chat.completions.create(
            model="gpt-6-luna", messages=[{"role": "user", "content": "Hello"}]
        )
    assert answer.choices[0].message.content == " curious" * WORDS
    assert answer.usage is not None and answer.usage.completion_tokens == WORDS
    assert tell(vendor, "GET", "/tally")["whole"] == 1
