"""What a person should know about a plan that is not quite what they asked for."""

from __future__ import annotations

from collections.abc import Sequence

from ai.coach.bank import GENERAL, load_bank
from interviews.models import Interview, Question


def plan_notes(interview: Interview, questions: Sequence[Question]) -> list[str]:
    """Which questions stand in for others, because there are too few of what was asked for."""
    bank = {question.id: question for question in load_bank().questions}
    originals = [bank[question.bank_id] for question in questions if question.bank_id in bank]
    level = Interview.Level(interview.level)
    is_mixed = interview.type == Interview.Type.MIXED
    counts = {
        f"of another kind than {interview.type}": sum(
            not is_mixed and question.kind != interview.type for question in questions
        ),
        f"harder than {level.label.lower()} level": sum(
            question.level > level.in_bank for question in originals
        ),
        "from a role near yours": sum(
            question.role not in (interview.role, GENERAL) for question in originals
        ),
    }
    return [
        f"{count} of {len(questions)} questions {'is' if count == 1 else 'are'} {what}:"
        " there are too few others."
        for what, count in counts.items()
        if count
    ]
