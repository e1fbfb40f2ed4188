"""From a place in an answer to words of the candidate that can be shown: a clause."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from ai.coach.elements import Span
from ai.coach.quoting import TRAILING
from interviews.scoring.masking import is_quotable
from interviews.scoring.spoken import Quote, Transcript

# A quote is cut after so many words, unless its clause ends within a few more.
MAX_WORDS, MAX_WHOLE_WORDS = 16, 20
MIN_WORDS = 3
MAX_QUOTES = 3
# Of many spans, how many are looked at; and from how many words on a clause tells something.
MAX_TRIED = 12
TELLING_WORDS = 4
# A clause begins after these; a transcript without punctuation has little else.
BREAK = re.compile(r"[.!?;:\n]|,[ ]| (?=(?:and then|and so|but|so|because|then|which) )")
WORD = re.compile(r"\S+")
JOINING = frozenset(
    [
        "so",
        "and",
        "but",
        "well",
        "um",
        "uh",
        "er",
        "erm",
        "hmm",
        "like",
        "then",
        "yeah",
        "okay",
        "ok",
        "right",
        "because",
    ]
)
LOOK_BACK_CHARACTERS = 160


def clause_around(text: str, span: Span) -> Span:
    """The clause in which the span stands, cut to what can be read at a glance."""
    before = max(span.start - LOOK_BACK_CHARACTERS, 0)
    breaks = [match.end() for match in BREAK.finditer(text, before, span.start)]
    start = breaks[-1] if breaks else _word_start(text, before)
    ahead = list(WORD.finditer(text, start, span.start))
    if len(ahead) > MAX_WORDS // 2:
        start = ahead[-MAX_WORDS // 2].start()
    following = BREAK.search(text, max(span.end, start + 1))
    end = following.start() if following else len(text)
    tokens = _at_a_glance(text, start, end)
    if len(tokens) < TELLING_WORDS and following and text[following.start()] not in ".!?\n":
        beyond = BREAK.search(text, following.end())
        end = beyond.start() if beyond else len(text)
        tokens = _at_a_glance(text, start, end)
    tokens = _without_ragged_ends(tokens)
    if not tokens:
        return span
    end = tokens[-1].start() + len(tokens[-1].group().rstrip(",;:"))
    return Span(tokens[0].start(), end, text[tokens[0].start() : end])


def _at_a_glance(text: str, start: int, end: int) -> list[re.Match[str]]:
    tokens = list(WORD.finditer(text, start, end))
    return tokens if len(tokens) <= MAX_WHOLE_WORDS else tokens[:MAX_WORDS]


def _without_ragged_ends(tokens: list[re.Match[str]]) -> list[re.Match[str]]:
    """Without the small words that only join, at its start, or that promise more, at its end."""
    while len(tokens) > MIN_WORDS and _bare(tokens[0]) in JOINING:
        tokens = tokens[1:]
    while len(tokens) > MIN_WORDS and _bare(tokens[-1]) in TRAILING | JOINING:
        tokens = tokens[:-1]
    return tokens


def _bare(token: re.Match[str]) -> str:
    return token.group().strip(",.;:!?").lower()


def _word_start(text: str, at: int) -> int:
    return at if at == 0 else text.find(" ", at) + 1


def quotable(transcript: Transcript, read: str, spans: Iterable[Span]) -> tuple[Quote, ...]:
    """Up to three quotes for the spans of `read`: their clauses, where they may be shown.

    The first spans come first in choosing; clauses of a few words only where there are no others.
    """
    shown = [found for span in islice(spans, MAX_TRIED) if (found := _shown(read, span))]
    shown.sort(key=lambda found: len(WORD.findall(found.text)) < TELLING_WORDS)
    kept: list[Span] = []
    for found in shown:
        if all(found.end <= other.start or found.start >= other.end for other in kept):
            kept.append(found)
    kept = sorted(kept[:MAX_QUOTES], key=lambda found: found.start)
    return tuple(transcript.quote(found.start, found.end) for found in kept)


def _shown(text: str, span: Span) -> Span | None:
    """The clause around a span, or what of it may be shown."""
    return next(
        (f for f in _candidates(text, span) if f.text.strip() and is_quotable(f.text)), None
    )


def _candidates(text: str, span: Span) -> Iterator[Span]:
    clause = clause_around(text, span)
    yield clause
    yield Span(span.start, clause.end, text[span.start : clause.end])
    yield Span(clause.start, span.end, text[clause.start : span.end])
    yield Span(span.start, span.end, text[span.start : span.end])
