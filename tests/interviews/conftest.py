"""Interviews for tests, made as a person would make them."""

from collections.abc import Callable
from typing import Any

import pytest

from interviews.models import Interview, Question
from interviews.services.planning import create_interview
from users.models import User

PLAN: dict[str, Any] = {"role": "nurse", "level": "mid", "type": "mixed", "length": 3}


@pytest.fixture
def plan_interview(owner: User) -> Callable[..., Interview]:
    """Plans an interview of the owner's, of three questions if not told otherwise."""

    def plan(**wishes: Any) -> Interview:
        return create_interview(**{"user": owner, **PLAN, **wishes})

    return plan


@pytest.fixture
def interview(plan_interview: Callable[..., Interview]) -> Interview:
    return plan_interview()


@pytest.fixture
def asked_question(interview: Interview) -> Question:
    """The interview's first question, as if it had been put."""
    question = interview.questions.get(position=1)
    question.state = Question.State.ASKED
    question.save(update_fields=["state"])
    return question
