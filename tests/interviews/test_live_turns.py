"""Turns over HTTP against the running service: sent twice at once, left, and killed with -9."""

import base64
import json
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import requests
from django.core.management import call_command
from django.utils import timezone

from ai.audio import read_recording
from interviews.models import Interview, Recording, Turn
from interviews.services.conduct import start_interview
from tests.ai.providers.servers.base import Fault
from tests.ai.providers.servers.openai import OpenAIServer
from tests.interviews.conftest import SPOKEN, VAGUE, plan
from tests.live import PATIENCE_S, Service, live_service, wait_until
from users.models import Hold, Scope, User
from users.services.api_keys import create_api_key
from users.services.ledger import expire_holds
from users.services.people import change_settings

pytestmark = pytest.mark.django_db(transaction=True)

CLAIM_S = 1
GOOD = "When did you last lead like that, and what came of it?"


class Vendor(OpenAIServer):
    """`silent_at` is the part of its addresses that it does not answer."""

    silent_at = ""

    def is_spoilt(self, asked: Any) -> bool:
        return bool(self.silent_at) and self.silent_at in asked.path

    def fall_silent(self, at: str) -> None:
        self.silent_at = at
        self.fail(Fault.SLOW_FIRST_BYTE)

    def recover(self) -> None:
        self.silent_at = ""

    def count(self, part: str) -> int:
        return sum(part in asked.path for asked in self.asked)


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    server = Vendor()
    server.transcript = {"text": VAGUE, "languages": [{"code": "en"}]}
    server.words = tuple(json.dumps({"follow_up": GOOD}).partition(" "))
    yield server
    server.close()


@pytest.fixture
def interview(owner: User) -> Interview:
    """Under way."""
    change_settings(
        user=owner, llm_model="gpt-6-luna", stt_model="gpt-transcribe", tts_model="gpt-4o-mini-tts"
    )
    interview = plan(owner)
    start_interview(interview=interview)
    return interview


@pytest.fixture
def service(interview: Interview, vendor: Vendor, tmp_path: Path) -> Iterator[Service]:
    with live_service(
        tmp_path,
        OPENAI_API_KEY="sk-test",
        OPENAI_BASE_URL=vendor.url,
        OPENAI_MAX_RETRIES="0",
        TURN_CLAIM_S=str(CLAIM_S),
        SPEECH_CACHE_MAX_BYTES="0",
    ) as service:
        yield service


Send = Callable[..., requests.Response]


@pytest.fixture
def send(service: Service, interview: Interview) -> Send:
    """Sends an answer, as events that are read when they are looked at."""
    _, secret = create_api_key(name="Frontend", scopes=Scope.values)

    def post(turn_id: object, audio: bytes | None = SPOKEN, text: str = "") -> requests.Response:
        url = f"http://{service.address}/api/interviews/{interview.pk}/turns"
        return requests.post(
            url,
            params={"email": "ada@example.com", "speak": "true"},
            data={"turn_id": str(turn_id)} | ({"text": text} if text else {}),
            files={"audio": ("answer.webm", audio, "audio/webm")} if audio else {"none": ""},
            headers={"x-api-key": secret, "Accept": "text/event-stream"},
            stream=True,
            timeout=PATIENCE_S,
        )

    return post


def events_of(response: requests.Response) -> Iterator[tuple[str, Any]]:
    name = ""
    for line in response.iter_lines(chunk_size=1):
        field, _, value = line.decode().partition(": ")
        if field == "event":
            name = value
        elif field == "data":
            yield name, json.loads(value)


def states(events: list[tuple[str, Any]]) -> list[str]:
    return [data["state"] for name, data in events if name == "turn"]


def take_up(send: Send, turn_id: object) -> list[tuple[str, Any]]:
    """Send the id alone again until nobody else works on it."""
    answers: list[requests.Response] = []

    def is_taken() -> bool:
        try:
            answers.append(send(turn_id, None))
        except requests.ConnectionError:
            return False  # the worker that was killed is being replaced
        if answers[-1].status_code == 409:
            assert answers[-1].json()["code"] == "turn_running"
            return False
        return True

    wait_until(is_taken)
    assert answers[-1].status_code == 200
    return list(events_of(answers[-1]))


def charges() -> list[tuple[str, int]]:
    """What was charged, by capability, once every hold that was left behind has expired."""
    Hold.objects.filter(state="open").update(expires_at=timezone.now() - timedelta(seconds=1))
    expire_holds()
    posted = Hold.objects.filter(state="posted").order_by("id")
    return [(hold.purpose.partition(":")[0], hold.charged) for hold in posted]


@pytest.fixture(autouse=True)
def ledger_is_right_after_all(db) -> Iterator[None]:
    yield
    call_command("verify_ledger")


def test_the_same_answer_sent_at_once_is_one_turn_paid_once(send, interview, vendor, tmp_path):
    turn_id = uuid4()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: (r := send(turn_id), list(r.iter_lines()))[0], range(8)))
    assert {answer.status_code for answer in answers} <= {200, 409}
    assert any(answer.status_code == 200 for answer in answers)
    assert states(take_up(send, turn_id)) == ["answered", "said"]
    assert [turn.state for turn in interview.turns.all()] == ["said", "answered", "said"]
    assert vendor.count("transcriptions") == 1
    assert vendor.count("chat") == 1
    assert Recording.objects.count() == 1
    assert len(list((tmp_path / "recordings").rglob("*.webm"))) == 1
    capabilities = [capability for capability, _ in charges()]
    assert capabilities.count("transcription") == capabilities.count("text") == 1


def test_of_two_answers_sent_at_once_one_is_taken(send, interview):
    with ThreadPoolExecutor(2) as pool:
        answers = list(
            pool.map(
                lambda n: (r := send(uuid4(), None, f"{VAGUE} {n}"), list(r.iter_lines()))[0],
                range(2),
            )
        )
    taken = [answer for answer in answers if answer.status_code == 200]
    others = [answer for answer in answers if answer.status_code != 200]
    answered = interview.turns.filter(kind="answer")
    assert len(taken) == answered.count() >= 1
    assert all(answer.status_code == 409 for answer in others)
    assert [turn.sequence for turn in interview.turns.all()] == list(
        range(1, interview.turns.count() + 1)
    )


def kill_when(service: Service, is_so: Callable[[], Any]) -> None:
    wait_until(is_so)
    os.kill(service.worker_pid, signal.SIGKILL)


def test_killed_as_soon_as_the_answer_is_received(send, service, interview, vendor):
    turn_id = uuid4()
    response = send(turn_id)
    assert next(events_of(response))[1]["state"] == "received"
    os.kill(service.worker_pid, signal.SIGKILL)
    response.close()
    assert states(take_up(send, turn_id))[-1] == "said"
    assert interview.turns.count() == 3
    assert sum(capability == "text" for capability, _ in charges()) <= 1


@pytest.mark.parametrize(
    ("silent_at", "left", "told", "paid"),
    [
        (
            "transcriptions",
            "received",
            ["received", "transcribed", "said"],
            ["transcription", "text", "speech"],
        ),
        (
            "chat",
            "transcribed",
            ["transcribed", "said"],
            ["transcription", "text", "speech"],
        ),
        ("speech", "answered", ["answered", "said"], ["transcription", "text", "speech"]),
    ],
)
def test_killed_at_a_step_it_goes_on_there(
    send, service, interview, vendor, silent_at, left, told, paid
):
    vendor.fall_silent(silent_at)
    turn_id = uuid4()
    with ThreadPoolExecutor(1) as pool:
        broken = pool.submit(lambda: send(turn_id))
        kill_when(service, lambda: vendor.count(silent_at))
        broken.result().close()
    assert interview.turns.get(turn_id=turn_id).state == left
    vendor.recover()
    events = take_up(send, turn_id)
    assert states(events) == told
    assert events[-1][0] == "done"
    assert interview.turns.last().text == GOOD
    assert [capability for capability, _ in charges()] == paid
    assert vendor.count("transcriptions") == 1 + (silent_at == "transcriptions")


def test_who_leaves_an_answer_that_cannot_be_transcribed_pays_nothing(send, interview, vendor):
    vendor.fall_silent("transcriptions")
    turn_id = uuid4()
    response = send(turn_id)
    events = events_of(response)
    assert next(events)[1]["state"] == "received"
    wait_until(lambda: vendor.count("transcriptions"))
    response.close()
    assert interview.turns.get(turn_id=turn_id).state == "received"
    vendor.close()  # it hangs up at last: the answer waits, and nobody paid
    wait_until(lambda: interview.turns.get(turn_id=turn_id).claimed_until is None)
    assert charges() == []


def test_who_leaves_while_the_voice_is_silent_pays_for_no_speech(send, interview, vendor):
    vendor.fall_silent("speech")
    response = send(uuid4())
    events = events_of(response)
    while next(events)[0] != "interview":
        pass
    wait_until(lambda: vendor.count("speech"))
    response.close()
    assert vendor.hung_up.wait(PATIENCE_S)
    wait_until(lambda: not Hold.objects.filter(state="open").exists())
    assert [capability for capability, _ in charges()] == ["transcription", "text"]
    assert interview.turns.last().text == GOOD


def test_a_claim_is_held_as_long_as_the_work_takes(send, interview, vendor):
    vendor.fall_silent("transcriptions")
    turn_id = uuid4()
    response = send(turn_id)
    claims: set[Any] = set()

    def has_renewed() -> bool:
        claims.add(Turn.objects.get(turn_id=turn_id).claimed_until)
        return len(claims) > 3

    wait_until(has_renewed)
    assert send(turn_id).json()["code"] == "turn_running"
    response.close()


def test_the_built_in_models_hold_it_over_http(interview, tmp_path, owner):
    change_settings(
        user=owner,
        llm_model="builtin-coach",
        stt_model="builtin-transcriber",
        tts_model="builtin-voice",
    )
    _, secret = create_api_key(name="Frontend", scopes=[Scope.INTERVIEWS])
    with live_service(tmp_path) as service:
        response = requests.post(
            f"http://{service.address}/api/interviews/{interview.pk}/turns?email=ada@example.com",
            data={"turn_id": str(uuid4())},
            files={"audio": ("answer.webm", SPOKEN, "audio/webm")},
            headers={"x-api-key": secret, "Accept": "text/event-stream"},
            stream=True,
            timeout=PATIENCE_S,
        )
        events = list(events_of(response))
    assert events[-1][0] == "done"
    _, transcribed, reply = (data for name, data in events if name == "turn")
    assert "rolled the release back" in transcribed["text"]
    assert (reply["kind"], reply["model"]) == ("follow_up", "builtin-coach")
    sound = b"".join(base64.b64decode(data["b64"]) for name, data in events if name == "audio")
    assert read_recording(sound, max_duration_s=60).duration_s > 1
    assert [capability for capability, _ in charges()] == ["transcription", "text", "speech"]
