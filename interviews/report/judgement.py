"""What is judged of one answer, whoever judges it: the rules or a language model."""

from __future__ import annotations

import re
from dataclasses import dataclass

from interviews.scoring.spoken import Quote

GAP = re.compile(r"\[[^\[\]]+\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class PartFound:
    """One part of an answer's structure, and the words that are it."""

    id: str
    is_found: bool
    quotes: tuple[Quote, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """`level` is 1 to 5, or None where the score is withheld; `withheld` then says why.

    `samples` are the levels that a model gave when it was asked several times, in that order.
    """

    level: int | None
    reason: str = ""
    withheld: str = ""
    quotes: tuple[Quote, ...] = ()
    samples: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """`dimension` is the id of the one that it is about."""

    text: str
    dimension: str
    quote: Quote | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BetterVersion:
    """The candidate's own answer, told better. What they did not say stands in [brackets]."""

    text: str
    made_by: str

    @property
    def gaps(self) -> list[str]:
        return GAP.findall(self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """`scored_by` is a scorer's name: the rules' or a model's. `dimensions` are keyed by their ids.

    `level` is 1.0 to 5.0, None where every dimension is withheld. `competency` is None where
    nobody judged it by itself: then the answer's level stands for it.
    """

    scored_by: str
    level: float | None
    dimensions: dict[str, Score]
    competency: Score | None = None
    parts: tuple[PartFound, ...] = ()
    keep: Advice | None = None
    change: Advice | None = None
    better: BetterVersion | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotJudged:
    """Why an answer has no score at all: a stable code, and a sentence for the candidate."""

    code: str
    reason: str
