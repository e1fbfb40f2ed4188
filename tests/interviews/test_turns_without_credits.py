"""Credits that run out at any step lose nothing: the answer waits and goes on when it is paid."""

from uuid import uuid4

import pytest
from django.core.management import call_command

from tests.interviews.conftest import EVENTS, SPOKEN, VAGUE, read_events
from users.services.ledger import Author, adjust_credits, grant_credits

pytestmark = pytest.mark.django_db


@pytest.fixture
def leave_credits(owner, staff):
    """Leave the owner with so many credits."""

    def leave(credits: int) -> None:
        owner.account.refresh_from_db()
        missing = credits - owner.account.available
        if missing:
            adjust_credits(user=owner, amount=missing, reason="Test", author=Author(user=staff))

    return leave


@pytest.fixture(autouse=True)
def ledger_is_right_after_all(db):
    yield
    call_command("verify_ledger")


def states(events) -> list[str]:
    return [data["state"] for name, data in events if name == "turn"]


def last(events) -> tuple[str, str]:
    name, data = events[-1]
    return name, data.get("code", "")


def test_none_for_the_transcription(candidate, interview, owner, hear, leave_credits, balance):
    hear(VAGUE)
    candidate.start()
    leave_credits(0)
    turn_id = uuid4()
    events = read_events(candidate.speak(SPOKEN, turn_id, **EVENTS))
    assert states(events) == ["received"]
    assert last(events) == ("error", "insufficient_credits")
    assert events[-1][1]["status"] == 402
    assert events[-1][1]["required"] == 1
    assert interview.turns.get(turn_id=turn_id).state == "received"
    grant_credits(user=owner, amount=3, reason="Bought")
    events = read_events(candidate.post("turns", {"turn_id": str(turn_id)}, headers=EVENTS))
    assert states(events) == ["received", "transcribed", "said"]
    assert last(events) == ("done", "")
    assert balance() == (0, 0)


def test_none_for_the_follow_up(candidate, interview, owner, hear, leave_credits, balance):
    hear(VAGUE)
    candidate.start()
    leave_credits(1)
    turn_id = uuid4()
    events = read_events(candidate.speak(SPOKEN, turn_id, **EVENTS))
    assert states(events) == ["received", "transcribed"]
    assert last(events) == ("error", "insufficient_credits")
    turn = interview.turns.get(turn_id=turn_id)
    assert (turn.state, turn.text, turn.claimed_until) == ("transcribed", VAGUE, None)
    hear("something else that would be heard if it were transcribed again")
    leave_credits(2)
    events = read_events(candidate.speak(SPOKEN, turn_id, **EVENTS))
    assert states(events) == ["transcribed", "said"]
    assert [data["capability"] for name, data in events if name == "receipt"] == ["text", "speech"]
    assert interview.turns.get(turn_id=turn_id).text == VAGUE
    assert balance() == (0, 0)


def test_none_for_the_speech(candidate, interview, hear, leave_credits, balance):
    hear(VAGUE)
    candidate.start()
    leave_credits(2)
    events = read_events(candidate.speak(SPOKEN, **EVENTS))
    assert states(events) == ["received", "transcribed", "said"]
    assert last(events) == ("error", "insufficient_credits")
    assert interview.turns.last().kind == "follow_up"
    assert balance() == (0, 0)


def test_as_json_it_is_an_http_error(candidate, leave_credits):
    candidate.start()
    leave_credits(0)
    turn_id = uuid4()
    response = candidate.answer(VAGUE, turn_id)
    assert (response.status_code, response.json()["code"]) == (402, "insufficient_credits")
    leave_credits(1)
    assert candidate.answer(VAGUE, turn_id).json()["reply"]["kind"] == "follow_up"


def test_what_is_free_goes_on_without_credits(candidate, interview, leave_credits):
    leave_credits(0)
    events = read_events(candidate.post("start", headers=EVENTS))
    assert last(events) == ("error", "insufficient_credits")  # the first question is not spoken
    assert states(events) == ["said"]
    assert candidate.say("Next question please.")["question"] == 2
    assert candidate.post("skip").json()["reply"]["question"] == 3
