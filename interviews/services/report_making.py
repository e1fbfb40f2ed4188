"""Making a report: scoring answer by answer, in the background.

It may be done again at any time. What a model said of an answer is kept before it is paid,
so a second attempt neither asks nor pays for it, and the document is put in place whole at the end.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from ai.catalogue import Resolution
from ai.errors import ModelUnavailableError, ProviderError
from ai.quotes import Quote
from ai.services.structured import (
    UnusableAnswerError,
    ask_structured,
    has_language_model,
    quote_task,
)
from interview_trainer.errors import AppError
from interviews.models import Interview, Question, Report
from interviews.report.document import Json, JudgedAnswer, build_document, summary_of
from interviews.report.judgement import NotJudged
from interviews.report.material import Answer, answers_of
from interviews.report.model_scorer import AnswerTask, judge_samples, sample_reader
from interviews.report.rule_scorer import judge_by_rules
from interviews.scoring.rubric import load_rubric
from interviews.services.sound import make_recordings_seekable
from users.errors import InsufficientCreditsError

# A failure that has no code of its own.
UNKNOWN_FAILURE = "internal_error"


class SamplesKeptError(Exception):
    """Another attempt has kept what a model said of this answer: it is not paid twice."""


class ReportReadyError(Exception):
    """Another attempt has made the report: nothing more is paid for it."""


def make_report(*, report_id: int) -> None:
    """Score the interview answer by answer and put the document in place.

    Does nothing for a report that is ready or gone. Whatever it raises is to be tried again; its
    code is on the report until then.
    """
    report = begin_attempt(report_id)
    if report is None:
        return
    try:
        make_recordings_seekable(interview=report.interview)
        finish_report(report, _Making(report).document())
    except (Report.DoesNotExist, ReportReadyError):
        return  # The interview was deleted meanwhile, or there is nothing left to do.
    except Exception as exc:
        code = exc.code if isinstance(exc, AppError) else UNKNOWN_FAILURE
        Report.objects.filter(pk=report_id).update(failure=code, updated_at=timezone.now())
        raise


def begin_attempt(report_id: int) -> Report | None:
    """The report with its interview and all that was said; None where nothing is to be made."""
    waiting = Report.objects.filter(pk=report_id).exclude(state=Report.State.READY)
    is_begun = waiting.update(
        state=Report.State.RUNNING, attempts=F("attempts") + 1, updated_at=timezone.now()
    )
    if not is_begun:
        return None
    reports = Report.objects.select_related(
        "interview__user__settings", "interview__user__account", "interview__retake_of"
    ).prefetch_related("interview__questions", "interview__turns__recording")
    return reports.filter(pk=report_id).first()


def finish_report(report: Report, document: Json) -> None:
    now = timezone.now()
    Report.objects.filter(pk=report.pk).exclude(state=Report.State.READY).update(
        state=Report.State.READY,
        document=document,
        summary=summary_of(document),
        answers_scored=len(document["answers"]),
        answers_total=len(document["answers"]),
        samples={},
        failure="",
        ready_at=now,
        updated_at=now,
    )


def fail_report(*, report_id: int) -> None:
    """There is no further attempt. One that ended with its worker has no code of its own."""
    failed = Report.objects.filter(pk=report_id).exclude(state=Report.State.READY)
    failed.filter(failure="").update(failure=UNKNOWN_FAILURE)
    failed.update(state=Report.State.FAILED, updated_at=timezone.now())


class _Making:
    """One attempt. `fallback` is why no model is asked any more, or empty."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.interview = report.interview
        self.rubric = load_rubric(self.interview.rubric, self.interview.rubric_version)
        self.has_model = has_language_model(user=report.interview.user)
        self.fallback = ""

    def document(self) -> Json:
        answers = answers_of(self.interview)
        self._note_progress(answers_total=len(answers), answers_scored=0)
        judged = []
        for answer in answers:
            judged.append(self._judge(answer))
            self._note_progress(answers_scored=len(judged))
        return build_document(
            self.interview,
            judged,
            self.rubric,
            samples=settings.REPORT_SAMPLES,
            first_try=find_first_try(self.interview),
        )

    def _judge(self, answer: Answer) -> JudgedAnswer:
        """The rules first: they say whether there is an answer, and stand where a model fails."""
        by_rules = judge_by_rules(answer, self.rubric)
        if isinstance(by_rules, NotJudged) or not self.has_model:
            return JudgedAnswer(answer, by_rules)
        task = AnswerTask(answer, self.rubric)
        kept = self.report.samples.get(answer.key) or self._ask(task)
        if kept is None:
            return JudgedAnswer(answer, by_rules, self.fallback)
        by_model = judge_samples(task, kept["samples"], model=kept["model"], rules=by_rules)
        return JudgedAnswer(answer, by_model)

    def _ask(self, task: AnswerTask) -> Json | None:
        """What a model says of an answer; None where none can be asked or used."""
        if self.fallback and self.fallback != UNUSABLE:
            return None
        try:
            ask_structured(
                user=self.interview.user,
                task=task.task(),
                read=sample_reader(task),
                keep=self._keeper(task.answer.key),
                samples=settings.REPORT_SAMPLES,
            )
        except SamplesKeptError:
            self.report.refresh_from_db(fields=["samples"])
        except (InsufficientCreditsError, ModelUnavailableError, ProviderError) as exc:
            self.fallback = _fallback_reason(exc)
            return None
        kept: Json = self.report.samples[task.answer.key]
        return kept

    def _keeper(self, key: str) -> Callable[[tuple[Json, ...], Resolution], None]:
        def keep(samples: tuple[Json, ...], resolution: Resolution) -> None:
            with transaction.atomic():
                report = Report.objects.select_for_update().get(pk=self.report.pk)
                if report.state == Report.State.READY:
                    raise ReportReadyError
                if key in report.samples:
                    raise SamplesKeptError
                report.samples[key] = {"model": resolution.model.name, "samples": samples}
                report.save(update_fields=["samples", "updated_at"])
            self.report.samples = report.samples

        return keep

    def _note_progress(self, **counts: int) -> None:
        running = Report.objects.filter(pk=self.report.pk, state=Report.State.RUNNING)
        running.update(updated_at=timezone.now(), **counts)


UNUSABLE = "The model's answer could not be used."


def _fallback_reason(exc: Exception) -> str:
    if isinstance(exc, InsufficientCreditsError):
        return "There were not enough credits for the model."
    if isinstance(exc, ModelUnavailableError):
        return "No language model is available."
    return UNUSABLE if isinstance(exc, UnusableAnswerError) else "The model could not be reached."


def quote_scoring(*, question: Question, characters: int) -> Quote | None:
    """The most that scoring an answer of so many characters would cost; None where it is free.

    It is free where the person's text model is the built-in one: then the rules score.
    """
    interview = question.interview
    rubric = load_rubric(interview.rubric, interview.rubric_version)
    task = AnswerTask(Answer(question, (), ()), rubric).task()
    task = replace(task, message=f"{task.message}{'x' * characters}")
    try:
        return quote_task(user=interview.user, task=task, samples=settings.REPORT_SAMPLES)
    except ModelUnavailableError:
        return None


def find_first_try(interview: Interview) -> Json | None:
    """Of a retake: how the question was answered the first time, by that interview's report."""
    question = interview.retake_of
    if question is None:
        return None
    document = (
        Report.objects.filter(
            interview_id=question.interview_id,
            interview__user_id=interview.user_id,
            state=Report.State.READY,
        )
        .values_list("document", flat=True)
        .first()
    )
    answers = document["answers"] if document else []
    first = next((one for one in answers if one["position"] == question.position), None)
    if first is None:
        return None
    return {
        "interview_id": str(question.interview_id),
        "position": question.position,
        "level": first["level"],
        "dimensions": {one["id"]: one["level"] for one in first["dimensions"]},
    }
