"""What an interview would cost, before it begins.

For the interview that the figures below describe. Operations are rounded up one by one, as they are
charged. A model that has to be asked again is not reckoned with.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from django.conf import settings

from ai.coach.followup import MAX_FOLLOW_UPS
from ai.errors import ModelUnavailableError
from ai.models import Capability
from ai.quotes import FEWEST_BYTES_PER_TOKEN, Quote, quote_speech, quote_transcription
from ai.services import follow_up
from ai.services.structured import ASKED_AGAIN, Task, has_language_model, quote_task
from ai.services.text import Prompt
from interviews import wording
from interviews.models import Interview, Question
from interviews.services.report_making import quote_scoring
from users.models import User

# Each question gets an answer and all the follow-ups that there may be.
ANSWERS_PER_QUESTION = 1 + MAX_FOLLOW_UPS
# What the room's guide to the length of an answer calls good ends at two and a half minutes, and
# answers to follow-ups are shorter: two minutes on average are a talkative candidate's.
ANSWER_S = 120
# 150 words a minute are the middle of the usual pace (`interviews/scoring/ranges.py`), of six
# characters each with the space.
CHARACTERS_PER_WORD = 6
ANSWER_CHARACTERS = ANSWER_S * 150 // 60 * CHARACTERS_PER_WORD
FOLLOW_UP_CHARACTERS = follow_up.MAX_WORDS * CHARACTERS_PER_WORD
# What is said before a question at most: thanks with a word of praise.
TRANSITION_CHARACTERS = 120


@dataclass(frozen=True, slots=True)
class Part:
    """Operations of one kind. `assumes` says in plain words which."""

    capability: Capability
    model: str
    units: int
    credits: int
    assumes: str


@dataclass(frozen=True, slots=True)
class InterviewQuote:
    """`balance` is what the person has available now."""

    parts: tuple[Part, ...]
    balance: int

    @property
    def credits(self) -> int:
        return sum(part.credits for part in self.parts)

    @property
    def is_enough(self) -> bool:
        return self.balance >= self.credits


def quote_interview(*, interview: Interview) -> InterviewQuote:
    """By the person's own models. What is not set up here is left out: it cannot cost anything."""
    questions = list(interview.questions.all())
    if not questions:  # it was deleted while it was read
        return InterviewQuote((), interview.user.account.available)
    for question in questions:
        question.interview = interview
    by_model = has_language_model(user=interview.user)
    parts = (
        _transcription(interview.user, len(questions)),
        _speech(interview.user, questions),
        _follow_ups(interview.user, questions, by_model=by_model),
        _report(questions) if by_model else None,
    )
    return InterviewQuote(tuple(filter(None, parts)), interview.user.account.available)


def _transcription(user: User, questions: int) -> Part | None:
    count = questions * ANSWERS_PER_QUESTION
    return _part(
        lambda: [quote_transcription(model=user.settings.stt_model, duration_s=ANSWER_S)] * count,
        f"All {count} answers are spoken: one to each question and to {MAX_FOLLOW_UPS} follow-ups,"
        f" of {ANSWER_S // 60} minutes each. Typed answers cost nothing.",
    )


def _speech(user: User, questions: Sequence[Question]) -> Part | None:
    if not user.settings.auto_play_audio:
        return None
    lengths = [
        *(TRANSITION_CHARACTERS + len(question.text) for question in questions),
        *[FOLLOW_UP_CHARACTERS] * (MAX_FOLLOW_UPS * len(questions)),
        len(wording.CLOSING),
    ]
    return _part(
        lambda: _of_sizes(quote_speech(model=user.settings.tts_model, text=""), lengths),
        f"Each question, {MAX_FOLLOW_UPS} follow-ups to it and the closing are spoken once.",
    )


def _follow_ups(user: User, questions: Sequence[Question], *, by_model: bool) -> Part | None:
    """The second follow-up reads both answers."""
    said = [ANSWER_CHARACTERS * answers for answers in range(1, MAX_FOLLOW_UPS + 1)]
    longest = max(questions, key=lambda question: len(question.text))

    def quotes() -> Iterable[Quote]:
        quote = _quote_wording(user, longest) if by_model else follow_up.quote_coach(Prompt("", ""))
        sizes = [quote.units + _tokens(characters) for characters in said]
        return _of_sizes(quote, sizes * len(questions))

    return _part(quotes, f"{MAX_FOLLOW_UPS} follow-ups to each question are put into words.")


def _quote_wording(user: User, question: Question) -> Quote:
    task = Task(
        system=follow_up.SYSTEM,
        message=question.text,
        schema=follow_up.SCHEMA,
        max_output_tokens=follow_up.MAX_OUTPUT_TOKENS,
    )
    return _once(quote_task(user=user, task=task))


def _report(questions: Sequence[Question]) -> Part | None:
    """Scoring by a language model. The built-in scorer costs nothing."""
    said = ANSWERS_PER_QUESTION * ANSWER_CHARACTERS
    quotes = (quote_scoring(question=question, characters=said) for question in questions)
    return _part(
        lambda: map(_once, filter(None, quotes)),
        f"The report: each question is scored {settings.REPORT_SAMPLES} times by a language model.",
    )


def _once(quote: Quote) -> Quote:
    """A task that does not have to be asked again."""
    return replace(quote, units=quote.units // (1 + ASKED_AGAIN))


def _tokens(characters: int) -> int:
    return math.ceil(characters / FEWEST_BYTES_PER_TOKEN)


def _of_sizes(quote: Quote, sizes: Iterable[int]) -> list[Quote]:
    return [replace(quote, units=units) for units in sizes]


def _part(quotes: Callable[[], Iterable[Quote]], assumes: str) -> Part | None:
    try:
        found = list(quotes())
    except ModelUnavailableError:
        found = []
    if not found:
        return None
    return Part(
        found[0].capability,
        found[0].resolution.model.name,
        sum(quote.units for quote in found),
        sum(quote.credits for quote in found),
        assumes,
    )
