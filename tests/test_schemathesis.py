"""Requests made up from the OpenAPI document, good and bad: the answers are as it says."""

from collections.abc import Generator, Iterator

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from ai.audio import FORMATS
from ai.providers.base import TextDelta, Transcript
from interview_trainer.wsgi import application
from tests.ai.stand_ins import PCM, StandInSpeech, StandInText, StandInTranscription
from tests.users.conftest import google, jwks_server
from users.models import Scope
from users.services.api_keys import create_api_key

__all__ = ["google", "jwks_server"]

EXAMPLES = 10
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]

document = schemathesis.openapi.from_wsgi("/api/schema", application)


@schemathesis.serializer(*FORMATS, "video/webm", "video/mp4")
def as_it_is(context, value):
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


def say_briefly(text: str) -> Generator[bytes, None, None]:
    yield PCM


@pytest.fixture
def open_connection() -> Iterator[None]:
    """As under Django's own test client: the test's transaction outlives the requests in it."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def key(owner, stand_ins, google, open_connection, monkeypatch) -> str:
    monkeypatch.setattr(StandInText, "script", [TextDelta("Why?")])
    monkeypatch.setattr(StandInSpeech, "say", staticmethod(say_briefly))
    monkeypatch.setattr(StandInTranscription, "script", [Transcript("Hello", (), "en")])
    return create_api_key(name="Made up", scopes=Scope.values)[1]


@document.parametrize()
@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_answers_are_as_described(case, key):
    if "@" in str((case.query or {}).get("email", "")):
        case.query["email"] = "ada@example.com"
    case.call_and_validate(headers={"x-api-key": key}, checks=CHECKS)
