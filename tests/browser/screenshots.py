"""Makes the README's pictures from the service as it is: `make screenshots`.

It is no test, and so named that the suite does not collect it.
"""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from interviews.models import Report
from interviews.services.report_making import make_report
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.practising import REPLY_MS, Room, microphone_arguments, record_answer
from tests.interviews.report.held import STRONG, WEAK, hold_interview
from users.models import User

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
MAX_BYTES = 150_000
SETTLES_MS = 800  # what moves has come to rest
SPOKEN_S = 20
GLIMPSE_S = 7
SPOKEN = (
    "Last winter our checkout failed for one customer in ten, and nobody knew why. I was on call,"
    " so I compared the logs of two days, and I saw that every failure took exactly thirty seconds."
    " I traced it to a timeout in the payment service, and I added a retry with a limit. Failed"
    " orders fell by eighty percent within a week. Since then I look at the timings first."
)
UNTESTED = (
    "Two years ago I took over our billing code, which had no tests. I had to add a second currency"
    " within a month, so I wrote tests around what it did that day, because I did not know what"
    " else leaned on it. Then I changed one small thing at a time, and we shipped it without an"
    " incident."
)
OUTAGE = "We had an outage, and as a team we always communicate well, so it was fixed in the end."


@pytest.fixture(scope="module")
def browser_arguments(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    answer = tmp_path_factory.mktemp("answer") / "answer.wav"
    return microphone_arguments(record_answer(answer, SPOKEN))


def take(page: Page, name: str) -> None:
    page.wait_for_timeout(SETTLES_MS)
    path = FOLDER / f"{name}.png"
    page.screenshot(path=path)
    assert path.stat().st_size < MAX_BYTES, name


def test_room_and_report(room: Room, run_tasks: Callable[..., int]):
    page = room.page
    room.begin()
    room.expect_ready()
    room.start_answer()
    room.speak_for(SPOKEN_S)
    room.finish_answer()
    room.expect_turns(3)
    leave_follow_ups(room)
    room.expect_ready()
    room.start_answer()
    room.speak_for(GLIMPSE_S)
    take(page, "room")
    room.do("Start over")
    room.do("Type")
    for text in (UNTESTED, OUTAGE):
        leave_follow_ups(room)
        before = room.said.count()
        room.type_answer(text)
        room.expect_turns(before + 2)
    leave_follow_ups(room)
    page.get_by_role("link", name="Go to the report").click()
    run_tasks()
    expect(page.get_by_role("heading", name="Your report", exact=True)).to_be_visible(
        timeout=REPLY_MS
    )
    take(page, "report")
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size(PHONE)
    page.reload()
    show_question(page)
    take(page, "report-phone-dark")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(DESKTOP)
    page.reload()
    show_question(page)
    page.locator("#question-1 [data-play]:visible").last.click()
    take(page, "quote")


def leave_follow_ups(room: Room) -> None:
    while "Follow-up" in (room.said.last.text_content() or ""):
        before = room.said.count()
        room.do("Skip")
        room.expect_turns(before + 1)


def show_question(page: Page) -> None:
    page.locator("#question-1").evaluate("(element) => element.scrollIntoView()")


def test_progress(signed_in_page: Page, owner: User):
    begun = timezone.now() - timedelta(weeks=6)
    held = [(WEAK, WEAK), (WEAK, STRONG), (WEAK, WEAK), (STRONG, WEAK), (STRONG, STRONG)]
    for week, answers in enumerate(held):
        interview = hold_interview(owner, *answers, finished_at=begun + timedelta(weeks=week))
        make_report(report_id=Report.objects.create(interview=interview).pk)
    signed_in_page.goto("/practice/progress/")
    take(signed_in_page, "progress")
