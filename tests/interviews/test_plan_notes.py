"""A plan that is not quite what was asked for says so."""

import pytest

from interviews.planning.notes import plan_notes


def notes(interview):
    return plan_notes(interview, list(interview.questions.all()))


@pytest.mark.parametrize("kind", ["mixed", "behavioural", "situational", "technical", "motivation"])
def test_a_plan_as_asked_for_says_nothing(plan_interview, kind):
    assert notes(plan_interview(type=kind, length=4)) == []


def test_questions_of_other_kinds_are_counted(plan_interview):
    assert notes(plan_interview(level="entry", type="situational", length=6)) == [
        "2 of 6 questions are of another kind than situational: there are too few others."
    ]


def test_one_question_is_counted_as_one(plan_interview):
    (note,) = notes(plan_interview(level="entry", type="situational", length=5))
    assert note.startswith("1 of 5 questions is of another kind")


def test_harder_questions_and_those_of_near_roles_are_counted(plan_interview):
    harder, nearer = notes(plan_interview(role="nurse", level="entry", length=40))
    assert "harder than entry level" in harder
    assert "from a role near yours" in nearer


def test_they_are_shown_with_the_interview(person_client, owner):
    wish = {"role": "nurse", "level": "entry", "type": "situational", "length": 6}
    body = person_client(owner).post("/api/interviews", wish, format="json").json()
    assert body["notes"] == [
        "2 of 6 questions are of another kind than situational: there are too few others."
    ]
