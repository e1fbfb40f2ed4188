"""A program that runs: a process of its own, with a log and a pid file, that can be waited for."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path

LOOK_S = 0.05
# For a start on a busy machine.
PATIENCE_S = 120
LOG_TAIL_CHARACTERS = 3_000
# MariaDB runs as root only where it is told to.
MARIADB_ACCOUNT = ["--user=root"] if os.geteuid() == 0 else []
# What runs behind this ends when the thread that started it does, however that ends.
END_WITH_PARENT = ("setpriv", "--pdeathsig", "TERM", "--")


class DidNotStartError(Exception):
    """A program ended, or did not answer in time. The end of its log is in the message."""


@dataclass(frozen=True)
class Host:
    """Where programs run: an address, and the command that enters it."""

    address: str = "127.0.0.1"
    enter: tuple[str, ...] = ()


LOOPBACK = Host()


@dataclass
class Program:
    """`is_up` says whether it serves. `patience_s` is how long it may take until it does, and
    `stop_after_s` how long to stop."""

    name: str
    command: list[str]
    folder: Path
    is_up: Callable[[], bool]
    host: Host = LOOPBACK
    environment: Mapping[str, str] | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    stop_after_s: float = 30
    patience_s: float = PATIENCE_S
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def log(self) -> Path:
        return self.folder / f"{self.name}.log"

    @property
    def pid_file(self) -> Path:
        return self.folder / f"{self.name}.pid"

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def pid(self) -> int:
        if self.process is None:
            raise ProcessLookupError(f"{self.name} was never started")
        return self.process.pid

    def begin(self) -> None:
        """Start it, and do not wait."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*END_WITH_PARENT, *self.host.enter, *self.command],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.pid_file.write_text(f"{self.pid}\n")

    def wait_until_up(self) -> None:
        deadline = time.monotonic() + self.patience_s
        while not self.is_up():
            if not self.is_running or time.monotonic() > deadline:
                tail = self.log.read_text(errors="replace")[-LOG_TAIL_CHARACTERS:]
                raise DidNotStartError(f"{self.name} did not start:\n{tail}")
            time.sleep(LOOK_S)

    def start(self) -> None:
        self.begin()
        self.wait_until_up()

    def send(self, number: signal.Signals) -> None:
        if self.is_running:
            os.kill(self.pid, number)

    def stop(self) -> int | None:
        """Its exit status; what does not stop in time is killed. None where it never ran."""
        if self.process is None:
            return None
        self.send(self.stop_signal)
        try:
            return self.process.wait(self.stop_after_s)
        except subprocess.TimeoutExpired:
            sys.stderr.write(f"{self.name} did not stop within {self.stop_after_s:g} s.\n")
            return self.kill()
        finally:
            self.pid_file.unlink(missing_ok=True)

    def kill(self) -> int | None:
        """It and all that it started, at once."""
        if self.process is None:
            return None
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self.pid_file.unlink(missing_ok=True)
        return self.process.wait()


def install_mariadb(data: Path, *, log: Path) -> None:
    """An empty MariaDB, whose user root has no password."""
    command = ["mariadb-install-db", "--no-defaults", *MARIADB_ACCOUNT, f"--datadir={data}"]
    command += ["--auth-root-authentication-method=normal", "--skip-test-db"]
    with log.open("w") as told:
        subprocess.run(command, check=True, stdout=told, stderr=told)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as bound:
        return int(bound.getsockname()[1])


def accepts(host: Host, port: int) -> Callable[[], bool]:
    """Whether somebody listens there."""

    def is_up() -> bool:
        try:
            socket.create_connection((host.address, port), timeout=1).close()
        except OSError:
            return False
        return True

    return is_up


def answers(host: Host, port: int, path: str) -> Callable[[], bool]:
    """Whether `GET path` is a 200 there."""

    def is_up() -> bool:
        connection = HTTPConnection(host.address, port, timeout=5)
        try:
            connection.request("GET", path)
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    return is_up
