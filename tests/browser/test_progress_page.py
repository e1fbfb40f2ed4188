"""The progress page suits everyone, with nothing, one interview and five."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from interviews.models import Report
from interviews.services.report_making import make_report
from tests.browser.test_report_page import DRAWN
from tests.interviews.report.held import STRONG, WEAK, hold_interview
from users.models import User

PATH = "/practice/progress/"


def hold(owner: User, *answers: str) -> None:
    """Interviews with reports a week apart."""
    for n, answer in enumerate(answers):
        then = timezone.now() - timedelta(weeks=len(answers) - n)
        report = Report.objects.create(interview=hold_interview(owner, answer, finished_at=then))
        make_report(report_id=report.pk)


@pytest.mark.parametrize("count", [0, 1, 5])
def test_it_suits_everyone(signed_in_page: Page, owner: User, check_every_look, count):
    hold(owner, *[WEAK, WEAK, STRONG, WEAK, STRONG][:count])
    check_every_look(signed_in_page, PATH)
    expect(signed_in_page.locator("canvas")).to_have_count(8 - 1 if count == 5 else 0)
    signed_in_page.wait_for_function(DRAWN)


def test_each_report_is_reached_from_it(signed_in_page: Page, owner: User):
    hold(owner, STRONG)
    signed_in_page.goto(PATH)
    signed_in_page.get_by_role("link", name="Nurse").click()
    expect(signed_in_page.get_by_role("heading", name="Your report", exact=True)).to_be_visible()
    signed_in_page.get_by_role("link", name="Progress", exact=True).click()
    expect(signed_in_page.get_by_role("heading", name="Progress", exact=True)).to_be_visible()
