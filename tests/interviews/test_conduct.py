"""Starting, pausing, skipping, repeating and ending an interview."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from interviews.errors import TurnOpenError, TurnRunningError, WrongStateError
from interviews.models import Interview, Turn
from interviews.services.conduct import close_interview
from tests.interviews.conftest import VAGUE

pytestmark = pytest.mark.django_db


def state_of(interview: Interview) -> str:
    interview.refresh_from_db()
    return interview.state


def wait_with(interview: Interview, state: str, claimed_s: float = 0) -> Turn:
    """An answer that was not replied to, as a crashed worker leaves it."""
    interview.refresh_from_db()
    interview.turn_count += 1
    interview.save()
    return Turn.objects.create(
        interview=interview,
        question=interview.questions.first(),
        sequence=interview.turn_count,
        revision=interview.revision,
        speaker="candidate",
        kind="answer",
        state=state,
        text=VAGUE if state == "transcribed" else "",
        turn_id=uuid4(),
        claimed_until=timezone.now() + timedelta(seconds=claimed_s) if claimed_s else None,
    )


def test_the_start_puts_the_first_question(candidate, interview):
    body = candidate.start()
    assert body["turn"] is None
    assert body["reply"]["kind"] == "question"
    assert body["reply"]["text"].endswith(interview.questions.get(position=1).text)
    assert body["interview"]["state"] == "running"
    assert body["interview"]["position"] == 1
    assert body["interview"]["started_at"]


def test_a_start_that_is_sent_twice_is_one(candidate, interview):
    assert candidate.start()["reply"] == candidate.start()["reply"]
    assert interview.turns.count() == 1


def test_an_interview_under_way_is_not_started(candidate):
    candidate.start()
    candidate.say(VAGUE)
    response = candidate.post("start")
    assert (response.status_code, response.json()["code"]) == (409, "wrong_state")
    assert response.json()["state"] == "running"


@pytest.mark.parametrize("action", ["pause", "resume", "skip", "repeat"])
def test_nothing_moves_before_the_start(candidate, action):
    response = candidate.post(action)
    assert (response.status_code, response.json()["code"]) == (409, "wrong_state")


@pytest.mark.parametrize("action", ["start", "pause", "resume", "skip", "repeat"])
def test_nothing_moves_after_the_end(candidate, interview, action):
    candidate.start()
    close_interview(interview=interview)
    response = candidate.post(action)
    assert (response.status_code, response.json()["state"]) == (409, "finished")


def test_pausing_and_resuming(candidate):
    candidate.start()
    for _ in range(2):
        assert candidate.post("pause").json()["interview"]["state"] == "paused"
    for _ in range(2):
        assert candidate.post("resume").json()["interview"]["state"] == "running"


def test_skipping_puts_the_next_question(candidate, interview):
    candidate.start()
    reply = candidate.post("skip").json()["reply"]
    assert (reply["kind"], reply["question"]) == ("question", 2)
    assert reply["text"].endswith(interview.questions.get(position=2).text)
    assert interview.questions.get(position=1).state == "skipped"
    assert interview.questions.get(position=2).state == "asked"


def test_a_question_that_was_answered_before_it_was_skipped_is_answered(candidate, interview):
    candidate.start()
    candidate.say(VAGUE)
    candidate.post("skip")
    assert interview.questions.get(position=1).state == "answered"


def test_skipping_the_last_question_closes(candidate, interview):
    candidate.start()
    kinds = [candidate.post("skip").json()["reply"]["kind"] for _ in range(3)]
    assert kinds == ["question", "question", "closing"]
    assert state_of(interview) == "finished"


def test_the_closing_asks_for_the_report(candidate, interview, run_tasks):
    """Nobody needs to be there any more."""
    candidate.start()
    for _ in range(3):
        candidate.post("skip")
    assert interview.report.state == "waiting"
    assert run_tasks() == 1
    interview.report.refresh_from_db()
    assert interview.report.state == "ready"


def test_a_skip_that_is_sent_again_under_its_key_skips_once(candidate, interview):
    candidate.start()
    for _ in range(2):
        candidate.post("skip", headers={"Idempotency-Key": "once"})
    assert interview.questions.get(position=2).state == "asked"


def test_a_skip_that_names_its_question_skips_once(candidate, interview):
    candidate.start()
    first = candidate.post("skip", {"question": 1}).json()["reply"]
    again = candidate.post("skip", {"question": 1}).json()["reply"]
    assert again == first
    assert interview.questions.get(position=2).state == "asked"
    assert candidate.post("skip", {"question": 2}).json()["reply"]["question"] == 3


@pytest.mark.parametrize("position", ["1", 0, 1.5, True, [1], {}])
def test_what_is_no_position_skips_nothing(candidate, interview, position):
    candidate.start()
    assert candidate.post("skip", {"question": position}).status_code == 400
    assert interview.questions.get(position=1).state == "asked"


def test_repeating_says_the_question_again(candidate, interview):
    first = candidate.start()["reply"]
    reply = candidate.post("repeat").json()["reply"]
    assert reply["kind"] == "repeat"
    assert reply["text"] == interview.questions.get(position=1).text
    assert reply["text"] in first["text"]
    assert reply["question"] == 1


def test_repeating_says_the_follow_up_that_waits(candidate):
    candidate.start()
    follow_up = candidate.say(VAGUE)
    assert candidate.post("repeat").json()["reply"]["text"] == follow_up["text"]


def test_repeating_again_and_again_is_one_turn(candidate, interview):
    candidate.start()
    for _ in range(5):
        candidate.post("repeat")
    assert interview.turns.count() == 2


@pytest.mark.parametrize("action", ["skip", "repeat"])
def test_going_on_resumes_a_paused_interview(candidate, interview, action):
    candidate.start()
    candidate.post("pause")
    candidate.post(action)
    assert state_of(interview) == "running"


@pytest.mark.parametrize("action", ["skip", "repeat"])
@pytest.mark.parametrize("state", ["received", "transcribed"])
def test_an_answer_that_waits_comes_first(candidate, interview, action, state):
    candidate.start()
    waiting = wait_with(interview, state)
    response = candidate.post(action)
    assert (response.status_code, response.json()["code"]) == (409, "turn_open")
    assert response.json()["turn_id"] == str(waiting.turn_id)


def test_an_answer_that_is_worked_on_is_waited_for(candidate, interview):
    candidate.start()
    waiting = wait_with(interview, "received", claimed_s=30)
    for response in (
        candidate.post("skip"),
        candidate.answer(VAGUE),
        candidate.post("turns", {"turn_id": str(waiting.turn_id)}),
        candidate.client.delete(f"{candidate.url}/turns/{waiting.turn_id}"),
    ):
        assert (response.status_code, response.json()["code"]) == (409, "turn_running")
        assert response["Retry-After"] == "1"


def test_a_new_answer_while_one_waits_is_refused(candidate, interview):
    candidate.start()
    waiting = wait_with(interview, "transcribed")
    response = candidate.answer(VAGUE)
    assert (response.status_code, response.json()["code"]) == (409, "turn_open")
    assert response.json()["turn_id"] == str(waiting.turn_id)


def test_an_answer_that_waits_is_taken_up_by_its_id(candidate, interview):
    candidate.start()
    waiting = wait_with(interview, "transcribed")
    body = candidate.post("turns", {"turn_id": str(waiting.turn_id)}).json()
    assert body["turn"]["state"] == "answered"
    assert body["reply"]["kind"] == "follow_up"


def test_a_claim_that_lapsed_does_not_stand_in_the_way(candidate, interview):
    candidate.start()
    waiting = wait_with(interview, "transcribed", claimed_s=-1)
    assert candidate.post("turns", {"turn_id": str(waiting.turn_id)}).status_code == 200


def test_an_answer_that_waits_can_be_taken_back(candidate, interview):
    candidate.start()
    waiting = wait_with(interview, "transcribed")
    response = candidate.client.delete(f"{candidate.url}/turns/{waiting.turn_id}")
    assert response.status_code == 204
    interview.refresh_from_db()
    assert interview.turn_count == interview.turns.count() == 1
    assert candidate.answer(VAGUE).json()["turn"]["sequence"] == 2


def test_an_answer_that_was_replied_to_stays(candidate):
    candidate.start()
    turn_id = uuid4()
    candidate.answer(VAGUE, turn_id)
    response = candidate.client.delete(f"{candidate.url}/turns/{turn_id}")
    assert (response.status_code, response.json()["code"]) == (409, "wrong_state")


@pytest.mark.parametrize("turn_id", [uuid4(), "x", "-" * 36])
def test_an_answer_that_there_is_not_cannot_be_taken_back(candidate, turn_id):
    candidate.start()
    response = candidate.client.delete(f"{candidate.url}/turns/{turn_id}")
    assert (response.status_code, response.json()["code"]) == (404, "turn_not_found")


def test_closing_leaves_the_question_as_it_was_answered(candidate, interview):
    candidate.start()
    candidate.say(VAGUE)
    assert close_interview(interview=interview).finished_at
    assert state_of(interview) == "finished"
    assert [q.state for q in interview.questions.all()] == ["answered", "pending", "pending"]


def test_closing_twice_changes_nothing(candidate, interview):
    candidate.start()
    first = close_interview(interview=interview)
    again = close_interview(interview=Interview.objects.get(pk=interview.pk))
    assert (again.finished_at, again.revision) == (first.finished_at, first.revision)


def test_an_interview_that_has_not_begun_cannot_be_closed(interview):
    with pytest.raises(WrongStateError):
        close_interview(interview=interview)


def test_closing_counts_an_answer_that_is_in_words(candidate, interview):
    candidate.start()
    waiting = wait_with(interview, "transcribed")
    close_interview(interview=interview)
    waiting.refresh_from_db()
    assert waiting.state == "answered"
    assert interview.questions.get(position=1).state == "answered"
    body = candidate.post("turns", {"turn_id": str(waiting.turn_id)}).json()
    assert (body["turn"]["state"], body["reply"]) == ("answered", None)


def test_closing_loses_no_recording(candidate, interview):
    candidate.start()
    waiting = wait_with(interview, "received")
    with pytest.raises(TurnOpenError):
        close_interview(interview=interview)
    Turn.objects.filter(pk=waiting.pk).update(claimed_until=timezone.now() + timedelta(seconds=9))
    with pytest.raises(TurnRunningError):
        close_interview(interview=interview)
    assert state_of(interview) == "running"
