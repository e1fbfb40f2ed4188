"""One thing to keep and one to change, in the candidate's own words."""

from collections.abc import Sequence
from dataclasses import dataclass

from ai.coach.answer import LONG_WORDS
from ai.coach.bank import Kind
from interviews.scoring.rubric import Dimension, Part, Rubric
from interviews.scoring.scorer import AnswerScore, DimensionScore
from interviews.scoring.spoken import Quote

WORTH_KEEPING = 3
# Where several dimensions are as good or as far from good, the first of these is named.
ORDER = (
    Dimension.OUTCOME,
    Dimension.OWNERSHIP,
    Dimension.SPECIFICITY,
    Dimension.STRUCTURE,
    Dimension.RELEVANCE,
)


@dataclass(frozen=True, slots=True)
class Advice:
    """`text` holds the quote's words where there is one."""

    text: str
    dimension: Dimension
    quote: Quote | None


KEEP = {
    Dimension.STRUCTURE: "Keep how you lead the listener through it; “{quote}” is easy to follow.",
    Dimension.SPECIFICITY: "Keep details like “{quote}”: they can be pictured and checked.",
    Dimension.OWNERSHIP: "Keep saying what you did yourself, as in “{quote}”.",
    Dimension.OUTCOME: "Keep the end: “{quote}” says what came of it.",
}
CHANGE = {
    Dimension.RELEVANCE: "You said “{quote}”. Begin with a sentence that answers the question "
    "itself, then tell only what belongs to it.",
    Dimension.SPECIFICITY: "After “{quote}”, add one thing that could be checked: how many, how "
    "long, with what, or what was said.",
    Dimension.OWNERSHIP: "You said “{quote}”. Say which step was yours and why you took it.",
    Dimension.OUTCOME: "After “{quote}”, say what came of it, how you know, and what you do "
    "differently since.",
}
HOW_KNOWN = (
    "At the end you said “{quote}”. Say how you know, with a figure or with what somebody said, "
    "and what you do differently since."
)
ON_TOPIC = "Keep “{quote}”: it is about the question. Build on it."
MISSING = {
    Part.SITUATION: "Before “{quote}”, say in one sentence where and when this was.",
    Part.TASK: "Before “{quote}”, say what you were there to do.",
    Part.ACTION: "You said “{quote}”. Say what you did, step by step.",
    Part.RESULT: "After “{quote}”, say what came of it.",
    Part.ORDER: "You said “{quote}”. Say what comes first, and what next.",
    Part.REASON: "You said “{quote}”. Say why that and not something else.",
    Part.CHECK: "After “{quote}”, say how you would see whether it works.",
    Part.ANSWER: "You said “{quote}”. Begin with the answer itself.",
    Part.LIMIT: "After “{quote}”, say when it does not hold, or what it costs.",
    Part.CASE: "After “{quote}”, tell one case from your own experience.",
    Part.CLAIM: "You said “{quote}”. Say first what you yourself want or value.",
}
# What to say of a dimension that is good already.
POLISH = {
    Dimension.RELEVANCE: "Good already. To make it better still, say in the first sentence how "
    "“{quote}” answers the question.",
    Dimension.STRUCTURE: "Good already. To make it better still, shorten what stands around "
    "“{quote}”.",
    Dimension.SPECIFICITY: "Good already. To make it better still, add a figure or the words that "
    "were said to “{quote}”.",
    Dimension.OWNERSHIP: "Good already. To make it better still, add to “{quote}” what you decided "
    "and why.",
    Dimension.OUTCOME: "Good already. To make it better still, say how you know that “{quote}”, or "
    "what you do differently since.",
}
GOOD = 4
SHORTEN = "It has about {words} words. Keep what belongs to “{quote}” and leave the rest out."
PLANNED_OWNERSHIP = "You said “{quote}”. Say what you yourself would do first, and next."
OWN_REASON = "You said “{quote}”. Say what you yourself have done or seen that shows it."


def thing_to_keep(score: AnswerScore) -> Advice | None:
    """What was best; None where nothing reaches level 3 without doubt.

    That it is about the question is named only where there is nothing else: rules see least of it.
    """
    good = [
        found
        for found in _scored(score)
        if (found.level or 0) >= WORTH_KEEPING and not found.is_doubtful
    ]
    best = max(
        good,
        key=lambda found: (found.dimension in KEEP, found.level or 0, -_rank(found)),
        default=None,
    )
    return _advice(KEEP.get(best.dimension, ON_TOPIC), best) if best else None


def thing_to_change(score: AnswerScore, rubric: Rubric, *, word_count: int) -> Advice | None:
    """What would raise the score most; None where every dimension is at its highest level."""
    weights = rubric.kinds[score.kind].weights
    worst = max(
        _scored(score),
        key=lambda found: (
            weights[found.dimension] * (5 - (found.level or 5)),
            _lacks_a_part(score, found),
            -_rank(found),
        ),
        default=None,
    )
    if worst is None or worst.level == 5:
        return None
    text = _change_text(score, worst, word_count)
    return _advice(text, worst)


def _lacks_a_part(score: AnswerScore, found: DimensionScore) -> bool:
    is_structure = found.dimension is Dimension.STRUCTURE
    return is_structure and not all(part.is_found for part in score.parts)


def _is_found(score: AnswerScore, part: Part) -> bool:
    return any(found.is_found for found in score.parts if found.part is part)


def _change_text(score: AnswerScore, worst: DimensionScore, word_count: int) -> str:
    if (worst.level or 0) >= GOOD and not _lacks_a_part(score, worst):
        return POLISH[worst.dimension]
    if worst.dimension is Dimension.STRUCTURE:
        missing = next((found.part for found in score.parts if not found.is_found), None)
        if word_count > LONG_WORDS:
            return SHORTEN.replace("{words}", str(round(word_count, -1)))
        return MISSING[missing] if missing else CHANGE[Dimension.SPECIFICITY]
    if worst.dimension is Dimension.OUTCOME and _is_found(score, Part.RESULT):
        return HOW_KNOWN
    if worst.dimension is Dimension.OWNERSHIP and score.kind is Kind.SITUATIONAL:
        return PLANNED_OWNERSHIP
    if worst.dimension is Dimension.OWNERSHIP and score.kind is Kind.MOTIVATION:
        return OWN_REASON
    return CHANGE[worst.dimension]


def _advice(text: str, found: DimensionScore) -> Advice:
    quote = _fitting(text, found.quotes)
    return Advice(text.replace("{quote}", " ".join(quote.text.split())), found.dimension, quote)


def _fitting(text: str, quotes: Sequence[Quote]) -> Quote:
    """What comes before the first words, after the last ones, or else the most telling."""
    if text.startswith("Before"):
        return quotes[0]
    if text.startswith(("After", "At the end")):
        return quotes[-1]
    return max(quotes, key=lambda quote: len(quote.text.split()))


def _scored(score: AnswerScore) -> list[DimensionScore]:
    return [found for found in score.dimensions.values() if found.level is not None]


def _rank(found: DimensionScore) -> int:
    return ORDER.index(found.dimension)
