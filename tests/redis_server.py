"""A Redis of the test's own, which may be killed and started again."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.live import wait_until


class RedisServer:
    def __init__(self, place: Path) -> None:
        self._place = place
        self._process: subprocess.Popen[bytes] | None = None
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """With nothing in it, as after a crash: it saves nothing."""
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        self._process = subprocess.Popen(
            [*command, "--dir", str(self._place)], stdout=subprocess.DEVNULL
        )
        wait_until(self.accepts)

    def accepts(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()


@contextmanager
def redis_server(place: Path) -> Iterator[RedisServer]:
    server = RedisServer(place)
    server.start()
    try:
        yield server
    finally:
        server.kill()


def caches_in(server: RedisServer, timeout_s: float = 5.0) -> dict[str, Any]:
    """`CACHES` as the settings make them of this server's address."""
    options = {"socket_timeout": timeout_s, "socket_connect_timeout": timeout_s}
    backend = "interview_trainer.cache.SharedCache"
    return {"default": {"BACKEND": backend, "LOCATION": server.url, "OPTIONS": options}}
