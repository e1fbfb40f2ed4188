"""Other people's programs: they ask, leave, ask again, and note what they saw.

    python -m tests.never_wrong.clients ASSIGNMENT

Every attempt becomes a line of JSON in a file. Prints how many operations it has done.
"""

from __future__ import annotations

import http.client
import json
import random
import socket
import struct
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Event, Lock
from typing import Any, TextIO

from tests.never_wrong.plans import PATHS, Kind, Plan, plan_of
from tests.never_wrong.rule import ERROR, LEFT, SPEECH, TEXT, TRANSCRIPTION, WHOLE, Attempt

PATIENCE_S = 60
TRIES = 6
TOLD_EVERY = 20
LOST = (OSError, http.client.HTTPException, ValueError)


@dataclass(frozen=True)
class Assignment:
    """The operations `first`, `first + step` and so on below `end`, begun within `seconds`."""

    seed: int
    first: int
    step: int
    end: int
    seconds: float
    threads: int
    addresses: list[str]
    secret: str
    user_ids: list[int]
    file: str


class LeftError(Exception):
    """This client goes, as planned."""


class Call:
    """One request over a connection of its own. `leaves_at` is on the monotonic clock."""

    def __init__(self, address: str, leaves_after_s: float | None) -> None:
        self.leaves_at = None if leaves_after_s is None else time.monotonic() + leaves_after_s
        self.connection = http.client.HTTPConnection(address, timeout=PATIENCE_S)
        self.connection.connect()
        assert self.connection.sock is not None
        self.socket: socket.socket = self.connection.sock

    def send(self, path: str, body: bytes, headers: dict[str, str]) -> http.client.HTTPResponse:
        self.connection.request("POST", path, body, headers)
        self.wait_no_longer()
        return self.connection.getresponse()

    def wait_no_longer(self) -> None:
        """From here on, what is waited for longer than planned is a `TimeoutError`."""
        if self.leaves_at is not None:
            left_s = self.leaves_at - time.monotonic()
            if left_s <= 0:
                raise LeftError
            self.socket.settimeout(left_s)

    def leave(self, *, by_reset: bool) -> None:
        if by_reset:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()


class Client:
    """Does one planned operation: once, or under a key until it knows how it ended."""

    def __init__(self, assignment: Assignment, plan: Plan) -> None:
        self.plan = plan
        self.assignment = assignment
        self.rng = random.Random(plan.number)

    def run(self) -> list[Attempt]:
        if not self.plan.is_keyed:
            return [self.attempt(leaves=True)]
        with ThreadPoolExecutor(self.plan.duplicates + 1) as pool:
            tried = pool.map(lambda _: self.try_again(), range(self.plan.duplicates + 1))
            return [attempt for attempts in tried for attempt in attempts]

    def try_again(self) -> list[Attempt]:
        attempts = [self.attempt(leaves=True)]
        while not is_over(attempts[-1]) and len(attempts) < TRIES:
            Event().wait(self.rng.uniform(0.1, 1.0))
            attempts.append(self.attempt(leaves=False))
        return attempts

    def attempt(self, *, leaves: bool) -> Attempt:
        attempt = Attempt(self.plan.number, began_at=time.time())
        try:
            self.ask(attempt, leaves=leaves)
        except LeftError:
            attempt.end = LEFT
        except LOST as exc:
            attempt.wrong = "" if attempt.end != WHOLE else repr(exc)
        attempt.ended_at = time.time()
        return attempt

    def ask(self, attempt: Attempt, *, leaves: bool) -> None:
        plan = self.plan
        call = Call(
            self.rng.choice(self.assignment.addresses), plan.leaves_after_s if leaves else None
        )
        try:
            response = call.send(*self.request())
            attempt.status = response.status
            attempt.is_replayed = "Idempotency-Replayed" in response.headers
            self.read(attempt, response, call, plan.leaves_after_words if leaves else None)
        except TimeoutError as exc:
            if call.leaves_at is None:
                raise
            raise LeftError from exc
        finally:
            call.leave(by_reset=plan.leaves_by_reset and attempt.end != WHOLE)

    def request(self) -> tuple[str, bytes, dict[str, str]]:
        plan = self.plan
        headers = {"x-api-key": self.assignment.secret, "Content-Type": "application/json"}
        if plan.is_keyed:
            headers["Idempotency-Key"] = plan.key
        if plan.kind == Kind.GRANT:
            asked = {"amount": plan.amount, "reason": f"Change {plan.number}"}
            user_id = self.assignment.user_ids[plan.person]
            return f"/api/users/{user_id}/credits", json.dumps(asked).encode(), headers
        path = f"{PATHS[plan.kind]}?email={plan.email}"
        if plan.kind == Kind.TRANSCRIPTION:
            return path, plan.recording, headers | {"Content-Type": "audio/wav"}
        if plan.kind in (Kind.STREAM, Kind.SPOKEN):
            headers["Accept"] = "text/event-stream"
        if plan.is_spoken:
            path += "&format=wav"
        return path, json.dumps({"message": plan.message}).encode(), headers

    def read(
        self,
        attempt: Attempt,
        response: http.client.HTTPResponse,
        call: Call,
        leaves_after_words: int | None,
    ) -> None:
        if response.status >= 400:
            attempt.code = json.loads(response.read())["code"]
        elif self.plan.kind in (Kind.STREAM, Kind.SPOKEN):
            self.read_events(attempt, response, call, leaves_after_words)
        elif self.plan.kind == Kind.SPEECH:
            attempt.operations[SPEECH] = response.headers["X-Operation-ID"]
            while response.read(65_536):
                call.wait_no_longer()
            attempt.charged[SPEECH] = int(response.headers["X-Credits-Charged"])
            attempt.end = WHOLE
        else:
            self.read_document(attempt, json.loads(response.read()))

    def read_document(self, attempt: Attempt, document: dict[str, Any]) -> None:
        attempt.end = WHOLE
        if self.plan.kind == Kind.GRANT:
            return
        capability = TEXT if self.plan.kind == Kind.WHOLE else TRANSCRIPTION
        attempt.operations[capability] = document["receipt"]["operation_id"]
        attempt.charged[capability] = document["receipt"]["charged"]
        if self.plan.kind == Kind.WHOLE and document["message"] != "".join(self.plan.words):
            attempt.wrong = "another answer"

    def read_events(
        self,
        attempt: Attempt,
        response: http.client.HTTPResponse,
        call: Call,
        leaves_after_words: int | None,
    ) -> None:
        for name, data in events(response):
            call.wait_no_longer()
            note_event(attempt, self.plan, name, data)
            if name == "delta" and attempt.words == leaves_after_words:
                raise LeftError


def note_event(attempt: Attempt, plan: Plan, name: str, data: dict[str, Any]) -> None:
    if name == "meta":
        attempt.operations[data["capability"]] = data["operation_id"]
    elif name == "delta":
        if attempt.words >= len(plan.words) or data["text"] != plan.words[attempt.words]:
            attempt.wrong = "another word"
        attempt.words += 1
    elif name == "audio":
        attempt.sounds += 1
    elif name == "receipt":
        attempt.charged[data["capability"]] = data["charged"]
    elif name == "done":
        attempt.end = WHOLE
    elif name == "error":
        attempt.end = ERROR


def events(response: http.client.HTTPResponse) -> Iterator[tuple[str, dict[str, Any]]]:
    name = ""
    for line in response:
        field, _, value = line.decode().rstrip("\n").partition(": ")
        if field == "event":
            name = value
        elif field == "data":
            yield name, json.loads(value)


def is_over(attempt: Attempt) -> bool:
    """Whether asking again under the same key would tell nothing new."""
    return attempt.end == WHOLE or attempt.code in (
        "operation_settled",
        "insufficient_credits",
        "provider_refused",
    )


def main(assignment: Assignment) -> None:
    ends_at = time.monotonic() + assignment.seconds
    numbers = iter(range(assignment.first, assignment.end, assignment.step))
    lock = Lock()
    done = 0

    def work(file: TextIO) -> None:
        nonlocal done
        while time.monotonic() < ends_at:
            with lock:
                number = next(numbers, None)
            if number is None:
                return
            attempts = Client(assignment, plan_of(assignment.seed, number)).run()
            with lock:
                done += 1
                file.writelines(json.dumps(asdict(attempt)) + "\n" for attempt in attempts)
                if done % TOLD_EVERY == 0:
                    tell(done)

    with Path(assignment.file).open("w") as file, ThreadPoolExecutor(assignment.threads) as pool:
        for finished in [pool.submit(work, file) for _ in range(assignment.threads)]:
            finished.result()
    tell(done)


def tell(done: int) -> None:
    sys.stdout.write(f"{done}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Assignment(**json.loads(sys.argv[1])))
