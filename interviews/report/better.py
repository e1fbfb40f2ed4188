"""Whether a better version of an answer holds only what the candidate said.

A model that improves an answer is tempted to invent: a figure, a client, a happy end. What it
writes is kept only if every word with meaning, outside of [gaps], is in the candidate's own words,
and if what "I" does in it is what "I" did there.
"""

from __future__ import annotations

import re

from ai.coach.language import FUNCTION_WORDS, stem, words
from ai.coach.privacy import is_abuse, is_personal
from interviews.report.judgement import GAP

MAX_CHARACTERS = 2_500
MIN_WORDS = 8
MAX_GAP_WORDS = 12
# They order what is told and add nothing to it.
LINKS_LIST = """
across afterwards along although around because before behind beside between during finally first
hence however initially instead later meanwhile next onto per previously result second secondly
since so then therefore third though thus towards upon via when whereas while which within
"""
LINK_STEMS = frozenset(stem(word) for word in LINKS_LIST.split())
# Figures in words. "One" and "first" are hardly ever meant as such.
COUNTED_LIST = """
two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty sixty
seventy eighty ninety twice half dozen hundred thousand million
"""
COUNTED = frozenset(COUNTED_LIST.split())
NEGATIONS = re.compile(r"\b(?:not|never|no|none|nobody|nothing|without|cannot)\b|n't\b")
SUBJECTS = frozenset(("i", "we", "he", "she", "they", "you", "it", "who"))
CONTRACTED = re.compile(r"\b(i|we|he|she|they|you|it|who)'(?:m|d|ve|ll|re|s)\b")


def is_from_facts(better: str, transcript: str) -> bool:
    """Whether the version says nothing that the transcript does not say."""
    told = _plain(GAP.sub(" . ", better))
    said = _plain(transcript)
    if len(better) > MAX_CHARACTERS or len(words(told)) < MIN_WORDS or is_personal(told):
        return False
    if not all(is_mark(gap, said) for gap in GAP.findall(better)):
        return False
    return not (
        invented_words(told, said)
        or _own_acts(told) - _own_acts(said, all_of_them=True)
        or _denied(told) - _denied(said)
        or _denied(said) & _affirmed(told) - _affirmed(said)
    )


def is_mark(gap: str, said: str) -> bool:
    """Whether a gap says what is missing, and does not fill it: no act of "I", no new figure."""
    marked = words(_plain(gap))
    figures = {word for word in marked if _is_figure(word)}
    return (
        len(marked) <= MAX_GAP_WORDS
        and not {"i", "we"} & set(marked)
        and figures <= set(words(said))
        and not is_personal(gap)
        and not is_abuse(gap)
    )


def invented_words(told: str, said: str) -> set[str]:
    """Words with meaning, figures and names that were not said."""
    said_words = set(words(said))
    said_stems = {stem(word) for word in said_words}
    return {
        word
        for word in words(told)
        if (word not in said_words if _is_figure(word) else _is_invented(word, said_stems))
    }


def _is_figure(word: str) -> bool:
    return word in COUNTED or any(character.isdigit() for character in word)


def _is_invented(word: str, said_stems: set[str]) -> bool:
    return word not in FUNCTION_WORDS and stem(word) not in said_stems | LINK_STEMS


def _own_acts(text: str, *, all_of_them: bool = False) -> set[str]:
    """Stems of what follows "I": the first word with meaning, or all up to the next subject."""
    found: set[str] = set()
    is_own = False
    for word in words(text):
        if word in SUBJECTS:
            is_own = word == "i"
        elif is_own and word not in FUNCTION_WORDS:
            found.add(stem(word))
            is_own = all_of_them
    return found


def _denied(text: str) -> set[str]:
    return _after_negation(text, is_denied=True)


def _affirmed(text: str) -> set[str]:
    return _after_negation(text, is_denied=False)


def _after_negation(text: str, *, is_denied: bool) -> set[str]:
    """Stems of words with meaning that are the first, or are not the first, after a negation."""
    found: set[str] = set()
    is_after = False
    for word in words(text):
        if NEGATIONS.search(word):
            is_after = True
        elif word not in FUNCTION_WORDS:
            if is_after is is_denied:
                found.add(stem(word))
            is_after = False
    return found


def _plain(text: str) -> str:
    low = text.lower().replace("\u2019", "'").replace("-", " ")
    return CONTRACTED.sub(r"\1 ", low)
