"""Versioned rubrics: what answers and competencies are read against.

One file per version, `interviews/rubrics/<name>-<version>.toml`. A released file never changes, so
that a report from last year still says what its levels meant.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from ai.coach.bank import Kind, load_bank

HERE = Path(__file__).parents[1] / "rubrics"
FILE_NAME = re.compile(r"(?P<name>[a-z][a-z\-]*)-(?P<version>[1-9]\d*)\.toml\Z")
LEVELS = (1, 2, 3, 4, 5)
WHOLE_PERCENT = 100


class RubricError(Exception):
    """A rubric's file does not hold what it must. A fault of ours, never of a request."""


class UnknownRubricError(LookupError):
    """There is no rubric of that name and version."""


class Dimension(StrEnum):
    RELEVANCE = "relevance"
    STRUCTURE = "structure"
    SPECIFICITY = "specificity"
    OWNERSHIP = "ownership"
    OUTCOME = "outcome"


class Part(StrEnum):
    """What answers are made of. Behavioural ones: situation, task, action, result."""

    SITUATION = "situation"
    TASK = "task"
    ACTION = "action"
    RESULT = "result"
    ORDER = "order"
    REASON = "reason"
    CHECK = "check"
    ANSWER = "answer"
    LIMIT = "limit"
    CASE = "case"
    CLAIM = "claim"


@dataclass(frozen=True, slots=True)
class Scale:
    """Something that is scored. `anchors`: the observable behaviour at each level, 1 to 5."""

    id: str
    title: str
    description: str
    anchors: tuple[str, ...]

    def anchor(self, level: int) -> str:
        return self.anchors[level - 1]


@dataclass(frozen=True, slots=True)
class KindRules:
    """What is asked of answers to one kind of question. `weights` are percent and sum to 100."""

    parts: tuple[Part, ...]
    weights: Mapping[Dimension, int]


@dataclass(frozen=True, slots=True)
class Rubric:
    """`parts` says what each part is. `competencies` are keyed by the ids of the bank."""

    name: str
    version: int
    title: str
    kinds: Mapping[Kind, KindRules]
    parts: Mapping[Part, str]
    dimensions: Mapping[Dimension, Scale]
    competencies: Mapping[str, Scale]

    @property
    def id(self) -> str:
        """As stored beside a score: 'core-1'."""
        return f"{self.name}-{self.version}"


def load_rubric(name: str, version: int) -> Rubric:
    """Raises `UnknownRubricError`."""
    try:
        return _rubrics()[name, version]
    except KeyError:
        raise UnknownRubricError(f"{name}-{version}") from None


def latest_rubric(name: str = "core") -> Rubric:
    """The one for new interviews. Raises `UnknownRubricError`."""
    versions = [version for known, version in _rubrics() if known == name]
    return load_rubric(name, max(versions, default=0))


def all_rubrics() -> tuple[Rubric, ...]:
    """By name, the oldest version first."""
    return tuple(rubric for _, rubric in sorted(_rubrics().items()))


@cache
def _rubrics() -> dict[tuple[str, int], Rubric]:
    """Every rubric, checked whole. Raises `RubricError`."""
    found: dict[tuple[str, int], Rubric] = {}
    for path in sorted(HERE.glob("*.toml")):
        rubric = read_rubric(path)
        found[rubric.name, rubric.version] = rubric
    return found


def read_rubric(path: Path) -> Rubric:
    """One file. Raises `RubricError` naming it."""
    try:
        rubric = _rubric(tomllib.loads(path.read_text(encoding="utf-8")))
    except (KeyError, TypeError, ValueError) as exc:
        raise RubricError(f"{path.name}: {exc!r}") from exc
    file = FILE_NAME.match(path.name)
    if not file or (file["name"], int(file["version"])) != (rubric.name, rubric.version):
        raise RubricError(f"{path.name} holds {rubric.id}")
    return rubric


def _rubric(data: dict[str, Any]) -> Rubric:
    known = load_bank().competencies
    if set(data["competencies"]) != set(known):
        raise ValueError(f"competencies: {set(data['competencies']) ^ set(known)}")
    return Rubric(
        name=data["name"],
        version=data["version"],
        title=data["title"],
        kinds={kind: _kind_rules(data["kinds"][kind]) for kind in Kind},
        parts={part: data["parts"][part] for part in Part},
        dimensions={d: _scale(d, data["dimensions"][d]) for d in Dimension},
        competencies={
            id_: _scale(id_, {"title": c.name, "description": c.description}, data["competencies"])
            for id_, c in known.items()
        },
    )


def _kind_rules(row: dict[str, Any]) -> KindRules:
    weights = {Dimension(name): percent for name, percent in row["weights"].items()}
    if sum(weights.values()) != WHOLE_PERCENT:
        raise ValueError(f"weights sum to {sum(weights.values())}")
    return KindRules(tuple(Part(part) for part in row["parts"]), weights)


def _scale(id_: str, row: dict[str, Any], anchored: dict[str, Any] | None = None) -> Scale:
    anchors = tuple((anchored[id_] if anchored else row)["anchors"])
    if len(anchors) != len(LEVELS) or not all(anchors):
        raise ValueError(f"{id_}: {len(anchors)} anchors")
    return Scale(id_, row["title"], row["description"], anchors)
