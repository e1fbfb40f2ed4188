"""Setting up an interview."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from django.db import transaction

from ai.catalogue import Resolution
from ai.coach.bank import Kind, load_bank
from ai.coach.bank import Question as BankQuestion
from ai.coach.language import content_stems, words
from ai.errors import ModelUnavailableError, ProviderError
from ai.operations import Receipt
from ai.services.structured import ask_structured, has_language_model
from interviews.errors import QuestionNotFoundError, UnknownRoleError, UnknownRubricError
from interviews.models import Interview, Question
from interviews.models.interview import ENGLISH
from interviews.planning.choosing import Wish, choose_questions, fitting
from interviews.planning.matching import Match, Matches, Texts
from interviews.planning.model_matching import matching_task, read_matches
from interviews.planning.terms import match_terms
from interviews.scoring.rubric import Rubric, latest_rubric
from users.errors import InsufficientCreditsError, UserNotFoundError
from users.models import User
from users.services.ledger import SERVICE, Author

logger = logging.getLogger(__name__)

# Questions of this many interviews are not asked again while there are others.
RECENT_INTERVIEWS = 5
BY_ORDER = "order"
BY_TERMS = "terms"
CORE = "core"


def forget(receipt: Receipt) -> None:
    """For callers to whom a receipt is nothing."""


def create_interview(
    *,
    user: User,
    role: str,
    level: str,
    type: str,
    length: int,
    language: str = ENGLISH,
    job_description: str = "",
    resume: str = "",
    rubric: str = CORE,
    author: Author = SERVICE,
    note_receipt: Callable[[Receipt], None] = forget,
) -> Interview:
    """A planned interview of `length` questions, matched to the texts where there are any.

    Matching by the person's language model is a paid operation, whose receipt `note_receipt` is
    called with. Where it fails or cannot be paid, shared terms do it.

    Raises `UnknownRoleError`, `UnknownRubricError` or, where the person was deleted or erased
    meanwhile, `UserNotFoundError`.
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
        rubric=rubric,
        rubric_version=find_rubric(rubric).version,
    )
    plan = Plan(interview, wish_for(interview, length), author)
    try:
        if plan.texts and has_language_model(user=user):
            note_receipt(plan.store_by_model())
            return interview
    except (InsufficientCreditsError, ModelUnavailableError, ProviderError) as exc:
        logger.info("matching_fell_back", extra={"code": exc.code})
    plan.store_by_terms()
    return interview


@dataclass(frozen=True, slots=True)
class Plan:
    """An interview that is not stored yet, and what its questions are chosen for."""

    interview: Interview
    wish: Wish
    author: Author

    @property
    def texts(self) -> Texts:
        return Texts(job_description=self.interview.job_description, resume=self.interview.resume)

    @property
    def fitting(self) -> tuple[BankQuestion, ...]:
        return fitting(self.wish.role, self.wish.level, self.wish.kind)

    def store_by_terms(self) -> None:
        matches = match_terms(self.fitting, self.texts, role=self.wish.role)
        self.store(matches, BY_TERMS if matches else BY_ORDER)

    def store_by_model(self) -> Receipt:
        """Raises what `ask_structured` raises; nothing is stored then."""
        new = tuple(question for question in self.fitting if question.id not in self.wish.had)
        offered = new if len(new) >= self.wish.length else self.fitting

        def keep(samples: tuple[Matches, ...], resolution: Resolution) -> None:
            self.store(samples[0], resolution.model.name)

        return ask_structured(
            user=self.interview.user,
            task=matching_task(offered, self.texts, self.wish.kinds),
            read=partial(
                read_matches, candidates=offered, texts=self.texts, length=self.wish.length
            ),
            keep=keep,
            author=self.author,
        ).receipt

    def store(self, matches: Matches, matched_by: str) -> None:
        self.interview.matched_by = matched_by
        worth = {id_: match.worth for id_, match in matches.items()}
        chosen = choose_questions(replace(self.wish, worth=worth))
        store_interview(self.interview, [row_of(q, matches.get(q.id)) for q in chosen])


def wish_for(interview: Interview, length: int) -> Wish:
    is_mixed = interview.type == Interview.Type.MIXED
    return Wish(
        role=interview.role,
        level=Interview.Level(interview.level).in_bank,
        kind=None if is_mixed else Kind(interview.type),
        length=length,
        seed=str(interview.id),
        had=recent_questions(user=interview.user),
    )


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
def store_interview(interview: Interview, questions: Sequence[Question]) -> Interview:
    """Raises `UserNotFoundError` where the person was deleted or erased meanwhile, and
    `QuestionNotFoundError` where the first try of a retake was.
    """
    # Whoever erases somebody holds this lock before they look for interviews: none comes after.
    person = User.objects.present().select_for_update().filter(pk=interview.user_id)
    if not person.values_list("pk", flat=True).first():
        raise UserNotFoundError
    if interview.retake_of is not None:
        first_try = Interview.objects.select_for_update().filter(
            pk=interview.retake_of.interview_id
        )
        if not first_try.values_list("pk", flat=True).first():
            raise QuestionNotFoundError
    interview.save(force_insert=True)
    for position, question in enumerate(questions, start=1):
        question.interview = interview
        question.position = position
    Question.objects.bulk_create(questions)
    return interview


def row_of(question: BankQuestion, match: Match | None) -> Question:
    """A copy of a question of the bank, as it was matched."""
    text = match.text if match and match.text else question.text
    return Question(
        bank_id=question.id,
        kind=question.kind,
        competency=question.competency.id if question.competency else "",
        text=text,
        topic=question.topic,
        terms=sorted(question.terms | content_stems(words(match.text if match else ""))),
        follow_up=question.follow_up,
        matched=list(match.words) if match else [],
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
