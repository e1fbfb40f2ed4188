"""Short quotes of a candidate's own words that are safe and natural to say back."""

import re

from ai.coach.elements import Span
from ai.coach.privacy import is_abuse, is_personal

MAX_QUOTE_WORDS = 8
MIN_QUOTE_WORDS = 3
MAX_WORD_CHARACTERS = 20
MAX_CLAUSE_CHARACTERS = 400

TOKEN = re.compile(r"\S+")
QUOTABLE = re.compile(r"[$€£]?[A-Za-z0-9\u00c0-\u024f]+(?:['.\-/&+][A-Za-z0-9\u00c0-\u024f]+)*%?\Z")
PAUSE = re.compile(r"[,.;:!?)]+\Z")
# A clause ends before these, unless it has only just begun.
STOPPERS_LIST = """
and but because so which that when while after before then if although though since until um uh
er erm hmm basically okay ok where who like i we
"""
STOPPERS = frozenset(STOPPERS_LIST.split())
FILLERS = frozenset(("um", "uh", "er", "erm", "hmm", "like"))
# Where a clause that is too long for a quote is best cut: before its last added piece.
LINKS = frozenset(("to", "of", "in", "with", "for", "from", "on", "at", "by", "into", "about"))
# A quote does not end on these: they promise more.
TRAILING_LIST = """
the a an of to with my our your his her their its for in on at by from into about over up and or
but very really quite just some any this these those is was were be been not as than more also
would could should will every each all both me us them it's had has have that who i we
"""
TRAILING = frozenset(TRAILING_LIST.split())


def clause_from(text: str, start: int) -> Span | None:
    """The clause that begins at `start`, or None where it is unfit to be said back."""
    tokens = _trimmed(_clause_tokens(text, start))
    if len(tokens) < MIN_QUOTE_WORDS:
        return None
    end = tokens[-1].start() + len(_bare(tokens[-1]))
    quote = text[start:end]
    return None if is_personal(quote) or is_abuse(quote) else Span(start, end, quote)


def _clause_tokens(text: str, start: int) -> list[re.Match[str]]:
    """The words up to where the clause ends; one too many where it goes on beyond a quote."""
    tokens: list[re.Match[str]] = []
    for token in TOKEN.finditer(text, start, start + MAX_CLAUSE_CHARACTERS):
        bare = _bare(token)
        is_end = bare.lower() in (STOPPERS if len(tokens) >= 2 else FILLERS)
        if is_end or not QUOTABLE.match(bare) or len(bare) > MAX_WORD_CHARACTERS:
            break
        tokens.append(token)
        if bare != token.group() or len(tokens) > MAX_QUOTE_WORDS:
            break
    return tokens


def _trimmed(tokens: list[re.Match[str]]) -> list[re.Match[str]]:
    """No longer than a quote may be, and not ending on a word that promises more."""
    if len(tokens) > MAX_QUOTE_WORDS:
        links = [n for n, token in enumerate(tokens) if _bare(token).lower() in LINKS]
        tokens = tokens[: max((n for n in links if n >= MIN_QUOTE_WORDS), default=MAX_QUOTE_WORDS)]
    while tokens and _bare(tokens[-1]).lower() in TRAILING:
        tokens = tokens[:-1]
    return tokens


def _bare(token: re.Match[str]) -> str:
    return PAUSE.sub("", token.group())


def spoken(quote: Span) -> str:
    """The quote as it is said back: on one line, in single spaces."""
    return " ".join(quote.text.split())
