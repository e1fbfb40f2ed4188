"""People who keep asking a whole stack for paid messages, and what became of each of them.

Every message has a key of its own (`Idempotency-Key`). What fails is sent again under the same key
until it is answered, as a careful client does, so that in the end every key must be charged once.
"""

import hashlib
import json
import statistics
import subprocess
import sys
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from threading import Event, Lock
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from processes import started

from deploy.programs import LOOPBACK, Host, Program, free_port
from deploy.topology import Topology

RETRY_S = 0.5
SETTLED = "operation_settled"
FAKE_VENDOR = str(Path(__file__).with_name("fake_vendor.py"))

# Who asks for whole answers, and who for streams: each has a vendor of their own.
QUICK, SLOW = "quick@example.com", "slow@example.com"
SLOW_MODEL = "slow-model"
QUICK_PLAN = {"delay_ms": 50, "words": 40, "gap_ms": 0}
SLOW_PLAN = {"delay_ms": 200, "words": 40, "gap_ms": 200}

MAKE_PEOPLE = f"""
from users.models import Scope
from users.services.api_keys import create_api_key
from users.services.people import change_settings, create_user
for email, model in (("{QUICK}", "gpt-6-luna"), ("{SLOW}", "{SLOW_MODEL}")):
    change_settings(user=create_user(email=email), llm_model=model)
key, secret = create_api_key(name="People", scopes=Scope.values)
print(key.pk, secret)
"""
COUNT_HOLDS = """
import json
from users.models import Hold
rows = Hold.objects.values_list("operation_key", "state", "charged")
print(json.dumps([[key or "", state, charged] for key, state, charged in rows]))
"""


def settings(quick_url: str, slow_url: str) -> dict[str, str]:
    """No limits: all of these people are two."""
    return {
        "INITIAL_CREDITS": "1000000",
        "OPENAI_API_KEY": "sk-benchmark",
        "OPENAI_BASE_URL": f"{quick_url}/v1",
        "COMPATIBLE_BASE_URL": f"{slow_url}/v1",
        "COMPATIBLE_TEXT_MODEL": SLOW_MODEL,
        "LIMIT_TEXT": "off",
        "STREAMS_PER_USER": "0",
        "STREAMS_PER_KEY": "0",
    }


@contextmanager
def vendor(folder: Path, plan: dict[str, int], *, port: int = 0, host: Host = LOOPBACK):
    """A vendor's address, on the loopback of its host."""
    port = port or free_port()
    url = f"http://127.0.0.1:{port}"
    follow = [*host.enter, "curl", "--silent", "--fail", "--request", "PUT"]
    follow += ["--data", json.dumps(plan), f"{url}/plan"]

    def follows_the_plan() -> bool:
        return subprocess.run(follow, stdout=subprocess.DEVNULL).returncode == 0

    name = f"vendor-{host.address}-{port}"
    command = [sys.executable, FAKE_VENDOR, str(port)]
    with ExitStack() as stack:
        program = Program(name, command, folder, follows_the_plan, host)
        started(stack, program).wait_until_up()
        yield url


@dataclass
class Outcomes:
    """`waits` is from the first time that a message was sent to its answer, in seconds.

    `lost` are messages that were done and whose answer went down with their copy: the service
    says that it charges nothing more for them.
    """

    answered: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    lock: Lock = field(default_factory=Lock)

    @property
    def failed(self) -> dict[str, int]:
        return {status: count for status, count in self.statuses.items() if status != "200"}


class Crowd:
    """`quick` people who ask for whole answers and `slow` ones who read streams, until `stop`."""

    def __init__(
        self, address: str, key_id: str, secret: str, *, quick: int, slow: int, patience_s: float
    ) -> None:
        self.address, self.patience_s = address, patience_s
        self.key_id, self.secret = key_id, secret
        self.over = Event()
        self.quick, self.slow = Outcomes(), Outcomes()
        self._pool = ThreadPoolExecutor(quick + slow)
        self._people = [self._pool.submit(self._ask_on, self.quick, QUICK) for _ in range(quick)]
        self._people += [self._pool.submit(self._ask_on, self.slow, SLOW) for _ in range(slow)]

    def stop(self) -> None:
        """Everybody still gets the answer that they wait for."""
        self.over.set()
        for person in self._people:
            person.result()
        self._pool.shutdown()

    def report(self) -> None:
        for name, outcomes in (("whole", self.quick), ("streams", self.slow)):
            waits = statistics.quantiles(outcomes.waits, n=100)
            print(
                f"{name}: {len(outcomes.answered)} answered, failed {outcomes.failed or 'none'}; "
                f"p50 {waits[49]:.2f} s, p99 {waits[98]:.2f} s, longest {max(outcomes.waits):.2f} s"
            )

    def _ask_on(self, outcomes: Outcomes, email: str) -> None:
        connection = HTTPConnection(self.address, timeout=self.patience_s)
        while not self.over.is_set():
            key, began_at = uuid.uuid4().hex, time.perf_counter()
            while (status := self._ask(connection, email, key)) not in ("200", SETTLED):
                with outcomes.lock:
                    outcomes.statuses[status] += 1
                time.sleep(RETRY_S)
            with outcomes.lock:
                outcomes.statuses[status] += 1
                ended = outcomes.answered if status == "200" else outcomes.lost
                ended.append(self._operation_key(key))
                outcomes.waits.append(time.perf_counter() - began_at)
        connection.close()

    def _operation_key(self, key: str) -> str:
        """As the ledger has it."""
        return hashlib.sha256(f"key {self.key_id}: {key}".encode()).hexdigest()

    def _ask(self, connection: HTTPConnection, email: str, key: str) -> str:
        """The status, or what went wrong on the way."""
        is_stream = email == SLOW
        headers = {
            "x-api-key": self.secret,
            "Content-Type": "application/json",
            "Accept": "text/event-stream" if is_stream else "application/json",
            "Idempotency-Key": key,
        }
        try:
            path = f"/api/ai/message?email={email}"
            connection.request("POST", path, json.dumps({"message": "Hello there."}), headers)
            response = connection.getresponse()
            content = response.read()
        except (OSError, HTTPException) as exc:
            connection.close()
            return type(exc).__name__
        if response.status == 200 and is_stream and b"event: done" not in content:
            return "stream without its end"
        if response.status == 409:
            return str(json.loads(content)["code"])
        return str(response.status)


@contextmanager
def crowd(stack: Topology, **sizes: Any) -> Iterator[Crowd]:
    key_id, secret = stack.manage("shell", "--verbosity", "0", "-c", MAKE_PEOPLE).split()[-2:]
    with ExitStack() as leaving:
        people = Crowd(stack.front_address, key_id, secret, **sizes)
        leaving.callback(people.over.set)
        yield people


def holds(stack: Topology) -> list[tuple[str, str, int]]:
    """Operation key, state and what was charged."""
    printed = stack.manage("shell", "--verbosity", "0", "-c", COUNT_HOLDS)
    return [tuple(row) for row in json.loads(printed.splitlines()[-1])]


def prove_charges(stack: Topology, people: Crowd) -> None:
    """Prints what the ledger says, and ends with 1 where it is not what people were given."""
    rows = holds(stack)
    states = Counter(state for _, state, _ in rows)
    charges = Counter(key for key, state, charged in rows if state == "posted" and charged)
    answered = people.quick.answered + people.slow.answered
    lost = people.quick.lost + people.slow.lost
    wrong = [key for key in answered if charges[key] != 1]
    wrong += [key for key, times in charges.items() if times > 1]
    unasked = set(charges) - set(answered) - set(lost)
    print(f"holds: {dict(states)}")
    print(f"answered: {len(answered)}, lost: {len(lost)}, charged: {sum(charges.values())}")
    print(stack.manage("verify_ledger").strip())
    if wrong or unasked or states["open"]:
        sys.exit(f"Wrong: {len(wrong)} not charged once, {len(unasked)} charged unasked.")
