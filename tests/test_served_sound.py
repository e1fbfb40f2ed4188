"""Sound as it comes over the wire from the server that production uses."""

import http.client
import json
import os
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from ai.audio import read_recording
from tests.service import start

__all__ = ["start"]

KEY = re.compile(r"it_[0-9a-f]{8}_\S+")
SERVER = ("gunicorn", "--config", "python:interview_trainer.gunicorn_conf", "tests.breaking_voice")
FIRST = "Tell me about a project. " * 30


@contextmanager
def sound(address: str, key: str, text: str) -> Iterator[http.client.HTTPResponse]:
    place = address.removeprefix("http://")
    with closing(http.client.HTTPConnection(place, timeout=60)) as connection:
        connection.request(
            "POST",
            "/api/ai/generate-audio?email=candidate@example.com",
            json.dumps({"message": text}),
            {"x-api-key": key, "Content-Type": "application/json"},
        )
        with connection.getresponse() as response:
            yield response


@pytest.fixture
def gate(tmp_path: Path) -> Path:
    path = tmp_path / "gate"
    os.mkfifo(path)
    return path


def test_sound_arrives_in_chunks_while_it_is_made_and_a_broken_one_has_no_end(start, gate):
    service = start()
    address = service.wait_until_ready()
    (key,) = KEY.findall(service.output)
    with sound(address, key, "Tell me about a project.") as whole:
        assert whole.status == 200
        assert whole.getheader("Content-Type") == "audio/mpeg"
        assert whole.getheader("Transfer-Encoding") == "chunked"
        assert read_recording(whole.read(), max_duration_s=30).duration_s > 0.5
    service.stop()

    service = start(*SERVER, GATE=str(gate))
    address = service.wait_until_ready()
    with sound(address, key, f"{FIRST}Please wait here.") as waiting:
        assert waiting.getheader("Transfer-Encoding") == "chunked"
        begun = waiting.read1()
        assert begun, "the first sound comes while the last chunk still waits"
        gate.write_bytes(b"go")
        assert read_recording(begun + waiting.read(), max_duration_s=30).duration_s > 1.5

    with sound(address, key, f"{FIRST}Please break here.") as broken:
        assert broken.status == 200
        with pytest.raises(http.client.IncompleteRead) as caught:
            broken.read()
        assert read_recording(caught.value.partial, max_duration_s=30).duration_s > 0.5
    assert service.stop() == 0
