"""A worker that is killed while a model scores costs nobody anything, and loses no answer."""

import os
import signal
from pathlib import Path

import pytest
from django.utils import timezone

from interviews.models import Report
from interviews.services.reports import request_report
from tests.background.test_workers import run_worker
from tests.interviews.report.held import STRONG, WEAK, hold_interview
from tests.interviews.report.scoring_model import sample_for
from tests.live import wait_until
from users.models import Hold
from users.services.audit import AuditTotals, audit_ledger
from users.services.ledger import expire_holds

__all__ = ["run_worker"]

pytestmark = pytest.mark.django_db(transaction=True)

SAMPLES = 3


def test_the_next_attempt_goes_on_where_it_ended(owner, scoring_model, run_worker, balance):
    """It dies at the second of three samples of the second answer."""

    def score(schema, answer):
        if len(scoring_model.asked) == SAMPLES + 2:
            os.kill(worker_of(process.pid), signal.SIGKILL)
        return sample_for(schema, answer)

    scoring_model.score = score
    report = request_report(interview=hold_interview(owner, STRONG, WEAK))
    process = run_worker(
        COMPATIBLE_BASE_URL=f"{scoring_model.url}/v1",
        COMPATIBLE_API_KEY="secret-key",
        COMPATIBLE_TEXT_MODEL="local-scorer",
        REPORT_SAMPLES=str(SAMPLES),
    )
    wait_until(lambda: Report.objects.get().state == "ready")
    report.refresh_from_db()
    assert report.attempts == 2
    assert report.summary["scorer"] == "local-scorer"
    assert len(scoring_model.asked) == SAMPLES + 2 + SAMPLES
    # Each answer is 4 credits. What was held for the one that was cut off comes back in time.
    Hold.objects.filter(state=Hold.State.OPEN).update(expires_at=timezone.now())
    expire_holds()
    assert balance() == (300 - 2 * 4, 0)
    assert list(audit_ledger(AuditTotals())) == []


def worker_of(supervisor_pid: int) -> int:
    children = Path(f"/proc/{supervisor_pid}/task/{supervisor_pid}/children").read_text()
    return int(children.split()[0])
