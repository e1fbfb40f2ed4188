"""A spoken answer and the interviewer's spoken reply, on the built-in models, over the service.

    .venv/bin/python benchmarks/voice_turn.py [SECONDS]

Prints how long the interviewer's first sound comes after the last byte of an answer of 15 s (or
SECONDS), and where that time goes. Best, median and worst of `ROUNDS`, each of another recording of
the same words. The CPU time is that of the service and of its voice: it tells what a turn costs
where other work keeps the clock from telling it. Run it on a quiet machine.
"""

import json
import os
import re
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from stage import (
    EMAIL,
    Call,
    call_command,
    create_api_key,
    create_user,
    grant_credits,
    row,
    settings,
)

from ai.audio import BYTES_PER_SAMPLE, SpeechEncoder
from ai.providers.base import SpeechRequest
from ai.providers.piper import SAMPLE_RATE_HZ, PiperSpeech
from interview_trainer.processes import cpu_s, family_of
from tests.live import Service, live_service
from users.models import Scope

ROUNDS = 10
ANSWER_S = 15.0
ANSWER = (
    "In my last project I was responsible for the payment service of an online shop. One evening"
    " the database began to refuse connections, and orders were failing. I looked at the logs,"
    " found that a new release opened too many connections, and rolled it back. After that I added"
    " a limit and an alarm, so that it never happened again. "
)
PLAN = {"role": "nurse", "level": "mid", "type": "behavioural", "length": 3}
# What the events of a turn say: the state of the turn that they carry, or their own name.
STAGES = {
    "received": "read and stored",
    "transcribed": "transcribed",
    "said": "decided and put into words",
    "audio": "first sound",
}
SENTENCE_ENDS = re.compile(r"(?<=\.) ")


@dataclass
class Stage:
    service: Service
    secret: str

    @property
    def headers(self) -> dict[str, str]:
        return {"x-api-key": self.secret, "Accept": "text/event-stream"}

    def path(self, path: str, **query: str) -> str:
        return f"/api/{path}?{urlencode({'email': EMAIL, **query})}"

    def post(self, path: str, body: object) -> dict[str, Any]:
        headers = {**self.headers, "Accept": "application/json"}
        with closing(Call(self.service.address, path, body, headers)) as call:
            answer: dict[str, Any] = json.load(call.response)
            return answer

    def begin_interview(self) -> str:
        """The path of a new interview whose first question was put."""
        interview = self.post(self.path("interviews"), PLAN)
        path = f"interviews/{interview['id']}"
        self.post(self.path(f"{path}/start", speak="false"), {})
        return path

    @property
    def cpu_s(self) -> float:
        """What the service's worker and its voice have used so far."""
        return sum(map(cpu_s, family_of(self.service.worker_pid)))


@contextmanager
def stage() -> Iterator[Stage]:
    """The built-in models, and speech that was made before is made anew: the cache is off."""
    call_command("migrate", verbosity=0)
    grant_credits(user=create_user(email=EMAIL), amount=100_000, reason="To spend")
    _, secret = create_api_key(name="Benchmark", scopes=Scope.values)
    variables = {"WARM_MODELS": "true", "SPEECH_CACHE_MAX_BYTES": "0"}
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, settings.DATA_DIR)
        service = stack.enter_context(live_service(settings.DATA_DIR, **variables))
        yield Stage(service, secret)


class Candidate:
    """Says the answer anew each time, as the built-in voice, in Opus as a browser records it."""

    def __init__(self) -> None:
        self._voice = PiperSpeech()
        self.close: Callable[[], None] = self._voice.close

    def answer(self, duration_s: float) -> bytes:
        """As many whole sentences as fit, and silence up to the length."""
        size = int(duration_s * SAMPLE_RATE_HZ) * BYTES_PER_SAMPLE
        pcm = b""
        while True:
            for sentence in SENTENCE_ENDS.split(ANSWER):
                request = SpeechRequest(model="piper", text=sentence)
                said = b"".join(self._voice.synthesize(request))
                if len(pcm) + len(said) > size:
                    return encoded(pcm.ljust(size, b"\0"))
                pcm += said


def encoded(pcm: bytes) -> bytes:
    encoder = SpeechEncoder(SAMPLE_RATE_HZ, "opus")
    return encoder.feed(pcm) + encoder.finish()


def take_turn(on: Stage, answer: bytes) -> dict[str, float]:
    """Seconds from the last byte of an answer to the first question, to the end of each stage."""
    path = on.begin_interview()
    boundary = uuid4().hex
    fields = {"turn_id": str(uuid4()).encode(), 'audio"; filename="answer.ogg': answer}
    call = Call(
        on.service.address,
        on.path(f"{path}/turns", speak="true"),
        form_of(fields, boundary),
        on.headers | {"Content-Type": f"multipart/form-data; boundary={boundary}"},
    )
    times: dict[str, float] = {}
    for name, data in call.events():
        label = stage_of(name, data)
        if label and label not in times:
            times[label] = time.perf_counter() - call.sent_at
    call.close()
    return times


def form_of(fields: dict[str, bytes], boundary: str) -> bytes:
    parts = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode()
        + value
        + b"\r\n"
        for name, value in fields.items()
    )
    return b"".join(parts) + f"--{boundary}--\r\n".encode()


def stage_of(name: str, data: dict[str, Any]) -> str:
    """The stage that this event of a turn ends, if any."""
    if name == "turn":
        return STAGES.get(data["state"], "")
    return STAGES.get(name, "")


def main(on: Stage, duration_s: float) -> None:
    candidate = Candidate()
    answers = [candidate.answer(duration_s) for _ in range(ROUNDS + 1)]
    candidate.close()
    take_turn(on, answers.pop())
    cpu = on.cpu_s
    rounds = [take_turn(on, answer) for answer in answers]
    cpu = (on.cpu_s - cpu) / ROUNDS
    before = [0.0] * ROUNDS
    print(f"{duration_s:g} s of speech, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    for label in rounds[0]:
        times = [turn[label] for turn in rounds]
        report(label, [end - start for start, end in zip(before, times, strict=True)])
        before = times
    report("from the last byte to the first sound", before)
    row("CPU time of one turn, to its last sound", cpu * 1000)


def report(label: str, times_s: list[float]) -> None:
    best, middle, worst = (1000 * of(times_s) for of in (min, median, max))
    row(label, middle, f"best {best:.0f}, worst {worst:.0f}")


if __name__ == "__main__":
    with stage() as built:
        main(built, float(sys.argv[1]) if len(sys.argv) > 1 else ANSWER_S)
