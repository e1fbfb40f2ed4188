"""The question bank: roles, competencies and questions, read from the TOML files beside this one.

Read once, on first use, and checked whole: a broken file raises `BankError` naming the place.
"""

import tomllib
from collections import Counter
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from ai.coach.language import content_stems, normal, sentences, words

HERE = Path(__file__).parent
MAX_QUESTION_WORDS = 30
GENERAL = "general"


class BankError(Exception):
    """A file of the bank does not hold what it must. A fault of ours, never of a request."""


class Kind(StrEnum):
    BEHAVIOURAL = "behavioural"
    SITUATIONAL = "situational"
    TECHNICAL = "technical"
    MOTIVATION = "motivation"


class Level(IntEnum):
    """How far into a career: a question of one level may also be put to every later one."""

    ENTRY = 1
    MID = 2
    SENIOR = 3


@dataclass(frozen=True, slots=True)
class Competency:
    """What a question is meant to show. `measurable`: an answer is stronger with a figure."""

    id: str
    name: str
    description: str
    measurable: bool


@dataclass(frozen=True, slots=True)
class Question:
    """`topic` completes "this is about ..."; `terms` are stems that an answer to it would touch.

    `id` is empty and `competency` is None for a question that is not of the bank.
    """

    id: str
    role: str
    kind: Kind
    level: Level
    competency: Competency | None
    text: str
    topic: str
    terms: frozenset[str]
    follow_up: str


@dataclass(frozen=True, slots=True)
class Role:
    """`title` as the role is called in a sentence; `also_called` are other titles for it."""

    id: str
    title: str
    field: str
    also_called: tuple[str, ...]


@dataclass(frozen=True)
class Bank:
    roles: dict[str, Role]
    competencies: dict[str, Competency]
    questions: tuple[Question, ...]

    def questions_for(
        self, role: str, *, level: Level = Level.SENIOR, kind: Kind | None = None
    ) -> tuple[Question, ...]:
        """A role's questions that are fair at this level, in the bank's order."""
        return tuple(
            question
            for question in self.questions
            if question.role == role and question.level <= level and kind in (None, question.kind)
        )

    @cached_property
    def by_sentence(self) -> dict[str, Question]:
        """Each question by its first sentence, normalised: how it is recognised when read back."""
        return {normal(sentences(question.text)[0]): question for question in self.questions}

    @cached_property
    def by_follow_up(self) -> dict[str, Question]:
        """Each question by its own follow-up, normalised."""
        return {normal(question.follow_up): question for question in self.questions}

    @cached_property
    def role_terms(self) -> dict[str, frozenset[str]]:
        """What people of a role talk about at work: the terms of all its questions."""
        terms: dict[str, set[str]] = {role: set() for role in self.roles}
        for question in self.questions:
            terms[question.role] |= question.terms
        return {role: frozenset(found) for role, found in terms.items()}

    @cached_property
    def common_terms(self) -> frozenset[str]:
        """Terms that questions of so many roles share that meeting one says little."""
        pairs = {(question.role, term) for question in self.questions for term in question.terms}
        counts = Counter(term for _, term in pairs)
        return frozenset(term for term, count in counts.items() if count * 2 > len(self.roles))


@cache
def load_bank() -> Bank:
    """The whole bank. Raises `BankError`."""
    competencies = _read_competencies(HERE / "competencies.toml")
    roles: dict[str, Role] = {}
    questions: list[Question] = []
    for path in sorted((HERE / "questions").glob("*.toml")):
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        try:
            role = _role(data)
            roles[role.id] = role
            questions += [_question(row, role, competencies) for row in data["questions"]]
        except (KeyError, TypeError, ValueError) as exc:
            raise BankError(f"{path.name}: {exc!r}") from exc
    _check(questions)
    return Bank(roles, competencies, tuple(questions))


def _read_competencies(path: Path) -> dict[str, Competency]:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    return {
        id_: Competency(id_, row["name"], row["description"], row["measurable"])
        for id_, row in data.items()
    }


def _role(data: dict[str, Any]) -> Role:
    return Role(data["id"], data["title"], data["field"], tuple(data["also_called"]))


def _question(row: dict[str, Any], role: Role, competencies: dict[str, Competency]) -> Question:
    return Question(
        id=row["id"],
        role=role.id,
        kind=Kind(row["kind"]),
        level=Level[row["level"].upper()],
        competency=competencies[row["competency"]],
        text=row["text"],
        topic=row["topic"],
        terms=content_stems(words(f"{row['terms']} {row['topic']}")),
        follow_up=row["follow_up"],
    )


def _check(questions: list[Question]) -> None:
    keys = [
        *(question.id for question in questions),
        *(normal(sentences(question.text)[0]) for question in questions),
        *(normal(question.follow_up) for question in questions),
    ]
    twice = [key for key, count in Counter(keys).items() if count > 1]
    if twice:
        raise BankError(f"used twice: {twice}")
    long = [q.id for q in questions if len(q.text.split()) > MAX_QUESTION_WORDS]
    if long:
        raise BankError(f"longer than {MAX_QUESTION_WORDS} words: {long}")
