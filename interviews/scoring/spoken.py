"""What a candidate said: one turn with its words and times, and quotes from several turns."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from ai.coach.conversation import clean
from ai.coach.language import WORD, words
from ai.providers.base import Word

# How far ahead in the text a transcribed word is looked for before it is passed over.
ALIGN_WITHIN_WORDS = 12
TURN_BREAK = "\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenAnswer:
    """One turn of the candidate.

    `words` is empty and `duration_s` None where it was typed; `duration_s` is of the recording.
    `hears_fillers` is whether the transcriber writes "um" and "uh" down; None where unknown.
    """

    text: str
    question: str = ""
    words: tuple[Word, ...] = ()
    duration_s: float | None = None
    hears_fillers: bool | None = None

    @property
    def is_spoken(self) -> bool:
        return self.duration_s is not None or bool(self.words)

    @property
    def word_count(self) -> int:
        return len(words(self.text))


@dataclass(frozen=True, slots=True)
class Quote:
    """The candidate's words, exactly: `turns[turn].text[start:end] == text`.

    Times are seconds from the start of that turn's recording; None where it was typed or the
    transcript's words do not match its text there.
    """

    turn: int
    start: int
    end: int
    text: str
    start_s: float | None = None
    end_s: float | None = None


class Transcript:
    """Several turns read as one text, one line each, in which every place knows its turn.

    `text` is what rules read: the turns without markup and control characters, each character in
    its place, so that a span of it is a quote of a turn.
    """

    def __init__(self, turns: Sequence[SpokenAnswer]) -> None:
        self.turns = tuple(turns)
        self.text = TURN_BREAK.join(plain(turn.text) for turn in self.turns)
        self._starts = [0]
        for turn in self.turns[:-1]:
            self._starts.append(self._starts[-1] + len(turn.text) + len(TURN_BREAK))
        self._times: dict[int, list[tuple[int, int, Word]]] = {}

    def quote(self, start: int, end: int) -> Quote:
        """The span as the candidate wrote or said it. It must lie within one turn."""
        index = bisect_right(self._starts, start) - 1
        turn, offset = self.turns[index], self._starts[index]
        start, end = start - offset, min(end - offset, len(turn.text))
        spoken = [word for s, e, word in self._aligned(index) if s < end and e > start]
        return Quote(
            index,
            start,
            end,
            turn.text[start:end],
            spoken[0].start_s if spoken else None,
            spoken[-1].end_s if spoken else None,
        )

    def _aligned(self, index: int) -> list[tuple[int, int, Word]]:
        if index not in self._times:
            self._times[index] = align(self.turns[index])
        return self._times[index]


TAG = re.compile(r"</?[A-Za-z!][^<>]*>")
NOT_PLAIN = re.compile(r"[^\x20-\x7e\n]")


def plain(text: str) -> str:
    """The text with tags and control characters as spaces and plain quotes, nothing moved."""
    text = TAG.sub(lambda tag: " " * len(tag.group()), text)
    return NOT_PLAIN.sub(_plain_character, text)


def _plain_character(match: re.Match[str]) -> str:
    cleaned = clean(match.group())
    return cleaned if len(cleaned) == 1 else " "


def align(turn: SpokenAnswer) -> list[tuple[int, int, Word]]:
    """Where in the turn's text each of its words stands. Words that are not there are left out."""
    places = list(WORD.finditer(turn.text.lower()))
    found: list[tuple[int, int, Word]] = []
    cursor = 0
    for word in turn.words:
        token = next((match.group() for match in WORD.finditer(word.text.lower())), "")
        for n in range(cursor, min(cursor + ALIGN_WITHIN_WORDS, len(places))):
            if places[n].group() == token:
                found.append((places[n].start(), places[n].end(), word))
                cursor = n + 1
                break
    return found
