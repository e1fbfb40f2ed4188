"""Requests made up from the OpenAPI document, good and bad: the answers are as it says.

Everybody sends them: nobody gets what is another's. `FUZZ_EXAMPLES` makes more of each.
"""

import gzip
import os
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, settings
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
from interviews.models import Interview, Report, Turn
from interviews.services.conduct import start_interview
from tests.ai.stand_ins import PCM, StandInSpeech, StandInText, StandInTranscription
from tests.interviews.conftest import plan
from tests.users.conftest import google, jwks_server
from users.models import Scope, User
from users.services.api_keys import create_api_key
from users.tokens import AccessToken

__all__ = ["google", "jwks_server"]

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "10"))
# Of each operation for each of the others who may ask.
EXAMPLES_OF_A_ROLE = max(2, EXAMPLES // 5)
# What only the owner is called, and has said.
NAME = "Zenobia"
WORDS = "the wards of Palmyra"
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


def serve(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """As a server does: an answer is closed when it was sent, which lets the next ones in."""
    response: Any = application(environ, start_response)
    try:
        return [b"".join(response)]
    finally:
        response.close()


document = schemathesis.openapi.from_wsgi("/api/schema", serve)


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
def key(owner, stand_ins, unlimited, google, open_connection, monkeypatch) -> str:
    monkeypatch.setattr(StandInText, "script", [TextDelta("Why?")])
    monkeypatch.setattr(StandInSpeech, "say", staticmethod(say_briefly))
    monkeypatch.setattr(StandInTranscription, "script", [Transcript("Hello", (), "en")])
    return create_api_key(name="Made up", scopes=Scope.values)[1]


def fuzzed(examples: int, phases: Sequence[Phase] = tuple(Phase)) -> settings:
    return settings(
        max_examples=examples,
        phases=phases,
        derandomize=True,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )


@document.parametrize()
@fuzzed(EXAMPLES)
def test_answers_are_as_described(case, key):
    if case.media_type == "multipart/form-data" and isinstance(case.body, int | float | list):
        return  # no client can make a form of it
    if "@" in str((case.query or {}).get("email", "")):
        case.query["email"] = "ada@example.com"
    case.call_and_validate(headers={"x-api-key": key}, checks=CHECKS)


@dataclass(frozen=True)
class Role:
    """Somebody who asks, and which of the owner's data they may be given."""

    headers: dict[str, str]
    sees: tuple[str, ...] = ()


def bearer(user: User) -> dict[str, str]:
    return {"Authorization": f"Bearer {AccessToken.for_user(user)}"}


SEEN_BY_KEYS: dict[str, tuple[str, ...]] = {
    Scope.USERS_READ: (NAME,),
    Scope.USERS_WRITE: (NAME,),
    Scope.DEBUG: (NAME,),
    Scope.INTERVIEWS: (WORDS,),
}


@pytest.fixture
def roles(key, owner, other_user, staff) -> list[Role]:
    def narrow(scope: str) -> dict[str, str]:
        return {"x-api-key": create_api_key(name="Narrow", scopes=[scope])[1]}

    return [
        *(Role(narrow(scope), SEEN_BY_KEYS.get(scope, ())) for scope in Scope.values),
        Role({}),
        Role(bearer(other_user)),
        Role(bearer(staff), (NAME,)),
        Role(bearer(owner), (NAME, WORDS)),  # last, because the person may be gone after it
    ]


@pytest.fixture
def owners(owner: User) -> dict[str, str]:
    """The ids of what is the owner's, by the name that the address has for it."""
    User.objects.filter(pk=owner.pk).update(name=NAME)
    interview = plan(owner)
    Interview.objects.filter(pk=interview.pk).update(resume=WORDS, job_description=WORDS)
    asked = start_interview(interview=interview)
    turn_id = uuid4()
    Turn.objects.create(
        interview=interview,
        question=asked.question,
        sequence=2,
        revision=2,
        speaker=Turn.Speaker.CANDIDATE,
        kind=Turn.Kind.ANSWER,
        state=Turn.State.ANSWERED,
        text=WORDS,
        turn_id=turn_id,
    )
    Interview.objects.filter(pk=interview.pk).update(turn_count=2, revision=2)
    Report.objects.create(interview=interview, state=Report.State.FAILED, failure=WORDS)
    return {"user": str(owner.pk), "interview": str(interview.pk), "turn": str(turn_id)}


@document.parametrize()
@fuzzed(EXAMPLES_OF_A_ROLE, phases=[Phase.generate])
def test_nobody_gets_what_is_anothers(case, roles, owners):
    """Everybody asks by its own id, and by the owner's address."""
    for parameter in case.path_parameters or {}:
        kind = "turn" if "turn" in parameter else "interview"
        kind = "user" if case.path.startswith("/api/users") else kind
        case.path_parameters[parameter] = owners[kind]
    if "email" in (case.query or {}):
        case.query["email"] = "ada@example.com"
    for role in roles:
        response = case.call_and_validate(headers=role.headers, checks=CHECKS)
        given = plain(response)
        for word in (NAME, WORDS):
            assert word in role.sees or word.encode() not in given


def plain(response: Any) -> bytes:
    is_packed = response.headers.get("content-encoding") == ["gzip"]
    content: bytes = response.content
    return gzip.decompress(content) if is_packed else content
