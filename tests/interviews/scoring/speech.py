"""Answers for tests: as they are spoken, with times, and from the graded ones."""

from ai.coach.bank import Question, load_bank
from ai.providers.base import Word
from interviews.scoring.rubric import latest_rubric
from interviews.scoring.spoken import SpokenAnswer
from tests.interviews.grading import Graded, graded_answers

RUBRIC = latest_rubric()
ROLES = tuple(load_bank().roles)
QUESTIONS: dict[str, Question] = {question.id: question for question in load_bank().questions}
OUTAGE = QUESTIONS["backend-developer-outage-helped-resolve"]
STRONG = (
    "Last March our checkout was down at peak time. My job was to lead the call. I looked at the "
    "deploys first and saw that one had gone out at noon. I rolled it back because it was the only "
    "change, and I asked the others to leave the servers alone. As a result we were back in 14 "
    "minutes. I learned to rehearse rollbacks."
)


def spoken(text: str, *, word_s: float = 0.3, gaps: dict[int, float] | None = None) -> SpokenAnswer:
    """Every word takes 0.3 s and begins when the one before ends; `gaps` are silences before
    the words of these indexes, in seconds."""
    words: list[Word] = []
    now = 0.0
    for index, token in enumerate(text.split()):
        now += (gaps or {}).get(index, 0.0)
        words.append(Word(token, round(now, 3), round(now + word_s, 3)))
        now += word_s
    return SpokenAnswer(text=text, words=tuple(words), duration_s=now + 0.2, hears_fillers=True)


def typed(text: str, question: str = "") -> SpokenAnswer:
    return SpokenAnswer(text=text, question=question)


def tune(role: str) -> list[Graded]:
    """The graded answers of a role that may be looked at and that should be scored."""
    return [
        example
        for example in graded_answers()
        if example.split == "tune" and example.grades and example.question.role == role
    ]
