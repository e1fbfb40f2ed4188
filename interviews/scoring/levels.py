"""The rules: from the evidence in an answer to a level, a reason, and the words that show it.

Each rule returns a `Finding`. The rules are written out in `docs/scoring.md`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ai.coach.answer import LONG_WORDS, SHORT_WORDS
from ai.coach.bank import Kind, Question
from ai.coach.elements import Span
from interviews.scoring.evidence import Evidence, first_of
from interviews.scoring.relevance import Touch, touch
from interviews.scoring.rubric import Dimension, Part, Rubric

# How much of a level follows from what is found, and how much from how concretely it is told.
RULE_SHARE = 0.2
# A fit leans to the middle of the scale; this leans back.
MIDDLE, STRETCH = 3.0, 1.2
# A plain answer to the question stands a level above how concrete it is.
ABOUT_THE_QUESTION = 0.9
# Ends are told less often, and less concretely, than beginnings.
OUTCOME_IS_RARER = -0.5
# An answer of fewer words may be to the point without one of the expected ones.
ENOUGH_WORDS = 50
# The most that an answer gets of which it is unknown whether it answers the question.
MOST_UNCLEAR = 4


@dataclass(frozen=True, slots=True)
class Finding:
    """`spans` index the evidence's text, those that show the level best first.

    `is_doubtful` where the rule sees too little to praise anything for it.
    """

    level: int
    reason: str
    spans: tuple[Span, ...]
    is_doubtful: bool = False


def parts_found(evidence: Evidence, parts: Sequence[Part]) -> dict[Part, tuple[Span, ...]]:
    """Which parts of such an answer are there, and the words that show each."""
    return {part: _part(evidence, part) for part in parts}


def _part(evidence: Evidence, part: Part) -> tuple[Span, ...]:
    if part is Part.ACTION and evidence.kind is Kind.BEHAVIOURAL:
        return first_of(evidence.own, evidence.shared)
    if part is Part.ORDER and len(evidence.planned) < 2:
        return ()
    if part is Part.ANSWER and evidence.word_count < SHORT_WORDS:
        return ()
    return PARTS[part](evidence)


PARTS: dict[Part, Callable[[Evidence], tuple[Span, ...]]] = {
    Part.SITUATION: lambda e: e.situation,
    Part.TASK: lambda e: e.task,
    Part.ACTION: lambda e: e.planned,
    Part.RESULT: lambda e: e.result,
    Part.ORDER: lambda e: e.order,
    Part.REASON: lambda e: e.reason,
    Part.CHECK: lambda e: e.check,
    Part.LIMIT: lambda e: e.limit,
    Part.CASE: lambda e: e.case,
    Part.CLAIM: lambda e: e.claim,
    Part.ANSWER: lambda e: e.opening,
}


def clamp(level: float) -> int:
    return max(1, min(5, int(level)))


def relevance(evidence: Evidence, question: Question | None) -> Finding:
    met = touch(evidence, question)
    if met is None:
        return Finding(3, "The question is not known well enough to say more.", evidence.opening)
    level = _relevance_level(evidence, met)
    if level <= 2:
        return Finding(level, RELEVANCE_TEXTS[level], evidence.opening)
    if not met.is_clear:
        return Finding(level, UNCLEAR, evidence.opening, is_doubtful=True)
    return Finding(level, RELEVANCE_TEXTS[level], met.spans)


RELEVANCE_TEXTS = {
    1: "Little in it touches the question.",
    2: "It is general, or its words have little to do with this question's.",
    3: "It is about the question, but partly general.",
    4: "It seems to answer the question.",
    5: "It seems to answer the question, and is told concretely.",
}
UNCLEAR = (
    "Few of the words that answers to this use are in it, so rules cannot tell whether it is one: "
    "please check."
)


def _relevance_level(evidence: Evidence, met: Touch) -> int:
    level = nearest(concreteness(evidence) + ABOUT_THE_QUESTION)
    if is_hollow(evidence):
        level = min(level, 3)
    if met.is_touched:
        level = max(level, 2)
    if not met.is_clear:
        level = min(level, MOST_UNCLEAR)
    if evidence.word_count >= ENOUGH_WORDS and met.is_beside():
        level = min(level, 2)
    return level


def is_hollow(evidence: Evidence) -> bool:
    """Whether it says what is always true and nothing else."""
    told = len(evidence.own) + len(evidence.planned) + len(evidence.numbers)
    return len(evidence.hollow) > told


def mixed(rule: float, evidence: Evidence, *, offset: float = 0.0) -> int:
    """What the rule finds, held against how concretely it is told: a part that is only named or
    told in general words is half a part."""
    told = concreteness(evidence) + offset
    return nearest(RULE_SHARE * rule + (1 - RULE_SHARE) * told)


def structure(evidence: Evidence, parts: dict[Part, tuple[Span, ...]]) -> Finding:
    there = [part for part, spans in parts.items() if spans]
    missing = [part for part, spans in parts.items() if not spans]
    level = mixed(1 + len(there) * 4 / len(parts), evidence)
    if Part.ACTION in missing:
        level = min(level, 2)
    if evidence.word_count > LONG_WORDS:
        level = min(level, 3)
    if evidence.word_count < SHORT_WORDS:
        level = min(level, 2)
    spans = tuple(spans[0] for spans in parts.values() if spans) or evidence.opening
    return Finding(level, _structure_text(missing, level), spans)


def _structure_text(missing: list[Part], level: int) -> str:
    if not missing:
        told = ", though some are named rather than told" if level <= 3 else ""
        return f"All its parts are there{told}."
    names = ", ".join(part.value for part in missing)
    rest = " The rest is named rather than told." if level == 1 else ""
    return f"Not found: {names}.{rest}"


def specificity(evidence: Evidence) -> Finding:
    level = nearest(concreteness(evidence))
    spans = (
        *evidence.numbers,
        *evidence.speech,
        *evidence.names,
        *first_of(evidence.own, evidence.planned),
    )
    return Finding(level, SPECIFIC_TEXTS[level], spans if level > 1 else evidence.opening)


SPECIFIC_TEXTS = {
    1: "It is general; nothing in it could be checked.",
    2: "One or two concrete details stand among general statements.",
    3: "It is concrete in places.",
    4: "It is concrete enough to picture.",
    5: "It is concrete at every step.",
}


def concreteness(evidence: Evidence) -> float:
    """How concrete an answer is, from about 1 to about 5. The weights were fitted and rounded."""
    told = (
        1.45
        + 0.035 * min(len(evidence.concrete), 20)
        + 1.0 * evidence.concrete_share
        + 0.12 * min(len(evidence.numbers), 4)
        + 0.15 * min(len(evidence.speech), 2)
        + 0.075 * min(len(evidence.acts), 4)
        + 0.05 * min(evidence.link_count, 6)
        + 0.17 * min(len(evidence.conditions), 4)
        + 0.025 * min(evidence.event_rate, 8)
        - 0.062 * min(evidence.empty_rate, 25)
        - 0.09 * min(max(evidence.listing_rate - 5, 0), 20)
    )
    return MIDDLE + STRETCH * (told - MIDDLE)


def nearest(level: float) -> int:
    return clamp(level + 0.5)


def ownership(evidence: Evidence) -> Finding:
    own = evidence.own if evidence.kind is Kind.BEHAVIOURAL else (*evidence.own, *evidence.planned)
    shared = len(evidence.shared)
    level = mixed(OWN_LEVELS[min(len(own), 4)], evidence)
    if not own and evidence.kind is not Kind.MOTIVATION:
        level = min(level, 2)
    if shared > 2 * len(own):
        level = min(level, 3)
    return Finding(level, OWNERSHIP_TEXTS[level], first_of(own, evidence.shared, evidence.opening))


OWN_LEVELS = {0: 1, 1: 3, 2: 3.5, 3: 4, 4: 5}
OWNERSHIP_TEXTS = {
    1: "Nobody is seen acting.",
    2: "Your own part is named rather than told.",
    3: "A step of your own can be seen.",
    4: "Several steps are your own.",
    5: "Your own steps and choices carry it.",
}


def outcome(evidence: Evidence) -> Finding:
    told, learned = evidence.result, evidence.reflection
    if not told and not learned:
        return Finding(1, "It does not say how it ended.", evidence.ending)
    if not told:
        return Finding(2, "It says what you took from it, but not how it ended.", learned)
    rule = 2 + bool(evidence.checkable_result) + 2 * bool(learned)
    level = mixed(rule, evidence, offset=OUTCOME_IS_RARER)
    return Finding(level, _outcome_text(evidence, level), (*told[-2:], *learned[:1]))


def _outcome_text(evidence: Evidence, level: int) -> str:
    if level <= 2:
        return "An end is named rather than told."
    if not evidence.checkable_result:
        return "It says how it ended, with little that could be checked."
    if not evidence.reflection:
        return "It says how it ended and what changed."
    return "It says how it ended, what changed and what you took from it."


def find_levels(
    evidence: Evidence, question: Question | None, rubric: Rubric
) -> dict[Dimension, Finding]:
    """A finding for each dimension that applies to this kind of question."""
    rules = rubric.kinds[evidence.kind]
    parts = parts_found(evidence, rules.parts)
    found = {
        Dimension.RELEVANCE: relevance(evidence, question),
        Dimension.STRUCTURE: structure(evidence, parts),
        Dimension.SPECIFICITY: specificity(evidence),
        Dimension.OWNERSHIP: ownership(evidence),
        Dimension.OUTCOME: outcome(evidence),
    }
    return {dimension: found[dimension] for dimension in rules.weights}
