"""`POST /api/interviews/{id}/turns` by voice."""

import base64
from pathlib import Path
from threading import Event
from uuid import uuid4

import pytest
from django.conf import settings as django_settings

from ai.audio import read_recording
from ai.errors import ProviderError
from ai.providers.base import Transcript, Word
from ai.speech_cache import folder
from interviews.models import Recording, Turn
from tests.ai.stand_ins import PCM
from tests.interviews.conftest import EVENTS, SPOKEN, STRONG, VAGUE, Events, read_events
from users.services.people import change_settings

pytestmark = pytest.mark.django_db


def names_of(events: Events) -> list[str]:
    """Several pieces of sound in a row are one."""
    names = [name for name, _ in events]
    return [name for n, name in enumerate(names) if name != "audio" or names[n - 1] != "audio"]


def sound_of(events: Events) -> bytes:
    return b"".join(base64.b64decode(data["b64"]) for name, data in events if name == "audio")


def stored_files(interview) -> list[Path]:
    folder = Path(django_settings.RECORDINGS_DIR) / str(interview.pk)
    return list(folder.iterdir()) if folder.exists() else []


def test_the_built_in_models_hear_ask_and_speak(candidate, balance):
    candidate.start()
    response = candidate.speak(SPOKEN, **EVENTS)
    assert response.status_code == 200
    assert response["Content-Type"] == "text/event-stream"
    events = read_events(response)
    assert events[-1] == ("done", {})
    transcribed = [data for name, data in events if name == "turn"][1]
    assert "rolled the release back" in transcribed["text"]
    assert transcribed["words"][0]["end_s"] > 0
    assert transcribed["model"] == "builtin-transcriber"
    assert read_recording(sound_of(events), max_duration_s=60).duration_s > 1
    assert balance()[1] == 0


def test_what_happens_is_told_in_order(candidate, interview, hear, balance):
    hear(VAGUE)
    candidate.start()
    events = read_events(candidate.speak(SPOKEN, **EVENTS))
    assert names_of(events) == [
        *("turn", "turn", "receipt"),
        *("turn", "receipt", "interview"),
        *("audio", "receipt", "done"),
    ]
    received, transcribed, reply = (data for name, data in events if name == "turn")
    assert (received["state"], received["text"]) == ("received", "")
    assert received["has_recording"]
    assert (transcribed["state"], transcribed["text"]) == ("transcribed", VAGUE)
    assert transcribed["words"][1] == {"text": "usually", "start_s": 0.5, "end_s": 0.9}
    assert (reply["speaker"], reply["kind"]) == ("interviewer", "follow_up")
    state = dict(events)["interview"]
    assert (state["turn_count"], state["open_turn_id"]) == (3, None)
    assert "questions" not in state
    receipts = [data for name, data in events if name == "receipt"]
    assert [r["capability"] for r in receipts] == ["transcription", "text", "speech"]
    assert [r["charged"] for r in receipts] == [1, 1, 1]
    assert balance() == (297, 0)


def test_the_sound_comes_with_its_text_in_the_format_asked_for(candidate, hear):
    hear(VAGUE)
    candidate.start()
    events = read_events(candidate.speak(SPOKEN, query="?format=wav", **EVENTS))
    pieces = [data for name, data in events if name == "audio"]
    reply = [data for name, data in events if name == "turn"][-1]
    assert {piece["format"] for piece in pieces} == {"wav"}
    assert " ".join(dict.fromkeys(p["text"].strip() for p in pieces)).strip() == reply["text"]
    assert sound_of(events).startswith(b"RIFF")


def test_json_tells_the_same_at_once_and_silently(candidate, hear, balance):
    hear(VAGUE)
    candidate.start()
    body = candidate.speak(SPOKEN).json()
    assert body["turn"]["text"] == VAGUE
    assert body["reply"]["kind"] == "follow_up"
    assert [r["capability"] for r in body["receipts"]] == ["transcription", "text"]
    assert balance() == (298, 0)


@pytest.mark.parametrize(
    ("auto_play", "query", "is_spoken"),
    [
        (True, "", True),
        (False, "", False),
        (True, "?speak=false", False),
        (False, "?speak=true", True),
    ],
)
def test_it_is_spoken_as_the_person_chose_or_the_request_says(
    candidate, owner, hear, auto_play, query, is_spoken
):
    hear(VAGUE)
    change_settings(user=owner, auto_play_audio=auto_play)
    candidate.start()
    events = read_events(candidate.speak(SPOKEN, query=query, **EVENTS))
    assert bool(sound_of(events)) is is_spoken
    assert events[-1][0] == "done"


def test_the_first_question_is_spoken(candidate, hear):
    hear(VAGUE)
    events = read_events(candidate.post("start", headers=EVENTS))
    assert names_of(events) == ["turn", "interview", "audio", "receipt", "done"]


@pytest.fixture
def kept_sound(settings, tmp_path) -> None:
    settings.DATA_DIR = tmp_path
    settings.SPEECH_CACHE_MAX_BYTES = 1_000_000


@pytest.mark.usefixtures("kept_sound")
def test_what_may_quote_the_candidate_is_not_kept_as_sound(candidate, hear):
    hear(VAGUE)
    read_events(candidate.post("start", headers=EVENTS))
    kept = list(folder().iterdir())
    events = read_events(candidate.speak(SPOKEN, **EVENTS))
    assert [data for name, data in events if name == "turn"][-1]["kind"] == "follow_up"
    assert sound_of(events)
    assert len(kept) == 1
    assert list(folder().iterdir()) == kept


@pytest.mark.usefixtures("kept_sound")
def test_a_question_in_other_words_than_the_banks_is_not_kept_as_sound(candidate, hear):
    """A model may have taken them from the résumé."""
    hear(VAGUE)
    candidate.interview.questions.update(text="How did you lead the ward at Saint Mary's?")
    events = read_events(candidate.post("start", headers=EVENTS))
    assert sound_of(events)
    assert not folder().exists()


def test_the_recording_is_stored_as_it_came(candidate, interview, hear):
    hear(VAGUE)
    candidate.start()
    candidate.speak(SPOKEN)
    recording = Recording.objects.get()
    with recording.file.open() as stored:
        assert stored.read() == SPOKEN
    assert recording.content_type == "audio/webm"
    (file,) = stored_files(interview)
    assert file.suffix == ".webm"
    assert file.stat().st_mode & 0o777 == 0o600


def test_the_same_recording_twice_is_one_turn_paid_once(candidate, interview, hear, balance):
    hear(VAGUE)
    candidate.start()
    turn_id = uuid4()
    first = read_events(candidate.speak(SPOKEN, turn_id, **EVENTS))
    again = read_events(candidate.speak(SPOKEN, turn_id, **EVENTS))
    assert names_of(again) == ["turn", "turn", "interview", "done"]
    assert [d for n, d in again if n == "turn"][1] == [d for n, d in first if n == "turn"][2]
    assert len(stored_files(interview)) == 1
    assert balance() == (297, 0)


def test_an_old_reply_is_spoken_again_where_that_is_asked_for(candidate, hear):
    hear(VAGUE)
    candidate.start()
    turn_id = uuid4()
    candidate.speak(SPOKEN, turn_id)
    assert sound_of(read_events(candidate.speak(SPOKEN, turn_id, "?speak=true", **EVENTS)))


def test_another_recording_under_the_same_id_is_refused(candidate, interview, hear):
    hear(VAGUE)
    candidate.start()
    turn_id = uuid4()
    candidate.speak(SPOKEN, turn_id)
    other = (Path(__file__).parents[1] / "ai/recordings/pcm.wav").read_bytes()
    for response in (candidate.speak(other, turn_id), candidate.answer(VAGUE, turn_id)):
        assert (response.status_code, response.json()["code"]) == (422, "turn_differs")
    assert len(stored_files(interview)) == 1


@pytest.mark.parametrize("text", ["", " ", "..."])
def test_where_nothing_is_heard_the_question_stays_open(candidate, interview, hear, balance, text):
    hear(Transcript(text, (), "en"))
    candidate.start()
    for _ in range(4):
        body = candidate.speak(SPOKEN).json()
        assert body["reply"]["kind"] == "repeat"
        assert "could not hear" in body["reply"]["text"]
        assert [r["capability"] for r in body["receipts"]] == ["transcription"]
    assert interview.questions.get(position=1).state == "asked"
    assert balance() == (296, 0)
    hear(VAGUE)
    assert candidate.speak(SPOKEN).json()["reply"]["kind"] == "follow_up"


def test_a_transcriber_that_fails_leaves_the_answer_to_be_sent_again(
    candidate, interview, hear, balance
):
    hear(ProviderError())
    candidate.start()
    turn_id = uuid4()
    events = read_events(candidate.speak(SPOKEN, turn_id, **EVENTS))
    assert [name for name, _ in events] == ["turn", "error"]
    assert (events[-1][1]["status"], events[-1][1]["code"]) == (502, "provider_error")
    assert balance() == (300, 0)
    assert interview.turns.get(turn_id=turn_id).state == "received"
    hear(VAGUE)
    events = read_events(candidate.post("turns", {"turn_id": str(turn_id)}, headers=EVENTS))
    assert [data["state"] for name, data in events if name == "turn"] == [
        *("received", "transcribed", "said")
    ]
    assert balance() == (297, 0)


def test_as_json_a_failure_after_storing_is_an_http_error(candidate, interview, hear):
    hear(ProviderError())
    candidate.start()
    response = candidate.speak(SPOKEN)
    assert (response.status_code, response.json()["code"]) == (502, "provider_error")
    assert interview.turns.last().state == "received"


def test_a_recording_that_was_lost_says_so_and_can_be_dropped(candidate, interview, hear):
    hear(ProviderError())
    candidate.start()
    turn_id = uuid4()
    candidate.speak(SPOKEN, turn_id)
    stored_files(interview)[0].unlink()
    response = candidate.post("turns", {"turn_id": str(turn_id)})
    assert (response.status_code, response.json()["code"]) == (404, "turn_not_found")
    assert candidate.client.delete(f"{candidate.url}/turns/{turn_id}").status_code == 204


def test_dropping_an_answer_removes_its_recording(
    candidate, interview, hear, django_capture_on_commit_callbacks
):
    hear(ProviderError())
    candidate.start()
    turn_id = uuid4()
    candidate.speak(SPOKEN, turn_id)
    assert len(stored_files(interview)) == 1
    with django_capture_on_commit_callbacks(execute=True):
        candidate.client.delete(f"{candidate.url}/turns/{turn_id}")
    assert stored_files(interview) == []


def test_a_refused_answer_leaves_no_file(candidate, interview, hear):
    hear(ProviderError())
    candidate.start()
    candidate.speak(SPOKEN)
    assert candidate.speak(SPOKEN).json()["code"] == "turn_open"
    assert len(stored_files(interview)) == 1


def test_speech_that_fails_leaves_the_text(candidate, interview, hear, balance):
    def fail(text):
        raise ProviderError
        yield PCM

    hear(VAGUE, say=fail)
    candidate.start()
    events = read_events(candidate.speak(SPOKEN, **EVENTS))
    assert names_of(events)[-2:] == ["interview", "error"]
    assert events[-1][1]["code"] == "provider_error"
    assert interview.turns.last().kind == "follow_up"
    assert balance() == (298, 0)


def test_silence_is_filled_while_an_answer_is_transcribed(candidate, hear):
    going_on = Event()

    def slowly() -> Transcript:
        assert going_on.wait(20)
        return Transcript("um", (Word("um", 0.0, 0.2),), "en")

    hear(slowly)
    candidate.start()
    pieces = []
    for piece in candidate.speak(SPOKEN, **EVENTS):
        pieces.append(piece)
        if piece.startswith(b":"):
            going_on.set()
    assert b": silence\n\n" in pieces
    assert read_events(pieces)[-1][0] == "done"


def test_the_turn_is_told_before_it_is_transcribed(candidate, hear):
    told = Event()

    def listen() -> Transcript:
        assert told.wait(20), "nothing was told before the words were there"
        return Transcript(VAGUE, (), "en")

    hear(listen)
    candidate.start()
    for piece in candidate.speak(SPOKEN, **EVENTS):
        if piece.startswith(b"event: turn"):
            told.set()


def test_who_leaves_while_an_answer_is_transcribed_finds_the_reply(
    candidate, interview, hear, balance, hang_up
):
    hear(VAGUE)
    candidate.start()
    response = candidate.speak(SPOKEN, **EVENTS)
    assert next(iter(response)).startswith(b"event: turn")
    hang_up(response)
    assert interview.turns.last().kind == "follow_up"
    assert balance() == (298, 0)  # nothing was spoken


def test_who_leaves_before_the_first_event_finds_the_reply(candidate, interview, hear, hang_up):
    hear(VAGUE)
    candidate.start()
    hang_up(candidate.speak(SPOKEN, **EVENTS))
    assert interview.turns.last().kind == "follow_up"
    assert not Turn.objects.exclude(claimed_until=None).exists()


def test_who_leaves_while_a_transcriber_fails_finds_the_answer(candidate, interview, hear, hang_up):
    hear(ProviderError())
    candidate.start()
    hang_up(candidate.speak(SPOKEN, **EVENTS))
    assert interview.turns.last().state == "received"
    assert interview.turns.last().claimed_until is None


def test_who_leaves_in_mid_speech_pays_for_what_was_spoken(candidate, hear, balance, hang_up):
    def endless(text):
        while True:
            yield PCM

    hear(VAGUE, say=endless)
    candidate.start()
    response = candidate.speak(SPOKEN, **EVENTS)
    for piece in response:
        if piece.startswith(b"event: audio"):
            break
    hang_up(response)
    assert balance() == (298, 0)


def test_a_strange_transcript_is_stored(candidate, hear):
    hear(Transcript("We led\x00 it \ud800 so.", (Word("We\x00", 0.0, 0.1),), "en"))
    candidate.start()
    turn = candidate.speak(SPOKEN).json()["turn"]
    assert turn["text"] == "We led it \ufffd so."
    assert turn["words"][0]["text"] == "We"


def test_a_strong_spoken_answer_costs_its_transcription_only(candidate, hear, balance):
    hear(STRONG)
    candidate.start()
    body = candidate.speak(SPOKEN).json()
    assert body["reply"]["kind"] == "question"
    assert balance() == (299, 0)
