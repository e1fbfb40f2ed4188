"""How much of an answer is about its question, by shared words and words of like meaning."""

from collections import Counter
from collections.abc import Set
from dataclasses import dataclass
from functools import cache
from math import log

from ai.coach.bank import GENERAL, Question, load_bank
from ai.coach.elements import Span
from ai.coach.language import FUNCTION_WORDS, WORD, content_stems, stem, words
from interviews.scoring.evidence import Evidence
from interviews.scoring.synonyms import GROUPS

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
# Below the first an answer hardly touches its question; from the second on it does. Between them
# it is beside it where more than half of the role's other questions are touched more.
LITTLE_WEIGHT, SOME_WEIGHT = 0.8, 1.6
MUCH_BESIDE = 0.5


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

    def is_beside(self) -> bool:
        """Whether the words seem to belong to other questions of the role rather than to this."""
        if self.weight < LITTLE_WEIGHT:
            return True
        if self.weight >= SOME_WEIGHT:
            return False
        others = [q for q in load_bank().questions if q.role in (self.question.role, GENERAL)]
        better = sum(weight_for(self.stems, other) > self.weight for other in others)
        return better > MUCH_BESIDE * len(others)


def touch(evidence: Evidence, question: Question | None) -> Touch | None:
    """Where the answer touches the question; None where there is too little to compare with."""
    if not question or len(question_terms(question)) < 2:
        return None
    spans = []
    stems = set()
    for match in WORD.finditer(evidence.low):
        if match.group() in FUNCTION_WORDS:
            continue
        found = stem(match.group()[:24])
        stems.add(found)
        if _touches(found, question):
            spans.append(Span(match.start(), match.end(), match.group()))
    return Touch(question, frozenset(stems), weight_for(stems, question), tuple(spans))


def weight_for(stems: Set[str], question: Question) -> float:
    """How much the words of an answer touch a question."""
    role = load_bank().role_terms.get(question.role, frozenset())
    alike = alike_groups(question)
    met = question_terms(question) & stems
    groups = {
        min(found)
        for found_stem in stems - met
        if (found := alike.intersection(GROUPS.get(found_stem, ())))
    }
    of_role = len((stems & role) - met)
    return sum(map(rarity, met)) * SAME + len(groups) * ALIKE + min(of_role * OF_ROLE, MOST_OF_ROLE)


def _touches(found: str, question: Question) -> bool:
    """Whether the stem is the question's own, or means the same."""
    return found in question_terms(question) or bool(
        alike_groups(question).intersection(GROUPS.get(found, ()))
    )


@cache
def alike_groups(question: Question) -> frozenset[str]:
    return frozenset(g for term in question_terms(question) for g in GROUPS.get(term, ()))


@cache
def question_terms(question: Question) -> frozenset[str]:
    """What an answer to it would touch: its own terms, its topic's and its text's words."""
    return (question.terms | content_stems(words(question.text))) - ASKING


@cache
def rarity(term: str) -> float:
    """1 for a term of one question alone, less the more questions share it."""
    counts = _term_counts()
    count = counts.get(term, 1)
    return max(LEAST_RARITY, 1 - log(count) / log(len(load_bank().questions)))


@cache
def _term_counts() -> Counter[str]:
    return Counter(term for q in load_bank().questions for term in question_terms(q))
