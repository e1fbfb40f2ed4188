"""`POST /api/ai/generate-audio`: chunks made in parallel, sent in order, paid as delivered."""

from collections.abc import Generator
from threading import Event

import pytest

from ai.audio import SAMPLE_RATE, read_recording
from ai.errors import ProviderError
from ai.models import ModelOverride
from tests.ai.stand_ins import PCM, StandInSpeech

URL = "/api/ai/generate-audio?email=ada@example.com"
# About 3,480 characters: 7 credits.
LONG_TEXT = "".join(
    f"This is sentence {number} of a long text, which is cut into several chunks by its length. "
    for number in range(40)
)


@pytest.fixture
def say(stand_ins, monkeypatch):
    """Let the stand-in speak by a function from a chunk's text to pieces of PCM."""

    def use(speak) -> None:
        monkeypatch.setattr(StandInSpeech, "say", staticmethod(speak))

    return use


def one_piece(text: str) -> Generator[bytes, None, None]:
    yield PCM


def post(client, text=LONG_TEXT, query="", **headers):
    return client.post(URL + query, {"message": text}, format="json", **headers)


def test_the_sound_is_one_mp3_as_long_as_its_parts(frontend, owner, say, balance):
    spoken: list[str] = []

    def speak(text: str) -> Generator[bytes, None, None]:
        spoken.append(text)
        yield PCM * 10

    say(speak)
    response = post(frontend)
    sound = b"".join(response)
    assert response.headers["Content-Type"] == "audio/mpeg"
    assert "".join(sorted(spoken, key=LONG_TEXT.index)) == LONG_TEXT
    recording = read_recording(sound, max_duration_s=60)
    assert recording.duration_s == pytest.approx(len(spoken), abs=0.15)
    assert balance() == (293, 0)
    assert response.headers["X-Credits-Charged"] == "7"
    assert response.headers["X-Credits-Balance"] == "293"


@pytest.mark.parametrize(
    ("audio_format", "content_type"),
    [("mp3", "audio/mpeg"), ("opus", "audio/ogg"), ("wav", "audio/wav")],
)
def test_the_format_is_chosen(frontend, owner, say, audio_format, content_type):
    say(one_piece)
    response = post(frontend, "Hello there.", f"&format={audio_format}")
    assert response.headers["Content-Type"] == content_type
    assert read_recording(b"".join(response), max_duration_s=9).duration_s > 0.09


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("audio/mpeg", "audio/mpeg"),
        ("audio/ogg", "audio/ogg"),
        ("audio/wav, audio/mpeg;q=0.5", "audio/wav"),
        ("audio/*", "audio/mpeg"),
        ("*/*", "audio/mpeg"),
        ("application/json", "audio/mpeg"),
    ],
)
def test_the_format_may_be_chosen_by_accept(frontend, owner, say, accept, content_type):
    say(one_piece)
    response = post(frontend, "Hello there.", headers={"Accept": accept})
    assert response.headers["Content-Type"] == content_type
    b"".join(response)


def test_the_query_goes_before_accept(frontend, owner, say):
    say(one_piece)
    response = post(frontend, "Hello.", "&format=wav", headers={"Accept": "audio/mpeg"})
    assert response.headers["Content-Type"] == "audio/wav"
    b"".join(response)


def test_chunks_are_made_in_parallel_and_sent_in_order(frontend, owner, say):
    second_began = Event()
    loud = b"\x00\x40\x00\xc0" * (SAMPLE_RATE // 2)

    def speak(text: str) -> Generator[bytes, None, None]:
        if LONG_TEXT.startswith(text):
            # The first chunk ends only when a later one has begun: alone it would wait for ever.
            assert second_began.wait(timeout=20)
            yield PCM * 10
        else:
            second_began.set()
            yield loud

    say(speak)
    recording = read_recording(b"".join(post(frontend)), max_duration_s=60)
    first_second = recording.samples[: SAMPLE_RATE * 2 * 9 // 10]
    later = recording.samples[SAMPLE_RATE * 2 * 12 // 10 :]
    assert max(first_second) < 8 or set(first_second) <= {0, 1, 255}
    assert max(later) > 50


def test_only_a_few_chunks_are_made_ahead_of_the_client(frontend, owner, say, settings, hang_up):
    settings.SPEECH_CHUNKS_AHEAD = 2
    begun: list[str] = []

    def speak(text: str) -> Generator[bytes, None, None]:
        begun.append(text)
        yield PCM * 100

    say(speak)
    response = post(frontend)
    stream = iter(response)
    next(stream)
    # Two at once, and as many made that wait for the client.
    assert len(begun) <= 4
    hang_up(response)
    assert len(begun) <= 4


def test_a_failure_before_the_first_sound_is_an_error_and_free(frontend, say, balance):
    def speak(text: str) -> Generator[bytes, None, None]:
        raise ProviderError
        yield PCM

    say(speak)
    response = post(frontend)
    assert (response.status_code, response.json()["code"]) == (502, "provider_error")
    assert balance() == (300, 0)


def test_a_failure_midway_breaks_the_stream_and_charges_what_was_delivered(frontend, say, balance):
    def speak(text: str) -> Generator[bytes, None, None]:
        if text.endswith("length. ") and not LONG_TEXT.startswith(text):
            raise ProviderError
        yield PCM

    say(speak)
    response = post(frontend)
    with pytest.raises(ProviderError):
        list(response)
    assert balance() == (299, 0)


def test_a_client_that_leaves_pays_for_what_it_got(frontend, say, balance, hang_up):
    closed = Event()

    def speak(text: str) -> Generator[bytes, None, None]:
        if LONG_TEXT.startswith(text):
            yield PCM
            return
        try:
            while True:
                yield PCM
        finally:
            closed.set()

    say(speak)
    response = post(frontend)
    stream = iter(response)
    for _ in range(20):
        next(stream)
    hang_up(response)
    assert balance() == (299, 0)
    assert closed.wait(timeout=20), "the provider goes on for nobody"


def test_a_client_that_leaves_before_a_chunk_is_whole_pays_nothing(frontend, say, balance, hang_up):
    def speak(text: str) -> Generator[bytes, None, None]:
        while True:
            yield PCM

    say(speak)
    response = post(frontend)
    next(iter(response))
    hang_up(response)
    assert balance() == (300, 0)


def test_a_text_without_words_is_refused_and_free(frontend, say, balance):
    def speak(text: str) -> Generator[bytes, None, None]:
        yield from ()

    say(speak)
    response = post(frontend, "🙂")
    assert (response.status_code, response.json()["code"]) == (422, "nothing_to_speak")
    assert balance() == (300, 0)


def test_a_text_that_is_too_long_is_refused(frontend, owner, settings):
    settings.SPEECH_MAX_CHARACTERS = 10
    response = post(frontend, "x" * 11)
    assert (response.status_code, response.json()["code"]) == (413, "too_large")


def test_without_credits_nothing_is_said(frontend, owner, penniless):
    assert post(frontend).status_code == 402


def test_nobody_is_refused(anonymous, owner):
    assert post(anonymous).status_code == 401


def test_another_person_is_refused(person_client, owner, other_user):
    assert post(person_client(other_user)).status_code == 403


def test_the_chunk_route_cuts_as_the_audio_route(frontend, owner, say):
    spoken: list[str] = []

    def speak(text: str) -> Generator[bytes, None, None]:
        spoken.append(text)
        yield PCM

    say(speak)
    b"".join(post(frontend))
    chunks = frontend.post(
        "/api/ai/chunk", query_params={"text": LONG_TEXT, "email": "ada@example.com"}
    ).json()
    assert sorted(chunks) == sorted(spoken)
    assert "".join(chunks) == LONG_TEXT


def test_the_chunk_route_needs_no_person(frontend):
    response = frontend.post("/api/ai/chunk?text=I have 3.5 apples. You have none.")
    assert response.json() == ["I have 3.5 apples. You have none."]


def test_what_a_failed_model_made_is_not_paid_for(frontend, say, settings, balance):
    """Its sound was too short to leave the encoder when it failed: nobody heard it."""
    settings.SPEECH_CHUNKS_AHEAD = 1
    settings.SPEECH_FALLBACKS = ["second-voice"]
    ModelOverride.objects.create(name="second-voice", provider="stand-in", capability="speech")
    asked: list[str] = []

    def speak(text: str) -> Generator[bytes, None, None]:
        asked.append(text)
        if len(asked) == 1:
            yield PCM[:40]
        if len(asked) == 2:
            raise ProviderError

    say(speak)
    response = post(frontend)
    assert (response.status_code, response.json()["code"]) == (422, "nothing_to_speak")
    assert balance() == (300, 0)
