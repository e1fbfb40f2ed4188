"""Nothing that was said is lost: not by a reload, a lost connection or a server that is killed."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Literal

import pytest
from django.conf import settings
from playwright.sync_api import BrowserContext, expect

from interviews.models import Interview, Turn
from tests.browser.conftest import Console
from tests.browser.practising import REPLY_MS, Room, microphone_arguments, record_answer
from tests.live import Service, live_service
from users.models import User
from users.services.ledger import Author, adjust_credits

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
NO_CONNECTION = "net::ERR_"
UNPAID = "Your credits do not cover the next step"
WORKED_ON = "status of 409"
TYPED = "I wrote a failing test, found the race in the cache, and fixed it within a day."


@pytest.fixture(scope="module")
def browser_arguments(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    return microphone_arguments(record_answer(tmp_path_factory.mktemp("answer") / "answer.wav"))


class Server:
    """A service that can be killed with all it was doing, and started again where it was."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._port = "0"
        self._stack = ExitStack()
        self.start()

    def start(self) -> None:
        self.service = self._stack.enter_context(
            live_service(
                self._place,
                SECRET_KEY=settings.SECRET_KEY,
                RECORDINGS_DIR=str(settings.RECORDINGS_DIR),
                TURN_CLAIM_S="3",
                PORT=self._port,
            )
        )
        self._port = self.service.address.rpartition(":")[2]

    def kill(self) -> None:
        worker = self.service.worker_pid
        self.service.process.kill()
        self.service.process.wait()
        os.kill(worker, signal.SIGKILL)

    def stop(self) -> None:
        self._stack.close()


@pytest.fixture(scope="module")
def server(
    django_db_setup: None, django_db_blocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    with django_db_blocker.unblock():
        started = Server(tmp_path_factory.mktemp("service"))
        yield started
        started.stop()


@pytest.fixture(scope="module")
def service(server: Server) -> Service:
    """This module's own, which may be killed."""
    return server.service


def expect_one_answer(room: Room) -> Turn:
    """Said once, stored once, replied to once, and no longer kept in the browser."""
    room.expect_turns(3)
    (answer,) = room.answers
    assert answer.state == Turn.State.ANSWERED
    assert room.interview.turns.count() == 3
    room.expect_kept(0)
    return answer


def test_a_reload_while_speaking_keeps_what_was_said(room: Room, check_accessibility):
    room.begin()
    room.start_answer()
    room.speak_for(4)
    room.page.reload()
    expect(room.page.get_by_text("of your answer is kept in this browser")).to_be_visible()
    room.do("Listen")
    expect(room.page.locator("[data-part=player]")).to_be_visible()
    check_accessibility(room.page)
    room.do("Send it")
    answer = expect_one_answer(room)
    assert answer.duration_s is not None and answer.duration_s > 3
    assert "job" in answer.text


def test_what_was_kept_may_be_said_anew(room: Room):
    room.begin()
    room.start_answer()
    room.speak_for(2)
    room.page.reload()
    room.do("Answer again")
    room.expect_ready()
    room.expect_kept(0)
    assert room.answers == []


def test_a_reload_while_waiting_resumes_at_the_same_point(room: Room, console: Console):
    console.expect(WORKED_ON)
    room.begin()
    room.start_answer()
    room.speak_for(3)
    room.finish_answer()
    expect(room.status).to_have_text("Writing down what you said")
    room.page.reload()
    expect_one_answer(room)


def test_a_lost_connection_heals_by_itself(room: Room, context: BrowserContext, console: Console):
    console.expect(NO_CONNECTION)
    room.begin()
    room.start_answer()
    room.speak_for(2)
    context.set_offline(True)
    expect(room.trouble).to_contain_text("Your answer is safe in this browser")
    room.speak_for(3)
    room.finish_answer()
    expect(room.trouble).to_contain_text("The connection is lost")
    room.expect_kept(1)
    context.set_offline(False)
    expect_one_answer(room)
    expect(room.trouble).to_be_hidden(timeout=REPLY_MS)


def test_a_typed_answer_survives_a_lost_connection_and_a_closed_page(
    room: Room, context: BrowserContext, console: Console
):
    console.expect(NO_CONNECTION)
    room.begin()
    room.do("Type")
    context.set_offline(True)
    room.type_answer(TYPED)
    expect(room.trouble).to_contain_text("Your answer is safe in this browser")
    room.page.close()
    context.set_offline(False)
    room.page = context.new_page()
    room.open()
    assert expect_one_answer(room).text == TYPED


def test_what_is_being_typed_survives_a_reload(room: Room):
    room.begin()
    room.do("Type")
    room.page.get_by_role("textbox", name="Your answer").fill("Half an ans")
    room.page.reload()
    expect(room.page.get_by_role("textbox", name="Your answer")).to_have_value("Half an ans")


def test_a_killed_server_loses_nothing(room: Room, server: Server, console: Console):
    console.expect(f"{NO_CONNECTION}|{WORKED_ON}")
    room.begin()
    room.start_answer()
    room.speak_for(5)
    room.finish_answer()
    expect(room.status).to_have_text("Writing down what you said")
    server.kill()
    expect(room.trouble).to_contain_text("The connection is lost")
    server.start()
    expect_one_answer(room)
    expect(room.trouble).to_be_hidden(timeout=REPLY_MS)


def test_an_answer_waits_for_credits(
    room: Room, owner: User, staff: User, console: Console, check_accessibility
):
    console.expect("status of 402")
    room.begin()
    room.expect_ready()
    balance = owner.account.available - spent(owner)
    adjust_credits(user=owner, amount=-balance, reason="Spent", author=Author(user=staff))
    room.start_answer()
    room.speak_for(2)
    room.finish_answer()
    expect(room.trouble).to_contain_text(
        "Your credits do not cover the next step", timeout=REPLY_MS
    )
    expect(room.page.get_by_role("link", name="See your credits")).to_be_visible()
    for scheme in SCHEMES:
        room.page.emulate_media(color_scheme=scheme)
        check_accessibility(room.page)
    room.page.reload()
    expect(room.trouble).to_contain_text(
        "Your credits do not cover the next step", timeout=REPLY_MS
    )
    adjust_credits(user=owner, amount=100, reason="More", author=Author(user=staff))
    room.do("Try again")
    expect_one_answer(room)


def spent(owner: User) -> int:
    before = owner.account.available
    owner.account.refresh_from_db()
    return before - owner.account.available


def test_an_answer_that_waits_for_credits_may_be_taken_back(
    room: Room, owner: User, staff: User, console: Console
):
    console.expect("status of 402")
    adjust_credits(user=owner, amount=-300, reason="Spent", author=Author(user=staff))
    room.begin()
    room.start_answer()
    room.speak_for(2)
    room.finish_answer()
    room.do("Take the answer back")
    room.expect_ready()
    room.expect_turns(1)
    assert room.answers == []
    room.expect_kept(0)


def test_who_was_signed_out_signs_in_elsewhere_and_goes_on(
    room: Room,
    context: BrowserContext,
    owner: User,
    sign_in: Callable[[User], None],
    console: Console,
):
    console.expect("status of 40[13]")
    room.begin()
    room.do("Type")
    context.clear_cookies()
    room.type_answer(TYPED)
    expect(room.trouble).to_contain_text("You are signed out")
    room.expect_kept(1)
    sign_in(owner)
    elsewhere = context.new_page()
    elsewhere.goto("/practice/")
    elsewhere.close()
    room.do("Try again")
    assert expect_one_answer(room).text == TYPED


def test_another_tab_follows_and_leaves_the_answer_to_the_first(
    room: Room, context: BrowserContext
):
    room.begin()
    other = Room(context.new_page(), room.interview)
    other.open()
    room.page.bring_to_front()
    room.start_answer()
    room.speak_for(3)
    third = Room(context.new_page(), room.interview)
    third.open()
    third.expect_ready()
    expect(third.page.get_by_role("button", name="Send it")).to_be_hidden()
    room.finish_answer()
    expect_one_answer(room)
    other.expect_turns(3)
    third.expect_turns(3)
    assert Interview.objects.get().turns.count() == 3
