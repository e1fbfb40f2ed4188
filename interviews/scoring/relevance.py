"""How much of an answer is about its question, by shared words and words of like meaning."""

from collections import Counter
from dataclasses import dataclass
from functools import cache
from math import log

from ai.coach.bank import Question, load_bank
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


@dataclass(frozen=True, slots=True)
class Touch:
    """`weight` grows with the number and rarity of the terms that are met; `spans` show them."""

    weight: float
    share: float
    spans: tuple[Span, ...]


def touch(evidence: Evidence, question: Question | None) -> Touch | None:
    """Where the answer touches the question; None where there is too little to compare with."""
    terms = question_terms(question) if question else frozenset()
    if not question or len(terms) < 2:
        return None
    alike = {group for term in terms for group in GROUPS.get(term, ())}
    role = load_bank().role_terms.get(question.role, frozenset())
    weights: dict[str, float] = {}
    spans: list[Span] = []
    for match in WORD.finditer(evidence.low):
        word = match.group()
        key, weight = _weight(word, terms, alike, role)
        if weight:
            weights[key] = max(weights.get(key, 0.0), weight)
            if weight > OF_ROLE:
                spans.append(Span(match.start(), match.end(), word))
    of_role = sum(w for w in weights.values() if w <= OF_ROLE)
    total = sum(w for w in weights.values() if w > OF_ROLE) + min(of_role, MOST_OF_ROLE)
    return Touch(total, _share(evidence, spans), tuple(spans))


def _weight(
    word: str, terms: frozenset[str], alike: set[str], role: frozenset[str]
) -> tuple[str, float]:
    """Under which key the word counts, and how much; 0 where it does not."""
    if word in FUNCTION_WORDS:
        return word, 0.0
    found = stem(word[:24])
    if found in terms:
        return found, SAME * rarity(found)
    if met := alike.intersection(GROUPS.get(found, ())):
        return min(met), ALIKE
    return found, OF_ROLE if found in role else 0.0


def _share(evidence: Evidence, spans: list[Span]) -> float:
    """Of the sentences, how many touch the question."""
    if not evidence.sentences:
        return 0.0
    touched = sum(
        any(sentence.start <= span.start < sentence.end for span in spans)
        for sentence in evidence.sentences
    )
    return touched / len(evidence.sentences)


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
