"""A server that is told to stop, and a worker that has to go: no request is lost."""

import http.client
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace

import pytest
from django.core.checks import run_checks

from tests.ai.providers.servers.base import Asked, Reply
from tests.ai.providers.servers.openai import WORDS, OpenAIServer
from tests.live import PATIENCE_S, Call, Service, environment, live_service, wait_until
from tests.service import start
from users.models import Hold, Scope
from users.services.api_keys import create_api_key
from users.services.people import change_settings

__all__ = ["start"]

pytestmark = pytest.mark.django_db(transaction=True)

MESSAGE = "/api/ai/message?email=ada@example.com"
FIRST_PARTS = 2
CLIENTS = 4


class PatientServer(OpenAIServer):
    """Says one word, and the others when it is told to `go_on`."""

    def __init__(self) -> None:
        super().__init__()
        self.go_on = threading.Event()

    def reply(self, asked: Asked) -> Reply:
        reply = super().reply(asked)
        return replace(reply, parts=self.in_two_goes(list(reply.parts)))

    def in_two_goes(self, parts: list[bytes]) -> Iterator[bytes]:
        yield from parts[:FIRST_PARTS]
        while not self.go_on.wait(0.01) and not self._closing.is_set():
            continue
        yield from parts[FIRST_PARTS:]


@pytest.fixture
def vendor() -> Iterator[PatientServer]:
    with closing(PatientServer()) as server:
        yield server


@pytest.fixture
def run(owner, vendor, tmp_path) -> Iterator[Callable[..., Service]]:
    change_settings(user=owner, llm_model="gpt-6-luna")
    services = []

    def run_service(**variables: str) -> Service:
        vendors = {"OPENAI_API_KEY": "sk-test", "OPENAI_BASE_URL": vendor.url}
        services.append(live_service(tmp_path, **vendors, **variables))
        return services[-1].__enter__()

    yield run_service
    for service in services:
        service.__exit__(None, None, None)


@pytest.fixture
def post(db) -> Iterator[Callable[..., Call]]:
    _, secret = create_api_key(name="Frontend", scopes=Scope.values)
    calls: list[Call] = []

    def make(service: Service, accept: str = "text/event-stream") -> Call:
        headers = {"x-api-key": secret, "Accept": accept}
        calls.append(Call(service.address, MESSAGE, {"message": "Hello there."}, headers))
        return calls[-1]

    yield make
    for call in calls:
        call.close()


def get(address: str, path: str) -> tuple[int, bytes, str | None]:
    """Status, body, and what it says about the connection, which is a new one."""
    with closing(http.client.HTTPConnection(address, timeout=PATIENCE_S)) as connection:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read(), response.headers["Connection"]


def is_refused(address: str) -> bool:
    host, _, port = address.partition(":")
    try:
        socket.create_connection((host, int(port)), timeout=PATIENCE_S).close()
    except ConnectionRefusedError:
        return True
    return False


def outcomes() -> list[tuple[str, int]]:
    return list(Hold.objects.values_list("state", "charged"))


def test_readyz_fails_first_while_new_connections_are_still_served(run):
    service = run(DRAIN_S="5")
    service.process.send_signal(signal.SIGTERM)
    wait_until(lambda: get(service.address, "/readyz")[0] == 503)
    assert b'"failed": ["draining"]' in get(service.address, "/readyz")[1]
    status, _, connection = get(service.address, "/api/schema")
    assert (status, connection) == (200, "close")
    assert service.process.wait(PATIENCE_S) == 0


def test_once_it_has_drained_new_connections_are_refused_and_streams_go_on(run, post, vendor):
    service = run(DRAIN_S="0.1", GRACEFUL_TIMEOUT_S="30")
    events = post(service).events()
    assert [next(events)[0], next(events)[0]] == ["meta", "delta"]
    service.process.send_signal(signal.SIGTERM)
    wait_until(lambda: is_refused(service.address))
    vendor.go_on.set()
    names = [name for name, _ in events]
    assert names == ["delta"] * (len(WORDS) - 1) + ["usage", "receipt", "done"]
    assert service.process.wait(PATIENCE_S) == 0
    assert [state for state, _ in outcomes()] == [Hold.State.POSTED]


def test_who_connected_before_it_closed_is_answered(run):
    service = run(DRAIN_S="0.5", THREADS="1")
    host, _, port = service.address.partition(":")
    early = [socket.create_connection((host, int(port))) for _ in range(CLIENTS)]
    service.process.send_signal(signal.SIGTERM)
    wait_until(lambda: is_refused(service.address))
    for connection in early:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        assert connection.recv(1024).startswith(b"HTTP/1.1 200")
        connection.close()


def test_what_runs_longer_than_allowed_is_cut_off_and_settled(run, post):
    service = run(GRACEFUL_TIMEOUT_S="1")
    stream, plain = post(service), post(service, accept="application/json")
    events = stream.events()
    assert [next(events)[0], next(events)[0]] == ["meta", "delta"]
    wait_until(lambda: len(outcomes()) == 2)
    service.process.send_signal(signal.SIGTERM)
    assert plain.response.status in (502, 503)
    assert service.process.wait(PATIENCE_S) == 0
    assert sorted(state for state, _ in outcomes()) == [Hold.State.POSTED, Hold.State.VOIDED]


@pytest.mark.parametrize(
    ("conf", "variables"),
    [
        ("tests.interview_trainer.hungry_conf", {"WORKER_MAX_MEMORY_BYTES": str(400 * 1024**2)}),
        ("interview_trainer.gunicorn_conf", {"MAX_REQUESTS": "50"}),
    ],
    ids=["memory", "requests"],
)
def test_a_worker_that_has_to_go_is_replaced_and_no_request_is_lost(
    start, tmp_path, conf, variables
):
    command = ("gunicorn", "--config", f"python:{conf}", "interview_trainer.wsgi")
    service = start(*command, **environment(tmp_path), **variables)
    address = service.wait_until_ready().removeprefix("http://")
    is_replaced = threading.Event()

    def ask_until_replaced() -> set[int]:
        statuses = {get(address, "/healthz")[0]}
        while not is_replaced.is_set():
            statuses.add(get(address, "/healthz")[0])
        return statuses

    with ThreadPoolExecutor(CLIENTS) as clients:
        asked = [clients.submit(ask_until_replaced) for _ in range(CLIENTS)]
        try:
            get(address, "/grow")
            service.read_until('"worker_retires"')
            while not is_done(service.output):
                service.read_until("gunicorn.error")
        finally:
            is_replaced.set()
        assert set.union(*(future.result() for future in asked)) == {200}
    assert get(address, "/healthz")[0] == 200
    assert service.stop() == 0


def is_done(output: str) -> bool:
    """One worker has gone, and another one has come; which is said first is not sure."""
    return output.count("Booting worker") > 1 and "Worker exiting" in output


@pytest.mark.parametrize(
    ("name", "value", "check_id"),
    [
        ("DRAIN_S", -1, "interview_trainer.E006"),
        ("GRACEFUL_TIMEOUT_S", -1, "interview_trainer.E006"),
        ("WORKER_MAX_MEMORY_BYTES", 1, "interview_trainer.E007"),
        ("WORKER_MAX_MEMORY_BYTES", -1, "interview_trainer.E007"),
    ],
)
def test_times_and_sizes_that_cannot_work_stop_the_start(settings, name, value, check_id):
    assert run_checks(tags=["interview_trainer"]) == []
    setattr(settings, name, value)
    (found,) = run_checks(tags=["interview_trainer"])
    assert (found.id, name in found.msg) == (check_id, True)
