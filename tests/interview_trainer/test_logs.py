"""What is in a log line, and what may never be."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.utils.log import configure_logging as django_configure_logging

from interview_trainer.logs import configure_logging, drop_request
from users.models import ApiKey
from users.tokens import AccessToken

SECRETS = ("ada@example.com", "a candidate's words", "?email", "it_", "eyJ")


@pytest.fixture
def logged(settings) -> Iterator[Callable[[str], io.StringIO]]:
    """Configures logging in a format, and shows what is written to it."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level

    def configure(log_format: str) -> io.StringIO:
        settings.LOG_FORMAT = log_format
        configure_logging({})
        (handler,) = [one for one in root.handlers if type(one) is logging.StreamHandler]
        written = io.StringIO()
        handler.setStream(written)
        return written

    yield configure
    root.handlers[:] = handlers
    root.setLevel(level)


def request_lines(written: io.StringIO) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    return [line for line in lines if line["event"] == "request"]


def test_a_request_is_one_line_of_json(frontend, owner, logged):
    written = logged("json")
    frontend.get("/api/users", {"email": "ada@example.com"}, headers={"x-request-id": "request-1"})
    (line,) = request_lines(written)
    assert set(line) == {
        *("event", "level", "logger", "timestamp"),
        *("request_id", "method", "route", "status", "duration_ms", "key_id"),
    }
    assert line["request_id"] == "request-1"
    assert line["key_id"] == ApiKey.objects.get().pk
    assert (line["method"], line["status"], line["level"]) == ("GET", 200, "info")


def test_a_person_is_in_the_line_by_number(anonymous, owner, logged):
    written = logged("json")
    token = AccessToken.for_user(owner)
    anonymous.get("/api/me", headers={"authorization": f"Bearer {token}"})
    (line,) = request_lines(written)
    assert line["user_id"] == owner.pk
    assert "key_id" not in line


def test_one_request_s_caller_is_not_in_the_next_one_s_line(frontend, anonymous, db, logged):
    written = logged("json")
    frontend.get("/api/users")
    anonymous.get("/api/users")
    _, line = request_lines(written)
    assert line["status"] == 401
    assert "key_id" not in line


def test_the_console_format_is_for_reading(frontend, db, logged):
    written = logged("console")
    frontend.get("/api/users", headers={"x-request-id": "request-1"})
    line = written.getvalue()
    assert not line.startswith("{")
    assert "request_id=request-1" in line
    assert "status=200" in line


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_no_secret_body_query_or_email_is_logged(
    frontend, anonymous, owner, logged, log_format, monkeypatch
):
    written = logged(log_format)
    body = {"message": "a candidate's words"}
    frontend.post("/api/ai/message?email=ada@example.com", body, format="json")
    frontend.get("/api/users?email=nobody-ada@example.com")
    frontend.get("/ada@example.com?email=ada@example.com")
    anonymous.get("/api/me", headers={"authorization": f"Bearer {AccessToken.for_user(owner)}"})
    anonymous.get("/api/users", headers={"x-api-key": "it_0123abcd_wrong"})
    monkeypatch.setattr(ApiKey.objects, "filter", None)
    frontend.post("/api/ai/message?email=ada@example.com", body, format="json")
    text = written.getvalue()
    assert text.count("request") > 5
    assert [secret for secret in SECRETS if secret in text] == []


def test_a_crash_is_logged_with_its_trace_and_its_request_id(frontend, logged, monkeypatch):
    written = logged("json")
    monkeypatch.setattr(ApiKey.objects, "filter", None)
    frontend.get("/api/users", headers={"x-request-id": "request-1"})
    traced = [line for line in written.getvalue().splitlines() if "Traceback" in line]
    assert len(traced) == 1
    assert json.loads(traced[0])["request_id"] == "request-1"


def test_django_s_start_configures_our_logs(monkeypatch):
    called: list[object] = []
    monkeypatch.setattr("interview_trainer.logs.configure_logging", called.append)
    monkeypatch.setattr("logging.config.dictConfig", called.append)
    django_configure_logging(settings.LOGGING_CONFIG, settings.LOGGING)
    assert settings.LOGGING in called


def test_a_failure_is_logged_without_its_request(rf):
    request = rf.get("/api/users?email=ada@example.com")
    event = {"event": "Service Unavailable: /api/users", "request": request}
    assert drop_request(None, "error", event) == {"event": "Service Unavailable: /api/users"}
