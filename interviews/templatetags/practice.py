"""How pages of practising write things."""

from __future__ import annotations

from django import template

from ai.coach.bank import Kind
from interviews.forms import LEVELS, TYPES
from interviews.models import Interview, Question

register = template.Library()

KINDS = {
    Kind.BEHAVIOURAL: "something you have done",
    Kind.SITUATIONAL: "what you would do",
    Kind.TECHNICAL: "knowledge of the work",
    Kind.MOTIVATION: "why you want it",
}


@register.filter
def kind(name: str) -> str:
    """What a question of this kind asks for, in plain words."""
    return KINDS[Kind(name)]


@register.filter
def experience(interview: Interview) -> str:
    """Its level, as the form that set it up calls it."""
    return dict(LEVELS)[Interview.Level(interview.level)]


@register.filter
def about(interview: Interview) -> str:
    """What its questions are about, as the form that set it up calls it."""
    return dict(TYPES)[Interview.Type(interview.type)]


@register.filter
def clock(seconds: float) -> str:
    """Seconds as minutes: 0:07."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02}"


@register.filter
def place(interview: Interview) -> str:
    """Where an interview stands, in a few words. Takes rows of `for_listing` or `for_showing`."""
    if interview.is_over:
        return "Finished"
    if interview.state == Interview.State.PLANNED:
        return "Not begun"
    questions = interview.questions.all()
    asked = sum(question.state != Question.State.PENDING for question in questions)
    return f"Question {asked} of {len(questions)}"
