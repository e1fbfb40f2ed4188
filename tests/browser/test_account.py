"""An account from beginning to end in the browser, most of it by keyboard alone."""

import email
import re
from pathlib import Path

from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Console
from tests.browser.keyboard import press, tab_to, type_into
from tests.live import wait_until
from users.models import User

WORDS = "seven quiet herons over the weir"
OTHER_WORDS = "nine loud geese under the bridge"
HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>"


def test_by_keyboard_alone_from_signing_up_to_signing_out(page: Page):
    page.goto("/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    press(page, page.get_by_role("link", name="Start an interview"))
    type_into(page, "Email", "Grace@Example.com")
    type_into(page, "Name", "Grace")
    type_into(page, "Password", WORDS)
    page.keyboard.press("Enter")

    press(page, page.get_by_role("link", name="Settings").first)
    expect(page.locator("main")).to_contain_text("grace@example.com")
    tab_to(page, page.get_by_label("Name"))
    page.keyboard.press("Control+A")
    page.keyboard.type("Grace Hopper")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
    assert User.objects.get(email="grace@example.com").name == "Grace Hopper"

    press(page, page.get_by_role("button", name="Sign out"))
    expect(page.get_by_text("You are signed out.")).to_be_visible()
    press(page, page.get_by_role("link", name="Sign in").first)
    type_into(page, "Email", "grace@example.com")
    type_into(page, "Password", WORDS)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def test_errors_take_the_focus_and_lead_to_their_fields(page: Page):
    page.goto("/sign-up/")
    page.get_by_label("Email").fill("nobody")
    page.get_by_label("Password").fill("password")
    page.keyboard.press("Enter")
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(page).to_have_title(re.compile("^Error: "))
    described = page.get_by_label("Email").get_attribute("aria-describedby")
    expect(page.locator(f"#{described}")).to_have_text("Enter a valid email address.")
    expect(page.get_by_label("Password")).to_have_value("")
    press(page, summary.get_by_role("link", name="Password"))
    expect(page.get_by_label("Password")).to_be_focused()


def test_a_password_can_be_looked_at(page: Page):
    page.goto("/sign-up/")
    password = page.get_by_label("Password")
    password.fill(WORDS)
    show = page.get_by_role("button", name="Show what is typed")
    press(page, show)
    expect(password).to_have_attribute("type", "text")
    expect(show).to_have_attribute("aria-pressed", "true")
    press(page, show)
    expect(password).to_have_attribute("type", "password")


def test_html_in_a_name_stays_text(signed_in_page: Page, console: Console):
    page = signed_in_page
    page.goto("/settings/")
    page.get_by_label("Name").fill(HOSTILE)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Name")).to_have_value(HOSTILE)
    assert page.locator("main img, main script").count() == 0
    assert console.complaints == []


def test_the_interviewer_s_models_and_sound_are_chosen(signed_in_page: Page, owner: User):
    page = signed_in_page
    page.goto("/settings/interviewer/")
    says = page.get_by_role("group", name="What the interviewer says")
    stored = says.get_by_role("radio", name=re.compile("^Chosen for you"))
    coach = says.get_by_role("radio", name=re.compile("^Built-in coach"))
    expect(stored).to_be_checked()
    coach.check()
    page.get_by_label("Speak aloud").uncheck()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(coach).to_be_checked()
    expect(stored).to_have_count(0)
    owner.settings.refresh_from_db()
    assert (owner.settings.llm_model, owner.settings.auto_play_audio) == ("builtin-coach", False)
    assert owner.settings.tts_model == "elevenlabs-multilingual-v1"


def test_a_forgotten_password_is_replaced_by_mail(page: Page, owner: User, mailbox: Path):
    page.goto("/sign-in/")
    page.get_by_role("link", name="Forgotten your password?").click()
    page.get_by_label("Email").fill("ADA@example.com")
    page.get_by_role("button", name="Send me the link").click()
    expect(page.get_by_role("heading", name="Look at your mail")).to_be_visible()
    wait_until(lambda: any(mailbox.iterdir()))
    link = link_in_mail(mailbox)

    page.goto(link)
    expect(page).not_to_have_url(link)
    page.get_by_label("New password").fill(OTHER_WORDS)
    page.get_by_role("button", name="Set the password").click()
    page.get_by_label("Email").fill("ada@example.com")
    page.get_by_label("Password").fill(OTHER_WORDS)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()

    page.goto(link)
    expect(page.get_by_role("heading", name="This link does not work any more")).to_be_visible()


def link_in_mail(mailbox: Path) -> str:
    written = next(mailbox.iterdir()).read_text().partition("\n" + "-" * 79)[0]
    body = str(email.message_from_string(written).get_payload())
    found = re.search(r"http://\S+", body)
    assert found
    return found.group()


def test_an_account_is_erased_only_with_its_address_typed(signed_in_page: Page, owner: User):
    page = signed_in_page
    page.goto("/settings/delete/")
    page.get_by_label("Erase everything").check()
    page.get_by_label("Your email").fill("bob@example.com")
    page.get_by_role("button", name="Delete my account").click()
    expect(page.get_by_role("alert")).to_contain_text("Type ada@example.com to confirm.")
    page.get_by_label("Your email").fill("ada@example.com")
    page.get_by_role("button", name="Delete my account").click()
    expect(page.get_by_text("Your account is deleted.")).to_be_visible()
    owner.refresh_from_db()
    assert owner.erased_at is not None
    page.goto("/settings/")
    expect(page).to_have_url(re.compile("/sign-in/"))


def test_a_form_is_sent_once_however_often_it_is_pressed(page: Page):
    page.goto("/sign-up/")
    page.get_by_label("Email").fill("twice@example.com")
    page.get_by_label("Password").fill(WORDS)
    held: list[Route] = []
    page.route(
        "**/sign-up/",
        lambda route: held.append(route) if route.request.method == "POST" else route.continue_(),
    )
    button = page.get_by_role("button", name="Sign up")
    button.hover()
    with page.expect_request(lambda request: request.method == "POST"):
        for _ in range(3):
            page.mouse.down()
            page.mouse.up()
    while not held:
        page.wait_for_timeout(20)  # the handler runs when Playwright's events do
    held[0].continue_()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    assert len(held) == 1
