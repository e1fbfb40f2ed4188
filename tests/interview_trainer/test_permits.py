"""Many requests wait at once; few of them work, on few connections. A real server shows it."""

import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Barrier, Event, Thread

import pytest
import requests
from django.db import connection, connections, transaction

from interview_trainer.permits import all_permits, start_waiting, stop_waiting, waiting, working
from tests.ai.providers.servers.base import Asked, Fault, Reply
from tests.ai.providers.servers.openai import OpenAIServer
from tests.interview_trainer.test_metrics import samples
from tests.live import (
    PATIENCE_S,
    Call,
    Service,
    connections_to_database,
    live_service,
    wait_until,
)
from users.models import CreditAccount, Scope
from users.services.api_keys import create_api_key
from users.services.people import change_settings

pytestmark = pytest.mark.django_db(transaction=True)

PATH = "/api/ai/message?email=ada@example.com"
TOGETHER = 12


class MeetingServer(OpenAIServer):
    """Where it `meets`, it answers once `TOGETHER` have asked."""

    meets = False

    def __init__(self) -> None:
        super().__init__()
        self._meeting = Barrier(TOGETHER, timeout=PATIENCE_S)

    def reply(self, asked: Asked) -> Reply:
        if self.meets:
            self._meeting.wait()
        return super().reply(asked)


@pytest.fixture
def vendor() -> Iterator[MeetingServer]:
    with closing(MeetingServer()) as server:
        yield server


@pytest.fixture
def serve(owner, vendor, tmp_path):
    change_settings(user=owner, llm_model="gpt-6-luna")
    services = []

    def start(**variables: str) -> Service:
        vendors = {"OPENAI_API_KEY": "sk-test", "OPENAI_BASE_URL": vendor.url}
        service = live_service(tmp_path, **vendors, **variables)
        services.append(service)
        return service.__enter__()

    yield start
    for service in services:
        service.__exit__(None, None, None)


@pytest.fixture
def headers() -> dict[str, str]:
    _, secret = create_api_key(name="Frontend", scopes=Scope.values)
    return {"x-api-key": secret}


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
def test_who_waits_for_a_vendor_lets_others_work(serve, vendor, headers, accept):
    """Each of the calls is answered only when all are in: more than there are permits."""
    vendor.meets = True
    service = serve(PERMITS="2")
    others = connections_to_database()

    def send(number: int) -> int:
        call = Call(service.address, PATH, {"message": "Hi"}, headers | {"Accept": accept})
        with closing(call):
            call.response.read()
            return call.response.status

    with ThreadPoolExecutor(TOGETHER) as clients:
        assert list(clients.map(send, range(TOGETHER))) == [200] * TOGETHER
    assert connections_to_database() <= others + 2


def test_who_works_is_told(serve, headers):
    """Three wait for the database, which is work."""
    service = serve(PERMITS="5")

    def busy() -> float:
        answer = requests.get(f"http://{service.address}/metrics", timeout=PATIENCE_S)
        return samples(answer.text)["permits_busy",]

    def send(number: int) -> int:
        with closing(Call(service.address, PATH, {"message": "Hi"}, headers)) as call:
            return call.response.status

    with ThreadPoolExecutor(3) as clients:
        with transaction.atomic():
            CreditAccount.objects.select_for_update().get()
            answers = clients.map(send, range(3))
            wait_until(lambda: busy() >= 3)
        assert list(answers) == [200] * 3
    wait_until(lambda: busy() < 2)


def test_who_waits_for_a_client_lets_others_work(serve, headers):
    """One is slow to send its request's headers, one its body, one to read a long answer.

    Some are slow to send a body that nobody wants, which the server reads for five seconds each.
    """
    service = serve(PERMITS="1")
    host, _, port = service.address.partition(":")
    head = f"POST {PATH} HTTP/1.1\r\nHost: {host}\r\nx-api-key: {headers['x-api-key']}\r\n"
    slow = [head[:40], f"{head}Content-Type: application/json\r\nContent-Length: 99\r\n\r\n{{"]
    slow.append(f"GET /api/schema HTTP/1.1\r\nHost: {host}\r\n\r\n" * 50)
    slow += [f"POST /nothing HTTP/1.1\r\nHost: {host}\r\nContent-Length: 99\r\n\r\n{{"] * 20
    clients = [socket.create_connection((host, int(port))) for _ in slow]
    for client, sent in zip(clients, slow, strict=True):
        client.sendall(sent.encode())
    assert get(service, "/readyz") == 200
    for client in clients:
        client.close()


def get(service: Service, path: str) -> int:
    host, _, port = service.address.partition(":")
    with socket.create_connection((host, int(port)), timeout=PATIENCE_S) as client:
        client.sendall(f"GET {path} HTTP/1.1\r\nHost: {service.address}\r\n\r\n".encode())
        return int(client.recv(12)[9:])


def test_more_than_are_let_in_are_refused_and_probes_are_not(serve, vendor, headers):
    service = serve(THREADS="2")
    vendor.fail(Fault.SLOW_FIRST_BYTE)
    streamed = headers | {"Accept": "text/event-stream"}
    calls = [Call(service.address, PATH, {"message": "Hi"}, streamed) for _ in range(2)]
    wait_until(lambda: len(vendor.asked) == 2)

    refused = Call(service.address, PATH, {"message": "Hi"}, headers | {"X-Request-ID": "mine-123"})
    problem = json.loads(refused.response.read())
    assert refused.response.status == problem["status"] == 503
    assert (problem["code"], problem["request_id"]) == ("unavailable", "mine-123")
    assert refused.response.headers["Retry-After"]
    assert refused.response.headers["X-Request-ID"] == "mine-123"
    assert len(vendor.asked) == 2
    assert get(service, "/healthz") == get(service, "/readyz") == 200

    vendor.fail(Fault.HTML)
    for call in calls:
        call.reset()
    refused.close()

    def is_let_in() -> bool:
        with closing(Call(service.address, PATH, {"message": "Hi"}, headers)) as call:
            return call.response.status != 503

    wait_until(is_let_in)


@pytest.fixture
def one_permit(settings) -> Iterator[None]:
    settings.PERMITS = 1
    all_permits.cache_clear()
    yield
    all_permits.cache_clear()


def in_a_thread(work) -> None:
    """Runs it in a thread, which has no connection yet, and raises what it raised."""
    failures: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as exc:
            failures.append(exc)

    thread = Thread(target=run)
    thread.start()
    thread.join(PATIENCE_S)
    assert not thread.is_alive()
    if failures:
        raise failures[0]


def used_connection() -> object:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return connections["default"].connection


def close_the_connection() -> None:
    permit = all_permits().take()
    assert permit.connection is not None
    permit.connection.close()


@pytest.mark.usefixtures("one_permit")
def test_the_next_one_gets_the_connection():
    used: list[object] = []

    def work() -> None:
        with working():
            used.append(used_connection())
            with waiting():
                assert not connections.all(initialized_only=True)
            used.append(used_connection())

    in_a_thread(work)
    in_a_thread(work)
    assert len(set(map(id, used))) == 1
    close_the_connection()


@pytest.mark.usefixtures("one_permit")
def test_nobody_waits_in_a_transaction_without_a_permit():
    def work() -> None:
        with working(), transaction.atomic():
            used_connection()
            with waiting():
                assert all_permits().busy == 1
        close_the_connection()

    in_a_thread(work)


@pytest.mark.usefixtures("one_permit")
def test_a_permit_comes_back_from_work_that_fails():
    def work() -> None:
        with pytest.raises(ZeroDivisionError), working(), waiting():
            1 / 0  # noqa: B018

    in_a_thread(work)
    assert all_permits().busy == 0


@pytest.mark.usefixtures("one_permit")
def test_without_a_permit_waiting_is_nothing():
    before = used_connection()
    with waiting():
        assert used_connection() is before
    assert not start_waiting()
    stop_waiting()
    assert all_permits().busy == 0


@pytest.mark.usefixtures("one_permit")
def test_a_permit_is_waited_for():
    first_works, second_works = Event(), Event()

    def first() -> None:
        with working():
            first_works.set()
            assert not second_works.wait(0.2)
            with waiting():
                assert second_works.wait(PATIENCE_S)

    def second() -> None:
        first_works.wait(PATIENCE_S)
        with working():
            second_works.set()

    threads = [Thread(target=target) for target in (first, second)]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
    assert time.monotonic() - started >= 0.2
    assert second_works.is_set()
