"""Practising by voice: a fake microphone says a recorded answer, the built-in models serve."""

import re
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from interviews.models import Interview, Question, Turn
from tests.browser.conftest import Console
from tests.browser.practising import Room, microphone_arguments, record_answer

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


@pytest.fixture(scope="module")
def browser_arguments(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    return microphone_arguments(record_answer(tmp_path_factory.mktemp("answer") / "answer.wav"))


def test_from_the_set_up_to_the_last_question(signed_in_page: Page, owner):
    page = signed_in_page
    page.goto("/practice/")
    page.get_by_role("link", name="Set up an interview").click()
    page.get_by_label("What kind of work is it?").select_option("Backend developer")
    page.get_by_role("button", name="Plan the interview").click()
    expect(page.get_by_role("heading", name="Your interview is ready")).to_be_visible()
    interview = Interview.objects.get(user=owner)
    room = Room(page, interview)

    page.get_by_role("link", name="Check microphone and sound").click()
    page.get_by_role("button", name="Use the microphone").click()
    expect(page.get_by_text("You are heard well.")).to_be_visible()
    page.get_by_role("button", name="Record a sentence").click()
    expect(page.get_by_role("timer")).to_have_text("0:02")
    page.get_by_role("button", name="Finish").click()
    recorded = page.get_by_label("What was recorded")
    expect(recorded).to_be_visible()
    assert (
        recorded.evaluate("async (audio) => { await audio.play(); return audio.paused }") is False
    )
    page.get_by_role("link", name="To the interview").click()

    page.get_by_role("button", name="Begin the interview").click()
    room.expect_turns(1)
    room.start_answer()
    room.speak_for(5)
    room.finish_answer()
    room.expect_turns(3)
    expect(room.said.nth(1)).to_contain_text("customer")
    answer = interview.turns.get(speaker=Turn.Speaker.CANDIDATE)
    assert answer.words
    assert answer.duration_s is not None and answer.duration_s > 4
    assert "customer" in answer.text


def test_the_question_is_heard_before_it_was_sent_whole(room: Room):
    room.begin()
    room.page.wait_for_function("() => heard.length > 0")
    expect(room.status).to_have_text("The interviewer is speaking")
    room.expect_ready()
    heard = room.page.evaluate("heard")
    assert sum(buffer["seconds"] for buffer in heard) > 2
    assert max(buffer["loudest"] for buffer in heard) > 0.1
    assert len(heard) > 1


def test_an_answer_interrupts_the_interviewer(room: Room):
    room.begin()
    room.page.wait_for_function("() => heard.length > 0")
    room.start_answer()
    expect(room.status).to_have_text(re.compile("Listening"))
    silenced, heard = room.page.evaluate("[silenced, heard.length]")
    assert silenced > 0
    room.speak_for(3)
    assert room.page.evaluate("heard.length") == heard


def test_the_space_bar_starts_and_ends_the_answer(room: Room):
    room.begin()
    room.page.locator("body").click(position={"x": 5, "y": 300})
    room.page.keyboard.press("Space")
    room.speak_for(3)
    room.page.keyboard.press("Space")
    room.expect_turns(3)
    assert len(room.answers) == 1


def test_the_level_moves_while_somebody_speaks(room: Room, check_accessibility):
    room.begin()
    room.start_answer()
    room.page.wait_for_function(
        "() => Number(document.querySelector('.room').style.getPropertyValue('--level')) > 0.3"
    )
    for scheme in SCHEMES:
        room.page.emulate_media(color_scheme=scheme)
        check_accessibility(room.page)


def test_an_answer_is_begun_again_and_nothing_of_it_is_kept(room: Room):
    room.begin()
    room.start_answer()
    room.speak_for(2)
    room.do("Start over")
    room.expect_ready()
    room.expect_kept(0)
    assert room.answers == []


def test_skipping_to_the_end_closes_the_interview(room: Room):
    room.begin()
    for asked in (2, 3, 4):
        room.do("Skip")
        room.expect_turns(asked)
    expect(room.said.last).to_contain_text("Closing")
    room.interview.refresh_from_db()
    assert room.interview.state == Interview.State.FINISHED
    states = set(room.interview.questions.values_list("state", flat=True))
    assert states == {Question.State.SKIPPED}


def test_a_refused_microphone_leaves_typing(room: Room, console: Console):
    room.page.add_init_script(
        """navigator.mediaDevices.getUserMedia = () =>
             Promise.reject(new DOMException("no", "NotAllowedError"))"""
    )
    room.begin()
    room.control.click()
    expect(room.page.get_by_text("Allow it beside the address")).to_be_visible()
    room.do("Type")
    room.type_answer("I wrote a test first, found the cause, and fixed it in a day.")
    room.expect_turns(3)
