"""What a candidate said, cut into pieces to be shown: which are quoted, and when each was said."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Piece:
    """Some characters, with their times in seconds where they are one timed word."""

    text: str
    start_s: float | None = None
    end_s: float | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """Pieces that follow each other and are all quoted, or all not."""

    is_quoted: bool
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """Characters of a text, from `start` to before `end`."""

    start: int
    end: int
    word: Json = field(default_factory=dict)


def cut_transcript(turn: Json, quotes: Iterable[Json]) -> tuple[Run, ...]:
    """The runs of a turn of the report's document; put together they are its text.

    `quotes` are those of the turn. One that is not in the text marks nothing.
    """
    text = turn["text"]
    words = find_words(text, turn["words"])
    quoted = [span for quote in quotes if (span := find_quote(text, quote, words))]
    cuts = sorted({0, len(text)}.union(*((span.start, span.end) for span in [*words, *quoted])))
    said_at = {span.start: span.word for span in words}
    pieces: list[tuple[bool, Piece]] = []
    word, word_end = None, 0
    for start, end in pairwise(cuts):
        if start in said_at:
            word, word_end = said_at[start], start + len(said_at[start]["text"])
        is_quoted = any(span.start <= start < span.end for span in quoted)
        pieces.append((is_quoted, _piece(text[start:end], word if start < word_end else None)))
    return tuple(
        Run(is_quoted, tuple(piece for _, piece in some))
        for is_quoted, some in groupby(pieces, key=lambda one: one[0])
    )


def find_words(text: str, words: Sequence[Json]) -> list[Span]:
    """Where each timed word stands in the text, as far as it does."""
    found, place = [], 0
    for word in words:
        start = text.find(word["text"], place) if word["text"] else -1
        if start >= 0:
            place = start + len(word["text"])
            found.append(Span(start, place, word))
    return found


def find_quote(text: str, quote: Json, words: Sequence[Span]) -> Span | None:
    """Where the quote stands; said twice, where its time is nearest."""
    starts = list(_occurrences(text, quote["text"]))
    if not starts:
        return None
    at = quote["start_s"]
    start = starts[0] if at is None else min(starts, key=lambda s: abs(_time(s, words) - at))
    return Span(start, start + len(quote["text"]))


def _occurrences(text: str, part: str) -> Iterable[int]:
    start = text.find(part) if part else -1
    while start >= 0:
        yield start
        start = text.find(part, start + 1)


def _time(place: int, words: Sequence[Span]) -> float:
    """When the first word from this place on was said."""
    number = bisect_right(words, place, key=lambda span: span.end)
    return float(words[number].word["start_s"]) if number < len(words) else 0.0


def _piece(text: str, word: Json | None) -> Piece:
    return Piece(text, word["start_s"], word["end_s"]) if word else Piece(text)
