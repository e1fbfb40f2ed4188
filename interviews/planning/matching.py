"""What a question has in common with a person's texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Match:
    """`worth` is 0 to 1. `words` occur in the person's texts. `text` is the question asked anew."""

    worth: float
    words: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """What a person gave to be matched to."""

    job_description: str = ""
    resume: str = ""

    def __bool__(self) -> bool:
        return bool(self.job_description or self.resume)


Matches = Mapping[str, Match]
