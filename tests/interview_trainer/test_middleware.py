"""Request ids, the line of each request, and who may call from another origin."""

import logging
from typing import Any

import pytest

from ai.errors import ProviderError
from tests.ai.stand_ins import PCM, StandInSpeech
from users.models import ApiKey

ORIGIN = "https://practise.example.com"
TEXT = "Tell me about a project. " * 40


@pytest.fixture
def lines(caplog) -> Any:
    """The request lines that were logged so far."""
    caplog.set_level(logging.INFO)
    return lambda: [record for record in caplog.records if record.msg == "request"]


@pytest.mark.parametrize("offered", ["abcdefgh", "a" * 128, "2026-11-02T09:30:00.123_x:y"])
def test_a_sane_request_id_is_echoed(anonymous, offered):
    response = anonymous.get("/", headers={"x-request-id": offered})
    assert response["X-Request-ID"] == offered


@pytest.mark.parametrize(
    "offered",
    [
        "",
        "short",
        "a" * 129,
        "with space",
        "line\nbreak1",
        "line\r\nbreak",
        "<b>bold</b>",
        "ümlauts1",
    ],
)
def test_any_other_request_id_is_replaced(anonymous, offered):
    answered = anonymous.get("/", headers={"x-request-id": offered})["X-Request-ID"]
    assert answered != offered
    assert len(answered) == 32
    assert answered.isalnum()


def test_each_request_has_an_id_of_its_own(anonymous):
    assert anonymous.get("/")["X-Request-ID"] != anonymous.get("/")["X-Request-ID"]


def test_a_line_says_what_was_asked_and_how_it_went(frontend, owner, lines):
    frontend.get("/api/users/settings?email=ada@example.com")
    (line,) = lines()
    assert line.method == "GET"
    assert line.route.endswith("users/settings/?$")
    assert line.status == 200
    assert 0 <= line.duration_ms < 60_000
    assert line.levelno == logging.INFO


def test_a_line_of_a_route_with_an_id_has_the_pattern_and_not_the_id(frontend, owner, lines):
    frontend.get(f"/api/users/{owner.pk}")
    (line,) = lines()
    assert "(?P<pk>" in line.route


def test_a_line_of_an_unknown_route_has_no_address(anonymous, lines):
    anonymous.get("/ada@example.com")
    (line,) = lines()
    assert (line.route, line.status) == ("", 404)


def test_a_failure_of_ours_is_an_error(frontend, lines, monkeypatch):
    monkeypatch.setattr(ApiKey.objects, "filter", None)
    frontend.get("/api/users")
    (line,) = lines()
    assert (line.status, line.levelno) == (500, logging.ERROR)


@pytest.fixture
def spoken(stand_ins, monkeypatch):
    """What the stand-in voice does for each chunk."""

    def use(speak) -> None:
        monkeypatch.setattr(StandInSpeech, "say", staticmethod(speak))

    return use


def speak_well(text):
    yield PCM


def ask_for_sound(frontend):
    body = {"message": TEXT}
    return frontend.post("/api/ai/generate-audio?email=ada@example.com", body, format="json")


def test_a_stream_is_logged_once_it_is_complete(frontend, spoken, lines):
    spoken(speak_well)
    response = ask_for_sound(frontend)
    assert lines() == []
    b"".join(response)
    (line,) = lines()
    assert (line.stream, line.status) == ("complete", 200)


def test_a_stream_that_the_client_leaves_is_logged_as_aborted(frontend, spoken, lines):
    spoken(speak_well)
    response = ask_for_sound(frontend)
    next(iter(response))
    response.close()
    (line,) = lines()
    assert line.stream == "aborted"


def test_a_stream_that_breaks_is_logged_as_aborted(frontend, spoken, lines):
    def speak(text):
        yield PCM
        raise ProviderError

    spoken(speak)
    response = ask_for_sound(frontend)
    if response.status_code == 200:
        with pytest.raises(ProviderError):
            b"".join(response)
    (line,) = lines()
    assert line.stream == "aborted"


@pytest.fixture
def allowed_origin(settings) -> str:
    settings.CORS_ALLOWED_ORIGINS = [ORIGIN]
    return ORIGIN


def preflight(client, origin):
    return client.options(
        "/api/ai/message",
        headers={
            "origin": origin,
            "access-control-request-method": "POST",
            "access-control-request-headers": "x-api-key,idempotency-key,content-type",
        },
    )


def test_an_allowed_origin_may_call(anonymous, allowed_origin):
    response = preflight(anonymous, allowed_origin)
    assert response.status_code == 200
    assert response["Access-Control-Allow-Origin"] == allowed_origin
    allowed = response["Access-Control-Allow-Headers"]
    assert {"x-api-key", "idempotency-key", "content-type"} <= set(allowed.split(", "))


@pytest.mark.parametrize("origin", ["https://evil.example.com", "null", f"{ORIGIN}.evil.com"])
def test_another_origin_is_told_nothing(anonymous, db, allowed_origin, origin):
    assert not preflight(anonymous, origin).has_header("Access-Control-Allow-Origin")


def test_an_allowed_origin_may_read_errors_and_our_headers(anonymous, db, allowed_origin):
    response = anonymous.get("/api/users", headers={"origin": allowed_origin})
    assert response.status_code == 401
    assert response["Access-Control-Allow-Origin"] == allowed_origin
    exposed = response["Access-Control-Expose-Headers"]
    assert {"x-request-id", "x-credits-charged", "retry-after"} <= set(exposed.split(", "))


def test_no_cache_keeps_what_the_api_answers(frontend, owner):
    for path in (f"/api/users?email={owner.email}", "/api/nowhere"):
        assert frontend.get(path)["Cache-Control"] == "no-store"
