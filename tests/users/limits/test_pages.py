"""Limits of the site's pages."""

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from tests.conftest import PASSWORD
from users.limits.middleware import PAGES

pytestmark = pytest.mark.usefixtures("still_clock")

WRONG = {"username": "ada@example.com", "password": "wrong", "email": "ada@example.com"}


@pytest.fixture(autouse=True)
def strict(settings):
    limits = dict.fromkeys(("sign-in", "sign-up", "password-reset"), "2/h")
    settings.LIMITS = {**settings.LIMITS, **limits}


@pytest.mark.parametrize(
    "name", ["pages:sign-in", "admin:login", "rest_framework:login", "pages:sign-up", "pages:reset"]
)
def test_what_anybody_may_send_is_limited_by_address(client, db, name):
    url = reverse(name)
    statuses = [client.post(url, WRONG).status_code for _ in range(3)]
    assert statuses[2] == 429
    assert 429 not in statuses[:2]
    assert client.get(url).status_code == 200
    assert client.post(url, WRONG, REMOTE_ADDR="203.0.113.9").status_code != 429


def test_the_page_says_how_long_to_wait(client, db):
    for _ in range(2):
        assert client.post("/sign-in/", WRONG)["RateLimit-Policy"] == '"sign-in-address";q=2;w=3600'
    answer = client.post("/sign-in/", WRONG, headers={"accept": "text/html"})
    assert answer["Content-Type"].startswith("text/html")
    assert answer["Retry-After"] == "1800"
    assert "Too many requests; try again in 30 minutes." in answer.content.decode()


def test_the_ways_to_sign_in_share_one_limit(client, owner):
    client.post("/sign-in/", WRONG)
    client.post("/admin/login/", WRONG)
    right = {"username": owner.email, "password": PASSWORD}
    assert client.post("/sign-in/", right).status_code == 429


def test_planning_an_interview_is_limited_by_person(owner, settings):
    settings.LIMITS = {**settings.LIMITS, "interviews": "1/h"}
    person = Client()
    person.force_login(owner)
    assert person.post("/practice/new/", {}).status_code == 200
    answer = person.post("/practice/new/", {})
    assert answer.status_code == 429
    assert '"interviews-user";r=0' in answer["RateLimit"]


def test_every_name_of_the_table_is_a_route():
    known = {f"{space}:" for space in get_resolver().namespace_dict}
    for name in PAGES:
        space, _, route = name.rpartition(":")
        assert f"{space}:" in known
        assert route in get_resolver().namespace_dict[space][1].reverse_dict
