"""Cuts a text into the chunks that are sent to a speech provider.

Two things pull apart. Every request costs time before its first sound and begins with a fresh
intonation, so chunks should be large; a listener waits for the first one, and chunks are made in
parallel, so they should be small. Hence the sizes grow: a first chunk of at most
`first_max_characters`, then targets that double up to `LARGEST_TARGET`. While a chunk plays, a
provider that is twice as fast as speech finishes the next, and a long text still has enough chunks
to keep several workers busy.

A chunk is as many whole sentences as fit its target, or one sentence that does not. Only what
exceeds the limit, and an opening sentence too long to start with, is cut inside: at a clause, else
at a word, else between ideographs, else at any place that leaves graphemes whole.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator

from ai.graphemes import is_grapheme_break, nearest_grapheme_break
from ai.sentences import CLOSERS, SPOKEN, SentenceEnd, is_wide, scan_sentences

# Characters; about 40 s of speech. Beyond it a chunk sounds no better and only comes later.
LARGEST_TARGET = 600

# A cut that would leave a chunk emptier than this part of its limit gives way to a lesser one.
LEAST_FILL = 1 / 4

# The last kind is the full stop of people who write without capitals.
CLAUSE = re.compile(
    rf"(?:[,;:!?\u037E\u0387\u055D\u060C\u061B]|\.\.|\u2026)[{CLOSERS}]*\s+"
    rf"|[—、，；：﹐﹑﹔﹕､][{CLOSERS}]*\s*"
    r"|\s[–-]+\s+"
    rf"|(?<=[^\W\d_]{{3}})\.[{CLOSERS}]*\s+(?=[a-z])"
)
# Whitespace that may be cut after: no-break spaces are not.
WORD = re.compile(r"[^\S\u00A0\u202F]+")
NO_CHUNK_STARTS_WITH = frozenset({"Pe", "Pf", "Po", "Lm"})
NO_CHUNK_ENDS_WITH = frozenset({"Ps", "Pi"})


def split_text(text: str, *, max_characters: int, first_max_characters: int = 120) -> list[str]:
    """The chunks of `text`; joined they are `text`, unchanged.

    None is longer than `max_characters` (Python characters, that is code points), the first no
    longer than `first_max_characters` unless its first word is. None is without a letter or digit
    where a neighbour has room for it. Raises `ValueError` for a limit below 1.
    """
    if min(max_characters, first_max_characters) < 1:
        raise ValueError("The limits of a chunk must be at least 1")
    splitter = Splitter(text, max_characters)
    chunks: list[str] = []
    target = limit = min(first_max_characters, max_characters)
    start = 0
    while start < len(text):
        end = splitter.chunk_end(start, target, limit)
        chunks.append(text[start:end])
        target, limit = min(2 * target, LARGEST_TARGET, max_characters), max_characters
        start = end
    return list(join_unspoken(chunks, max_characters))


def join_unspoken(chunks: list[str], max_characters: int) -> Iterator[str]:
    """Give what has no letter or digit to the neighbour that has room for it."""
    held = chunks[0] if chunks else ""
    for chunk in chunks[1:]:
        has_room = len(held) + len(chunk) <= max_characters
        if has_room and bool(SPOKEN.search(held)) != bool(SPOKEN.search(chunk)):
            held += chunk
        else:
            yield held
            held = chunk
    if held:
        yield held


class Splitter:
    """Finds where the chunk that begins at an index ends. Looks no further than its limit."""

    def __init__(self, text: str, max_characters: int) -> None:
        self.text = text
        self.max_characters = max_characters
        self.ends = [*scan_sentences(text).ends, SentenceEnd(len(text), len(text))]
        self.marks = [end.mark for end in self.ends]
        self.last_spoken = last_spoken(text)

    def chunk_end(self, start: int, target: int, limit: int) -> int:
        """Gathers sentences to `target`; a single one, and a cut inside one, may reach `limit`."""
        spoken = SPOKEN.search(self.text, start, start + self.max_characters)
        if spoken is None:
            high = min(start + self.max_characters, len(self.text))
            return self.unspoken_end(start, high)
        low = spoken.end()
        end = (
            self.sentences_end(start, low, target, limit)
            or self.first_sentence_end(start, low, limit)
            or self.cut(start, low, max(limit, low - start))
        )
        has_room_for_all = len(self.text) - start <= self.max_characters
        return len(self.text) if end > self.last_spoken and has_room_for_all else end

    def unspoken_end(self, start: int, high: int) -> int:
        if high == len(self.text):
            return high
        word = self.last_match(WORD, start + 1, high)
        return word or nearest_grapheme_break(self.text, start, start + 1, high, high)

    def sentences_end(self, start: int, low: int, target: int, limit: int) -> int | None:
        index = bisect_right(self.marks, start + target) - 1
        if index < 0 or self.marks[index] < low:
            return None
        return self.fit(self.ends[index], start + limit)

    def first_sentence_end(self, start: int, low: int, limit: int) -> int | None:
        end = self.ends[bisect_right(self.marks, low - 1)]
        return self.fit(end, start + limit) if end.mark <= start + limit else None

    def fit(self, end: SentenceEnd, high: int) -> int:
        """With as much of the whitespace after the sentence as there is room for."""
        if end.end <= high:
            return end.end
        return high if is_grapheme_break(self.text, high) else end.mark

    def cut(self, start: int, low: int, limit: int) -> int:
        """The best place inside a sentence, between `low` and `limit` characters after `start`."""
        longest = start + self.max_characters
        high = start + limit
        if low <= self.last_spoken and len(self.text) - self.last_spoken <= self.max_characters:
            high = min(high, self.last_spoken)
            if longest < len(self.text):
                longest = min(longest, self.last_spoken)
        least = max(low, start + int(limit * LEAST_FILL))
        return (
            self.last_match(CLAUSE, least, high)
            or self.last_match(WORD, least, high)
            or self.last_ideograph(least, high)
            or self.last_match(WORD, low, high)
            or self.word_end(high, longest)
            or nearest_grapheme_break(self.text, start, low, high, longest)
        )

    def last_match(self, pattern: re.Pattern[str], low: int, high: int) -> int | None:
        """Where the last match that ends after `low` ends, and no grapheme is cut."""
        ends = [match.end() for match in pattern.finditer(self.text, low - 1, high)]
        whole = (end for end in reversed(ends) if is_grapheme_break(self.text, end))
        return next(whole, None)

    def last_ideograph(self, low: int, high: int) -> int | None:
        indexes = range(high, low - 1, -1)
        return next((i for i in indexes if is_ideograph_break(self.text, i)), None)

    def word_end(self, index: int, high: int) -> int | None:
        """The end of the word that goes on at `index`, if that is not after `high`."""
        match = WORD.search(self.text, index, high + 1)
        end = match and min(match.end(), high)
        return end if end and is_grapheme_break(self.text, end) else None


def last_spoken(text: str) -> int:
    """Where the last letter or digit is, or -1."""
    indexes = range(len(text) - 1, -1, -1)
    return next((i for i in indexes if SPOKEN.match(text, i)), -1)


def is_ideograph_break(text: str, index: int) -> bool:
    """Whether a line could be broken here as between Chinese characters (UAX 14, class ID)."""
    if not is_grapheme_break(text, index) or index >= len(text):
        return False
    before, after = text[index - 1], text[index]
    return (
        (is_wide(before) or is_wide(after))
        and unicodedata.category(before) not in NO_CHUNK_ENDS_WITH
        and unicodedata.category(after) not in NO_CHUNK_STARTS_WITH
    )
