"""What was made to do harm is refused in a moment, or read; it is never paid for, nor a failure."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http.response import HttpResponseBase

from ai import audio
from ai.audio import read_recording
from ai.providers.base import TextDelta
from interview_trainer.errors import AppError
from interviews.models import Interview
from tests.ai.stand_ins import PCM, StandInSpeech, StandInText, StandInTranscription
from tests.hostile.bodies import BODIES, VALUES
from tests.hostile.documents import DOCUMENTS
from tests.hostile.recordings import RECORDINGS
from tests.interviews.conftest import PLAN, heard, plan
from users.models import Hold

MEGABYTE = 1024 * 1024
# A busy machine takes a while to start the process that reads a document.
HANGS_S = 60
OPERATIONS = ("get", "post", "patch", "put", "delete")


@dataclass
class Cost:
    cpu_s: float = 0
    memory_bytes: int = 0


@contextmanager
def measured() -> Iterator[Cost]:
    """What this thread's work costs, and how much more memory the process has at its highest."""
    cost = Cost()
    Path("/proc/self/clear_refs").write_text("5")  # the highest so far is forgotten
    before, started = memory("VmRSS"), time.thread_time()
    yield cost
    cost.cpu_s = time.thread_time() - started
    cost.memory_bytes = memory("VmHWM") - before


def memory(name: str) -> int:
    status = Path("/proc/self/status").read_text()
    found = re.search(rf"{name}:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) * 1024


@pytest.mark.parametrize("name", RECORDINGS)
def test_a_recording_costs_little_whatever_it_is(name, monkeypatch):
    monkeypatch.setattr(audio, "MAX_CPU_S", 0.5)
    data = RECORDINGS[name]()
    with measured() as cost:
        try:
            recording = read_recording(data, max_duration_s=60)
        except AppError as error:
            assert error.status in (400, 413, 415)
        else:
            assert 0 < recording.duration_s <= 60
    assert cost.cpu_s < 3
    assert cost.memory_bytes < 200 * MEGABYTE
    # Found by nobody, but the file's own first bytes.
    assert len(data) <= 12 * MEGABYTE


@pytest.fixture
def serving(stand_ins: None, unlimited: None, monkeypatch: Any) -> None:
    def say(text: str) -> Iterator[bytes]:
        yield PCM

    monkeypatch.setattr(StandInText, "script", [TextDelta("Why?")])
    monkeypatch.setattr(StandInSpeech, "say", staticmethod(say))
    monkeypatch.setattr(StandInTranscription, "script", [heard("I see.")])


def test_no_recording_fails_the_service_or_is_paid_unread(
    frontend, serving, balance, monkeypatch, settings
):
    settings.AUDIO_MAX_DURATION_S = 60
    monkeypatch.setattr(audio, "MAX_CPU_S", 0.1)
    url = "/api/ai/speech-to-text?email=ada@example.com"
    for name, make in RECORDINGS.items():
        before = balance()
        response = frontend.generic("POST", url, make(), content_type="audio/webm")
        assert response.status_code in (200, 400, 413, 415), name
        if response.status_code != 200:
            assert response["Content-Type"] == "application/problem+json", name
            assert balance() == before, name
        assert balance()[1] == 0, name


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_costs_little_whatever_it_is(person_client, owner, name):
    resume = SimpleUploadedFile("resume.pdf", DOCUMENTS[name](), "application/pdf")
    started = time.monotonic()
    with measured() as cost:
        response = person_client(owner).post("/api/interviews", PLAN | {"resume": resume})
    assert response.status_code in (201, 400, 413, 415), response.content
    assert time.monotonic() - started < HANGS_S
    assert cost.memory_bytes < 100 * MEGABYTE  # it is read in a process of its own, within bounds
    assert Interview.objects.count() == (response.status_code == 201)
    assert not Hold.objects.exists()


@pytest.fixture
def addresses(frontend, owner) -> dict[tuple[str, str], dict[str, Any]]:
    """Every operation by its method and address, with what the schema says of it."""
    schema = frontend.get("/api/schema", HTTP_ACCEPT="application/json").json()
    interview = plan(owner)
    found = {}
    for path, methods in schema["paths"].items():
        address = path.replace("/api/users/{id}", f"/api/users/{owner.pk}")
        address = address.replace("{id}", str(interview.pk))
        address = re.sub(r"\{\w+\}", str(interview.pk), address)
        for method in set(methods) & set(OPERATIONS):
            found[method, address] = methods[method]
    assert len(found) > 40
    return found


Sends = Callable[..., HttpResponseBase]


def test_no_body_fails_an_operation(frontend, serving, addresses):
    """Each is sent to every operation, with a key under which its answer would be kept."""
    bodies = {name: make() for name, make in BODIES.items()}
    failed = []
    for (method, address), operation in addresses.items():
        if "application/json" not in operation.get("requestBody", {}).get("content", {}):
            continue
        for number, (name, body) in enumerate(bodies.items()):
            response = frontend.generic(
                method.upper(),
                f"{address}?email=ada@example.com",
                body,
                content_type="application/json",
                headers={"Idempotency-Key": f"{address} {number}"},
            )
            allowed = {int(status) for status in operation["responses"]}
            if response.status_code >= 500 or response.status_code not in allowed:
                failed.append((method, address, name, response.status_code))
            b"".join(response)
    assert not failed, "\n".join(map(str, failed[:40]))


def test_no_value_in_an_address_fails_an_operation(frontend, serving, addresses, owner):
    failed = []
    for (method, address), operation in addresses.items():
        parameters = operation.get("parameters", [])
        names = [each["name"] for each in parameters if each.get("in") == "query"]
        for value in VALUES:
            query = "&".join(f"{name}={value}" for name in ["email", *names])
            for url in (f"{address}?{query}", f"{address}/{value}", with_value(address, value)):
                response = frontend.generic(method.upper(), url)
                if response.status_code >= 500:
                    failed.append((method, url, response.status_code))
                assert "a=b" not in str(response.headers.get("Set-Cookie", ""))
                b"".join(response)
    assert not failed, "\n".join(map(str, failed[:40]))


def with_value(address: str, value: str) -> str:
    """In place of an id, where there is one."""
    return re.sub(r"/(\d+|[0-9a-f]{8}-[0-9a-f-]{27})(?=/|$)", f"/{value[:200]}", address)
