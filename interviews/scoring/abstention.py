"""When an answer is not scored, and why: a middling number would be a guess."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate

from ai.coach.answer import MAX_CHARACTERS, lower, own_actions, planned_actions
from ai.coach.elements import REASONED
from ai.coach.intent import Intent, read_intent
from ai.coach.language import FUNCTION_WORDS, is_gibberish, is_other_language, words
from interviews.scoring.masking import without_orders
from interviews.scoring.phrases import HESITATION
from interviews.scoring.spoken import SpokenAnswer


class Reason(StrEnum):
    """Stable codes, stored with the report."""

    SILENCE = "silence"
    GIBBERISH = "gibberish"
    ONE_WORD = "one_word"
    READ_BACK = "question_read_back"
    OTHER_LANGUAGE = "other_language"
    UNTRUSTWORTHY = "untrustworthy_transcript"
    INSTRUCTIONS = "instructions_only"
    NOT_AN_ANSWER = "not_an_answer"
    DOES_NOT_KNOW = "does_not_know"
    PERSONAL = "personal_facts_only"


TEXTS = {
    Reason.SILENCE: "No words were heard or typed, so there is nothing to score.",
    Reason.GIBBERISH: "The words do not make sense as an answer, so it is not scored.",
    Reason.ONE_WORD: "A word or two is too little to score.",
    Reason.READ_BACK: "The words are the question's own; nothing was added to score.",
    Reason.OTHER_LANGUAGE: "The answer does not seem to be in English, which is all that this "
    "scorer reads.",
    Reason.UNTRUSTWORTHY: "The transcript cannot be right, so scoring it would not be fair.",
    Reason.INSTRUCTIONS: "It holds only instructions to the interviewer, not an answer.",
    Reason.NOT_AN_ANSWER: "It asks or tells the interviewer something and does not answer the "
    "question.",
    Reason.DOES_NOT_KNOW: "You said that nothing came to mind. That is honest, and not scored.",
    Reason.PERSONAL: "It tells only of personal matters, which are never scored.",
}


@dataclass(frozen=True, slots=True)
class NotScored:
    """`reason` is one plain sentence for the candidate."""

    reason_code: Reason
    reason: str


INTENTS = {
    Intent.EMPTY: Reason.SILENCE,
    Intent.GIBBERISH: Reason.GIBBERISH,
    Intent.ONE_WORD: Reason.ONE_WORD,
    Intent.READ_BACK: Reason.READ_BACK,
    Intent.OTHER_LANGUAGE: Reason.OTHER_LANGUAGE,
    Intent.INSTRUCTS: Reason.INSTRUCTIONS,
    Intent.DOES_NOT_KNOW: Reason.DOES_NOT_KNOW,
}
# From this length on, something with the form of a request that also acts or reasons is an answer.
MIN_ANSWER_WORDS = 10
DOUBT_AFTER_WORDS = 10
# Nobody needs so many words to ask for the next question.
LONG_REQUEST_WORDS = 25

# Nobody speaks so fast that it is understood: fast auctioneers reach about 400 words a minute.
MAX_WORDS_PER_MINUTE = 400
MIN_RATE_WORDS = 12
# A recording's length and its last word's end may differ by rounding, not by more.
MAX_OVERRUN_S = 1.5
MAX_BACKWARD_S = 1.0
# Of the words, how many may have no length, or be missing from the text, before it is a broken one.
MAX_BROKEN_SHARE = 0.5
# A phrase of at most so many words, said so often in a row, is the transcriber's loop.
LOOP_PHRASE_WORDS = 8
LOOP_TIMES = 4
LOOP_MIN_WORDS = 12


def abstain(answer: SpokenAnswer) -> NotScored | None:
    """Why the turn is not scored, or None where it can be."""
    text = answer.text[:MAX_CHARACTERS]
    rest = without_orders(text)
    if all(HESITATION.match(token) for token in words(text)):
        return not_scored(Reason.SILENCE)
    if problem := transcript_problem(answer):
        return NotScored(Reason.UNTRUSTWORTHY, f"{TEXTS[Reason.UNTRUSTWORTHY]} {problem}")
    if rest != text and len(words(rest)) <= 2:
        return not_scored(Reason.INSTRUCTIONS)
    reason = _reason(rest, answer.question)
    return not_scored(reason) if reason else None


def not_scored(reason: Reason) -> NotScored:
    return NotScored(reason, TEXTS[reason])


def _reason(text: str, question: str) -> Reason | None:
    low = lower(text)
    tokens = words(low)
    intent = read_intent(text, question)
    if intent is Intent.ANSWER:
        return None
    if intent in (Intent.GIBBERISH, Intent.OTHER_LANGUAGE, Intent.READ_BACK, Intent.EMPTY):
        return INTENTS[intent]
    is_told = _tells_something(low) or _doubts_late(intent, low)
    if len(tokens) >= LONG_REQUEST_WORDS or (len(tokens) >= MIN_ANSWER_WORDS and is_told):
        return _form(tokens)
    return INTENTS.get(intent, Reason.NOT_AN_ANSWER)


def _tells_something(low: str) -> bool:
    planned = len(planned_actions(low))
    return bool(own_actions(low)) or planned >= 2 or bool(planned and REASONED.search(low))


def _doubts_late(intent: Intent, low: str) -> bool:
    """Whether "I don't know" comes only after something was said."""
    first_words = " ".join(low.split()[:DOUBT_AFTER_WORDS])
    is_answer = read_intent(first_words, "") in (Intent.ANSWER, Intent.ONE_WORD)
    return intent is Intent.DOES_NOT_KNOW and is_answer


def _form(tokens: list[str]) -> Reason | None:
    """What makes the words no answer whatever they say: noise, or another language."""
    if is_other_language(tokens):
        return Reason.OTHER_LANGUAGE
    return Reason.GIBBERISH if is_gibberish(tokens) else None


def transcript_problem(answer: SpokenAnswer) -> str:
    """What shows that the transcript is not what was said, as a sentence; empty where nothing.

    Five signs: a phrase over and over, more words than can be spoken in the time, times that run
    backwards or beyond the recording, words without length, words that are not the text's.
    """
    tokens = words(answer.text)
    if loop := find_loop(tokens):
        return f'The phrase "{" ".join(loop)}" repeats as if the transcriber had been caught in it.'
    if not answer.words:
        return _rate_problem(len(tokens), answer.duration_s)
    return (
        _time_problem(answer)
        or _rate_problem(len(answer.words), answer.words[-1].end_s - answer.words[0].start_s)
        or _text_problem(answer, tokens)
    )


def find_loop(tokens: Sequence[str]) -> tuple[str, ...]:
    """The shortest phrase that is said four times or more in a row, over twelve words or more."""
    for size in range(1, LOOP_PHRASE_WORDS + 1):
        run = 0
        for n in range(size, len(tokens)):
            run = run + 1 if tokens[n] == tokens[n - size] else 0
            if run + size >= max(LOOP_TIMES * size, LOOP_MIN_WORDS):
                return tuple(tokens[n - size + 1 : n + 1])
    return ()


def _rate_problem(count: int, seconds: float | None) -> str:
    if seconds is None or count < MIN_RATE_WORDS:
        return ""
    if count * 60 > MAX_WORDS_PER_MINUTE * max(seconds, 0.1):
        return f"It has {count} words in {max(seconds, 0):.0f} seconds, which nobody can say."
    return ""


def _time_problem(answer: SpokenAnswer) -> str:
    times = [(word.start_s, word.end_s) for word in answer.words]
    if not all(math.isfinite(start) and math.isfinite(end) for start, end in times):
        return "Its words have no real times."
    starts = [start for start, _ in times]
    latest = accumulate(starts, max)
    is_backward = any(s < top - MAX_BACKWARD_S for s, top in zip(starts, latest, strict=True))
    if is_backward or any(end < start or start < 0 for start, end in times):
        return "The times of its words run backwards."
    if answer.duration_s is not None and times[-1][1] > answer.duration_s + MAX_OVERRUN_S:
        return "Its words end after the recording does."
    flat = sum(end - start <= 0 for start, end in times)
    if len(times) >= MIN_RATE_WORDS and flat > MAX_BROKEN_SHARE * len(times):
        return "Most of its words have no length."
    return ""


def _text_problem(answer: SpokenAnswer, tokens: Sequence[str]) -> str:
    timed = {token for word in answer.words for token in words(word.text)} - FUNCTION_WORDS
    meant = [token for token in tokens if token not in FUNCTION_WORDS]
    if len(meant) < MIN_RATE_WORDS:
        return ""
    strange = sum(token not in timed for token in meant)
    return "Its words and its text differ." if strange > MAX_BROKEN_SHARE * len(meant) else ""
