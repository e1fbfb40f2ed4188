"""Finding a quote in what the candidate said, and when it was said.

A quote counts only if its words occur in one turn, in order and without gaps. How they are written
does not matter: case, punctuation, spacing, the kind of apostrophe. Nor do hesitations that a model
leaves out when it quotes. What is given back is what the candidate said, never what was asked for.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ai.providers.base import Word
from interviews.scoring.spoken import Quote, SpokenAnswer, Transcript

# Letters, figures and the marks that combine with them, with apostrophes within.
TOKEN = re.compile(r"(?:[^\W_]|[\u0300-\u036f])+(?:['\u2019\u02bc`](?:[^\W_]|[\u0300-\u036f])+)*")
APOSTROPHES = re.compile(r"['\u2019\u02bc`]")
HESITATION = re.compile(r"(?:u+h*m+|u+h+|e+r+m*|e+h+|h+m+|m{2,}|a+h+)\Z")
# Left out second: words that are fillers only here and there.
SOFT_FILLERS = frozenset(("like", "well", "so", "basically", "actually", "okay", "ok", "right"))
FILLER_PAIRS = frozenset((("you", "know"), ("i", "mean")))
MAX_QUOTE_TOKENS = 120
# How far ahead a word is looked for, in the text and among the timed words, where they differ.
LOOK_AHEAD = 12


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a text: `text[start:end]`, and what it is compared by."""

    start: int
    end: int
    key: str


def find_quote(quote: str, transcript: Transcript) -> Quote | None:
    """Where in the transcript the quote stands, with its time; None where it does not occur.

    The first place where its words stand as they are, else the first where they do but for
    fillers and stammers.
    """
    wanted = tokens_of(quote)
    if not 0 < len(wanted) <= MAX_QUOTE_TOKENS:
        return None
    turns = [tokens_of(turn.text) for turn in transcript.turns]
    for reduce in (without_hesitations, without_fillers):
        sought = reduce(wanted)
        for index, said in enumerate(turns):
            found = _find(sought, reduce(said))
            if found is not None:
                return _quote(transcript.turns[index], index, *found)
    return None


def with_times(quote: Quote, turns: Sequence[SpokenAnswer]) -> Quote:
    """The quote with the times of its words; None where it was typed or no word fits."""
    start_s, end_s = span_times(turns[quote.turn], quote.start, quote.end)
    return replace(quote, start_s=start_s, end_s=end_s)


def span_times(turn: SpokenAnswer, start: int, end: int) -> tuple[float | None, float | None]:
    """When `turn.text[start:end]` was said, in seconds of the turn's recording."""
    spoken = [w for token, w in align(turn) if token.start < end and token.end > start]
    if not spoken:
        return None, None
    return spoken[0].start_s, max(word.end_s for word in spoken)


def tokens_of(text: str) -> list[Token]:
    """The words, each with a key that is equal for all ways in which it may be written."""
    return [
        Token(match.start(), match.end(), key)
        for match in TOKEN.finditer(text)
        if (key := _key(match.group()))
    ]


def without_hesitations(tokens: Sequence[Token]) -> list[Token]:
    return [token for token in tokens if not HESITATION.match(token.key)]


def without_fillers(tokens: Sequence[Token]) -> list[Token]:
    """Also without fillers that are words, and without a word that is only said once more."""
    kept: list[Token] = []
    rest = iter(without_hesitations(tokens))
    token = next(rest, None)
    while token is not None:
        following = next(rest, None)
        if following and (token.key, following.key) in FILLER_PAIRS:
            following = next(rest, None)
        elif token.key not in SOFT_FILLERS and not (kept and kept[-1].key == token.key):
            kept.append(token)
        token = following
    return kept


def align(turn: SpokenAnswer) -> Iterator[tuple[Token, Word]]:
    """The words of the text with the timed words that they are.

    Transcribers do not always write both alike ("20%", "twenty percent"): where they differ, the
    nearest next pair of equal words goes on. Words without a real time are left out.
    """
    text = tokens_of(turn.text)
    timed = [(token.key, w) for w in turn.words if _is_timed(w) for token in tokens_of(w.text)]
    at, n = 0, 0
    while at < len(text) and n < len(timed):
        skipped = _next_pair([t.key for t in text[at : at + LOOK_AHEAD]], timed[n : n + LOOK_AHEAD])
        if skipped is None:
            at, n = at + 1, n + 1
            continue
        at, n = at + skipped[0], n + skipped[1]
        yield text[at], timed[n][1]
        at, n = at + 1, n + 1


def _next_pair(keys: Sequence[str], timed: Sequence[tuple[str, Word]]) -> tuple[int, int] | None:
    """How many of each to pass over, as few as possible, to come to an equal pair."""
    if keys[0] == timed[0][0]:
        return 0, 0
    pairs = [
        (n, m) for n, key in enumerate(keys) for m, (word, _) in enumerate(timed) if key == word
    ]
    return min(pairs, key=sum, default=None)


def _find(sought: Sequence[Token], said: Sequence[Token]) -> tuple[int, int] | None:
    """From where to where of the text the words sought stand in a row."""
    keys = [token.key for token in sought]
    if not keys:
        return None
    for n in range(len(said) - len(keys) + 1):
        if said[n].key == keys[0] and [t.key for t in said[n : n + len(keys)]] == keys:
            return said[n].start, said[n + len(keys) - 1].end
    return None


def _quote(turn: SpokenAnswer, index: int, start: int, end: int) -> Quote:
    return Quote(index, start, end, turn.text[start:end], *span_times(turn, start, end))


def _key(word: str) -> str:
    return APOSTROPHES.sub("", unicodedata.normalize("NFKC", word)).casefold()


def _is_timed(word: Word) -> bool:
    return math.isfinite(word.start_s) and math.isfinite(word.end_s) and word.start_s >= 0
