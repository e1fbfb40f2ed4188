"""The pages after an interview: its report, another go at a question, progress over interviews."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic import TemplateView, View

from interviews.errors import InterviewNotFoundError, QuestionNotFoundError
from interviews.models import Interview, Question, Report
from interviews.progress_showing import show_progress
from interviews.report.showing import show_document
from interviews.services.planning import create_retake
from interviews.services.progress import read_progress
from interviews.services.reports import current_document, request_report
from users.errors import UserNotFoundError
from users.models import User
from users.pages import PersonPage


class ReportView(PersonPage, TemplateView):
    """The report; until it is ready, how far it is. `POST` asks for it, again where it failed."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.interview.is_over:
            return HttpResponseRedirect(reverse("practice:room", args=[self.interview.pk]))
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, pk: UUID) -> HttpResponseBase:
        if self.interview.is_over:
            try:
                request_report(interview=self.interview)
            except InterviewNotFoundError as exc:
                raise Http404 from exc
        return HttpResponseRedirect(request.path)

    def get_template_names(self) -> list[str]:
        return ["practice/report.html" if self.is_ready else "practice/report_waiting.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **kwargs,
            interview=self.interview,
            report=self.report,
            document=self.document(),
            kept_days=settings.RECORDINGS_KEPT_DAYS,
        )

    @cached_property
    def interview(self) -> Interview:
        """The person's own. Raises `Http404`."""
        mine = Interview.objects.for_user(self.person).select_related("report")
        return get_object_or_404(mine.defer("job_description", "resume"), pk=self.kwargs["pk"])

    @property
    def report(self) -> Report | None:
        return getattr(self.interview, "report", None)

    @property
    def is_ready(self) -> bool:
        return self.report is not None and self.report.state == Report.State.READY

    def document(self) -> dict[str, Any] | None:
        """As it is shown; None while there is none."""
        document = current_document(self.report) if self.report else None
        if document is None:
            return None
        return show_document(document, retakes=find_retakes(self.person, self.interview))


def find_retakes(user: User, interview: Interview) -> dict[int, list[Interview]]:
    """Of an interview: by question, the other goes that have a report, the oldest first."""
    found: dict[int, list[Interview]] = defaultdict(list)
    retakes = Interview.objects.for_user(user).filter(
        retake_of__interview=interview, report__state=Report.State.READY
    )
    for retake in (
        retakes.select_related("report")
        .defer("job_description", "resume", "report__document", "report__samples")
        .order_by("created_at")
    ):
        found[retake.retake_of_id or 0].append(retake)
    return found


class RetakeView(PersonPage, View):
    """Another go at a question: an interview of that question alone."""

    def post(self, request: HttpRequest, pk: UUID, position: int) -> HttpResponseBase:
        mine = Question.objects.exclude(state=Question.State.PENDING)
        question = mine.filter(interview=pk, interview__user=self.person, position=position).first()
        if question is None:
            raise Http404
        try:
            retake = create_retake(user=self.person, question_id=question.pk)
        except (QuestionNotFoundError, UserNotFoundError) as exc:
            raise Http404 from exc  # deleted meanwhile
        return HttpResponseRedirect(reverse("practice:room", args=[retake.pk]))


class ProgressView(PersonPage, TemplateView):
    template_name = "practice/progress.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        progress = read_progress(user=self.person)
        return super().get_context_data(**kwargs, **show_progress(progress))
