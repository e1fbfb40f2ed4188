"""MariaDB and Redis of one's own: for what stops them, kills them, or fills them.

    with PrivateMariaDB(folder) as database, PrivateRedis(folder) as cache:
        database.restart(kill=True)

Each keeps its port and its files over a restart. Both end with the block.
"""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, Self

from deploy.programs import MARIADB_ACCOUNT, free_port, install_mariadb
from tests.live import wait_until

PATIENCE_S = 60


class PrivateServer(ABC):
    """A server process on loopback, with its files in a folder of its own."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    @abstractmethod
    def command(self) -> list[str]:
        """What starts it."""

    @abstractmethod
    def answers(self) -> bool:
        """Whether it serves by now."""

    def start(self) -> None:
        with (self.place / "log").open("ab") as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log)
        wait_until(lambda: self.answers() or not self.is_running, PATIENCE_S)
        assert self.is_running, (self.place / "log").read_text()

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self, *, kill: bool = False) -> None:
        """SIGTERM, or SIGKILL: what a lost machine looks like to the files."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGKILL if kill else signal.SIGTERM)
        self.process.wait(PATIENCE_S)

    def restart(self, *, kill: bool = False) -> None:
        self.stop(kill=kill)
        self.start()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self.stop(kill=True)
        shutil.rmtree(self.place, ignore_errors=True)


class PrivateMariaDB(PrivateServer):
    """MariaDB with the user root and no password. `options` are mariadbd's own, as `--name=value`.

    The databases that `create` made are the server's; a URL names each.
    """

    def __init__(self, folder: Path, *options: str) -> None:
        super().__init__(folder / "mariadb")
        self.options = options
        self.data = self.place / "data"
        self.place.mkdir()
        install_mariadb(self.data, log=self.place / "install.log")

    @property
    def command(self) -> list[str]:
        return [
            *("mariadbd", "--no-defaults", *MARIADB_ACCOUNT, f"--datadir={self.data}"),
            *("--bind-address=127.0.0.1", f"--port={self.port}"),
            *(f"--socket={self.place / 'socket'}", "--skip-name-resolve", "--max-connections=500"),
            *self.options,
        ]

    def answers(self) -> bool:
        import MySQLdb

        try:
            self.connect().close()
        except MySQLdb.OperationalError:
            return False
        return True

    def connect(self, name: str = "") -> Any:
        """A connection of the driver's own, in autocommit."""
        import MySQLdb

        return MySQLdb.connect(
            host="127.0.0.1", port=self.port, user="root", database=name, autocommit=True
        )

    def create(self, name: str) -> str:
        """An empty database, by its URL."""
        connection = self.connect()
        connection.query(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
        connection.close()
        return f"mysql://root@127.0.0.1:{self.port}/{name}"


class PrivateRedis(PrivateServer):
    """Redis that writes nothing to disk: a restart forgets all."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "redis")
        self.place.mkdir()

    @property
    def command(self) -> list[str]:
        return [
            *("redis-server", "--bind", "127.0.0.1", "--port", str(self.port)),
            *("--dir", str(self.place), "--save", "", "--appendonly", "no"),
        ]

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False


def caches_in(server: PrivateRedis, timeout_s: float = 5.0) -> dict[str, Any]:
    """`CACHES` as the settings make them of this server's address."""
    options = {"socket_timeout": timeout_s, "socket_connect_timeout": timeout_s}
    backend = "interview_trainer.cache.SharedCache"
    return {"default": {"BACKEND": backend, "LOCATION": server.url, "OPTIONS": options}}
