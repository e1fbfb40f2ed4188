import re

import pytest

from ai.coach import wording
from ai.coach.bank import GENERAL, Kind, Level, load_bank
from ai.coach.interview import ASK_ELEMENTS, HELP_ASKS, MEANINGS
from ai.coach.language import normal, sentences
from ai.coach.privacy import is_abuse, is_personal
from ai.coach.roles import find_wish

BANK = load_bank()
UNFAIR = re.compile(
    r"\b(?:age|old|young|born|marri\w+|husband|wife|pregnan\w+|religio\w+|disab\w+|accent|nationality"
    r"|your (?:family|health|children|origin))\b",
    re.IGNORECASE,
)


def test_is_about_two_hundred_questions_for_sixteen_roles():
    assert len(BANK.questions) >= 200
    assert len(BANK.roles) >= 12


def test_ids_are_unique():
    ids = [question.id for question in BANK.questions]

    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("role", BANK.roles)
@pytest.mark.parametrize("kind", Kind)
def test_every_role_has_every_kind_at_every_level(role: str, kind: Kind):
    for level in Level:
        assert BANK.questions_for(role, level=level, kind=kind)


@pytest.mark.parametrize("question", BANK.questions, ids=lambda question: question.id)
def test_a_question_is_short_fair_and_can_be_checked(question):
    assert 5 <= len(question.text.split()) <= 30
    assert question.text[-1] in "?."
    assert not question.topic.endswith((".", "?"))
    assert len(question.topic.split()) <= 10
    assert len(question.terms) >= 8
    assert question.competency
    assert question.follow_up.endswith("?")
    assert len(question.follow_up.split()) <= 15
    for text in (question.text, question.follow_up):
        assert not is_abuse(text)
        assert not is_personal(text)
        assert not UNFAIR.search(text) or question.id == "data-scientist-old-models-or-new"


@pytest.mark.parametrize("question", BANK.questions, ids=lambda question: question.id)
def test_a_question_is_recognised_when_it_is_read_back(question):
    keys = [normal(part) for part in sentences(f"Thank you. {question.text}")]

    assert question in [BANK.by_sentence.get(key) for key in keys]


def test_every_competency_is_asked_about():
    assert {q.competency.id for q in BANK.questions if q.competency} == set(BANK.competencies)


def test_a_later_level_may_be_asked_all_that_an_earlier_one_may():
    entry = BANK.questions_for("nurse", level=Level.ENTRY)

    assert set(entry) < set(BANK.questions_for("nurse", level=Level.SENIOR))


@pytest.mark.parametrize("role", [role for role in BANK.roles.values() if role.id != GENERAL])
def test_a_role_is_found_by_each_of_its_titles(role):
    for title in (role.title, *role.also_called):
        wish = find_wish(f"I want to practise for a {title} job")
        assert wish
        assert wish.role == role


def test_no_two_asks_are_alike():
    asks = [ask for group in wording.ASKS.values() for ask in group]
    asks += [*wording.PLANNED_ACTION_ASKS, *(a for group in wording.HELP.values() for a in group)]
    keys = [normal(ask) for ask in asks]

    assert len(keys) == len(set(keys)) == len(ASK_ELEMENTS) + len(HELP_ASKS)
    assert not set(keys) & (BANK.by_follow_up.keys() | BANK.by_sentence.keys() | MEANINGS)
    assert all(len(sentences(ask)) == 1 for ask in asks)
