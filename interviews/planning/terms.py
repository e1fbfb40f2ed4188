"""Matching questions to a job description and a résumé by the terms that they share.

A term counts the more, the fewer questions of the bank have it (its inverse document frequency).
The source of the measure: Spärck Jones (1972), "A statistical interpretation of term specificity
and its application in retrieval", https://doi.org/10.1108/eb026526
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from ai.coach.bank import Question, load_bank
from ai.coach.language import FUNCTION_WORDS, WORD, content_stems, stem, words
from ai.coach.privacy import is_abuse, is_personal
from interviews.planning.matching import Match, Matches, Texts

# Words of nearly every advertisement and résumé, which tell no job from another.
AD_WORDS_LIST = """
ability able across additional applicant applicants apply appointment ask asked background based
benefit benefits candidate candidates career careers closely colleague colleagues community
company competitive contract culture curriculum date day days degree describe desirable duties
duty employee employees employer employment ensure environment equal essential etc example
excellent experience experienced experiences expertise fast flexible follow full-time great hear
help hiring hour hours include including industry interview interviews job jobs join keep keeping
key knowledge level location look looking manager managers member members month months next offer
offering opportunities opportunity organisation organisations organization organizations part
part-time passionate pay pension person please position preferred previous professional proud
provide providing qualification qualifications qualified reference references relevant remote
report require required requirement requirements responsibilities responsibility responsible
resume role roles salary seek seeking skill skilled skills someone start strong successful support
supporting take task tasks team teams tell training understanding use used using vacancy value
values vitae week weeks work worked worker workers working workplace world would year years
"""
AD_WORDS = frozenset(AD_WORDS_LIST.split())

# A résumé says what somebody has done, an advertisement what they will be asked about.
RESUME_WEIGHT = 0.5
# Two terms that stand side by side in a text say more than the two apart.
PHRASE_BONUS = 0.5
MAX_WORDS = 5
MAX_WORD_CHARACTERS = 40


@dataclass(frozen=True, slots=True)
class Term:
    """A word of a text that may tell a job from another, and where it stands."""

    stem: str
    start: int
    end: int
    index: int


def match_terms(questions: Iterable[Question], texts: Texts, *, role: str) -> Matches:
    """The questions that share terms with the texts. The best one is worth 1.

    The role's own name is no term: every text for it has that.
    """
    job, resume = (read_terms(text, role) for text in (texts.job_description, texts.resume))
    found: dict[str, tuple[float, list[str]]] = {}
    for question in questions:
        known = _terms_by_question()[question.id]
        job_score, job_words = score(known, job, texts.job_description)
        resume_score, resume_words = score(known, resume, texts.resume)
        shared = unique([*job_words, *resume_words])[:MAX_WORDS]
        if shared:
            found[question.id] = job_score + RESUME_WEIGHT * resume_score, shared
    best = max((total for total, _ in found.values()), default=1.0)
    return {id_: Match(total / best, tuple(shared)) for id_, (total, shared) in found.items()}


def read_terms(text: str, role: str) -> list[Term]:
    """The terms of a text in order. `index` counts every word, so that neighbours are known."""
    terms = (
        Term(stem(token[:24]), match.start(), match.end(), index)
        for index, match in enumerate(WORD.finditer(text))
        if is_telling(token := match.group().lower())
    )
    title = _title_stems(role)
    return [term for term in terms if term.stem not in title]


def is_telling(token: str) -> bool:
    return (
        1 < len(token) <= MAX_WORD_CHARACTERS
        and token not in FUNCTION_WORDS
        and token not in AD_WORDS
        and not token.isdigit()
    )


def score(known: frozenset[str], terms: list[Term], text: str) -> tuple[float, list[str]]:
    """How much of a text a question shares, and the words of the text, the most telling first."""
    rarity = _rarity()
    shared = [term for term in terms if term.stem in known]
    weights = {text[start:end]: weight for start, end, weight in _stretches(shared, rarity)}
    shown = [word for word in sorted(weights, key=lambda word: -weights[word]) if is_fit(word)]
    total = sum(rarity[stem_] for stem_ in {term.stem for term in shared})
    phrases = {
        (one.stem, two.stem): rarity[one.stem] + rarity[two.stem] for one, two in neighbours(shared)
    }
    return total + PHRASE_BONUS * sum(phrases.values()), unique(shown)


def neighbours(terms: list[Term]) -> Iterator[tuple[Term, Term]]:
    """Different terms that stand side by side."""
    for one, two in zip(terms, terms[1:], strict=False):
        if two.index == one.index + 1 and one.stem != two.stem:
            yield one, two


def is_fit(word: str) -> bool:
    """Whether it may be shown as a reason: nothing personal, no abuse, and one line."""
    return not (is_personal(word) or is_abuse(word) or "\n" in word)


def unique(shown: Iterable[str]) -> list[str]:
    """In order, without what says no more than an earlier one, whatever its case and inflection."""
    kept: dict[str, frozenset[str]] = {}
    for word in shown:
        stems = content_stems(words(word))
        if not any(stems <= earlier for earlier in kept.values()):
            kept[word] = stems
    return list(kept)


def _stretches(terms: list[Term], rarity: dict[str, float]) -> Iterator[tuple[int, int, float]]:
    """Start, end and weight of each term, and of two that stand side by side as one."""
    paired: set[int] = set()
    for one, two in neighbours(terms):
        if one.index not in paired:
            paired |= {one.index, two.index}
            yield one.start, two.end, rarity[one.stem] + rarity[two.stem]
    for term in terms:
        if term.index not in paired:
            yield term.start, term.end, rarity[term.stem]


@cache
def _title_stems(role: str) -> frozenset[str]:
    known = load_bank().roles[role]
    return content_stems(words(" ".join((known.title, *known.also_called))))


@cache
def _terms_by_question() -> dict[str, frozenset[str]]:
    """The stems of each question's terms and text."""
    return {
        question.id: question.terms
        | {stem(token[:24]) for token in words(question.text) if is_telling(token)}
        for question in load_bank().questions
    }


@cache
def _rarity() -> dict[str, float]:
    """Each stem's inverse document frequency over the bank: ln(questions / questions with it)."""
    every = _terms_by_question().values()
    counts = Counter(stem_ for terms in every for stem_ in terms)
    return {stem_: math.log(len(every) / count) for stem_, count in counts.items()}
