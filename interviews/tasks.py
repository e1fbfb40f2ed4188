"""What is done in the background. See "Background work" in docs/architecture.md."""

from __future__ import annotations

from django_tasks import task

from interviews.services import report_making


def fail_report(report_id: int) -> None:
    report_making.fail_report(report_id=report_id)


@task(on_failure=fail_report)
def make_report(report_id: int) -> None:
    report_making.make_report(report_id=report_id)
