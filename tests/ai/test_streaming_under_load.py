"""200 streamed messages at once, over the service as it runs, with faults and clients that leave.

What each of them may be charged follows from what the vendor sent and what its client read, by
the rule of docs/charging.md.
"""

from __future__ import annotations

import hashlib
import math
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command

from ai.quotes import count_tokens, most_tokens
from tests.ai.providers.servers.base import Asked, Fault, Reply, Status, event_stream
from tests.ai.providers.servers.openai import OpenAIServer
from tests.live import Call, Service, connections_to_database, live_service, wait_until
from users.models import ApiKey, Hold, Scope
from users.services.api_keys import create_api_key
from users.services.ledger import expire_holds, grant_credits
from users.services.people import change_settings, create_user

pytestmark = pytest.mark.django_db(transaction=True)

SEED = 20_261_122
MESSAGES = 200
REQUEST_THREADS = 256
SPARE_THREADS = 8
PERMITS = 8
TRIES = 2
RICH = tuple(f"{name}@example.com" for name in ("ada", "bob", "cleo", "dan"))
POOR = "eve@example.com"
POOR_CREDITS = 5
TOKENS_A_CREDIT = 1_000
NUMBER = re.compile(r"Message (\d+)\.")
FAULTS = (
    *(None,) * 6,
    *(Fault.CUT, Fault.HALF, Fault.TRUNCATED_EVENT, Fault.RESET, Fault.HTML),
    *(Fault.SLOW_FIRST_BYTE, Fault.SLOW_MIDDLE),
    *(Status(429), Status(500), Status(503, {"Retry-After": "60"})),
)
# These wait until the client hangs up.
SILENCES = (Fault.SLOW_FIRST_BYTE, Fault.SLOW_MIDDLE)

Tokens = tuple[int, int] | None


@dataclass(frozen=True)
class Plan:
    """One message: what the vendor does at each try, and after how many words its client leaves."""

    number: int
    email: str
    message: str
    words: tuple[str, ...]
    usage: Tokens
    faults: tuple[Fault | Status | None, ...]
    leaves_after: int | None
    leave: Callable[[Call], None]

    @property
    def prompt(self) -> str:
        return str(django_settings.SYSTEM_PROMPT) + self.message

    @property
    def held(self) -> int:
        most = most_tokens(django_settings.SYSTEM_PROMPT) + most_tokens(self.message)
        return credits_for(most + django_settings.TEXT_MAX_OUTPUT_TOKENS)

    @property
    def has_sane_usage(self) -> bool:
        return self.usage is not None and min(self.usage) >= 0 and sum(self.usage) < 1_000_000

    def charge_by_usage(self) -> int:
        """What the vendor's count costs, where it counts."""
        assert self.usage is not None
        return min(credits_for(sum(self.usage)), self.held)

    def charge_for(self, words: list[str]) -> int:
        """What these words cost by our own count."""
        if not words:
            return 0
        return min(credits_for(count_tokens(self.prompt) + count_tokens("".join(words))), self.held)


def credits_for(tokens: int) -> int:
    return math.ceil(tokens / TOKENS_A_CREDIT)


@dataclass
class Outcome:
    """What a client saw."""

    plan: Plan
    status: int = 0
    words: list[str] = field(default_factory=list)
    last_event: str = ""
    receipt: dict[str, Any] = field(default_factory=dict)

    def charges(self) -> range:
        """What the rule allows: one value, unless the client left and cannot know what it got."""
        plan = self.plan
        if self.last_event == "done":
            charge = plan.charge_by_usage() if plan.has_sane_usage else plan.charge_for(self.words)
            return range(charge, charge + 1)
        if self.last_event == "error" or self.status >= 400:
            charge = plan.charge_for(self.words)
            return range(charge, charge + 1)
        possible = [plan.charge_for(self.words), plan.charge_for(list(plan.words))]
        if plan.has_sane_usage:
            possible.append(plan.charge_by_usage())
        return range(min(possible) if self.words else 0, max(possible) + 1)


def make_plan(number: int, rng: random.Random) -> Plan:
    words = tuple(f"word{rng.randrange(10**6)} " for _ in range(rng.randint(4, 30)))
    fault = rng.choice(FAULTS)
    leaves = fault in SILENCES or rng.random() < 0.3
    # A vendor that falls silent midway has sent half of its answer by then.
    leaves_after = rng.randint(0, len(words) // 3) if leaves else None
    return Plan(
        number=number,
        email=POOR if rng.random() < 0.1 else rng.choice(RICH),
        message=f"Message {number}. " + "x" * rng.randint(10, 9_000),
        words=words,
        usage=rng.choice([(rng.randint(1, 4_000), rng.randint(1, 200)), (-5, 7), (10**7, 9), None]),
        # At the second try all is well, or it fails again.
        faults=(fault, rng.choice([None, fault])),
        leaves_after=0 if fault is Fault.SLOW_FIRST_BYTE else leaves_after,
        leave=rng.choice([Call.close, Call.reset]),
    )


class LoadServer(OpenAIServer):
    """Answers every message as its plan says."""

    def __init__(self, plans: list[Plan]) -> None:
        super().__init__()
        self.plans = plans
        self.tries: Counter[int] = Counter()

    def take_fault(self, asked: Asked) -> Fault | Status | None:
        number = self.plan_of(asked).number
        with self._lock:
            self.tries[number] += 1
            assert self.tries[number] <= TRIES
            return self.plans[number].faults[self.tries[number] - 1]

    def reply(self, asked: Asked) -> Reply:
        plan = self.plan_of(asked)
        return event_stream(self.words_of(plan.words, plan.usage), end="[DONE]")

    def plan_of(self, asked: Asked) -> Plan:
        found = NUMBER.match(asked.json["messages"][-1]["content"])
        assert found
        return self.plans[int(found[1])]


@dataclass(frozen=True)
class Frontend:
    """A program with a key that sends one message for each plan."""

    service: Service
    key: ApiKey
    secret: str

    def send(self, plan: Plan) -> Outcome:
        outcome = Outcome(plan)
        call = self.call(plan)
        try:
            if plan.leaves_after == 0:
                self.leave_unread(call, plan)
            else:
                outcome.status = call.response.status
                self.read(call, outcome)
        finally:
            call.close()
        return outcome

    def call(self, plan: Plan) -> Call:
        headers = {
            "x-api-key": self.secret,
            "Accept": "text/event-stream",
            "Idempotency-Key": str(plan.number),
        }
        path = f"/api/ai/message?email={plan.email}"
        return Call(self.service.address, path, {"message": plan.message}, headers)

    def leave_unread(self, call: Call, plan: Plan) -> None:
        Event().wait(0.02 * (plan.number % 20))
        plan.leave(call)

    def read(self, call: Call, outcome: Outcome) -> None:
        if outcome.status != 200:
            return
        for name, data in call.events():
            outcome.last_event = name
            if name == "delta":
                outcome.words.append(data["text"])
            if name == "receipt":
                outcome.receipt = data
            if name == "delta" and len(outcome.words) == outcome.plan.leaves_after:
                outcome.plan.leave(call)
                return

    def charged(self, plan: Plan) -> int:
        """Found by the hold's operation key, which voided holds have lost."""
        told = f"key {self.key.pk}: {plan.number}"
        operation_key = hashlib.sha256(told.encode()).hexdigest()
        return sum(hold.charged for hold in Hold.objects.filter(operation_key=operation_key))


@pytest.fixture
def plans() -> list[Plan]:
    rng = random.Random(SEED)
    return [make_plan(number, rng) for number in range(MESSAGES)]


@pytest.fixture
def vendor(plans) -> Iterator[LoadServer]:
    server = LoadServer(plans)
    yield server
    server.close()


@pytest.fixture
def frontend(db, settings, vendor, tmp_path) -> Iterator[Frontend]:
    settings.INITIAL_CREDITS = POOR_CREDITS
    for email in (*RICH, POOR):
        user = create_user(email=email)
        change_settings(user=user, llm_model="gpt-6-luna")
        if email in RICH:
            grant_credits(user=user, amount=10_000, reason="To spend")
    key, secret = create_api_key(name="Frontend", scopes=Scope.values)
    with live_service(
        tmp_path,
        OPENAI_API_KEY="sk-test",
        OPENAI_BASE_URL=vendor.url,
        OPENAI_MAX_RETRIES=str(TRIES - 1),
        VENDOR_RETRY_WAIT_S="0.01",
        BREAKER_FAILURES="1000",
        THREADS=str(REQUEST_THREADS),
        PERMITS=str(PERMITS),
    ) as service:
        yield Frontend(service, key, secret)


def test_200_streams_with_faults_and_leavers_are_charged_by_the_rule(frontend, plans, vendor):
    threads_at_rest = frontend.service.thread_count
    others_connections = connections_to_database()
    with ThreadPoolExecutor(MESSAGES) as clients:
        outcomes = list(clients.map(frontend.send, plans))
    wait_until(lambda: not Hold.objects.filter(state="open").exists())
    call_command("verify_ledger")
    assert expire_holds() == 0

    charged = {outcome.plan.number: frontend.charged(outcome.plan) for outcome in outcomes}
    wrong = [it for it in outcomes if charged[it.plan.number] not in it.charges()]
    assert not wrong
    receipts = [(it.receipt["charged"], it) for it in outcomes if it.receipt]
    assert all(told == charged[outcome.plan.number] for told, outcome in receipts)
    assert sum(Hold.objects.values_list("charged", flat=True)) == sum(charged.values())

    seen = Counter(outcome.last_event or outcome.status for outcome in outcomes)
    assert min(seen[end] for end in ("done", "error", "delta", 0, 402, 502, 503)) > 0
    told_whole = [it for it in outcomes if it.last_event == "done"]
    assert all(tuple(outcome.words) == outcome.plan.words for outcome in told_whole)
    log = "".join(frontend.service.lines)
    assert "Traceback" not in log
    assert "secret-body" not in log
    at_most = threads_at_rest + REQUEST_THREADS + SPARE_THREADS
    wait_until(lambda: frontend.service.thread_count <= at_most)
    assert connections_to_database() <= others_connections + PERMITS
