"""Real pages in a real Chromium, served by a real gunicorn on this process's database.

A test asks for `page` (nobody is signed in) or `signed_in_page` (the owner is) and, with both, gets
a database that keeps what is committed. What the browser complains about in its console, a breach
of the content policy included, fails the test at its end, unless `console.expect` named it.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    ViewportSize,
    sync_playwright,
)

from interviews.models import Interview
from tests.browser.practising import HEAR, Room
from tests.interviews.conftest import plan
from tests.live import Service, live_service
from users.models import User
from users.services.people import change_settings

PHONE: ViewportSize = {"width": 390, "height": 844}
SMALL_PHONE: ViewportSize = {"width": 320, "height": 640}
DESKTOP: ViewportSize = {"width": 1280, "height": 800}
PATIENCE_MS = 30_000

AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text()
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
TRANSITIONS_END = """Promise.allSettled(
  document.getAnimations().filter((a) => a instanceof CSSTransition).map((a) => a.finished)
)"""
WATCH_SHIFTS = """
window.layoutShifts = [];
new PerformanceObserver((list) => {
  for (const shift of list.getEntries()) {
    if (shift.hadRecentInput) continue;
    layoutShifts.push([shift.value, ...shift.sources.map((source) => source.node?.nodeName)]);
  }
}).observe({ type: "layout-shift", buffered: true });
"""

MISSING = (
    "These tests need Chromium, and found none. On Debian: apt-get install chromium. "
    "Elsewhere set CHROMIUM to the program's path."
)


@pytest.fixture(scope="session")
def chromium() -> str:
    return find_chromium()


def find_chromium() -> str:
    """The browser's path: `CHROMIUM`, or the first that is installed."""
    names = (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    found = next(filter(None, map(shutil.which, names)), None)
    return found or pytest.fail(MISSING)


@pytest.fixture(scope="session")
def mailbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder into which the service puts its mail."""
    return tmp_path_factory.mktemp("mail")


@pytest.fixture(scope="session")
def service(
    django_db_setup: None,
    django_db_blocker,
    tmp_path_factory: pytest.TempPathFactory,
    mailbox: Path,
) -> Iterator[Service]:
    """One for the whole run, with this process's key: sessions made here hold there."""
    with django_db_blocker.unblock():
        running = live_service(
            tmp_path_factory.mktemp("service"),
            SECRET_KEY=settings.SECRET_KEY,
            EMAIL_URL=f"filemail:///{mailbox}",
            RECORDINGS_DIR=str(settings.RECORDINGS_DIR),
        )
        with running as started:
            yield started


@pytest.fixture(scope="module")
def browser_arguments() -> list[str]:
    """What Chromium is started with besides; a module may have its own."""
    return []


@pytest.fixture(scope="module")
def browser(chromium: str, browser_arguments: list[str]) -> Iterator[Browser]:
    """One for each module. While it is there, an event loop runs in this thread; Django is told."""
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        launched = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", *browser_arguments]
        )
        yield launched
        launched.close()


@dataclass
class Console:
    """What the browser complained about, and what the test expects it to."""

    complaints: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def expect(self, pattern: str) -> None:
        self.expected.append(pattern)

    def hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text} ({message.location})")

    def unexpected(self) -> list[str]:
        return [
            complaint
            for complaint in self.complaints
            if not any(re.search(pattern, complaint) for pattern in self.expected)
        ]


@pytest.fixture
def console() -> Console:
    return Console()


@pytest.fixture
def context(
    browser: Browser, service: Service, transactional_db: None, console: Console
) -> Iterator[BrowserContext]:
    opened = browser.new_context(base_url=f"http://{service.address}", viewport=DESKTOP)
    opened.set_default_timeout(PATIENCE_MS)
    opened.add_init_script(WATCH_SHIFTS)
    opened.on("console", console.hear)
    opened.on("weberror", lambda error: console.complaints.append(str(error.error)))
    yield opened
    opened.close()
    assert console.unexpected() == []


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture
def sign_in(context: BrowserContext, service: Service) -> Callable[[User], None]:
    """Gives the browser a person's session, as if they had signed in."""

    def give_session(user: User) -> None:
        client = Client()
        client.force_login(user)
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        address = f"http://{service.address}"
        context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": address}]
        )

    return give_session


@pytest.fixture
def signed_in_page(page: Page, owner: User, sign_in: Callable[[User], None]) -> Page:
    sign_in(owner)
    return page


@pytest.fixture
def interview(owner: User) -> Interview:
    """The owner's, of three questions, not begun. The built-in models serve."""
    change_settings(user=owner, llm_model="builtin-coach", tts_model="builtin-voice")
    return plan(owner)


@pytest.fixture
def room(signed_in_page: Page, interview: Interview) -> Room:
    """The owner's practice room, not opened yet."""
    signed_in_page.add_init_script(HEAR)
    return Room(signed_in_page, interview)


@pytest.fixture
def check_accessibility() -> Callable[[Page], None]:
    """Fails on whatever axe finds against WCAG 2.2 AA or its own best practices."""

    def check(page: Page) -> None:
        page.evaluate(TRANSITIONS_END)
        page.evaluate(AXE)
        result = page.evaluate(
            "tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']})", AXE_TAGS
        )
        found = [
            f"{violation['id']}: {node['html']} {node['failureSummary']}"
            for violation in result["violations"]
            for node in violation["nodes"]
        ]
        assert found == [], page.url

    return check


@pytest.fixture
def check_layout() -> Callable[[Page], None]:
    """Fails where something jumped so far, or where the page is wider than its window.

    What a person caused by pressing something is no jump.
    """

    def check(page: Page) -> None:
        assert page.evaluate("layoutShifts") == [], page.url
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url

    return check


@pytest.fixture
def check_every_look(check_accessibility, check_layout) -> Callable[[Page, str], None]:
    """Light and dark, on a phone and a desktop; and the narrowest screen has no sideways scroll."""

    def check(page: Page, path: str) -> None:
        for size in (DESKTOP, PHONE, SMALL_PHONE):
            page.set_viewport_size(size)
            page.goto(path)
            check_layout(page)
        for size in (DESKTOP, PHONE):
            page.set_viewport_size(size)
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                check_accessibility(page)

    return check
