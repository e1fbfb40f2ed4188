"""`POST /api/interviews/{id}/turns` by voice, on the built-in models, as events."""

import base64
from pathlib import Path
from uuid import uuid4

import pytest

from ai.audio import read_recording
from interviews.models import Recording, Turn
from tests.interviews.conftest import read_events

pytestmark = pytest.mark.django_db

EVENTS = {"Accept": "text/event-stream"}
SPOKEN = (Path(__file__).parents[1] / "ai/recordings/chromium.webm").read_bytes()


def test_a_spoken_answer_is_transcribed_replied_to_and_spoken(candidate, balance):
    candidate.start()
    turn_id = uuid4()
    response = candidate.speak(SPOKEN, turn_id, **EVENTS)
    assert response.status_code == 200
    assert response["Content-Type"] == "text/event-stream"
    events = read_events(response)
    names = [name for name, _ in events]
    assert names[:3] == ["turn", "turn", "receipt"]
    assert names[-1] == "done", events[-1]
    received, transcribed, reply = (data for name, data in events if name == "turn")
    assert received["state"] == "received"
    assert received["has_recording"]
    assert transcribed["state"] == "transcribed"
    assert transcribed["text"]
    assert transcribed["words"][0]["end_s"] > 0
    assert reply["speaker"] == "interviewer"
    sound = b"".join(base64.b64decode(data["b64"]) for name, data in events if name == "audio")
    assert read_recording(sound, max_duration_s=60).duration_s > 1
    interview = next(data for name, data in events if name == "interview")
    assert interview["turn_count"] == 3
    assert balance()[1] == 0
    assert Turn.objects.get(turn_id=turn_id).state == "answered"
    assert Recording.objects.get().file.size == len(SPOKEN)
