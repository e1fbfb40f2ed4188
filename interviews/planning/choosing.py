"""Which questions of the bank an interview asks, and in which order.

Questions that fit are of the role or for every role, of the kind asked for, and fair at the level.
Where these are too few, the nearest others fill up: first other kinds, then later levels, then
roles of the same field. Nothing is asked twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle, islice
from zlib import crc32

from ai.coach.bank import GENERAL, Kind, Level, Question, load_bank

# The shares of kinds in a mixed interview: how many of each is read off this cycle.
MIXED = (
    Kind.MOTIVATION,
    Kind.BEHAVIOURAL,
    Kind.TECHNICAL,
    Kind.SITUATIONAL,
    Kind.BEHAVIOURAL,
    Kind.TECHNICAL,
    Kind.SITUATIONAL,
    Kind.BEHAVIOURAL,
)
# In which order they come: why somebody is here, what they did, know, and would do.
ORDER = (Kind.MOTIVATION, Kind.BEHAVIOURAL, Kind.TECHNICAL, Kind.SITUATIONAL)
# What stands in for a kind that has run out, the nearest first.
NEAREST: dict[Kind, tuple[Kind, ...]] = {
    Kind.BEHAVIOURAL: (Kind.BEHAVIOURAL, Kind.SITUATIONAL, Kind.MOTIVATION, Kind.TECHNICAL),
    Kind.SITUATIONAL: (Kind.SITUATIONAL, Kind.BEHAVIOURAL, Kind.TECHNICAL, Kind.MOTIVATION),
    Kind.TECHNICAL: (Kind.TECHNICAL, Kind.SITUATIONAL, Kind.BEHAVIOURAL, Kind.MOTIVATION),
    Kind.MOTIVATION: (Kind.MOTIVATION, Kind.BEHAVIOURAL, Kind.SITUATIONAL, Kind.TECHNICAL),
}

# Beside a match to the person's texts, which is worth 0 to 1: being of the role itself, and each
# earlier question on the same competency.
OWN_ROLE = 0.5
SAME_COMPETENCY = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What to choose for. `kind` is None for a mix.

    `had` are questions that the person had lately, each with a number that is higher the more
    lately it was. `worth` is how well a question matches the person's texts, 0 to 1, by its id.
    `seed` settles what is left open: the same wish is the same choice.
    """

    role: str
    level: Level
    kind: Kind | None
    length: int
    seed: str
    had: Mapping[str, int] = field(default_factory=dict)
    worth: Mapping[str, float] = field(default_factory=dict)

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kind that each question should have."""
        return tuple(islice(cycle(MIXED if self.kind is None else (self.kind,)), self.length))


def choose_questions(wish: Wish) -> tuple[Question, ...]:
    """At most `length` different questions in the order in which to ask them.

    Fewer only where the bank has no more for the role, its field and everybody.
    """
    left = {question.id: question for question in reachable(wish.role)}
    chosen: list[Question] = []
    for kind in wish.kinds:
        if not left:
            break
        best = min(left.values(), key=_fitness(wish, kind, chosen))
        chosen.append(left.pop(best.id))
    return in_order(chosen, wish.kind)


def reachable(role: str) -> tuple[Question, ...]:
    """Every question that may be put to this role: its own, the general ones, its field's."""
    bank = load_bank()
    near = [id_ for id_, known in bank.roles.items() if known.field == bank.roles[role].field]
    return tuple(
        q for id_ in dict.fromkeys((role, GENERAL, *near)) for q in bank.questions_for(id_)
    )


def fitting(role: str, level: Level, kind: Kind | None) -> tuple[Question, ...]:
    """The questions that need no standing in."""
    bank = load_bank()
    return tuple(
        question
        for id_ in dict.fromkeys((role, GENERAL))
        for question in bank.questions_for(id_, level=level, kind=kind)
    )


def in_order(chosen: Sequence[Question], kind: Kind | None) -> tuple[Question, ...]:
    """By kind, the one asked for first, and from gentle to demanding within it."""
    order = ORDER if kind is None else NEAREST[kind]
    return tuple(sorted(chosen, key=lambda q: (order.index(q.kind), q.level)))


def _fitness(
    wish: Wish, kind: Kind, chosen: Iterable[Question]
) -> Callable[[Question], tuple[object, ...]]:
    """The sort key of what to choose next: the smallest fits best."""
    used = Counter(question.competency for question in chosen)
    is_first = not used

    def key(question: Question) -> tuple[object, ...]:
        worth = wish.worth.get(question.id, 0.0) + OWN_ROLE * (question.role == wish.role)
        return (
            _reach(wish, question),
            NEAREST[kind].index(question.kind),
            wish.had.get(question.id, 0),
            question.level if is_first else 0,
            SAME_COMPETENCY * used[question.competency] - worth,
            crc32(f"{wish.seed} {question.id}".encode()),
        )

    return key


def _reach(wish: Wish, question: Question) -> int:
    """How far a question is from the role and the level: 0 is theirs."""
    is_foreign = question.role not in (wish.role, GENERAL)
    return 2 * is_foreign + (question.level > wish.level)
