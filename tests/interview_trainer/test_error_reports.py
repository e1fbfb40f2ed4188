"""What is reported of an error, as Sentry receives it."""

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.interview_trainer.receiver import receiver
from tests.live import PROJECT, environment
from users.models import Scope, User
from users.services.api_keys import create_api_key

WORDS = "My greatest weakness is impatience"

# A process that answers a request whose view breaks, logs as others do, and ends.
BREAK = """
import logging, os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "interview_trainer.settings"
import django
django.setup()
from django.test import Client
from interview_trainer.error_reports import end_error_reports, start_error_reports
from ai import views

def give_answer(request, *, message, **asked):
    words = message
    raise ValueError(f"{words} cannot be {asked}")

views.give_answer = give_answer
start_error_reports()
client = Client(raise_request_exception=False)
url = f"/api/ai/message?email={sys.argv[2]}"
headers = {"host": "localhost", "x-api-key": sys.argv[1], "x-request-id": "request-0001"}
client.post(url, {"message": sys.argv[3]}, content_type="application/json", headers=headers)
logging.getLogger("somebody.else").error("Failed to send " + sys.argv[3])
logging.getLogger("background.worker").error("scheduled_failed", extra={"function": sys.argv[3]})
end_error_reports()
print(*[name for name in sys.modules if name in ("sentry_sdk", "opentelemetry")])
"""


@pytest.fixture
def secret(transactional_db) -> str:
    _, made = create_api_key(name="Frontend", scopes=Scope.values)
    return made


def run_and_break(secret: str, person: User, tmp_path, **variables: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", BREAK, secret, person.email, WORDS],
        cwd=PROJECT,
        env=environment(tmp_path) | variables,
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    return done.stdout.strip()


@pytest.fixture
def sent(secret, owner, tmp_path) -> list[bytes]:
    with receiver() as sentry:
        run_and_break(secret, owner, tmp_path, SENTRY_DSN=f"http://public@{sentry.address}/7")
        return sentry.bodies("/api/7/envelope/")


def events(bodies: list[bytes]) -> list[dict[str, Any]]:
    found = []
    for body in bodies:
        _, header, item, *_ = body.split(b"\n")
        if json.loads(header)["type"] == "event":
            found.append(json.loads(item))
    return found


def test_an_error_is_reported_with_its_kind_its_place_and_its_request(sent):
    (event,) = [event for event in events(sent) if "exception" in event]
    (error,) = event["exception"]["values"]
    assert error["type"] == "ValueError"
    assert error["stacktrace"]["frames"][-1]["function"] == "give_answer"
    assert event["tags"]["request_id"] == "request-0001"


def test_our_own_lines_are_reported_and_those_of_others_are_not(sent):
    assert sorted(event["message"] for event in events(sent)) == [
        "django.request",
        "scheduled_failed",
    ]


def test_nothing_of_a_person_is_reported(sent, owner, secret):
    assert sent
    for private in (WORDS, WORDS.split()[-1], owner.email, secret):
        assert all(private.encode() not in body for body in sent)


def test_without_an_address_nothing_is_imported(secret, owner, tmp_path):
    assert run_and_break(secret, owner, tmp_path) == ""
