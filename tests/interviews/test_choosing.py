"""Which questions are asked, and in which order."""

from itertools import product

import pytest

from ai.coach.bank import GENERAL, Kind, Level, load_bank
from interviews.planning.choosing import Wish, choose_questions

ROLES = sorted(load_bank().roles)
LONGEST = 12


def wish(**changes: object) -> Wish:
    defaults: dict[str, object] = {
        "role": "nurse",
        "level": Level.MID,
        "kind": None,
        "length": 5,
        "seed": "1",
    }
    return Wish(**{**defaults, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize("role", ROLES)
def test_every_interview_can_be_planned_whole(role):
    for level, kind, length in product(Level, (None, *Kind), range(1, LONGEST + 1)):
        chosen = choose_questions(wish(role=role, level=level, kind=kind, length=length))
        assert len({question.id for question in chosen}) == length


@pytest.mark.parametrize("kind", [None, *Kind])
@pytest.mark.parametrize("level", Level)
def test_questions_are_fair_at_the_level_while_there_are_enough(level, kind):
    for role in ROLES:
        chosen = choose_questions(wish(role=role, level=level, kind=kind, length=LONGEST))
        assert all(question.level <= level for question in chosen)
        assert {question.role for question in chosen} <= {role, GENERAL}


@pytest.mark.parametrize("kind", Kind)
def test_only_the_kind_that_was_asked_for_while_there_is_more_of_it(kind):
    chosen = choose_questions(wish(kind=kind, length=4))
    assert {question.kind for question in chosen} == {kind}


def test_other_kinds_fill_up_last_and_the_nearest_first():
    chosen = choose_questions(wish(kind=Kind.SITUATIONAL, level=Level.ENTRY, length=8))
    kinds = [question.kind for question in chosen]
    assert kinds == [Kind.SITUATIONAL] * 4 + [Kind.BEHAVIOURAL] * 4


def test_a_mix_has_all_kinds_in_a_sensible_order():
    chosen = choose_questions(wish(length=8))
    order = [Kind.MOTIVATION, Kind.BEHAVIOURAL, Kind.TECHNICAL, Kind.SITUATIONAL]
    kinds = [question.kind for question in chosen]
    assert kinds == sorted(kinds, key=order.index)
    assert [kinds.count(kind) for kind in order] == [1, 3, 2, 2]


@pytest.mark.parametrize("kind", [None, *Kind])
@pytest.mark.parametrize("level", Level)
def test_the_first_question_is_gentle(level, kind):
    for role in ROLES:
        first, *_ = choose_questions(wish(role=role, level=level, kind=kind))
        assert first.level == Level.ENTRY
        assert first.kind == (kind or Kind.MOTIVATION)


@pytest.mark.parametrize("kind", [None, Kind.BEHAVIOURAL])
def test_five_questions_show_five_competencies(kind):
    for role, seed in product(ROLES, range(10)):
        chosen = choose_questions(wish(role=role, level=Level.SENIOR, kind=kind, seed=str(seed)))
        assert len({question.competency for question in chosen}) == 5


def test_the_roles_own_questions_come_before_general_ones():
    chosen = choose_questions(wish(length=4))
    assert {question.role for question in chosen} == {"nurse"}


def test_a_seed_always_chooses_the_same():
    assert choose_questions(wish(seed="a")) == choose_questions(wish(seed="a"))


def test_other_seeds_choose_others():
    chosen = {choose_questions(wish(seed=str(seed))) for seed in range(20)}
    assert len(chosen) > 5


def test_what_was_asked_lately_is_not_asked_while_there_are_others():
    first = choose_questions(wish())
    second = choose_questions(wish(had={question.id: 1 for question in first}))
    assert not {q.id for q in first} & {q.id for q in second}


def test_with_nothing_new_left_what_was_asked_longest_ago_comes_again():
    every = [q.id for q in choose_questions(wish(kind=Kind.TECHNICAL, length=7))]
    had = {id_: number for number, id_ in enumerate(every, start=1)}
    again = choose_questions(wish(kind=Kind.TECHNICAL, length=2, had=had))
    assert {question.id for question in again} == set(every[:2])


def test_what_matches_the_persons_texts_is_chosen_first():
    general = "general-disagreement-colleague"
    chosen = choose_questions(wish(kind=Kind.BEHAVIOURAL, length=1, worth={general: 1.0}))
    assert [question.id for question in chosen] == [general]


def test_more_questions_than_there_are_is_as_many_as_there_are():
    chosen = choose_questions(wish(length=500))
    assert len(chosen) == len({question.id for question in chosen})
    fields = {load_bank().roles[question.role].field for question in chosen}
    assert fields == {"health care", "general"}
