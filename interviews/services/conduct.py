"""Holding an interview: what moves it on, apart from answers.

Each function is one short transaction that takes the interview's row lock first.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from interviews import wording
from interviews.decisions import Decision, decide_to_skip, last_asked
from interviews.errors import (
    TurnOpenError,
    TurnRunningError,
    WrongStateError,
)
from interviews.models import Interview, Question, Report, Turn
from interviews.services.locks import changing
from interviews.services.reports import request_report

State = Interview.State
Kind = Turn.Kind


def start_interview(*, interview: Interview) -> Turn:
    """Put the first question. A start that is sent twice is one.

    Raises `WrongStateError` once the interview is under way.
    """
    with changing(interview) as row:
        first = row.turns.select_related("question").first()
        if first and row.turn_count == 1 and row.state == State.RUNNING:
            return first
        if row.state != State.PLANNED:
            raise WrongStateError("This interview has begun already.", state=row.state)
        row.state, row.started_at = State.RUNNING, timezone.now()
        return put_next_question(row, list(row.questions.all()), before=wording.WELCOME)


def pause_interview(*, interview: Interview) -> None:
    """Raises `WrongStateError` unless the interview is under way."""
    with changing(interview) as row:
        refuse_unless_under_way(row)
        row.state = State.PAUSED


def resume_interview(*, interview: Interview) -> None:
    """Raises `WrongStateError` unless the interview is under way."""
    with changing(interview) as row:
        refuse_unless_under_way(row)
        row.state = State.RUNNING


def skip_question(*, interview: Interview, position: int | None = None) -> Turn:
    """Put the next question, or close.

    `position` is that of the question to be skipped. Where another one is being asked by now, the
    skip was sent before, and what was said last is given. Raises `WrongStateError`,
    `TurnOpenError` or `TurnRunningError`.
    """
    with changing(interview) as row:
        refuse_unless_under_way(row)
        turns = turns_of(row)
        refuse_open_turn(turns)
        row.state = State.RUNNING
        question = current_question(turns)
        if position not in (None, question.position):
            return turns[-1]
        return move_on(row, question, decide_to_skip(question=question, turns=turns))


def repeat_question(*, interview: Interview) -> Turn:
    """Say again what was asked last. Raises what `skip_question` raises.

    Asked for twice in a row it is the same turn.
    """
    with changing(interview) as row:
        refuse_unless_under_way(row)
        turns = turns_of(row)
        refuse_open_turn(turns)
        row.state = State.RUNNING
        question = current_question(turns)
        text = last_asked(question, turns)
        if turns[-1].kind == Kind.REPEAT and turns[-1].text == text:
            return turns[-1]
        return say(row, Kind.REPEAT, text, question=question)


def close_interview(*, interview: Interview) -> Interview:
    """Finish the interview where it is; one that is finished stays as it is.

    An answer that was not replied to yet counts, once it is in words. Raises `WrongStateError`
    before the start, `TurnRunningError` while an answer is worked on, and `TurnOpenError` where a
    recording was not transcribed yet: that answer would be lost.
    """
    if interview.is_over:
        return interview
    with changing(interview) as row:
        if row.is_over:
            return row
        refuse_unless_under_way(row)
        turns = turns_of(row)
        waiting = next((turn for turn in turns if turn.is_open), None)
        if waiting is not None:
            end_waiting_turn(row, waiting)
        leave_current_question(turns)
        row.state, row.finished_at = State.FINISHED, timezone.now()
    return row


def finish_interview(*, interview: Interview) -> Report:
    """End the interview where it is, and ask for its report.

    Raises what `close_interview` raises.
    """
    with transaction.atomic():
        return request_report(interview=close_interview(interview=interview))


def end_waiting_turn(interview: Interview, turn: Turn) -> None:
    refuse_claimed(turn)
    if turn.state == Turn.State.RECEIVED:
        raise TurnOpenError(turn_id=turn.turn_id)
    turn.state, turn.revision = Turn.State.ANSWERED, interview.revision
    turn.save(update_fields=["state", "revision"])


def leave_current_question(turns: Sequence[Turn]) -> None:
    """The question that was asked last is answered if something was said to it."""
    question = current_question(turns)
    is_answered = any(turn.kind == Kind.ANSWER and turn.question == question for turn in turns)
    question.state = Question.State.ANSWERED if is_answered else Question.State.SKIPPED
    question.save(update_fields=["state"])


# What the functions above share with those of answers. The caller holds the lock.


def turns_of(interview: Interview) -> list[Turn]:
    """All that was said, in order, each with its question; the words' times are left out."""
    questions = {question.pk: question for question in interview.questions.all()}
    turns = list(interview.turns.defer("words"))
    for turn in turns:
        if turn.question_id is not None:
            turn.question = questions[turn.question_id]
            turn.question.interview = interview
    return turns


def current_question(turns: Sequence[Turn]) -> Question:
    """The question that waits for an answer, of an interview that is under way."""
    question = turns[-1].question
    if question is None:
        raise ValueError("Nothing was asked last.")
    return question


def say(
    interview: Interview,
    kind: Turn.Kind,
    text: str,
    *,
    question: Question | None = None,
    asks_for: str = "",
    model: str = "",
) -> Turn:
    """Store the interviewer's next words."""
    interview.turn_count += 1
    return Turn.objects.create(
        interview=interview,
        question=question,
        sequence=interview.turn_count,
        revision=interview.revision,
        speaker=Turn.Speaker.INTERVIEWER,
        kind=kind,
        state=Turn.State.SAID,
        text=text,
        asks_for=asks_for,
        model=model,
    )


def move_on(interview: Interview, question: Question, decision: Decision) -> Turn:
    """Leave the question as was decided, and put the next one, or close."""
    question.state = decision.leaves_as
    question.save(update_fields=["state"])
    return put_next_question(interview, list(interview.questions.all()), before=decision.text)


def put_next_question(interview: Interview, questions: Sequence[Question], *, before: str) -> Turn:
    following = next((q for q in questions if q.state == Question.State.PENDING), None)
    if following is None:
        return close(interview)
    following.state = Question.State.ASKED
    following.save(update_fields=["state"])
    text = f"{before} {following.text}".strip()
    return say(interview, Kind.QUESTION, text, question=following)


def close(interview: Interview) -> Turn:
    """The report is asked for here: nobody may be there any more to do so."""
    interview.state, interview.finished_at = State.FINISHED, timezone.now()
    request_report(interview=interview)
    return say(interview, Kind.CLOSING, wording.CLOSING)


def refuse_unless_under_way(interview: Interview) -> None:
    if interview.state == State.PLANNED:
        raise WrongStateError("The interview has not begun; start it first.", state=interview.state)
    if interview.is_over:
        raise WrongStateError("This interview is over.", state=interview.state)


def refuse_open_turn(turns: Sequence[Turn]) -> None:
    for turn in turns:
        if turn.is_open:
            refuse_claimed(turn)
            raise TurnOpenError(turn_id=turn.turn_id)


def refuse_claimed(turn: Turn) -> None:
    """Somebody works on it."""
    if turn.claimed_until and turn.claimed_until > timezone.now():
        raise TurnRunningError
