"""Setting up an interview."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db import transaction

from ai.coach.bank import Kind, load_bank
from ai.coach.bank import Question as BankQuestion
from interviews.errors import QuestionNotFoundError, UnknownRoleError, UnknownRubricError
from interviews.models import Interview, Question
from interviews.planning.choosing import Wish, choose_questions
from interviews.scoring.rubric import Rubric, latest_rubric
from users.models import User
from users.services.ledger import SERVICE, Author

# Questions of this many interviews are not asked again while there are others.
RECENT_INTERVIEWS = 5
BY_ORDER = "order"


def create_interview(
    *,
    user: User,
    role: str,
    level: str,
    type: str,
    length: int,
    language: str = "en",
    job_description: str = "",
    resume: str = "",
    rubric: str = "core",
    author: Author = SERVICE,
) -> Interview:
    """A planned interview of `length` questions, matched to the texts where there are any.

    Raises `UnknownRoleError` or `UnknownRubricError`.
    """
    if role not in load_bank().roles:
        raise UnknownRoleError
    interview = Interview(
        id=uuid.uuid4(),
        user=user,
        role=role,
        level=level,
        type=type,
        language=language,
        job_description=job_description,
        resume=resume,
        matched_by=BY_ORDER,
        rubric=rubric,
        rubric_version=find_rubric(rubric).version,
    )
    wish = Wish(
        role=role,
        level=Interview.Level(level).in_bank,
        kind=None if type == Interview.Type.MIXED else Kind(type),
        length=length,
        seed=str(interview.id),
        had=recent_questions(user=user),
    )
    return store_interview(interview, (row_of(question) for question in choose_questions(wish)))


def create_retake(*, user: User, question_id: int) -> Interview:
    """An interview of one question that was asked before; of the first try, where it was a retake.

    Raises `QuestionNotFoundError` for a question that is not the person's, or was never asked.
    """
    question = find_asked_question(user=user, question_id=question_id)
    before = question.interview
    interview = Interview(
        user=user,
        role=before.role,
        level=before.level,
        type=question.kind,
        language=before.language,
        matched_by=before.matched_by,
        rubric=before.rubric,
        rubric_version=find_rubric(before.rubric).version,
        retake_of=before.retake_of or question,
    )
    copied = ("bank_id", "kind", "competency", "text", "topic", "terms", "follow_up", "matched")
    return store_interview(interview, [Question(**{n: getattr(question, n) for n in copied})])


def find_asked_question(*, user: User, question_id: int) -> Question:
    """Raises `QuestionNotFoundError`."""
    asked = Question.objects.exclude(state=Question.State.PENDING).filter(interview__user=user)
    try:
        return asked.select_related("interview__retake_of").get(pk=question_id)
    except Question.DoesNotExist as exc:
        raise QuestionNotFoundError from exc


@transaction.atomic
def store_interview(interview: Interview, questions: Iterable[Question]) -> Interview:
    interview.save(force_insert=True)
    rows = list(questions)
    for position, question in enumerate(rows, start=1):
        question.interview = interview
        question.position = position
    Question.objects.bulk_create(rows)
    return interview


def row_of(question: BankQuestion) -> Question:
    """A copy of a question of the bank."""
    return Question(
        bank_id=question.id,
        kind=question.kind,
        competency=question.competency.id if question.competency else "",
        text=question.text,
        topic=question.topic,
        terms=sorted(question.terms),
        follow_up=question.follow_up,
    )


def recent_questions(*, user: User) -> dict[str, int]:
    """The bank's questions that the person had lately, the latest with the highest number."""
    latest = list(Interview.objects.for_user(user).values_list("id", flat=True)[:RECENT_INTERVIEWS])
    numbers = {id_: number for number, id_ in enumerate(reversed(latest), start=1)}
    had: dict[str, int] = {}
    rows = Question.objects.filter(interview__in=latest).values_list("interview", "bank_id")
    for interview_id, bank_id in rows:
        had[bank_id] = max(had.get(bank_id, 0), numbers[interview_id])
    return had


def find_rubric(name: str) -> Rubric:
    """The version for new interviews. Raises `UnknownRubricError`."""
    try:
        return latest_rubric(name)
    except LookupError as exc:
        raise UnknownRubricError from exc
