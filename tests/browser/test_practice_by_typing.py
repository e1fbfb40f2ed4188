"""A whole interview by keyboard and typing alone, without a microphone."""

from playwright.sync_api import Page, expect

from interviews.models import Interview, Turn
from tests.browser.conftest import Console
from tests.browser.keyboard import press, tab_to
from tests.browser.practising import REPLY_MS, Room
from users.models import User

ANSWERS = (
    "In my last job the checkout failed for one customer in ten. I was asked to find out why. I "
    "read the logs for two days, found a timeout, and added a retry. Failures fell by eighty "
    "percent, and I learned to look at the logs first.",
    "I would first write tests around what it does today, then change one small thing at a time, "
    "because otherwise nobody knows what broke. I did so last year with our billing code, and we "
    "shipped it in three weeks without an incident.",
    "Our database ran out of connections on a Monday. I rolled the release back within ten "
    "minutes, told the customers, and wrote down what we had missed. Since then we test with real "
    "traffic.",
)
HOSTILE = "<img src=x onerror=alert(1)> I fixed it <script>alert(2)</script> with a test."


def type_answer(page: Page, text: str) -> None:
    tab_to(page, page.get_by_role("textbox", name="Your answer"))
    page.keyboard.type(text)
    page.keyboard.press("Control+Enter")


def test_by_keyboard_alone_from_the_set_up_to_the_end(signed_in_page: Page, owner: User):
    page = signed_in_page
    page.goto("/practice/")
    press(page, page.get_by_role("link", name="Set up an interview"))
    tab_to(page, page.get_by_label("What kind of work is it?"))
    page.keyboard.type("Backend")
    press(page, page.get_by_role("button", name="Plan the interview"))
    expect(page.get_by_role("heading", name="Your interview is ready")).to_be_visible()
    interview = Interview.objects.get(user=owner)
    assert (interview.role, interview.questions.count()) == ("backend-developer", 3)
    room = Room(page, interview)

    press(page, page.get_by_role("button", name="Begin the interview"))
    room.expect_turns(1)
    expect(room.control).to_be_focused()
    press(page, page.get_by_role("button", name="Type", exact=True))
    expect(page.get_by_role("textbox", name="Your answer")).to_be_focused()
    for answers in range(1, 10):
        page.keyboard.type(ANSWERS[answers % 3])
        page.keyboard.press("Control+Enter")
        room.expect_turns(2 * answers + 1)
        if "Closing" in (room.said.last.text_content() or ""):
            break
    interview.refresh_from_db()
    assert interview.state == Interview.State.FINISHED
    typed = interview.turns.filter(speaker=Turn.Speaker.CANDIDATE)
    assert len({turn.turn_id for turn in typed}) == answers
    assert not any(turn.duration_s for turn in typed)


def test_the_space_bar_types_a_space_in_the_field(room: Room):
    room.begin()
    room.do("Type")
    page = room.page
    page.get_by_role("textbox", name="Your answer").press_sequentially("two words")
    expect(page.get_by_role("textbox", name="Your answer")).to_have_value("two words")
    expect(page.locator(".is-recording")).to_have_count(0)


def test_what_is_typed_stays_text(room: Room, console: Console):
    room.begin()
    room.do("Type")
    room.type_answer(HOSTILE)
    room.expect_turns(3)
    expect(room.said.nth(1)).to_contain_text(HOSTILE)
    room.page.reload()
    expect(room.said.nth(1)).to_contain_text(HOSTILE)
    assert room.page.locator("main img, main li script").count() == 0
    assert console.complaints == []


def test_the_interview_is_paused_and_taken_up_again(room: Room):
    room.begin()
    room.do("Pause")
    expect(room.page.get_by_role("button", name="Go on")).to_be_focused()
    room.interview.refresh_from_db()
    assert room.interview.state == Interview.State.PAUSED
    room.page.goto("/practice/")
    room.page.get_by_role("link", name="Go on").click()
    room.do("Go on")
    expect(room.control).to_be_focused()
    room.interview.refresh_from_db()
    assert room.interview.state == Interview.State.RUNNING


def test_the_question_is_said_again(room: Room):
    room.begin()
    room.expect_ready()
    room.do("Repeat")
    room.expect_turns(2)
    expect(room.said.last).to_contain_text("Once more")


def test_ending_early_is_asked_about_first(room: Room):
    room.begin()
    room.do("End")
    dialog = room.page.get_by_role("dialog")
    expect(dialog).to_contain_text("End the interview here?")
    room.do("Keep going")
    expect(dialog).to_be_hidden()
    room.interview.refresh_from_db()
    assert room.interview.state == Interview.State.RUNNING


def test_ending_early_goes_on_to_the_report(room: Room):
    room.begin()
    room.do("Type")
    room.type_answer(ANSWERS[0])
    room.expect_turns(3)
    room.do("End")
    room.do("End it")
    room.page.wait_for_url(f"**{room.path}report/")
    room.interview.refresh_from_db()
    assert room.interview.is_over
    assert room.interview.report
    room.open()
    expect(room.page).to_have_url(f"{room.path}report/")


def test_the_last_question_leads_to_the_report(room: Room, check_accessibility):
    room.begin()
    for asked in (2, 3, 4):
        room.do("Skip")
        room.expect_turns(asked)
    expect(room.page.get_by_role("link", name="Go to the report")).to_be_visible()
    check_accessibility(room.page)
    room.page.wait_for_url(f"**{room.path}report/")
    assert Interview.objects.get().report


def test_without_sound_nothing_is_said_or_charged_for(room: Room, balance):
    room.open()
    room.do("The interviewer speaks")
    before = balance()
    room.page.get_by_role("button", name="Begin the interview").click()
    room.expect_turns(1)
    room.expect_ready()
    assert room.page.evaluate("heard") == []
    assert balance() == before
    expect(room.status).to_have_text("Take your time", timeout=REPLY_MS)
