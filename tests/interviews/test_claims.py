"""A claim that was lost changes nothing and costs nothing."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.utils import timezone

from ai.providers.base import Transcript
from interviews.errors import InterviewNotFoundError, TurnRunningError
from interviews.models import Turn
from interviews.services.claims import Claim
from interviews.services.deletion import delete_interview
from interviews.services.turns import receive_turn, work_on_turn
from tests.interviews.conftest import SPOKEN, VAGUE
from users.models import Hold

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def ledger_is_right_after_all(db):
    yield
    call_command("verify_ledger")


def lose() -> None:
    """Somebody else takes the turn up."""
    Turn.objects.filter(kind="answer").update(claimed_until=timezone.now() + timedelta(seconds=60))


def test_words_that_come_too_late_are_neither_stored_nor_paid(candidate, interview, owner, hear):
    def hear_late() -> Transcript:
        lose()
        return Transcript(VAGUE, (), "en")

    hear(hear_late)
    candidate.start()
    received = receive_turn(interview=interview, turn_id=uuid4(), audio=SPOKEN)
    with pytest.raises(TurnRunningError):
        list(work_on_turn(received=received, user=owner))
    turn = interview.turns.last()
    assert (turn.state, turn.text) == ("received", "")
    assert turn.claimed_until is not None
    assert [hold.state for hold in Hold.objects.all()] == ["voided"]


def test_a_reply_that_comes_too_late_is_neither_stored_nor_paid(candidate, interview, owner):
    candidate.start()
    received = receive_turn(interview=interview, turn_id=uuid4(), text=VAGUE)
    lose()
    with pytest.raises(TurnRunningError):
        list(work_on_turn(received=received, user=owner))
    assert interview.turns.last().state == "transcribed"
    assert [hold.state for hold in Hold.objects.all()] == ["voided"]


def test_a_reply_in_an_interview_that_was_deleted_meanwhile_is_not_made(
    candidate, interview, owner
):
    candidate.start()
    received = receive_turn(interview=interview, turn_id=uuid4(), text=VAGUE)
    delete_interview(interview=interview)
    with pytest.raises(InterviewNotFoundError):
        list(work_on_turn(received=received, user=owner))
    assert not Hold.objects.exists()


def test_the_one_who_took_it_up_replies(candidate, interview, owner):
    candidate.start()
    turn_id = uuid4()
    first = receive_turn(interview=interview, turn_id=turn_id, text=VAGUE)
    Turn.objects.filter(turn_id=turn_id).update(claimed_until=timezone.now())
    second = receive_turn(interview=interview, turn_id=turn_id)
    list(work_on_turn(received=second, user=owner))
    with pytest.raises(TurnRunningError):
        list(work_on_turn(received=first, user=owner))
    assert [turn.kind for turn in interview.turns.all()] == ["question", "answer", "follow_up"]
    assert sum(hold.charged for hold in Hold.objects.all()) == 1


def test_a_claim_is_renewed_while_the_work_goes_on(candidate, interview, settings):
    candidate.start()
    claim = receive_turn(interview=interview, turn_id=uuid4(), text=VAGUE).claim
    assert claim is not None
    first = claim.turn.claimed_until
    claim.renew()
    assert claim.turn.claimed_until == first  # it has just been made
    settings.TURN_CLAIM_S = 600
    claim.renew()
    claim.turn.refresh_from_db()
    assert first is not None and claim.turn.claimed_until is not None
    assert claim.turn.claimed_until > first


def test_a_claim_that_was_let_go_is_anybodys(candidate, interview):
    candidate.start()
    turn_id = uuid4()
    claim = receive_turn(interview=interview, turn_id=turn_id, text=VAGUE).claim
    assert isinstance(claim, Claim)
    with pytest.raises(TurnRunningError):
        receive_turn(interview=interview, turn_id=turn_id)
    claim.release()
    claim.release()
    assert receive_turn(interview=interview, turn_id=turn_id).claim
    with pytest.raises(TurnRunningError):
        claim.change(text="too late")
