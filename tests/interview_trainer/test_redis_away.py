"""The service on two processes, while its Redis is killed and started again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from django.core.management import call_command

from tests.live import Service, live_service, wait_until
from tests.private_servers import PrivateRedis
from users.models import CreditAccount, Hold, Scope, User
from users.services.api_keys import create_api_key

pytestmark = pytest.mark.django_db(transaction=True)

QUOTA = 12
PROCESSES = 2


@pytest.fixture
def server(tmp_path) -> Iterator[PrivateRedis]:
    with PrivateRedis(tmp_path) as server:
        yield server


@pytest.fixture
def service(server, tmp_path) -> Iterator[Service]:
    settings = {"LIMIT_TEXT": f"{QUOTA}/d", "CACHE_TIMEOUT_S": "0.5", "STREAMS_PER_USER": "0"}
    with live_service(
        tmp_path, CACHE_URL=server.url, WORKERS=str(PROCESSES), **settings
    ) as service:
        yield service


@pytest.fixture
def ask(service):
    """Sends so many messages, several at once. Returns how many had which status."""
    _, key = create_api_key(name="Frontend", scopes=[Scope.AI])
    headers = {"x-api-key": key}

    def send(number: int) -> int:
        url = f"http://{service.address}/api/ai/message?email=ada@example.com"
        return requests.post(url, json={"message": "Hi"}, headers=headers, timeout=30).status_code

    def send_many(count: int) -> Counter[int]:
        with ThreadPoolExecutor(8) as pool:
            return Counter(pool.map(send, range(count)))

    return send_many


def readiness(service: Service) -> tuple[int, dict[str, object]]:
    answer = requests.get(f"http://{service.address}/readyz", timeout=30)
    return answer.status_code, answer.json()


def is_ready_everywhere(service: Service) -> bool:
    """So many connections reach each of the processes."""
    return all(readiness(service) == (200, {"status": "ready"}) for _ in range(10 * PROCESSES))


def test_limits_hold_with_redis_without_it_and_after_it(owner: User, service, server, ask):
    assert ask(3 * QUOTA) == {200: QUOTA, 429: 2 * QUOTA}
    assert readiness(service) == (200, {"status": "ready"})

    server.stop(kill=True)
    alone = ask(3 * PROCESSES * QUOTA)
    # Each process counts by itself, and lets the whole rate through.
    assert QUOTA <= alone[200] <= PROCESSES * QUOTA
    assert alone[200] + alone[429] == 3 * PROCESSES * QUOTA
    assert readiness(service) == (200, {"status": "degraded", "degraded": ["cache"]})

    server.start()
    wait_until(lambda: is_ready_everywhere(service))
    assert ask(3 * QUOTA) == {200: QUOTA, 429: 2 * QUOTA}

    answered = QUOTA + alone[200] + QUOTA
    account = CreditAccount.objects.get()
    assert (account.available, account.held) == (300 - answered, 0)
    assert Hold.objects.count() == answered
    call_command("verify_ledger")
