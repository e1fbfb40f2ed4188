"""However often and at once an interview is ended, it has one report, made by one task."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django_tasks_db.models import DBTaskResult

from interviews.errors import InterviewNotFoundError
from interviews.models import Interview, Report
from interviews.services.conduct import finish_interview
from interviews.services.deletion import delete_interview
from interviews.services.report_making import fail_report, make_report
from interviews.services.reports import request_report
from tests.interviews.report.held import STRONG, hold_interview

AT_ONCE = 6

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(act):
    barrier = Barrier(AT_ONCE)

    def run(_):
        try:
            barrier.wait()
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(run, range(AT_ONCE)))


def test_an_interview_that_is_ended_many_times_at_once_has_one_report(owner):
    interview = hold_interview(owner, STRONG, state=Interview.State.RUNNING)
    reports = at_once(lambda: finish_interview(interview=interview))
    assert {report.pk for report in reports} == {Report.objects.get().pk}
    assert DBTaskResult.objects.count() == 1


def test_a_failed_report_is_begun_again_once(owner):
    report = request_report(interview=hold_interview(owner, STRONG))
    fail_report(report_id=report.pk)
    at_once(lambda: request_report(interview=report.interview))
    assert DBTaskResult.objects.count() == 2


def test_attempts_that_run_side_by_side_leave_one_document(owner):
    report = request_report(interview=hold_interview(owner, STRONG))
    at_once(lambda: make_report(report_id=report.pk))
    report.refresh_from_db()
    assert (report.state, report.answers_scored) == ("ready", 1)
    assert report.summary["scored_answers"] == 1


def test_a_report_of_an_interview_that_was_deleted_meanwhile_is_refused(owner):
    interview = hold_interview(owner, STRONG)
    delete_interview(interview=interview)
    with pytest.raises(InterviewNotFoundError):
        finish_interview(interview=interview)
    assert DBTaskResult.objects.count() == 0
