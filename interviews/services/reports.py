"""Reports: asked for, and read. `report_making.py` makes them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from interviews.models import Interview, Recording, Report
from interviews.report.document import Json
from interviews.services.locks import locked
from interviews.tasks import make_report

UNDER_WAY = (Report.State.WAITING, Report.State.RUNNING)
# Longer than scoring an answer takes a slow model, and than the longest wait for another attempt.
LOST_AFTER = timedelta(minutes=30)


def request_report(*, interview: Interview) -> Report:
    """The interview's report, which is made in the background if that was not asked for yet.

    One that has failed, or that nobody seems to work on, is asked for again. The task is stored
    with the row: both, or neither. Raises `InterviewNotFoundError` where the interview was deleted
    meanwhile.
    """
    now = timezone.now()
    with locked(interview):
        report, is_new = Report.objects.get_or_create(interview=interview)
        failed = Q(state=Report.State.FAILED)
        lost = Q(state__in=UNDER_WAY, updated_at__lt=now - LOST_AFTER)
        is_begun_again = Report.objects.filter(failed | lost, pk=report.pk).update(
            state=Report.State.WAITING, failure="", attempts=0, answers_scored=0, updated_at=now
        )
        if is_new or is_begun_again:
            make_report.enqueue(report.pk)
        report.refresh_from_db()
    return report


def current_document(report: Report) -> Json | None:
    """The document as it is today: of recordings that were deleted since, only the words are left.

    One query.
    """
    document: Any = report.document
    if document is None:
        return None
    recordings = Recording.objects.filter(turn__interview=report.interview_id)
    kept = {str(turn_id) for turn_id in recordings.values_list("turn__turn_id", flat=True)}
    for answer in document["answers"]:
        for turn in answer["turns"]:
            turn["has_recording"] = turn["turn_id"] in kept
    found: Json = document
    return found
