"""Two people: neither reaches what is the other's, by any page or route of the API.

The routes are those of the application, so that a new one is tried without being named here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.db.models import Model
from django.urls import URLPattern, URLResolver, reverse
from playwright.sync_api import APIResponse, BrowserContext, Page

from interviews import page_urls, urls
from interviews.models import Interview, Question, Recording, Report, Turn
from interviews.services.report_making import make_report
from tests.interviews.report.held import STRONG, Said, hold_interview, webm
from users.models import User

# What a route needs to look for the interview at all; a new one may need a line here.
BODIES = {
    "interviews:turn-list": {"turn_id": str(uuid4()), "text": STRONG},
    "interviews:turn-skip": {"question": 1},
}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
OK, FOUND, UNKNOWN, FORBIDDEN, NOT_THERE, NO_SUCH_METHOD = 200, 302, 401, 403, 404, 405
SAID = STRONG[:40]
PERSONAL: tuple[type[Model], ...] = (Interview, Question, Turn, Recording, Report)


def routes_of(patterns: Sequence[URLPattern | URLResolver]) -> Iterator[URLPattern]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from routes_of(pattern.url_patterns)
        else:
            yield pattern


ROUTES = {
    f"{space}:{route.name}": frozenset(route.pattern.regex.groupindex)
    for space, module in (("interviews", urls), ("practice", page_urls))
    for route in routes_of(module.urlpatterns)
}
OF_ONE = sorted(name for name, arguments in ROUTES.items() if arguments)
OF_ALL = sorted(name for name, arguments in ROUTES.items() if not arguments)


@pytest.fixture
def held(owner: User) -> Interview:
    """The owner's: an answer with its recording, a report, and a retake with its report."""
    interview = hold_interview(owner, Said(STRONG, sound=webm()))
    retake = hold_interview(owner, STRONG, retake_of=interview.questions.get())
    for one in (interview, retake):
        make_report(report_id=Report.objects.create(interview=one).pk)
    return interview


def path_of(route: str, interview: Interview) -> str:
    """Fails with a `KeyError` on a route that names something which is not known here."""
    answer = interview.turns.get(speaker=Turn.Speaker.CANDIDATE)
    known = {"pk": interview.pk, "turn_id": answer.turn_id, "position": 1}
    return reverse(route, kwargs={name: known[name] for name in ROUTES[route]})


def rows() -> list[dict[str, Any]]:
    """All that there is of interviews."""
    return [dict(row) for kind in PERSONAL for row in kind._default_manager.order_by("pk").values()]


@dataclass
class Visitor:
    """Whoever is signed in to the browser, asking for addresses."""

    context: BrowserContext

    def ask(self, method: str, path: str, body: object = None) -> APIResponse:
        cookies = {cookie["name"]: cookie["value"] for cookie in self.context.cookies()}
        return self.context.request.fetch(
            path,
            method=method,
            headers={"X-CSRFToken": cookies[settings.CSRF_COOKIE_NAME]},
            data=None if method == "GET" else body or {},
            max_redirects=0,
        )

    def ask_for_all_of(self, interview: Interview) -> dict[tuple[str, str], APIResponse]:
        """What each method of each route of this interview answers."""
        return {
            (route, method): self.ask(method, path_of(route, interview), BODIES.get(route))
            for route in OF_ONE
            for method in METHODS
        }


@pytest.fixture
def visitor(page: Page, context: BrowserContext) -> Visitor:
    page.goto("/sign-in/")  # where the token against forged requests comes from
    return Visitor(context)


Session = Callable[[User], None]


def test_what_is_anothers_is_not_there(
    held: Interview, owner: User, other_user: User, sign_in: Session, visitor: Visitor
):
    before = rows()
    sign_in(owner)
    for route in OF_ONE:
        status = visitor.ask("GET", path_of(route, held)).status
        assert status in (OK, FOUND, NO_SUCH_METHOD), route
    sign_in(other_user)
    answers = visitor.ask_for_all_of(held)
    reached = {
        asked: answer.status
        for asked, answer in answers.items()
        if answer.status not in (NOT_THERE, NO_SUCH_METHOD) or SAID in answer.text()
    }
    assert reached == {}
    looked_for = {route for (route, _), answer in answers.items() if answer.status == NOT_THERE}
    assert looked_for == set(OF_ONE)
    assert rows() == before


def test_what_is_listed_is_ones_own(
    held: Interview, owner: User, other_user: User, sign_in: Session, visitor: Visitor
):
    sign_in(other_user)
    for route in OF_ALL:
        for query in ("", f"?email={owner.email}"):
            answer = visitor.ask("GET", f"{reverse(route)}{query}")
            assert answer.status in ((OK, FORBIDDEN) if query else (OK,)), route
            for interview in Interview.objects.all():
                assert str(interview.pk) not in answer.text(), route


def test_nobody_reaches_anything(held: Interview, visitor: Visitor):
    before = rows()
    for asked, answer in visitor.ask_for_all_of(held).items():
        goes_to_sign_in = answer.headers.get("location", "").startswith("/sign-in/")
        assert answer.status in (UNKNOWN, NO_SUCH_METHOD) or goes_to_sign_in, asked
        assert SAID not in answer.text(), asked
    assert rows() == before


def test_anothers_question_is_not_practised_again(
    held: Interview, other_user: User, sign_in: Session, visitor: Visitor
):
    sign_in(other_user)
    body = {"retake_of": held.questions.get().pk}
    answer = visitor.ask("POST", reverse("interviews:interview-list"), body)
    assert answer.status == NOT_THERE
    assert not Interview.objects.filter(user=other_user).exists()
