"""`POST /api/ai/speak-reply`: text and sound in one stream of events."""

import base64
import json
from collections.abc import Generator
from threading import Event
from typing import Any

import pytest

from ai.audio import read_recording
from ai.errors import ModelUnavailableError, ProviderError
from ai.pipeline import Making
from ai.providers.base import TextDelta, TextUsage
from tests.ai.stand_ins import PCM, StandInSpeech, StandInText
from users.services.people import change_settings

URL = "/api/ai/speak-reply?email=ada@example.com"
EVENTS = {"Accept": "text/event-stream"}


@pytest.fixture
def play(stand_ins, monkeypatch):
    """Let the stand-ins write `script` and speak by `say`."""

    def use(*script, say=None) -> None:
        monkeypatch.setattr(StandInText, "script", list(script))
        monkeypatch.setattr(StandInSpeech, "say", staticmethod(say or one_second))

    return use


def one_second(text: str) -> Generator[bytes, None, None]:
    yield PCM * 10


def ask(client, query="", **headers):
    return client.post(URL + query, {"message": "Hi"}, format="json", headers={**EVENTS, **headers})


def read_events(body: bytes) -> list[tuple[str, dict[str, Any]]]:
    events = []
    for block in body.decode().split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines() if line[:1] != ":")
        if lines:
            events.append((lines["event"], json.loads(lines["data"])))
    return events


def sound_of(events) -> bytes:
    return b"".join(base64.b64decode(data["b64"]) for name, data in events if name == "audio")


def test_each_sentence_is_spoken_in_order_as_one_stream(frontend, play, balance):
    play(TextDelta("Well done. Why "), TextDelta("so? Go on."), TextUsage(9, 9))
    events = read_events(b"".join(ask(frontend)))
    assert "".join(data["text"] for name, data in events if name == "delta") == (
        "Well done. Why so? Go on."
    )
    spoken = dict.fromkeys(data["text"] for name, data in events if name == "audio")
    assert [text.strip() for text in spoken if text] == ["Well done.", "Why so?", "Go on."]
    assert read_recording(sound_of(events), max_duration_s=9).duration_s == pytest.approx(
        3, abs=0.15
    )
    assert [name for name, _ in events[:2]] == ["meta", "meta"]
    assert [name for name, _ in events[-3:]] == ["receipt", "receipt", "done"]
    receipts = {data["capability"]: data for name, data in events if name == "receipt"}
    assert receipts["text"]["charged"] == receipts["speech"]["charged"] == 1
    assert balance() == (298, 0)


def test_a_sentence_is_spoken_while_the_text_still_comes(frontend, play):
    heard = Event()

    def pause() -> TextDelta:
        assert heard.wait(timeout=20), "no sound before the text was whole"
        return TextDelta("Go on.")

    play(TextDelta("Well done. Why "), TextDelta("so? "), pause)
    body = b""
    for piece in ask(frontend):
        body += piece
        if piece.startswith(b"event: audio"):
            heard.set()
    assert read_events(body)[-1][0] == "done"


def test_the_built_in_models_reply_aloud(frontend, owner):
    change_settings(user=owner, llm_model="builtin-coach", tts_model="builtin-voice")
    events = read_events(b"".join(ask(frontend)))
    assert events[-1][0] == "done"
    assert read_recording(sound_of(events), max_duration_s=60).duration_s > 1


def test_a_text_that_fails_at_once_is_an_http_error_and_free(frontend, play, balance):
    play(ProviderError())
    response = ask(frontend)
    assert response.status_code == 502
    assert balance() == (300, 0)


def test_speech_that_fails_leaves_the_text_whole(frontend, play, balance):
    def fail(text: str) -> Generator[bytes, None, None]:
        raise ProviderError
        yield PCM

    play(TextDelta("Well done. Why "), TextDelta("so?"), say=fail)
    events = read_events(b"".join(ask(frontend)))
    assert "".join(data["text"] for name, data in events if name == "delta") == "Well done. Why so?"
    assert events[-1][0] == "error"
    assert balance() == (299, 0)


def test_speech_falls_back_before_its_first_sound(frontend, play, settings):
    settings.SPEECH_FALLBACKS = ["builtin-voice"]

    def fail(text: str) -> Generator[bytes, None, None]:
        raise ProviderError
        yield PCM

    play(TextDelta("Well done. Why so?"), say=fail)
    events = read_events(b"".join(ask(frontend)))
    receipts = {data["capability"]: data for name, data in events if name == "receipt"}
    assert receipts["speech"]["model"] == "builtin-voice"
    assert sound_of(events)
    assert events[-1][0] == "done"


def test_a_client_that_leaves_pays_for_what_it_got(frontend, play, balance, hang_up):
    begun, heard = Event(), Event()

    def endless(text: str) -> Generator[bytes, None, None]:
        begun.set()
        while True:
            yield PCM
            heard.set()

    def go_on() -> TextDelta:
        assert begun.wait(timeout=20)
        assert heard.wait(timeout=20)
        return TextDelta("Go on. And on.")

    play(TextDelta("Well done. Why so? "), go_on, say=endless)
    response = ask(frontend)
    for piece in response:
        if piece.startswith(b"event: audio"):
            break
    hang_up(response)
    assert balance() == (299, 0)


def test_text_that_went_out_before_a_sound_is_paid_however_soon_the_sound_comes(
    frontend, play, balance, hang_up, monkeypatch
):
    # The sound is there at once.
    monkeypatch.setattr(Making, "start_in_pool", lambda making, lane: making._in_context()())
    play(TextDelta("Well done. Why so? "), TextDelta("Go on. And on."))
    response = ask(frontend)
    for piece in response:
        if piece.startswith(b"event: audio"):
            break
    hang_up(response)
    assert balance() == (299, 0)


def test_without_credits_nothing_is_asked(frontend, play, penniless):
    play(TextDelta("Why?"))
    assert ask(frontend).status_code == 402


def test_a_reply_is_replayed(frontend, play, balance):
    play(TextDelta("Why?"))
    key = {"Idempotency-Key": "one"}
    assert b"".join(ask(frontend, **key)) == b"".join(ask(frontend, **key))
    assert balance() == (298, 0)


def test_nobody_and_others_are_refused(anonymous, person_client, owner, other_user):
    assert ask(anonymous).status_code == 401
    assert ask(person_client(other_user)).status_code == 403


def test_a_voice_that_cannot_run_leaves_the_text_whole(frontend, play, balance):
    has_failed = Event()

    def cannot_run(text: str) -> Generator[bytes, None, None]:
        has_failed.set()
        raise ModelUnavailableError("The voice is damaged.")
        yield

    def after_the_failure() -> TextDelta:
        has_failed.wait(5)
        return TextDelta("Go on.")

    quiet = TextDelta("")
    play(TextDelta("Well done. Why? "), after_the_failure, quiet, quiet, quiet, say=cannot_run)
    events = read_events(b"".join(ask(frontend)))
    text = "".join(data["text"] for name, data in events if name == "delta")
    assert text == "Well done. Why? Go on."
    assert (events[-1][0], events[-1][1]["code"]) == ("error", "unavailable")
    assert balance() == (299, 0)


def test_a_sound_too_short_to_fill_a_frame_is_heard_and_paid(frontend, play, balance):
    play(TextDelta("Oh."), say=lambda text: (pcm for pcm in [PCM[:400]]))
    events = read_events(b"".join(ask(frontend)))
    assert events[-1][0] == "done"
    assert sound_of(events)
    assert balance() == (298, 0)


def test_the_first_sentence_is_spoken_before_the_next_word_comes(frontend, play):
    heard = Event()

    def pause() -> TextDelta:
        assert heard.wait(timeout=20), "the voice waited for the next word"
        return TextDelta(" Go on.")

    play(TextDelta("Well"), TextDelta(" done"), TextDelta("."), pause)
    body = b""
    for piece in ask(frontend):
        body += piece
        if piece.startswith(b"event: audio"):
            heard.set()
    spoken = dict.fromkeys(data["text"] for name, data in read_events(body) if name == "audio")
    assert [text for text in spoken if text] == ["Well done.", " Go on."]
