"""The front page: a page for people, and for programs the word that the service is there."""

import pytest
from django.test import Client

from users.models import User

BROWSER = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
ALIVE = {"data": "Server is up and running"}


@pytest.mark.parametrize(
    "accept", [None, "*/*", "application/json", "application/json, text/plain, */*", "image/png"]
)
def test_programs_read_that_the_service_is_there(client: Client, accept):
    response = client.get("/", headers={"accept": accept} if accept else {})
    assert (response.status_code, response.json()) == (200, ALIVE)
    assert response["Content-Type"] == "application/json"
    assert "Accept" in response["Vary"]


def test_browsers_read_what_this_is(client: Client):
    response = client.get("/", headers=BROWSER)
    page = response.content.decode()
    assert response.status_code == 200
    assert "Practise the interview before it counts" in page
    assert 'href="/sign-up/"' in page
    assert {"Accept", "Cookie"} <= set(response["Vary"].split(", "))


@pytest.mark.django_db
def test_who_is_signed_in_goes_straight_to_practising(client: Client, owner: User):
    client.force_login(owner)
    page = client.get("/", headers=BROWSER).content.decode()
    assert 'href="/practice/">Start an interview' in page
    assert 'href="/sign-up/"' not in page


def test_other_methods_are_refused(client: Client):
    for headers in ({}, BROWSER):
        response = client.post("/", headers=headers)
        assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")


def test_no_page_where_sign_up_is_closed_leads_there(client: Client, settings):
    settings.SIGN_UP_OPEN = False
    for path in ("/", "/sign-in/"):
        assert "/sign-up/" not in client.get(path, headers=BROWSER).content.decode()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_theme_of_the_cookie_is_drawn(client: Client, theme):
    response = client.post("/theme/", {"theme": theme, "next": "/sign-in/"})
    assert (response.status_code, response["Location"]) == (302, "/sign-in/")
    cookie = response.cookies["theme"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert f'data-theme="{theme}"' in client.get("/sign-in/").content.decode()


@pytest.mark.parametrize("theme", ["", "neon", '"><script>', "dark\x00"])
def test_a_theme_that_is_none_is_not_kept(client: Client, theme):
    assert "theme" not in client.post("/theme/", {"theme": theme}).cookies
    client.cookies["theme"] = theme
    assert "data-theme" not in client.get("/sign-in/").content.decode()


@pytest.mark.parametrize("path", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_choosing_a_theme_leads_nowhere_else(client: Client, path):
    assert client.post("/theme/", {"theme": "dark", "next": path})["Location"] == "/"


def test_the_icon_that_browsers_guess_is_there(client: Client):
    assert client.get("/favicon.ico")["Location"] == "/static/favicon.svg"
