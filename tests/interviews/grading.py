"""The graded answers, and how well a scorer agrees with them."""

import hashlib
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby
from pathlib import Path
from statistics import mean

from ai.coach.bank import Question, load_bank
from interviews.scoring.abstention import NotScored
from interviews.scoring.rubric import Dimension, latest_rubric
from interviews.scoring.scorer import AnswerScore, score_answer
from interviews.scoring.spoken import SpokenAnswer

FOLDER = Path(__file__).with_name("graded")
HELD_OUT_PERCENT = 40
OVERALL = "overall"
STRONG = 4


@dataclass(frozen=True, slots=True)
class Graded:
    """`grades` are 1 to 5 by dimension and overall, empty where `not_scored` says why not."""

    id: str
    split: str
    question: Question
    style: str
    answer: str
    grades: Mapping[str, int]
    not_scored: str


@cache
def graded_answers() -> tuple[Graded, ...]:
    questions = {question.id: question for question in load_bank().questions}
    return tuple(
        Graded(
            id=row["id"],
            split=row["split"],
            question=questions[row["question"]],
            style=row["style"],
            answer=row["answer"],
            grades=row.get("grades", {}),
            not_scored=row.get("not_scored", ""),
        )
        for path in sorted(FOLDER.glob("*.toml"))
        for row in tomllib.loads(path.read_text(encoding="utf-8"))["answers"]
    )


def split_of(id_: str) -> str:
    number = int(hashlib.sha256(id_.encode()).hexdigest(), 16)
    return "held_out" if number % 100 < HELD_OUT_PERCENT else "tune"


def score(example: Graded) -> AnswerScore | NotScored:
    answer = SpokenAnswer(text=example.answer, question=example.question.text)
    return score_answer(answer, example.question, latest_rubric())


@dataclass(frozen=True, slots=True)
class Pair:
    """What a person and the scorer gave; the scorer's overall level is not rounded."""

    graded: int
    scored: float
    words: int = 0


def pairs_by_dimension(examples: Iterable[Graded]) -> dict[str, list[Pair]]:
    """Of the answers that both scored, overall first."""
    found: dict[str, list[Pair]] = {OVERALL: []}
    for example in examples:
        scored = score(example)
        if not example.grades or isinstance(scored, NotScored) or scored.level is None:
            continue
        count = len(example.answer.split())
        found[OVERALL].append(Pair(example.grades[OVERALL], scored.level, count))
        for dimension, result in scored.dimensions.items():
            if result.level is not None:
                pair = Pair(example.grades[dimension], result.level)
                found.setdefault(dimension.value, []).append(pair)
    return found


def swapped_relevance(examples: Iterable[Graded]) -> Counter[int]:
    """The relevance of strong answers put to the other questions of the same role and kind.

    None of them answers its new question; a scorer that understood them would give 1 or 2.
    """
    found: Counter[int] = Counter()
    for example in examples:
        if example.grades.get(OVERALL, 0) < STRONG:
            continue
        for question in other_questions(example.question):
            scored = score(replace(example, question=question))
            if isinstance(scored, AnswerScore):
                level = scored.dimensions[Dimension.RELEVANCE].level
                found.update([level] if level else [])
    return found


def other_questions(question: Question) -> list[Question]:
    alike = load_bank().questions_for(question.role, kind=question.kind)
    return [other for other in alike if other.id != question.id]


def ranks(values: Sequence[float]) -> list[float]:
    """From 1, equal values sharing the mean of their places."""
    order = sorted(range(len(values)), key=values.__getitem__)
    found = [0.0] * len(values)
    place = 0
    for _, group in groupby(order, key=values.__getitem__):
        members = list(group)
        for index in members:
            found[index] = place + (len(members) + 1) / 2
        place += len(members)
    return found


def rank_correlation(pairs: Sequence[Pair]) -> float:
    """Spearman's, corrected for ties: Pearson's of the ranks."""
    xs, ys = ranks([p.graded for p in pairs]), ranks([p.scored for p in pairs])
    x_mean, y_mean = mean(xs), mean(ys)
    covariance = sum((x - x_mean) * (y - y_mean) for x, y in zip(xs, ys, strict=True))
    x_spread = sum((x - x_mean) ** 2 for x in xs)
    y_spread = sum((y - y_mean) ** 2 for y in ys)
    return covariance / (x_spread * y_spread) ** 0.5 if x_spread and y_spread else 0.0


def correlation_at_equal_length(pairs: Sequence[Pair]) -> float:
    """The rank correlation that is left when what length explains of both is taken out."""
    with_score = rank_correlation(pairs)
    graded = rank_correlation([Pair(p.graded, p.words) for p in pairs])
    scored = rank_correlation([Pair(p.words, p.scored) for p in pairs])
    left = float((1 - graded**2) * (1 - scored**2)) ** 0.5
    return float((with_score - graded * scored) / left)


def mean_absolute_error(pairs: Sequence[Pair]) -> float:
    return mean(abs(pair.graded - pair.scored) for pair in pairs)


def within_one(pairs: Sequence[Pair]) -> float:
    """Of the pairs, how many lie at most one level apart once the score is rounded."""
    return mean(abs(pair.graded - round_level(pair.scored)) <= 1 for pair in pairs)


def round_level(level: float) -> int:
    return int(level + 0.5)


def confusion(pairs: Sequence[Pair]) -> Counter[tuple[int, int]]:
    """How often each (graded, scored) came up."""
    return Counter((pair.graded, round_level(pair.scored)) for pair in pairs)


@dataclass(frozen=True, slots=True)
class Abstention:
    """`precision`: of the answers not scored, how many should not be. `recall`: the reverse."""

    precision: float
    recall: float
    wrong: tuple[str, ...]


def abstention(examples: Iterable[Graded]) -> Abstention:
    expected, found, wrong = set(), set(), []
    for example in examples:
        scored = score(example)
        code = scored.reason_code.value if isinstance(scored, NotScored) else ""
        if example.not_scored:
            expected.add(example.id)
        if code:
            found.add(example.id)
        if code != example.not_scored:
            wrong.append(f"{example.id}: {code or 'scored'}, not {example.not_scored or 'scored'}")
    both = len(expected & found)
    return Abstention(
        both / len(found) if found else 1.0,
        both / len(expected) if expected else 1.0,
        tuple(wrong),
    )
