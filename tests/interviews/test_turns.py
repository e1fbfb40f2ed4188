"""`POST /api/interviews/{id}/turns`, typed: what is stored, once, and what is refused."""

import json
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from interviews.models import Interview, Recording, Turn
from tests.interviews.conftest import EVENTS, SPOKEN, STRONG, VAGUE, read_events
from users.models import Hold

pytestmark = pytest.mark.django_db


def test_an_answer_and_its_reply_are_stored(candidate, interview, balance):
    candidate.start()
    turn_id = uuid4()
    body = candidate.answer(VAGUE, turn_id).json()
    assert set(body) == {"turn", "reply", "interview", "receipts"}
    assert body["turn"] == {
        "sequence": 2,
        "speaker": "candidate",
        "kind": "answer",
        "question": 1,
        "text": VAGUE,
        "turn_id": str(turn_id),
        "state": "answered",
        "words": [],
        "duration_s": None,
        "has_recording": False,
        "asks_for": "",
        "model": "",
        "created_at": body["turn"]["created_at"],
    }
    assert body["reply"]["sequence"] == 3
    assert body["reply"]["model"] == "builtin-coach"
    assert body["interview"]["turn_count"] == 3
    (receipt,) = body["receipts"]
    assert set(receipt) == {"capability", "model", "operation_id", "held", "charged", "balance"}
    assert (receipt["capability"], receipt["charged"]) == ("text", 1)
    assert balance() == (299, 0)


def test_what_needs_no_model_costs_nothing(candidate, balance):
    candidate.start()
    body = candidate.answer(STRONG).json()
    assert (body["reply"]["kind"], body["receipts"]) == ("question", [])
    assert balance() == (300, 0)


def test_sequences_and_revisions_only_grow(candidate, interview):
    candidate.start()
    for _ in range(4):
        candidate.say(VAGUE)
    turns = list(interview.turns.all())
    assert [turn.sequence for turn in turns] == list(range(1, 10))
    interview.refresh_from_db()
    assert interview.turn_count == 9
    assert interview.revision == max(turn.revision for turn in turns)
    assert not any(turn.claimed_until for turn in turns)


def test_the_same_answer_twice_is_one_turn_paid_once(candidate, interview, balance):
    candidate.start()
    turn_id = uuid4()
    first = candidate.answer(VAGUE, turn_id).json()
    again = candidate.answer(VAGUE, turn_id)
    assert again.status_code == 200
    assert (again.json()["turn"], again.json()["reply"]) == (first["turn"], first["reply"])
    assert again.json()["receipts"] == []
    assert interview.turns.count() == 3
    assert balance() == (299, 0)


def test_an_answered_turn_can_be_asked_for_by_its_id_alone(candidate):
    candidate.start()
    turn_id = uuid4()
    first = candidate.answer(VAGUE, turn_id).json()
    again = candidate.post("turns", {"turn_id": str(turn_id)}).json()
    assert again["reply"] == first["reply"]


def test_another_answer_under_the_same_id_is_refused(candidate, interview):
    candidate.start()
    turn_id = uuid4()
    candidate.answer(VAGUE, turn_id)
    response = candidate.answer(STRONG, turn_id)
    assert (response.status_code, response.json()["code"]) == (422, "turn_differs")
    assert interview.turns.count() == 3


def test_an_id_that_was_never_sent_needs_an_answer(candidate):
    candidate.start()
    response = candidate.post("turns", {"turn_id": str(uuid4())})
    assert (response.status_code, response.json()["code"]) == (404, "turn_not_found")


def test_the_same_id_in_another_interview_is_another_turn(candidate, owner):
    from tests.interviews.conftest import Candidate, plan

    turn_id = uuid4()
    other = Candidate(candidate.client, plan(owner))
    for each in (candidate, other):
        each.start()
        assert each.answer(VAGUE, turn_id).status_code == 200
    assert Turn.objects.filter(turn_id=turn_id).count() == 2


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, "invalid"),
        ([], 400, "invalid"),
        ({"turn_id": "1", "text": "x"}, 400, "invalid"),
        ({"turn_id": None, "text": "x"}, 400, "invalid"),
        ({"text": ""}, 400, "invalid"),
        ({"text": " \n\t "}, 400, "invalid"),
        ({"text": None}, 400, "invalid"),
        ({"text": 5}, 400, "invalid"),
        ({"text": ["x"]}, 400, "invalid"),
        ({"text": "a\x00b"}, 400, "invalid"),
        ({"text": "a\ud800b"}, 400, "malformed"),
        ({"text": "x" * 20_001}, 413, "too_large"),
        ({"text": "x" * 2_000_000}, 413, "too_large"),
        ({"audio": "abc"}, 400, "invalid"),
    ],
)
def test_what_is_no_answer_is_refused_before_it_is_stored(
    candidate, interview, balance, body, status, code
):
    candidate.start()
    if isinstance(body, dict) and ("text" in body or "audio" in body):
        body = {"turn_id": str(uuid4()), **body}
    response = candidate.client.generic(
        "POST", f"{candidate.url}/turns", json.dumps(body), "application/json"
    )
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert interview.turns.count() == 1
    assert balance() == (300, 0)


def test_an_interview_that_has_not_begun_takes_no_answers(candidate):
    response = candidate.answer(VAGUE)
    assert (response.status_code, response.json()["code"]) == (409, "wrong_state")
    assert response.json()["state"] == "planned"


def test_an_interview_that_is_over_takes_no_answers(candidate, interview):
    candidate.start()
    for _ in range(3):
        candidate.say("Next question please.")
    response = candidate.answer(VAGUE)
    assert response.json()["code"] == "wrong_state"
    assert response.json()["state"] == "finished"


def test_an_answer_resumes_a_paused_interview(candidate, interview):
    candidate.start()
    candidate.post("pause")
    assert candidate.answer(VAGUE).json()["interview"]["state"] == "running"


def test_words_with_markup_stay_words(candidate):
    candidate.start()
    words = "<img src=x onerror=alert(1)> I usually <b>look</b> at & check the logs first."
    body = candidate.answer(words).json()
    assert body["turn"]["text"] == words
    assert "<" not in body["reply"]["text"]


@pytest.mark.parametrize("audio", [b"", b"no audio at all", b"\x1a\x45\xdf\xa3" + b"\x00" * 64])
def test_what_is_no_recording_leaves_nothing_behind(candidate, interview, balance, audio):
    candidate.start()
    response = candidate.speak(audio)
    assert response.status_code in (400, 415)
    assert response.json()["code"] in ("empty_audio", "unreadable_audio")
    assert interview.turns.count() == 1
    assert not Recording.objects.exists()
    assert balance() == (300, 0)


def test_text_and_audio_together_are_refused(candidate):
    from django.core.files.uploadedfile import SimpleUploadedFile

    candidate.start()
    body = {
        "turn_id": str(uuid4()),
        "text": "x",
        "audio": SimpleUploadedFile("a.webm", b"x", "audio/webm"),
    }
    response = candidate.client.post(f"{candidate.url}/turns", body, format="multipart")
    assert (response.status_code, response.json()["code"]) == (400, "invalid")


def test_an_interview_that_never_ends_is_ended(candidate, interview):
    candidate.start()
    Turn.objects.update(sequence=400)
    Interview.objects.update(turn_count=400)
    response = candidate.answer(VAGUE)
    assert (response.status_code, response.json()["code"]) == (409, "wrong_state")
    assert candidate.post("skip").status_code == 200


def statements(captured: CaptureQueriesContext) -> list[str]:
    """What was asked of the database; the limits of transactions are not counted."""
    limits = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
    found = (query["sql"] for query in captured.captured_queries)
    return [sql for sql in found if not sql.startswith(limits)]


@pytest.mark.parametrize("turns_before", [0, 6])
def test_a_turn_takes_as_many_statements_however_long_the_interview(
    candidate, interview, turns_before
):
    candidate.start()
    for _ in range(turns_before):
        candidate.say("Can you repeat the question?")
    with CaptureQueriesContext(connection) as captured:
        candidate.say(VAGUE)
    # Who asks (2), the turn (5), deciding (2), a hold and its outcome (8), the reply (4), what is
    # shown (3), and the catalogue where it was not read for a while.
    assert 24 <= len(statements(captured)) <= 28
    assert Hold.objects.count() == 1


def test_a_spoken_turn_takes_as_many_statements(candidate, hear):
    hear(VAGUE)
    candidate.start()
    candidate.client.get(f"{candidate.url}/events")
    with CaptureQueriesContext(connection) as captured:
        read_events(candidate.speak(SPOKEN, **EVENTS))
    # As above, with the recording (2), its words (3), and two more operations (16).
    assert 42 <= len(statements(captured)) <= 48


def test_turns_of_an_interview_that_was_deleted_meanwhile_are_not_found(candidate, interview):
    candidate.start()
    Interview.objects.all().delete()
    assert candidate.answer(VAGUE).status_code == 404
