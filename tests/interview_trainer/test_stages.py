"""The parts of a request that are timed, and what the browser is told of them."""

import contextvars
import re
import threading

import pytest
from prometheus_client import REGISTRY

from ai.errors import ProviderError
from ai.providers.base import TextDelta, TextUsage
from interview_trainer.stages import Record, current, note_stage, stage
from tests.ai.stand_ins import PCM, StandInSpeech, StandInText

ORIGIN = "https://practise.example.com"
SENTENCES = "Tell me about a project. " * 40


def times_noted(name: str) -> float:
    return REGISTRY.get_sample_value("interview_trainer_stage_seconds_count", {"stage": name}) or 0


def stages_of(response) -> list[str]:
    return re.findall(r"(\w+);dur=\d+\.\d", response.headers.get("Server-Timing", ""))


@pytest.fixture
def record():
    token = current.set(Record())
    yield current.get()
    current.reset(token)


@pytest.fixture
def answering(stand_ins, monkeypatch):
    def use(*script) -> None:
        monkeypatch.setattr(StandInText, "script", list(script))

    return use


def ask(client, **headers):
    return client.post(
        "/api/ai/message?email=ada@example.com", {"message": "Hello"}, format="json", **headers
    )


def test_a_stage_is_noted_in_the_record_and_in_the_histogram(record):
    before = times_noted("hold")
    with stage("hold"):
        pass
    assert [name for name, _, _ in record.stages] == ["hold"]
    assert times_noted("hold") == before + 1


def test_a_stage_that_fails_is_noted_too(record):
    with pytest.raises(ValueError, match="no"), stage("vendor"):
        raise ValueError("no")
    assert [name for name, _, _ in record.stages] == ["vendor"]


def test_each_call_of_a_decorated_function_is_a_stage(record):
    @stage("settle")
    def settle(amount: int) -> int:
        return amount if amount == 0 else settle(amount - 1)

    assert settle(2) == 0
    assert [name for name, _, _ in record.stages] == ["settle"] * 3


def test_outside_a_request_only_the_histogram_is_told():
    before = times_noted("settle")
    contextvars.Context().run(note_stage, "settle", 1.0, 2.0)
    assert times_noted("settle") == before + 1


def test_a_thread_in_a_copy_of_the_context_writes_to_the_same_record(record):
    context = contextvars.copy_context()
    thread = threading.Thread(target=context.run, args=[note_stage, "vendor", 1.0, 2.0])
    thread.start()
    thread.join()
    assert record.stages == [("vendor", 1.0, 2.0)]


def test_the_header_adds_up_what_came_several_times(record):
    note_stage("auth", 1.0, 1.0021)
    note_stage("chunk_wait", 2.0, 2.25)
    note_stage("chunk_wait", 3.0, 3.5)
    assert record.server_timing() == "auth;dur=2.1, chunk_wait;dur=750.0"


def test_an_answer_carries_its_stages(frontend, answering):
    answering(TextDelta("Hello, "), TextDelta("Ada."))
    assert stages_of(ask(frontend)) == ["auth", "hold", "vendor_first_byte", "vendor", "settle"]


def test_so_does_a_failure(frontend, answering):
    answering(ProviderError())
    response = ask(frontend)
    assert response.status_code == 502
    assert stages_of(response) == ["auth", "hold", "vendor", "settle"]


def test_a_stream_carries_those_until_its_first_piece_and_notes_the_rest(frontend, answering):
    answering(TextDelta("Hello, "), TextDelta("Ada."), TextUsage(9, 3))
    before = times_noted("vendor"), times_noted("settle")
    response = ask(frontend, headers={"accept": "text/event-stream"})
    assert stages_of(response) == ["auth", "hold", "vendor_first_byte"]
    assert b"done" in b"".join(response)
    assert (times_noted("vendor"), times_noted("settle")) == (before[0] + 1, before[1] + 1)


def test_each_chunk_of_speech_is_waited_for(frontend, stand_ins, monkeypatch):
    def speak(text):
        yield PCM

    monkeypatch.setattr(StandInSpeech, "say", staticmethod(speak))
    before = times_noted("chunk_wait")
    response = frontend.post(
        "/api/ai/generate-audio?email=ada@example.com", {"message": SENTENCES}, format="json"
    )
    chunks = len(frontend.post(f"/api/ai/chunk?email=ada@example.com&text={SENTENCES}").json())
    b"".join(response)
    assert "chunk_wait" in stages_of(response)
    assert chunks > 1
    assert times_noted("chunk_wait") == before + chunks


def test_an_answer_without_stages_carries_none(anonymous):
    assert "Server-Timing" not in anonymous.get("/healthz").headers


def test_the_stages_of_the_last_request_are_not_told_again(frontend, answering, anonymous):
    answering(TextDelta("Hello."))
    ask(frontend)
    assert "Server-Timing" not in anonymous.get("/").headers


def test_nothing_but_names_and_figures_is_told(frontend, answering):
    answering(TextDelta("Hello."))
    told = ask(frontend)["Server-Timing"]
    assert re.fullmatch(r"([a-z_]+;dur=\d+\.\d(, |$))+", told)


def test_a_page_of_an_allowed_origin_may_read_them(frontend, answering, settings):
    settings.CORS_ALLOWED_ORIGINS = [ORIGIN]
    answering(TextDelta("Hello."))
    response = ask(frontend, headers={"origin": ORIGIN})
    assert response["Timing-Allow-Origin"] == ORIGIN
    assert "server-timing" in response["Access-Control-Expose-Headers"].split(", ")


def test_a_page_of_another_origin_may_not(frontend, answering, settings):
    settings.CORS_ALLOWED_ORIGINS = [ORIGIN]
    answering(TextDelta("Hello."))
    response = ask(frontend, headers={"origin": "https://elsewhere.example.com"})
    assert "Timing-Allow-Origin" not in response.headers
