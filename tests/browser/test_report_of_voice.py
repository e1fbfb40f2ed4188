"""From an answer that was really spoken to its report, another go, and progress."""

import pytest
from playwright.sync_api import Page, expect

from interviews.models import Interview, Report
from tests.browser.practising import REPLY_MS, Room, microphone_arguments, record_answer
from tests.browser.test_report_page import IS_PAST, PLACE, path_of

SPOKEN_S = 14


@pytest.fixture(scope="module")
def browser_arguments(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    return microphone_arguments(record_answer(tmp_path_factory.mktemp("answer") / "answer.wav"))


def test_a_spoken_interview_is_reported_heard_and_tried_again(
    signed_in_page: Page, room: Room, run_tasks
):
    page = signed_in_page
    room.begin()
    room.start_answer()
    room.speak_for(SPOKEN_S)
    room.finish_answer()
    room.expect_turns(3)
    room.do("End")
    room.do("End it")
    expect(page.get_by_role("heading", name="Your report is being made")).to_be_visible()
    assert run_tasks() == 1
    expect(page.get_by_role("heading", name="Your report", exact=True)).to_be_visible(
        timeout=REPLY_MS
    )

    report = Report.objects.get()
    assert report.document is not None
    answer = report.document["answers"][0]
    assert answer["level"] is not None
    quotes = [dimension["quotes"][0] for dimension in answer["dimensions"] if dimension["quotes"]]
    quote = max(quotes, key=lambda one: one["start_s"])
    assert quote["start_s"] > 0
    page.locator(f'[data-from="{quote["start_s"]}"][data-play]:visible').first.click()
    page.wait_for_function(IS_PAST, arg=quote["start_s"])
    page.get_by_role("button", name="Pause").click()
    assert quote["start_s"] <= page.evaluate(PLACE) < quote["start_s"] + 3
    now = page.locator(".word.now")
    words = [word["text"] for word in answer["turns"][0]["words"]]
    assert now.text_content() in words

    page.get_by_role("button", name="Close").click()
    page.get_by_role("button", name="Try this question again").first.click()
    expect(page.get_by_role("heading", name="Your interview is ready")).to_be_visible()
    retake = Interview.objects.exclude(pk=room.interview.pk).get()
    assert retake.retake_of is not None
    page.get_by_role("link", name="Progress", exact=True).click()
    expect(page.get_by_text("Too little to tell yet: 1 interview so far.")).to_be_visible()
    page.locator(f'a[href="{path_of(report)}"]').click()
    expect(page.get_by_role("heading", name="Your report", exact=True)).to_be_visible()
