"""What a report is made of: each question with all that was said to it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeGuard

from ai.coach.answer import MAX_CHARACTERS
from ai.coach.conversation import clean
from ai.providers.base import Word
from interviews.models import Interview, Question, Turn
from interviews.scoring.abstention import abstain
from interviews.scoring.masking import readable
from interviews.scoring.spoken import SpokenAnswer, Transcript, plain


@dataclass(frozen=True)
class Answer:
    """A question that was put, and the candidate's turns to it in the order they were said.

    `spoken` are the same turns, one for one, as they are scored and measured.
    """

    question: Question
    turns: tuple[Turn, ...]
    spoken: tuple[SpokenAnswer, ...]

    @property
    def key(self) -> str:
        """Under which the report keeps what it was told of this answer."""
        return str(self.question.position)

    @property
    def text(self) -> str:
        """All that was said, as it was said."""
        return "\n".join(turn.text for turn in self.turns)

    @property
    def word_count(self) -> int:
        return sum(turn.word_count for turn in self.spoken)

    @cached_property
    def transcript(self) -> Transcript:
        """What may be read and quoted, every character in its place.

        Without turns that cannot be scored, orders about the score, and sentences that tell
        nothing but a personal fact.
        """
        return Transcript([_readable(answer) for answer in self.spoken])

    @property
    def readable_text(self) -> str:
        """The transcript without the room that what was left out leaves: a line for each turn."""
        lines = (" ".join(turn.text.split()) for turn in self.transcript.turns)
        return "\n".join(filter(None, lines))


def answers_of(interview: Interview) -> list[Answer]:
    """By position; questions that were never put are left out.

    Takes an interview with `questions` and `turns` prefetched.
    """
    turns = sorted(interview.turns.all(), key=lambda turn: turn.sequence)
    questions = sorted(interview.questions.all(), key=lambda question: question.position)
    for question in questions:
        question.interview = interview
    return [_answer(q, turns) for q in questions if q.state != Question.State.PENDING]


def _answer(question: Question, turns: list[Turn]) -> Answer:
    asked = question.text
    said: list[Turn] = []
    spoken: list[SpokenAnswer] = []
    for turn in turns:
        if turn.question_id != question.pk:
            continue
        if turn.speaker == Turn.Speaker.INTERVIEWER:
            asked = turn.text
        else:
            said.append(turn)
            spoken.append(_spoken(turn, asked))
    return Answer(question, tuple(said), tuple(spoken))


def _spoken(turn: Turn, asked: str) -> SpokenAnswer:
    """Every transcription provider is asked to write fillers down (`ai/providers/base.py`)."""
    is_spoken = turn.duration_s is not None
    return SpokenAnswer(
        text=turn.text,
        question=clean(asked),
        words=tuple(_words(turn.words)),
        duration_s=turn.duration_s,
        hears_fillers=True if is_spoken else None,
    )


def _words(stored: list[list[Any]]) -> Iterator[Word]:
    """Those with real times; a document holds no others."""
    for text, start_s, end_s in stored:
        if _is_time(start_s) and _is_time(end_s):
            yield Word(str(text), float(start_s), float(end_s))


def _is_time(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and math.isfinite(value)


def _readable(answer: SpokenAnswer) -> SpokenAnswer:
    text = plain(answer.text[:MAX_CHARACTERS])
    read = "" if abstain(answer) else readable(text)
    return SpokenAnswer(text=read, question=answer.question, words=answer.words)
