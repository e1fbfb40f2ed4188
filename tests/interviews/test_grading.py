"""Holds the built-in scorer to the graded answers. `python benchmarks/grading.py` prints it all."""

import pytest

from ai.coach.bank import Kind, load_bank
from interviews.scoring.rubric import latest_rubric
from tests.interviews.grading import (
    HELD_OUT_PERCENT,
    OVERALL,
    Pair,
    abstention,
    correlation_at_equal_length,
    graded_answers,
    pairs_by_dimension,
    rank_correlation,
    ranks,
    split_of,
    swapped_relevance,
    within_one,
)

# A little below what was measured (`docs/scoring.md`): rules may be bettered, not worsened.
FLOORS = {
    OVERALL: 0.81,
    "relevance": 0.74,
    "structure": 0.78,
    "specificity": 0.82,
    "ownership": 0.81,
    "outcome": 0.76,
}
HELD_OUT = [example for example in graded_answers() if example.split == "held_out"]


def test_there_are_several_hundred_for_every_role_and_kind():
    examples = graded_answers()

    assert len(examples) >= 500
    assert len({example.id for example in examples}) == len(examples)
    assert {example.question.role for example in examples} == set(load_bank().roles)
    assert {example.question.kind for example in examples} == set(Kind)
    assert {example.style for example in examples} == {"spoken", "typed"}


def test_every_dimension_that_applies_is_graded():
    for example in graded_answers():
        weights = latest_rubric().kinds[example.question.kind].weights
        expected = {*(d.value for d in weights), OVERALL} if not example.not_scored else set()
        assert set(example.grades) == expected
        assert all(1 <= grade <= 5 for grade in example.grades.values())


def test_what_is_held_back_follows_from_the_id_alone():
    examples = graded_answers()

    assert all(example.split == split_of(example.id) for example in examples)
    assert len(HELD_OUT) >= 0.35 * len(examples)
    assert HELD_OUT_PERCENT >= 35


def test_the_scorer_ranks_answers_as_a_person_does():
    pairs = pairs_by_dimension(HELD_OUT)

    assert within_one(pairs[OVERALL]) >= 0.92
    for dimension, floor in FLOORS.items():
        assert rank_correlation(pairs[dimension]) >= floor, dimension


def test_the_scorer_sees_more_than_length():
    assert correlation_at_equal_length(pairs_by_dimension(HELD_OUT)[OVERALL]) >= 0.6


def test_some_answers_to_other_questions_are_seen_as_such():
    """The weakest point of the rules (`docs/scoring.md`); here, too, they may only be bettered."""
    swapped = swapped_relevance(HELD_OUT)

    assert (swapped[1] + swapped[2]) / swapped.total() >= 0.11
    assert swapped[5] / swapped.total() <= 0.48


def test_it_abstains_where_it_should_and_nowhere_else():
    kept = abstention(HELD_OUT)

    assert kept.precision >= 0.9
    assert kept.recall >= 0.9


@pytest.mark.parametrize(
    ("values", "expected"),
    [([10, 20, 30], [1, 2, 3]), ([5, 5, 1], [2.5, 2.5, 1]), ([2, 2, 2], [2, 2, 2])],
)
def test_equal_values_share_a_rank(values: list[float], expected: list[float]):
    assert ranks(values) == expected


def test_rank_correlation_is_1_in_order_and_minus_1_in_reverse():
    assert rank_correlation([Pair(n, n * n) for n in range(5)]) == pytest.approx(1)
    assert rank_correlation([Pair(n, -n) for n in range(5)]) == pytest.approx(-1)
    # By hand: ranks 1, 2.5, 2.5, 4 against 1, 3, 2, 4.
    pairs = [Pair(1, 1), Pair(2, 3), Pair(2, 2), Pair(3, 4)]
    assert rank_correlation(pairs) == pytest.approx(0.9487, abs=0.0001)
