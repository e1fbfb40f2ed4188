"""`POST /api/ai/message` with `Accept: text/event-stream`."""

import json
import time
from threading import Event
from typing import Any

import pytest

from ai.errors import ProviderBusyError, ProviderError
from ai.providers.base import TextDelta, TextUsage
from tests.ai.stand_ins import StandInText
from users.models import IdempotentRequest
from users.services.people import change_settings

URL = "/api/ai/message?email=ada@example.com"


@pytest.fixture
def script(stand_ins, monkeypatch):
    def write(*steps) -> None:
        monkeypatch.setattr(StandInText, "script", list(steps))

    return write


def ask(client, message="Hi"):
    return client.post(
        URL, {"message": message}, format="json", headers={"Accept": "text/event-stream"}
    )


def read_events(response) -> list[tuple[str, dict[str, Any]]]:
    events = []
    for block in b"".join(response).decode().split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines() if line[:1] != ":")
        if lines:
            events.append((lines["event"], json.loads(lines["data"])))
    return events


def test_an_answer_comes_as_events(frontend, script, balance):
    script(TextDelta("Why "), TextDelta("so?\n\n"), TextUsage(7, 3))
    response = ask(frontend)
    assert response.headers["Content-Type"] == "text/event-stream"
    assert response.headers["Cache-Control"] == "no-store"
    events = read_events(response)
    assert [name for name, _ in events] == ["meta", "delta", "delta", "usage", "receipt", "done"]
    data = dict(events)
    assert data["meta"]["model"]["served"] == "stand-in-text"
    assert [body for name, body in events if name == "delta"] == [
        {"seq": 0, "text": "Why "},
        {"seq": 1, "text": "so?\n\n"},
    ]
    assert data["usage"] == {"input_tokens": 7, "output_tokens": 3}
    assert data["receipt"]["operation_id"] == data["meta"]["operation_id"]
    assert (data["receipt"]["charged"], data["receipt"]["balance"]) == (1, 299)
    assert balance() == (299, 0)


def test_the_built_in_coach_answers_in_events(frontend, owner):
    change_settings(user=owner, llm_model="builtin-coach")
    events = read_events(ask(frontend, "Candidate: I fixed a bug."))
    answer = "".join(body["text"] for name, body in events if name == "delta")
    assert 0 < len(answer.split()) <= 40
    assert events[-1] == ("done", {})


def test_a_failure_before_the_first_word_is_an_http_error(frontend, script, balance):
    script(ProviderBusyError(retry_after_s=9))
    response = ask(frontend)
    assert response.status_code == 503
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["Retry-After"] == "9"
    assert balance() == (300, 0)


def test_a_failure_midway_is_the_last_event_and_what_came_is_charged(frontend, script, balance):
    script(TextDelta("Why "), ProviderError())
    events = read_events(ask(frontend))
    assert [name for name, _ in events] == ["meta", "delta", "receipt", "error"]
    assert events[-1][1]["code"] == "provider_error"
    assert events[-2][1]["charged"] == 1
    assert balance() == (299, 0)


def test_an_answer_of_nothing_is_an_http_error(frontend, script, balance):
    script()
    assert ask(frontend).status_code == 502
    assert balance() == (300, 0)


def test_a_client_that_leaves_stops_the_provider_and_pays_for_what_it_got(
    frontend, script, balance, hang_up, monkeypatch
):
    stopped = Event()

    class Endless(StandInText):
        def stream(self, request):
            try:
                while True:
                    yield TextDelta("word ")
            finally:
                stopped.set()

    monkeypatch.setattr(StandInText, "stream", Endless.stream)
    response = ask(frontend)
    stream = iter(response)
    for _ in range(5):
        next(stream)
    hang_up(response)
    assert stopped.wait(timeout=20)
    assert balance() == (299, 0)


def test_a_stream_that_nobody_reads_is_not_charged(frontend, script, balance, hang_up):
    script(TextDelta("Why?"))
    hang_up(ask(frontend))
    assert balance() == (300, 0)


def test_events_are_replayed(frontend, script, balance):
    script(TextDelta("Why?"))
    headers = {"Accept": "text/event-stream", "Idempotency-Key": "one"}
    first, again = (
        b"".join(frontend.post(URL, {"message": "Hi"}, format="json", headers=headers))
        for _ in range(2)
    )
    assert first == again
    assert balance() == (299, 0)


def test_a_stream_ends_while_it_can_still_be_charged(frontend, script, balance, settings):
    # The hold expires sooner than a stream needs to settle: as if it had been read for too long.
    settings.HOLD_EXPIRES_AFTER_S = 5
    script(TextDelta("Why?"))
    response = ask(frontend, "Hi")
    assert response.status_code == 504
    assert response.json()["code"] == "stream_too_long"
    assert balance() == (300, 0)


def test_a_stream_read_too_slowly_is_charged_for_what_was_sent(
    frontend, script, balance, monkeypatch
):
    script(*(TextDelta("word ") for _ in range(9)))
    response = ask(frontend)
    stream = iter(response)
    for _ in range(3):
        next(stream)
    later = time.time() + 3600
    monkeypatch.setattr("ai.operations.time.time", lambda: later)
    events = b"".join(stream)
    assert b"stream_too_long" in events
    assert balance() == (299, 0)


def test_an_answer_that_nobody_waited_for_is_not_stored(
    frontend, script, balance, monkeypatch, hang_up
):
    is_gone = Event()
    monkeypatch.setattr("ai.views.watch_connection", lambda request: is_gone.is_set)
    script(TextDelta("Why "), lambda: is_gone.wait(20) and TextDelta("so?"))
    response = frontend.post(
        URL,
        {"message": "Hi"},
        format="json",
        headers={"Accept": "text/event-stream", "Idempotency-Key": "one"},
    )
    stream = iter(response)
    sent = [next(stream), next(stream)]
    is_gone.set()
    sent += list(stream)
    assert not any(piece.startswith(b"event: error") for piece in sent)
    hang_up(response)
    assert not IdempotentRequest.objects.exists()
    assert balance() == (299, 0)
