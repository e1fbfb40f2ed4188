"""The service as it runs: gunicorn in a process of its own, and clients that may leave."""

from __future__ import annotations

import http.client
import json
import os
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.db import OperationalError, connection

PROJECT = Path(__file__).resolve().parents[1]
COMMAND = ["gunicorn", "--config", "python:interview_trainer.gunicorn_conf"]
PATIENCE_S = 30
# For a start on a busy machine.
START_PATIENCE_S = 120
# The service ends by itself should the tests be killed.
KILLED_AFTER_S = 3_600

Event = tuple[str, dict[str, Any]]


def database_url() -> str:
    """This process's own database, for other processes."""
    using = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{using['NAME']}"
    login = f"{quote(using['USER'])}:{quote(using['PASSWORD'])}"
    return f"mysql://{login}@{using['HOST']}:{using['PORT'] or 3306}/{using['NAME']}"


def connections_to_database() -> int:
    """Everybody's to this process's own database. Zero where nobody counts them."""
    if connection.vendor != "mysql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM information_schema.processlist WHERE db = DATABASE()")
        return int(cursor.fetchone()[0])


# The gate runs every test on MariaDB as well.
server_only = pytest.mark.skipif(
    connection.vendor == "sqlite", reason="SQLite is a file, without a server to lose"
)


def lose_connection() -> None:
    """As a restarted MariaDB or MySQL does it to this thread."""
    with suppress(OperationalError), connection.cursor() as cursor:
        cursor.execute("KILL CONNECTION_ID()")


def wait_until(is_so: Callable[[], Any], patience_s: float = PATIENCE_S) -> None:
    """Looks every 20 ms. Raises `AssertionError` after `patience_s` seconds."""
    deadline = time.monotonic() + patience_s
    while not is_so():
        assert time.monotonic() < deadline, "It never came true."
        threading.Event().wait(0.02)


def child_pids(pid: int) -> list[int]:
    return [int(it) for it in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


class Service:
    """A started service. `lines` is what it has printed so far."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        wait_until(lambda: self.address or process.poll() is not None, START_PATIENCE_S)
        assert self.address, "".join(self.lines)

    @property
    def address(self) -> str:
        """Host and port, once it is ready."""
        told = (line for line in list(self.lines) if line.startswith("Ready: "))
        return next(told, "").strip().removeprefix("Ready: http://")

    @property
    def worker_pid(self) -> int:
        return self.worker_pids[0]

    @property
    def worker_pids(self) -> list[int]:
        return child_pids(self.process.pid)

    @property
    def thread_count(self) -> int:
        """Of its one worker."""
        return len(os.listdir(f"/proc/{self.worker_pid}/task"))

    @property
    def memory_bytes(self) -> int:
        """What its one worker has in memory."""
        pages = Path(f"/proc/{self.worker_pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.lines.extend(iter(self.process.stdout.readline, ""))


@contextmanager
def live_service(
    place: Path, killed_after_s: float = KILLED_AFTER_S, /, **variables: str
) -> Iterator[Service]:
    """A service on this process's database and a free port, with one worker; files in `place`."""
    command = [sys.executable, "-m", *COMMAND, "interview_trainer.wsgi"]
    with subprocess.Popen(
        command,
        cwd=PROJECT,
        env=environment(place) | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        watchdog = threading.Timer(killed_after_s, process.kill)
        watchdog.start()
        try:
            yield Service(process)
        finally:
            watchdog.cancel()
            process.terminate()
            try:
                process.wait(PATIENCE_S)
            finally:
                process.kill()


def environment(place: Path) -> dict[str, str]:
    """Nothing of the caller's own settings."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(place),
        "ENV_FILE": os.devnull,
        "DATA_DIR": str(place),
        "DATABASE_URL": database_url(),
        "SECRET_KEY": "only-for-this-process-and-long-enough-to-be-accepted",
        "HTTPS_ONLY": "false",
        "PORT": "0",
        "WARM_MODELS": "false",
        "TASK_WORKERS": "0",
        "GRACEFUL_TIMEOUT_S": "5",
        "DRAIN_S": "0",
        # More than these tests ask for at once.
        "LIMIT_TEXT": "1000/s",
        "STREAMS_PER_USER": "5000",
        "STREAMS_PER_KEY": "5000",
    }


class Call:
    """A request that was sent, whose answer comes piece by piece.

    `body` is bytes as they are, or what becomes JSON; `sent_at` is when its last byte had left.
    """

    def __init__(self, address: str, path: str, body: object, headers: dict[str, str]) -> None:
        self._connection = http.client.HTTPConnection(address, timeout=PATIENCE_S)
        sent = body if isinstance(body, bytes) else json.dumps(body)
        self._connection.request(
            "POST", path, sent, {"Content-Type": "application/json", **headers}
        )
        self.sent_at = time.perf_counter()
        assert self._connection.sock is not None
        self.socket: socket.socket = self._connection.sock
        self._response: http.client.HTTPResponse | None = None

    @property
    def response(self) -> http.client.HTTPResponse:
        """Waits for the status and the headers."""
        if self._response is None:
            self._response = self._connection.getresponse()
        return self._response

    def events(self) -> Iterator[Event]:
        """The events as they come. What only fills silence is left out."""
        name = ""
        for line in self.response:
            field, _, value = line.decode().rstrip("\n").partition(": ")
            if field == "event":
                name = value
            elif field == "data":
                yield name, json.loads(value)

    def close(self) -> None:
        if self._response is not None:
            self._response.close()
        self._connection.close()

    def reset(self) -> None:
        """Leave as a program that is killed."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()
