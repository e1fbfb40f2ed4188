"""Every page of the shell: whole, readable by everyone, steady, small."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.conftest import DESKTOP, PHONE, Console, find_chromium
from users.models import User
from users.services.ledger import Author, adjust_credits

TABLET: ViewportSize = {"width": 768, "height": 1024}
SMALL_PHONE: ViewportSize = {"width": 320, "height": 640}
FIRST_PAGE_MAX_BYTES = 100_000

PUBLIC = ["/", "/sign-in/", "/sign-up/", "/password-reset/", "/password-reset/sent/"]
PERSONAL = [
    "/",
    "/settings/",
    "/settings/interviewer/",
    "/settings/password/",
    "/settings/data/",
    "/settings/delete/",
    "/credits/",
]


@pytest.fixture
def check_every_look(check_accessibility, check_layout) -> Callable[[Page, str], None]:
    """Light and dark, on a phone and a desktop; and the narrowest screen has no sideways scroll."""

    def check(page: Page, path: str) -> None:
        for size in (DESKTOP, TABLET, PHONE, SMALL_PHONE):
            page.set_viewport_size(size)
            page.goto(path)
            for scheme in ("light", "dark") if size in (DESKTOP, PHONE) else ():
                page.emulate_media(color_scheme=scheme)
                check_accessibility(page)
            check_layout(page)

    return check


@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_suits_everyone(page, check_every_look, path):
    check_every_look(page, path)


@pytest.mark.parametrize("path", PERSONAL)
def test_a_person_s_page_suits_everyone(signed_in_page, check_every_look, path):
    check_every_look(signed_in_page, path)


def test_an_error_page_suits_everyone(page, check_every_look, console: Console):
    console.expect("status of 404")
    check_every_look(page, "/nothing/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Nothing is here")


def test_errors_of_a_form_suit_everyone(page, check_accessibility, check_layout):
    page.goto("/sign-up/")
    page.get_by_role("button", name="Sign up").click()
    expect(page.locator("#id_email")).to_have_attribute("aria-invalid", "true")
    check_accessibility(page)
    check_layout(page)


def test_an_open_menu_and_a_list_of_models_suit_everyone(signed_in_page: Page, check_accessibility):
    page = signed_in_page
    page.set_viewport_size(PHONE)
    page.goto("/settings/interviewer/")
    for summary in page.locator("summary").all():
        summary.click()
    page.get_by_role("button", name="Menu").click()
    expect(page.get_by_role("link", name="Credits")).to_be_visible()
    check_accessibility(page)


def test_the_first_page_is_small(page: Page):
    """As `make run` serves it: the static files not even compressed."""
    page.goto("/", wait_until="networkidle")
    sizes = page.evaluate(
        """["navigation", "resource"].flatMap((type) => performance.getEntriesByType(type))
            .map((entry) => [new URL(entry.name).pathname, entry.transferSize])"""
    )
    assert sum(size for _, size in sizes) < FIRST_PAGE_MAX_BYTES, sizes
    assert {"/", "/static/css/page.css", "/static/js/shell.js"} <= {path for path, _ in sizes}


def test_nothing_comes_from_elsewhere(page: Page):
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    for path in PUBLIC:
        page.goto(path)
    assert len(hosts) == 1


def test_what_is_pressed_is_large_enough(signed_in_page: Page):
    page = signed_in_page
    page.set_viewport_size(PHONE)
    for path in PERSONAL:
        page.goto(path)
        page.get_by_role("button", name="Menu").click()
        small = page.evaluate(
            """[...document.querySelectorAll("button, summary, .button, nav a, .choice")]
                .map((element) => [element.outerHTML.slice(0, 80), element.getBoundingClientRect()])
                .filter(([, box]) => box.height && (box.height < 36 || box.width < 36))
                .map(([html]) => html)"""
        )
        assert small == [], path


def test_the_current_page_is_marked(signed_in_page: Page):
    signed_in_page.goto("/settings/password/")
    menu = signed_in_page.get_by_role("navigation", name="Main")
    expect(menu.locator("[aria-current]")).to_have_text("Settings")
    tabs = signed_in_page.get_by_role("navigation", name="Settings")
    expect(tabs.locator("[aria-current=page]")).to_have_text("Password")


def test_the_menu_opens_on_a_phone_without_javascript(browser, service, transactional_db):
    context = browser.new_context(
        base_url=f"http://{service.address}", viewport=PHONE, java_script_enabled=False
    )
    page = context.new_page()
    page.goto("/")
    link = page.get_by_role("link", name="Sign up")
    expect(link).to_be_hidden()
    page.get_by_role("button", name="Menu").click()
    expect(link).to_be_visible()
    link.click()
    expect(page).to_have_url(f"http://{service.address}/sign-up/")
    context.close()


def test_the_chosen_theme_is_remembered(page: Page):
    background = "getComputedStyle(document.documentElement).backgroundColor"
    page.emulate_media(color_scheme="light")
    page.goto("/sign-in/")
    light = page.evaluate(background)
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate("location.pathname") == "/sign-in/"
    page.goto("/")
    assert page.evaluate(background) != light
    page.get_by_role("button", name="System").click()
    expect(page.locator("html")).not_to_have_attribute("data-theme", "dark")
    assert page.evaluate(background) == light


def test_reduced_motion_is_kept(page: Page):
    page.emulate_media(reduced_motion="reduce")
    page.goto("/")
    button = page.locator(".button").first
    assert button.evaluate("element => getComputedStyle(element).transitionDuration") == "0.001s"


def test_receipts_are_paged(signed_in_page: Page, owner: User, staff: User):
    for number in range(30):
        adjust_credits(user=owner, amount=1, reason=f"Gift {number}", author=Author(user=staff))
    page = signed_in_page
    page.goto("/credits/")
    expect(page.locator("tbody tr")).to_have_count(25)
    expect(page.locator("tbody tr").first).to_contain_text("Gift 29")
    page.get_by_role("link", name="Older").click()
    expect(page.locator("tbody tr")).to_have_count(6)
    expect(page.locator("tbody tr").last).to_contain_text("Welcome credits")
    page.get_by_role("link", name="Newest").click()
    expect(page.locator("tbody tr")).to_have_count(25)


def test_staff_pages_of_packages_keep_to_their_policies(
    page: Page, sign_in: Callable[[User], None], superuser: User, owner: User
):
    """The console, which the fixture reads, stays silent; and what needs its scripts works."""
    page.goto("/admin/login/?next=/admin/")
    page.get_by_label("Email").wait_for()
    sign_in(superuser)
    paths = ["/admin/", "/admin/users/user/", f"/admin/users/user/{owner.pk}/change/"]
    paths += ["/admin/users/apikey/add/", "/admin/users/ledgerentry/", "/admin/ai/modeloverride/"]
    paths += ["/api/me", "/api/users", "/api-auth/login/"]
    for path in paths:
        page.goto(path, wait_until="networkidle")
    page.goto("/api/docs")
    page.get_by_role("heading", name="Interview Trainer").wait_for()


def test_where_no_browser_is_found_the_failure_says_what_to_install(monkeypatch):
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("CHROMIUM", raising=False)
    with pytest.raises(pytest.fail.Exception, match="apt-get install chromium"):
        find_chromium()


@pytest.fixture
def superuser(db) -> User:
    return User.objects.create_superuser("root@example.com", "correct horse battery staple")
