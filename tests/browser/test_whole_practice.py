"""The whole practice as a person lives it: by voice, and by keyboard and typing alone.

What one page does is tested in its own module; here is what a person does from the first page on.
The service runs with a task worker, so that reports are made as they are in production.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import BrowserContext, Locator, Page, expect

from interviews.models import Interview, Question, Recording, Report
from tests.browser.conftest import Console
from tests.browser.keyboard import press, tab_to, type_into
from tests.browser.practising import (
    HEAR,
    Room,
    microphone_arguments,
    record_answer,
)
from tests.live import Service, live_service

WORDS = "seven quiet herons over the weir"
ROLE = "Backend developer"
ANSWER_S = 9
PART_S = 4
REPORT_MS = 60_000
NO_CONNECTION = "net::ERR_"
TYPED = (
    "In my last job the checkout failed for one customer in ten. I read the logs for two days,"
    " found a timeout, and added a retry. Failures fell by eighty percent."
)
AGAIN = f"{TYPED} Since then I look at the logs first."
PLACE = "document.querySelector('[data-part=audio]').currentTime"
PLAYS_PAST = """second => {
  const audio = document.querySelector("[data-part=audio]");
  return !audio.paused && audio.currentTime > second;
}"""


@pytest.fixture(scope="module")
def browser_arguments(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    return microphone_arguments(record_answer(tmp_path_factory.mktemp("answer") / "answer.wav"))


@pytest.fixture(scope="module")
def service(
    django_db_setup: None, django_db_blocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """This module's own, with a worker for its tasks."""
    with django_db_blocker.unblock():
        running = live_service(
            tmp_path_factory.mktemp("service"),
            SECRET_KEY=settings.SECRET_KEY,
            RECORDINGS_DIR=str(settings.RECORDINGS_DIR),
            TASK_WORKERS="1",
        )
        with running as started:
            yield started


def is_follow_up(room: Room) -> bool:
    return "Follow-up" in (room.said.last.text_content() or "")


def expect_reply(room: Room, turns: int) -> int:
    """The interviewer's words after an answer. A follow-up is skipped. Gives the turns so far."""
    room.expect_turns(turns + 2)
    if not is_follow_up(room):
        return turns + 2
    room.do("Skip")
    room.expect_turns(turns + 3)
    return turns + 3


def expect_report(page: Page, interview: Interview) -> Report:
    """The room leads to the report, and the report comes by itself."""
    press(page, page.get_by_role("link", name="Go to the report"))
    page.wait_for_url(f"**/practice/{interview.pk}/report/")
    heading = page.get_by_role("heading", name="Your report", exact=True)
    expect(heading).to_be_visible(timeout=REPORT_MS)
    report = Report.objects.get(interview=interview)
    assert report.state == Report.State.READY
    return report


def expect_beside_the_first_try(page: Page) -> None:
    tries = page.get_by_role("table", name="This try beside the first")
    expect(tries).to_be_visible()
    expect(tries.get_by_role("columnheader")).to_have_text(
        ["What", "First try", "This try", "Difference"]
    )
    expect(tries.get_by_role("row").nth(1)).to_contain_text("Overall")


def expect_progress(page: Page) -> None:
    """Both reports are there; that two say nothing of a trend is said."""
    expect(page.get_by_role("heading", name="Progress", level=1)).to_be_visible()
    expect(page.locator("main")).to_contain_text("Too little to tell")
    rows = page.get_by_role("region", name="Every report").get_by_role("row")
    expect(rows).to_have_count(3)
    expect(rows.nth(1)).to_contain_text("Retake")


def test_by_voice_from_signing_up_to_progress(
    page: Page, context: BrowserContext, console: Console
):
    console.expect(NO_CONNECTION)
    page.add_init_script(HEAR)
    page.goto("/")
    page.get_by_role("link", name="Start an interview").click()
    page.get_by_label("Email").fill("grace@example.com")
    page.get_by_label("Name").fill("Grace")
    page.get_by_label("Password").fill(WORDS)
    page.get_by_role("button", name="Sign up").click()

    page.get_by_role("link", name="Set up an interview").click()
    page.get_by_label("What kind of work is it?").select_option(ROLE)
    page.get_by_label("3 questions").check()
    page.get_by_role("button", name="Plan the interview").click()
    expect(page.get_by_role("heading", name="Your interview is ready")).to_be_visible()
    interview = Interview.objects.get(user__email="grace@example.com")
    check_device(page)

    room = Room(page, interview)
    page.get_by_role("button", name="Begin the interview").click()
    room.expect_turns(1)
    page.wait_for_function("() => heard.length > 0")
    turns = expect_reply(room, answer_aloud(room, 1, seconds=ANSWER_S))
    turns = expect_reply(room, answer_across_a_reload(room, turns))
    expect_reply(room, answer_without_connection(room, context, turns))

    report = expect_report(page, interview)
    assert interview.questions.filter(state=Question.State.ANSWERED).count() == 3
    assert Recording.objects.filter(turn__interview=interview).count() == 3
    play_a_quote(page, report)
    retake_by_voice(page, interview)
    expect_beside_the_first_try(page)
    page.get_by_role("link", name="Read the first try").click()
    expect(page.get_by_role("heading", name="Other goes at this question")).to_be_visible()
    page.get_by_role("link", name="Progress").first.click()
    expect_progress(page)


def check_device(page: Page) -> None:
    page.get_by_role("link", name="Check microphone and sound").click()
    page.get_by_role("button", name="Use the microphone").click()
    expect(page.get_by_text("You are heard well.")).to_be_visible()
    page.get_by_role("link", name="To the interview").click()


def answer_aloud(room: Room, turns: int, *, seconds: int) -> int:
    room.start_answer()
    room.speak_for(seconds)
    room.finish_answer()
    return turns


def answer_across_a_reload(room: Room, turns: int) -> int:
    """Begun on one page, sent from the next."""
    room.start_answer()
    room.speak_for(PART_S)
    room.page.reload()
    expect(room.said).to_have_count(turns)
    room.do("Send it")
    return turns


def answer_without_connection(room: Room, context: BrowserContext, turns: int) -> int:
    """Given while there is no connection, sent by itself once it is back."""
    room.start_answer()
    context.set_offline(True)
    room.speak_for(PART_S)
    room.finish_answer()
    expect(room.trouble).to_contain_text("The connection is lost")
    context.set_offline(False)
    return turns


def play_a_quote(page: Page, report: Report) -> None:
    """From where it was said on, in the recording that this browser made."""
    button, start_s = latest_quote(page)
    assert start_s in quote_places(report.document)
    button.click()
    page.wait_for_function(PLAYS_PAST, arg=start_s)
    assert page.evaluate(PLACE) == pytest.approx(start_s, abs=2)
    before = page.evaluate(PLACE)
    page.wait_for_function(PLAYS_PAST, arg=before)
    page.get_by_role("region", name="Recording").get_by_role("button", name="Close").click()


def latest_quote(page: Page) -> tuple[Locator, float]:
    """The button of the quote that was said last in its answer, and when that was in seconds."""
    buttons = page.locator("[data-play]:visible").all()
    found = max(buttons, key=place_of)
    assert place_of(found) > 1
    return found, place_of(found)


def place_of(button: Locator) -> float:
    return float(button.get_attribute("data-from") or 0)


def quote_places(document: Any) -> set[float]:
    """When each quote of a report was said."""
    if isinstance(document, list):
        return set().union(*map(quote_places, document))
    if not isinstance(document, dict):
        return set()
    here = {document["start_s"]} if {"text", "turn_id", "start_s"} <= set(document) else set()
    return here.union(*map(quote_places, document.values()))


def retake_by_voice(page: Page, interview: Interview) -> None:
    page.get_by_role("button", name="Try this question again").first.click()
    page.get_by_role("button", name="Begin the interview").click()
    retake = Interview.objects.get(retake_of__interview=interview)
    room = Room(page, retake)
    room.expect_turns(1)
    expect_reply(room, answer_aloud(room, 1, seconds=PART_S))
    expect_report(page, retake)


# Whoever presses Tab sees where they are. A pointer is used by nobody.
KEYBOARD_ONLY = """
addEventListener("pointerdown", () => { throw new Error("A pointer was used."); }, true);
addEventListener("focusin", ({ target }) => requestAnimationFrame(() => {
  if (target !== document.activeElement || target.matches("[tabindex='-1']")) return;
  const box = target.getBoundingClientRect();
  const isIn = box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth;
  const styles = [target, target.parentElement].map((element) => getComputedStyle(element));
  const isMarked = styles.some(({ outlineStyle, outlineWidth }) =>
    outlineStyle !== "none" && outlineWidth !== "0px");
  if (!isIn || !isMarked) throw new Error(`Focus is not seen: ${target.outerHTML.slice(0, 120)}`);
}));
"""


def test_by_keyboard_and_typing_alone_from_signing_up_to_progress(page: Page):
    page.add_init_script(KEYBOARD_ONLY)
    page.goto("/")
    press(page, page.get_by_role("link", name="Start an interview"))
    type_into(page, "Email", "ida@example.com")
    type_into(page, "Name", "Ida")
    type_into(page, "Password", WORDS)
    page.keyboard.press("Enter")

    press(page, page.get_by_role("link", name="Set up an interview"))
    tab_to(page, page.get_by_label("What kind of work is it?"))
    page.keyboard.type("Backend")
    press(page, page.get_by_role("button", name="Plan the interview"))
    expect(page.get_by_role("heading", name="Your interview is ready")).to_be_visible()
    interview = Interview.objects.get(user__email="ida@example.com")
    assert (interview.role, interview.questions.count()) == ("backend-developer", 3)

    hold_by_typing(page, interview, TYPED)
    expect_report(page, interview)
    press(page, page.get_by_role("button", name="Try this question again").first)
    expect(page.get_by_role("heading", name="Your interview is ready")).to_be_visible()
    retake = Interview.objects.get(retake_of__interview=interview)
    hold_by_typing(page, retake, AGAIN)
    expect_report(page, retake)
    expect_beside_the_first_try(page)
    press(page, page.get_by_role("link", name="Progress").first)
    expect_progress(page)
    assert not Recording.objects.exists()


def hold_by_typing(page: Page, interview: Interview, text: str) -> None:
    """One answer to each question. The focus goes along."""
    room = Room(page, interview)
    field = page.get_by_role("textbox", name="Your answer")
    press(page, page.get_by_role("button", name="Begin the interview"))
    room.expect_turns(1)
    if not field.is_visible():
        expect(room.control).to_be_focused()
        press(page, page.get_by_role("button", name="Type", exact=True))
    turns = 1
    for left in reversed(range(interview.questions.count())):
        expect(field).to_be_focused()
        page.keyboard.type(text)
        page.keyboard.press("Control+Enter")
        turns += 2
        room.expect_turns(turns)
        if is_follow_up(room):
            turns += 1
            press(page, page.get_by_role("button", name="Skip"))
            room.expect_turns(turns)
            if left:
                tab_to(page, field, key="Shift+Tab")
