"""The report in the browser: heard where it was quoted, kept as a PDF, followed while made."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO
from unicodedata import normalize

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from pypdf import PdfReader

from interviews.models import Interview, Recording, Report
from interviews.report.document import Json
from tests.browser.conftest import Console
from tests.browser.keyboard import press, tab_to
from tests.interviews.report.held import STRONG, WEAK, Said, hold_interview, webm
from tests.interviews.report.speaking import FLUENT, pace
from tests.live import Service
from users.models import User

LENGTH_S = 50
HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>"
PLACE = "document.querySelector('[data-part=audio]').currentTime"
IS_PAST = "second => document.querySelector('[data-part=audio]').currentTime > second"
DRAWN = """() => [...document.querySelectorAll("canvas")].every((canvas) => {
  const { width, height } = canvas;
  return canvas.getContext("2d").getImageData(0, 0, width, height).data.some((value) => value);
})"""


@pytest.fixture
def report_on() -> Callable[[Interview], Report]:
    from interviews.services.report_making import make_report

    def make(interview: Interview) -> Report:
        report, _ = Report.objects.get_or_create(interview=interview)
        make_report(report_id=report.pk)
        report.refresh_from_db()
        return report

    return make


@pytest.fixture
def spoken(owner: User, service: Service, report_on) -> Report:
    """The report of an interview with a spoken answer, a weak typed one, and none."""
    interview = hold_interview(owner, Said(FLUENT, sound=webm(LENGTH_S)), WEAK, None)
    pace(interview, {14: 1.4, 46: 2.4})
    report: Report = report_on(interview)
    return report


@pytest.fixture
def report_page(signed_in_page: Page, spoken: Report) -> Page:
    signed_in_page.goto(path_of(spoken))
    return signed_in_page


def path_of(report: Report) -> str:
    return f"/practice/{report.interview_id}/report/"


def quote_in(report: Report) -> Json:
    """One from the middle of the recording."""
    document = report.document
    assert document is not None
    parts = document["answers"][0]["dimensions"][1]["parts"]
    found: Json = parts[-1]["quotes"][-1]
    assert 10 < found["start_s"] < LENGTH_S
    return found


def button_of(page: Page, quote: Json) -> Locator:
    """A button in the open that plays this quote."""
    return page.locator(f'[data-from="{quote["start_s"]}"][data-play]:visible').first


def test_a_quote_plays_the_recording_from_there(report_page: Page, spoken: Report):
    quote = quote_in(spoken)
    button_of(report_page, quote).click()
    player = report_page.get_by_role("region", name="Recording")
    expect(player).to_be_visible()
    report_page.wait_for_function(IS_PAST, arg=quote["start_s"])
    player.get_by_role("button", name="Pause").click()
    assert report_page.evaluate(PLACE) == pytest.approx(quote["start_s"], abs=2)
    expect(player).to_contain_text("of 0:50")
    expect(player).to_contain_text("Describe a time you calmed")


def test_words_are_highlighted_as_they_are_spoken(report_page: Page, spoken: Report):
    quote = quote_in(spoken)
    button_of(report_page, quote).click()
    report_page.wait_for_function(IS_PAST, arg=quote["start_s"])
    now = report_page.locator(".word.now")
    expect(now).to_have_count(1)
    report_page.get_by_role("button", name="Pause").click()
    assert spoken.document is not None
    words = spoken.document["answers"][0]["turns"][0]["words"]
    at = report_page.evaluate(PLACE)
    begun = [word["text"] for word in words if word["start_s"] <= at]
    expect(now).to_have_text(begun[-1])
    before = now.text_content()
    report_page.get_by_role("slider", name="Place in the recording").fill("2")
    expect(now).not_to_have_text(before or "")
    expect(report_page.locator(".word.now")).to_have_attribute("data-from", "2.0")


def test_it_is_heard_by_keyboard_alone(report_page: Page, spoken: Report):
    button = button_of(report_page, quote_in(spoken))
    press(report_page, button)
    report_page.wait_for_function(IS_PAST, arg=quote_in(spoken)["start_s"])
    toggle = report_page.locator("[data-part=toggle]")
    toggle.focus()
    report_page.keyboard.press("Space")
    expect(toggle).to_have_attribute("aria-label", "Play")
    slider = report_page.get_by_role("slider")
    tab_to(report_page, slider)
    place = float(slider.input_value())
    report_page.keyboard.press("PageUp")
    assert float(slider.input_value()) > place
    report_page.keyboard.press("Escape")
    expect(report_page.locator("[data-player]")).to_be_hidden()
    expect(button).to_be_focused()


def test_pressing_the_chart_plays_from_there(report_page: Page):
    chart = report_page.locator("canvas").first
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    assert box is not None
    chart.click(position={"x": box["width"] / 2, "y": box["height"] / 2})
    report_page.wait_for_function(IS_PAST, arg=15)
    assert report_page.evaluate(PLACE) == pytest.approx(LENGTH_S / 2, abs=5)


def test_a_recording_that_is_gone_meanwhile_is_said_to_be(report_page: Page, console: Console):
    console.expect("status of 404")
    Recording.objects.all().delete()
    report_page.locator("[data-play]:visible").first.click()
    expect(report_page.locator("#toasts")).to_contain_text("cannot be played")
    expect(report_page.locator("[data-player]")).to_be_hidden()


def test_the_report_suits_everyone(signed_in_page: Page, spoken: Report, check_every_look):
    check_every_look(signed_in_page, path_of(spoken))


def test_it_suits_everyone_unfolded_and_playing(report_page: Page, check_accessibility):
    for summary in report_page.locator("summary").all():
        summary.click()
    report_page.locator("[data-play]:visible").first.click()
    expect(report_page.locator("[data-player]")).to_be_visible()
    report_page.get_by_role("button", name="Pause").click()
    for scheme in ("light", "dark"):
        report_page.emulate_media(color_scheme=scheme)
        check_accessibility(report_page)


def test_charts_are_drawn_and_have_a_table(report_page: Page):
    report_page.wait_for_function(DRAWN)
    report_page.get_by_text("The same as a table").click()
    table = report_page.get_by_role("region", name="Pace, pauses and fillers")
    expect(table).to_contain_text("Filler")
    expect(table).to_contain_text("words a minute")


def test_a_retake_suits_everyone(
    signed_in_page: Page, owner: User, spoken: Report, report_on, check_every_look
):
    question = spoken.interview.questions.get(position=2)
    retake = report_on(hold_interview(owner, STRONG, retake_of=question))
    check_every_look(signed_in_page, path_of(retake))
    signed_in_page.get_by_role("link", name="Read the first try").click()
    expect(signed_in_page.locator("#question-2")).to_be_in_viewport()


def test_a_question_is_tried_again(report_page: Page, spoken: Report):
    report_page.get_by_role("button", name="Try this question again").nth(1).click()
    expect(report_page).not_to_have_url(path_of(spoken))
    retake = Interview.objects.get(retake_of__position=2)
    expect(report_page).to_have_url(f"/practice/{retake.pk}/")
    expect(report_page.get_by_role("button", name="Begin the interview")).to_be_visible()


def test_printed_it_is_whole(report_page: Page, spoken: Report):
    report_page.emulate_media(color_scheme="dark")
    report_page.wait_for_function(DRAWN)
    pdf = PdfReader(BytesIO(report_page.pdf(format="A4")))
    # As letters: fonts may draw some of them as one.
    text = normalize("NFKC", " ".join(page.extract_text() for page in pdf.pages))
    text = " ".join(text.split())
    assert spoken.document is not None
    assert 3 <= len(pdf.pages) <= 10
    for answer in spoken.document["answers"]:
        for words in (answer["question"], answer["text"]):
            assert " ".join(words.split()) in text
        for dimension in answer["dimensions"]:
            assert dimension["anchor"] in text
    assert spoken.document["measures"][0]["source"] in text
    for missing in (
        "Try this question again",
        "See your progress",
        "Sign out",
        "Download",
        "Delete",
    ):
        assert missing not in text


def test_it_is_printed_by_its_button(report_page: Page):
    report_page.evaluate("window.print = () => { window.isPrinted = true; }")
    report_page.get_by_role("button", name="Save as PDF or print").click()
    assert report_page.evaluate("window.isPrinted")


def test_it_is_taken_away_as_json(report_page: Page, spoken: Report):
    with report_page.expect_download() as waiting:
        report_page.get_by_role("link", name="Download as JSON").click()
    assert json.loads(waiting.value.path().read_text()) == spoken.document
    assert waiting.value.suggested_filename.endswith(".json")


def test_it_is_deleted_only_when_that_is_confirmed(report_page: Page, spoken: Report):
    report_page.get_by_role("button", name="Delete this interview").click()
    report_page.get_by_role("button", name="Keep it").click()
    assert Interview.objects.filter(pk=spoken.interview_id).exists()
    report_page.get_by_role("button", name="Delete this interview").click()
    report_page.get_by_role("button", name="Delete it").click()
    expect(report_page).to_have_url("/practice/")
    assert not Interview.objects.filter(pk=spoken.interview_id).exists()


def test_while_it_is_made_its_progress_is_followed_until_it_is_there(
    signed_in_page: Page, owner: User, report_on, check_every_look
):
    interview = hold_interview(owner, STRONG, WEAK)
    report = Report.objects.create(interview=interview)
    check_every_look(signed_in_page, path_of(report))
    status = signed_in_page.get_by_role("status").filter(has_text="begin")
    expect(status).to_have_text("About to begin")
    Report.objects.update(state="running", answers_scored=1, answers_total=2)
    expect(signed_in_page.get_by_text("1 of 2 answers scored")).to_be_visible()
    expect(signed_in_page.get_by_role("progressbar")).to_have_js_property("value", 1)
    report_on(interview)
    expect(signed_in_page.get_by_role("heading", name="Your report", exact=True)).to_be_visible()


def test_a_lost_connection_is_said_and_healed(
    signed_in_page: Page, owner: User, report_on, console: Console
):
    console.expect("ERR_INTERNET_DISCONNECTED")
    interview = hold_interview(owner, STRONG)
    report = Report.objects.create(interview=interview)
    signed_in_page.goto(path_of(report))
    signed_in_page.context.set_offline(True)
    expect(signed_in_page.get_by_role("alert")).to_contain_text("keeps trying")
    signed_in_page.context.set_offline(False)
    expect(signed_in_page.get_by_role("alert")).to_be_hidden()
    report_on(interview)
    expect(signed_in_page.get_by_role("heading", name="Your report", exact=True)).to_be_visible()


def test_one_that_failed_is_tried_again(signed_in_page: Page, owner: User, check_every_look):
    interview = hold_interview(owner, STRONG)
    report = Report.objects.create(interview=interview, state="failed", failure="internal_error")
    check_every_look(signed_in_page, path_of(report))
    signed_in_page.get_by_role("button", name="Try again").click()
    expect(signed_in_page.get_by_role("heading", name="is being made")).to_be_visible()
    report.refresh_from_db()
    assert report.state == "waiting"


def test_an_interview_without_a_score_suits_everyone(
    signed_in_page: Page, owner: User, report_on, check_every_look
):
    check_every_look(signed_in_page, path_of(report_on(hold_interview(owner, "Yes.", None))))


def test_hostile_words_do_nothing(signed_in_page: Page, owner: User, service: Service, report_on):
    """What they would do, the console would tell."""
    said = Said(f"{FLUENT} {HOSTILE}", sound=webm(LENGTH_S))
    report = report_on(hold_interview(owner, said))
    signed_in_page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    signed_in_page.goto(path_of(report))
    expect(signed_in_page.locator(".words")).to_contain_text(HOSTILE)
    signed_in_page.wait_for_function(DRAWN)


def test_without_javascript_it_is_read_and_deleted(
    browser: Browser, signed_in_page: Page, spoken: Report
):
    cookies = signed_in_page.context.cookies()
    address = signed_in_page.context.request.get("/healthz").url.removesuffix("/healthz")
    context = browser.new_context(java_script_enabled=False, base_url=address)
    context.add_cookies(cookies)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(path_of(spoken))
    expect(page.locator("body")).to_contain_text("One thing to keep")
    expect(page.get_by_role("button", name="Save as PDF or print")).to_be_hidden()
    page.get_by_role("button", name="Delete this interview at once").click()
    expect(page).to_have_url("/practice/")
    context.close()
    assert not Interview.objects.exists()
