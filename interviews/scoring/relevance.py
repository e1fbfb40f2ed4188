"""How much of an answer is about its question, by shared words and words of like meaning."""

import tomllib
from collections import Counter
from dataclasses import dataclass
from functools import cache
from math import log
from pathlib import Path

from ai.coach.bank import Question, load_bank
from ai.coach.elements import Span
from ai.coach.language import FUNCTION_WORDS, WORD, content_stems, stem, words
from interviews.scoring.evidence import Evidence
from interviews.scoring.synonyms import GROUPS

HERE = Path(__file__).parent
# What a word counts that is the question's own, that means the same, or that is of the role's work.
SAME, ALIKE, OF_ROLE = 1.0, 0.7, 0.2
MOST_OF_ROLE = 1.0
# Words by which questions ask; they are no part of what is asked about.
ASKING = content_stems(
    words(
        "tell describe time would could make made did does get find give case person people"
        " somebody someone work year last week use most want need right good what which"
    )
)
# A term of so many questions that meeting it says little, counted by how rare it is.
LEAST_RARITY = 0.35
# Below the first an answer hardly touches its question; from the second on it does; from the third
# on so much that it is about it whatever words it leaves out.
LITTLE_WEIGHT, SOME_WEIGHT, ENOUGH_WEIGHT = 0.5, 1.6, 2.0


@dataclass(frozen=True, slots=True)
class Touch:
    """`weight` grows with the number and rarity of the terms that are met; `spans` show them."""

    question: Question
    stems: frozenset[str]
    weight: float
    spans: tuple[Span, ...]

    @property
    def is_touched(self) -> bool:
        return self.weight >= SOME_WEIGHT

    @property
    def is_clear(self) -> bool:
        """Whether enough is shared to say that it seems to answer the question."""
        return self.is_touched and self._has_crux is not False

    @property
    def _has_crux(self) -> bool | None:
        """None where no words are known of which an answer would use some."""
        crux = crux_stems().get(self.question.id)
        return None if crux is None else bool(crux & self.stems)

    def is_beside(self) -> bool:
        """Whether the answer seems to be about something else.

        Doubt counts for the candidate: it must hold none of the words that a story about this
        question would hardly do without, and few of those that its terms name.
        """
        if self._has_crux is None:
            return self.weight < LITTLE_WEIGHT
        return self.weight < ENOUGH_WEIGHT and not self._has_crux


def touch(evidence: Evidence, question: Question | None) -> Touch | None:
    """Where the answer touches the question; None where there is too little to compare with."""
    terms = question_terms(question) if question else frozenset()
    if not question or len(terms) < 2:
        return None
    alike = frozenset(group for term in terms for group in GROUPS.get(term, ()))
    places = [
        (stem(match.group()[:24]), match)
        for match in WORD.finditer(evidence.low)
        if match.group() not in FUNCTION_WORDS
    ]
    stems = frozenset(found for found, _ in places)
    touched = {s for s in stems if s in terms or alike.intersection(GROUPS.get(s, ()))}
    spans = tuple(
        Span(match.start(), match.end(), match.group())
        for found, match in places
        if found in touched
    )
    return Touch(question, stems, _weight(stems, terms, alike, question.role), spans)


def _weight(
    stems: frozenset[str], terms: frozenset[str], alike: frozenset[str], role: str
) -> float:
    met = terms & stems
    groups = {min(found) for s in stems - met if (found := alike.intersection(GROUPS.get(s, ())))}
    of_role = len((stems & load_bank().role_terms.get(role, frozenset())) - met)
    return SAME * sum(map(rarity, met)) + ALIKE * len(groups) + min(OF_ROLE * of_role, MOST_OF_ROLE)


@cache
def question_terms(question: Question) -> frozenset[str]:
    """What an answer to it would touch: its own terms, its topic's and its text's words."""
    return (question.terms | content_stems(words(question.text))) - ASKING


@cache
def crux_stems() -> dict[str, frozenset[str]]:
    """By question, the stems of which an answer to it would hardly use none."""
    rows = tomllib.loads((HERE / "crux.toml").read_text(encoding="utf-8"))
    return {id_: frozenset(map(stem, text.split())) for id_, text in rows.items()}


@cache
def rarity(term: str) -> float:
    """1 for a term of one question alone, less the more questions share it."""
    counts = _term_counts()
    count = counts.get(term, 1)
    return max(LEAST_RARITY, 1 - log(count) / log(len(load_bank().questions)))


@cache
def _term_counts() -> Counter[str]:
    return Counter(term for q in load_bank().questions for term in question_terms(q))
