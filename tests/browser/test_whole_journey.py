"""A new person, from signing up to seeing progress: three questions by voice, with mishaps."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from interviews.models import Interview, Report, Turn
from tests.browser.conftest import Console
from tests.browser.practising import REPLY_MS, Room, microphone_arguments, record_answer

WORDS = "seven quiet herons over the weir"
ANSWER_S = 12


@pytest.fixture(scope="module")
def browser_arguments(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    return microphone_arguments(record_answer(tmp_path_factory.mktemp("answer") / "answer.wav"))


def sign_up(page: Page) -> None:
    page.goto("/sign-up/")
    page.get_by_label("Email").fill("grace@example.com")
    page.get_by_label("Password").fill(WORDS)
    page.get_by_role("button", name="Sign up").click()
    page.get_by_role("link", name="Set up an interview").click()


def plan(page: Page) -> Room:
    page.get_by_label("What kind of work is it?").select_option("Backend developer")
    page.get_by_role("button", name="Plan the interview").click()
    expect(page.get_by_role("heading", name="Your interview is ready")).to_be_visible()
    return Room(page, Interview.objects.get())


def answer_aloud(room: Room, seconds: int = ANSWER_S) -> None:
    said = room.said.count()
    room.start_answer()
    room.speak_for(seconds)
    room.finish_answer()
    room.expect_turns(said + 2)


def answer_after_a_reload(room: Room) -> None:
    """The page is loaded anew in mid-answer; what was said so far is sent."""
    room.start_answer()
    room.speak_for(ANSWER_S)
    room.page.reload()
    said = room.said.count()
    room.do("Send it")
    room.expect_turns(said + 2)


def answer_without_a_connection(room: Room, context: BrowserContext) -> None:
    said = room.said.count()
    room.start_answer()
    room.speak_for(ANSWER_S)
    context.set_offline(True)
    room.finish_answer()
    expect(room.trouble).to_contain_text("Your answer is safe in this browser")
    context.set_offline(False)
    room.expect_turns(said + 2)


def skip_follow_ups(room: Room) -> None:
    """To the next question, or to the end."""
    while "Follow-up" in (room.said.last.text_content() or ""):
        said = room.said.count()
        room.do("Skip")
        room.expect_turns(said + 1)


def read_report(room: Room, run_tasks: Callable[..., int]) -> None:
    room.page.wait_for_url("**/report/", timeout=REPLY_MS)
    run_tasks()
    expect(room.page.get_by_role("heading", name="Your report", exact=True)).to_be_visible(
        timeout=REPLY_MS
    )


def play_quote(page: Page) -> None:
    button = page.get_by_role("button", name=re.compile("^Play from")).first
    start_s = float(button.get_attribute("data-from") or "")
    button.click()
    audio = page.locator("audio[data-part=audio]")
    expect(audio).to_have_js_property("paused", False)
    assert audio.evaluate("(audio) => audio.currentTime") >= start_s - 0.5


def test_from_signing_up_to_progress(
    page: Page, context: BrowserContext, console: Console, run_tasks
):
    console.expect("net::ERR_")
    sign_up(page)
    room = plan(page)
    page.get_by_role("button", name="Begin the interview").click()
    room.expect_turns(1)
    answer_after_a_reload(room)
    skip_follow_ups(room)
    answer_without_a_connection(room, context)
    skip_follow_ups(room)
    answer_aloud(room)
    skip_follow_ups(room)
    read_report(room, run_tasks)

    answers = room.answers
    assert len(answers) == 3
    assert len({answer.question_id for answer in answers}) == 3
    assert {answer.state for answer in answers} == {Turn.State.ANSWERED}
    assert room.interview.report.state == Report.State.READY
    play_quote(page)

    page.get_by_role("button", name=re.compile("^Try this question again")).first.click()
    retake = Room(page, Interview.objects.get(retake_of__isnull=False))
    page.get_by_role("button", name="Begin the interview").click()
    retake.expect_turns(1)
    answer_aloud(retake)
    skip_follow_ups(retake)
    read_report(retake, run_tasks)
    expect(page.get_by_text("first try").first).to_be_visible()

    page.get_by_role("link", name="Progress").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Progress")
    expect(page.get_by_role("heading", name="Overall")).to_be_visible()
