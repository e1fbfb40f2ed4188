"""`python -m interview_trainer.local`, the real thing: as `make run` starts it."""

import http.client
import re
import signal
import socket
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.service import start

__all__ = ["start"]

CREDENTIAL = re.compile(r"it_[0-9a-f]{8}_\S+|(?<=@example.com)\s+\S+")


def get(address: str, path: str, **headers: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=10)
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    response.read()
    connection.close()
    return response


def dump(tmp_path: Path) -> list[str]:
    """Everything in the database, as SQL."""
    with closing(sqlite3.connect(tmp_path / "data" / "interview_trainer.sqlite3")) as database:
        return list(database.iterdump())


def test_the_first_start_makes_logins_and_the_second_changes_nothing(start, tmp_path):
    first = start()
    address = first.wait_until_ready()
    assert get(address, "/healthz").status == 200
    assert get(address, "/readyz").status == 200
    assert len(CREDENTIAL.findall(first.output)) == 3
    assert first.stop() == 0
    assert "Traceback" not in first.output
    before = (tmp_path / "env").read_text(), dump(tmp_path)

    second = start()
    second.wait_until_ready()
    assert CREDENTIAL.findall(second.output) == []
    assert second.stop(signal.SIGINT) == 0
    assert "Traceback" not in second.output
    assert ((tmp_path / "env").read_text(), dump(tmp_path)) == before


def test_the_settings_file_is_its_owners_alone_and_its_secret_is_random(start, tmp_path):
    for place in ("a", "b"):
        start(ENV_FILE=str(tmp_path / place)).wait_until_ready()
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "a").read_text() != (tmp_path / "b").read_text()


def test_a_first_start_that_was_killed_is_completed_by_the_next(start, tmp_path):
    killed = start()
    killed.read_until("Applying users.0001")
    killed.stop(signal.SIGKILL)

    healed = start()
    healed.wait_until_ready()
    assert len(CREDENTIAL.findall(healed.output)) == 3


def test_a_port_in_use_is_said_and_nothing_is_made(start, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        service = start(PORT=str(port))
        assert service.wait_until_ended() == 1
    assert f"Port {port} on 127.0.0.1 is in use" in service.output
    assert "Traceback" not in service.output
    assert not list((tmp_path / "data").glob("*.sqlite3"))


def test_a_failing_system_check_stops_the_start_once_and_says_why(start):
    service = start(INITIAL_CREDITS="-1")
    assert service.wait_until_ended() == 1
    assert service.output.count("(users.E001)") == 1
    assert "Traceback" not in service.output


def test_a_stopping_server_says_so_on_connections_that_are_open(start):
    service = start()
    address = service.wait_until_ready()
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=10)
    assert ask_readyz(connection) == (200, b'{"status": "ready"}')

    service.process.send_signal(signal.SIGTERM)
    service.read_until("Handling signal: term")
    status, body = 200, b""
    while status == 200:  # until the signal has reached the worker, which has its own process
        status, body = ask_readyz(connection)
    assert status == 503
    assert b'"failed": ["draining"]' in body
    connection.close()
    assert service.wait_until_ended() == 0


def ask_readyz(connection: http.client.HTTPConnection) -> tuple[int, bytes]:
    connection.request("GET", "/readyz")
    response = connection.getresponse()
    return response.status, response.read()
