"""Whatever goes wrong, the answer is a problem document (or a page, for people elsewhere)."""

import json
from typing import Any

import pytest
from django.db import IntegrityError, InterfaceError, OperationalError
from django.test import Client
from rest_framework.test import APIClient

from users.models import ApiKey, User

MEMBERS = {"type", "title", "status", "detail", "code", "message", "request_id"}
BROWSER = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
SECRET = "cannot connect as root with password hunter2"


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


@pytest.fixture
def break_key_lookup(monkeypatch):
    """Let the first question that an API request asks the database fail."""

    def use(error: Exception) -> None:
        def fail(*args: Any, **kwargs: Any) -> None:
            raise error

        monkeypatch.setattr(ApiKey.objects, "filter", fail)

    return use


def assert_problem(
    response: Any, status: int, code: str, more: frozenset[str] = frozenset()
) -> Any:
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    document = json.loads(response.content)
    assert set(document) == MEMBERS | more
    assert (document["status"], document["code"]) == (status, code)
    assert document["message"] == document["detail"] != ""
    assert document["request_id"] == response["X-Request-ID"]
    return document


@pytest.mark.parametrize("accept", ["*/*", "application/json", "text/html"])
@pytest.mark.parametrize("path", ["/api/nothing", "/api/users/7/nothing", "/api"])
def test_an_unknown_api_route_is_a_problem_for_everyone(client, path, accept):
    assert_problem(client.get(path, headers={"accept": accept}), 404, "not_found")


def test_an_unknown_page_is_a_problem_for_programs(client):
    response = client.get("/nothing", headers={"accept": "application/json"})
    assert_problem(response, 404, "not_found")


def test_an_unknown_page_is_a_page_for_browsers(client):
    response = client.get("/nothing", headers=BROWSER)
    page = response.content.decode()
    assert response.status_code == 404
    assert response["Content-Type"].startswith("text/html")
    assert '<html lang="en">' in page
    assert "color-scheme" in page
    assert "Nothing is here" in page
    assert response["X-Request-ID"] in page


def test_a_page_does_not_repeat_markup_of_the_address(client):
    response = client.get("/<script>alert(1)</script>", headers=BROWSER)
    assert "<script>" not in response.content.decode()


@pytest.mark.parametrize(
    ("method", "path"),
    [("put", "/api/users"), ("get", "/api/ai/message"), ("delete", "/api/users/settings")],
)
def test_a_method_that_a_route_does_not_know_is_refused(frontend, method, path):
    response = getattr(frontend, method)(path)
    assert_problem(response, 405, "method_not_allowed")
    assert response["Allow"]


@pytest.mark.parametrize("body", [b"{", b"\xff", b'{"email": 1e400}', b'"\\ud800"', b"[" * 9_999])
def test_a_body_that_is_not_json_is_malformed(frontend, body):
    response = frontend.generic("POST", "/api/users", body, "application/json")
    assert_problem(response, 400, "malformed")


def test_a_pair_of_surrogates_is_a_character(frontend):
    response = frontend.generic("POST", "/api/debugging", b'"\\ud83d\\ude00"', "application/json")
    assert response.json()["body"] == "😀"


def test_a_body_of_another_type_is_refused(frontend):
    response = frontend.generic("POST", "/api/users", b"email=a", "text/plain")
    assert_problem(response, 415, "unsupported_media_type")


def test_a_huge_body_is_refused(frontend, settings):
    settings.BODY_MAX_BYTES = 100
    response = frontend.post("/api/users", {"email": "x" * 200}, format="json")
    assert_problem(response, 413, "too_large")


def test_values_that_are_not_valid_are_named(frontend):
    response = frontend.post("/api/users", {"email": "no address"}, format="json")
    document = assert_problem(response, 400, "invalid", frozenset({"errors"}))
    assert [error["field"] for error in document["errors"]] == ["email"]
    assert document["detail"].startswith("email: ")


def test_half_a_surrogate_in_an_address_is_no_crash(frontend):
    assert frontend.get("/api/users?email=%ED%B0%80%40example.com").status_code == 400


def test_a_format_that_cannot_be_given_is_not_acceptable(frontend):
    response = frontend.get("/api/users", headers={"accept": "image/png"})
    assert_problem(response, 406, "not_acceptable")


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_nobody_is_unauthorized(anonymous, db, accept):
    response = anonymous.get("/api/users", headers={"accept": accept})
    assert assert_problem(response, 401, "not_authenticated")["message"] == "Unauthorized"
    assert response["WWW-Authenticate"]


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
@pytest.mark.parametrize("error", [RuntimeError(SECRET), IntegrityError(SECRET)])
def test_a_bug_is_a_500_that_says_nothing(frontend, break_key_lookup, error, accept):
    break_key_lookup(error)
    response = frontend.get("/api/users", headers={"accept": accept})
    assert_problem(response, 500, "internal_error")
    assert "hunter2" not in response.content.decode()
    assert "Traceback" not in response.content.decode()


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
@pytest.mark.parametrize("error", [OperationalError(SECRET), InterfaceError(SECRET)])
def test_a_database_that_is_away_is_a_503_for_a_while(frontend, break_key_lookup, error, accept):
    break_key_lookup(error)
    response = frontend.get("/api/users", headers={"accept": accept})
    assert_problem(response, 503, "unavailable")
    assert response["Retry-After"] == "5"
    assert "hunter2" not in response.content.decode()


@pytest.mark.parametrize(
    ("error", "status"), [(OperationalError(SECRET), 503), (RuntimeError(SECRET), 500)]
)
def test_pages_fail_as_pages(client, monkeypatch, error, status):
    def fail(*args: Any, **kwargs: Any) -> None:
        raise error

    monkeypatch.setattr("django.contrib.admin.sites.AdminSite.has_permission", fail)
    response = client.get("/admin/", headers=BROWSER)
    assert response.status_code == status
    assert response["Content-Type"].startswith("text/html")
    assert response.has_header("Retry-After") == (status == 503)
    assert "hunter2" not in response.content.decode()


def test_a_form_without_its_token_is_a_page_for_browsers():
    client = Client(enforce_csrf_checks=True)
    response = client.post("/admin/login/", {"username": "sam"}, headers=BROWSER)
    assert response.status_code == 403
    assert "Load the page again" in response.content.decode()


def test_a_session_without_its_token_is_a_problem(owner: User):
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(owner)
    response = client.post("/api/me/settings", {}, format="json")
    assert_problem(response, 403, "forbidden")


def test_a_host_that_is_not_ours_is_refused(client, settings):
    settings.ALLOWED_HOSTS = ["interviews.example.com"]
    response = client.get("/api/users", headers={"host": "evil.example.com"})
    assert_problem(response, 400, "malformed")
