"""gunicorn's threaded worker, which leaves without losing a request.

Told to stop (SIGTERM), it first says so at `/readyz` and serves on for `DRAIN_S`: whoever shares
out the requests needs time to notice. Then it takes those who have already connected and closes its
socket, so that the next ones are refused at once and go elsewhere. What runs may end within
`GRACEFUL_TIMEOUT_S`. What still runs then is cut off: calls to vendors end, and what was delivered
is settled, the rest given back.

With more memory than `WORKER_MAX_MEMORY_BYTES`, or after `MAX_REQUESTS`, it has another worker
started and leaves too. gunicorn itself would start the other one only when this one has ended.
"""

import logging
import math
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any

from django.conf import settings
from gunicorn.http.message import Request
from gunicorn.workers.gthread import TConn

from interview_trainer.permit_worker import PermitWorker
from interview_trainer.permits import busy_permits

logger = logging.getLogger(__name__)

# How long what was cut off may take to settle.
UNWIND_S = 5
LOOK_S = 1.0
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


def longest_stop_s() -> int:
    """From the signal to the end, at most."""
    return int(math.ceil(settings.DRAIN_S) + settings.GRACEFUL_TIMEOUT_S + UNWIND_S)


class GracefulWorker(PermitWorker):
    """`cut_calls_off` ends the calls that wait for a vendor."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_draining = False
        self.cut_calls_off: Callable[[], None] = lambda: None
        self._served: set[TConn] = set()
        self._drained_at = math.inf
        self._cut_off_at = math.inf
        self._looked_at = -math.inf
        self._most_requests, self.max_requests = self.max_requests, sys.maxsize

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """In a signal handler: only note it. The loop, woken up, acts at its next `notify`."""
        if not self.is_draining:
            self.is_draining = True
            self._drained_at = time.monotonic() + settings.DRAIN_S
            self._wake_up()

    def notify(self) -> None:
        """The loop calls this at least every second, until the last request is answered."""
        super().notify()
        now = time.monotonic()
        if now >= self._drained_at:
            self._leave(now)
        if now >= self._cut_off_at:
            self._cut_off()
        if now - self._looked_at >= LOOK_S:
            self._looked_at = now
            self._tell_of_permits()
            if self.alive and not self.is_draining:
                self._retire_if_worn_out(now)

    def set_accept_enabled(self, enabled: bool | None) -> None:
        if not self.alive and self.is_draining:
            self._accept_those_who_wait()
        super().set_accept_enabled(enabled)
        if not self.alive:
            for listener in self.sockets:
                listener.close()

    def handle(self, conn: TConn) -> Any:
        self._served.add(conn)
        try:
            return super().handle(conn)
        finally:
            self._served.discard(conn)

    def handle_request(self, req: Request, conn: TConn) -> bool:
        if self.is_draining:
            req.force_close()
        return bool(super().handle_request(req, conn))

    def _wake_up(self) -> None:
        self.method_queue.defer(lambda: None)

    def _leave(self, now: float) -> None:
        """Accept no more, and end when all are answered."""
        self.alive = False
        self._drained_at = math.inf
        self._cut_off_at = now + settings.GRACEFUL_TIMEOUT_S
        self._wake_up()

    def _accept_those_who_wait(self) -> None:
        """They are connected, as they see it: closing the socket would reset them."""
        for listener in self.sockets:
            before = -1
            while self.nr_conns != before:
                before = self.nr_conns
                self.accept(listener)

    def _cut_off(self) -> None:
        """To the service it looks as if these clients had left. They still get its last words."""
        self._cut_off_at = math.inf
        logger.warning("requests_cut_off", extra={"requests": len(self._served)})
        self.cut_calls_off()
        for conn in list(self._served):
            with suppress(OSError):
                conn.sock.shutdown(socket.SHUT_RD)

    def _tell_of_permits(self) -> None:
        """Now and then: to count each time that one is taken would cost the requests more."""
        # Only now is it settled where the processes count.
        from interview_trainer.metrics import permits_busy

        permits_busy.set(busy_permits())

    def _retire_if_worn_out(self, now: float) -> None:
        memory_bytes = own_memory_bytes()
        is_large = 0 < settings.WORKER_MAX_MEMORY_BYTES < memory_bytes
        if not is_large and self.nr < self._most_requests:
            return
        logger.warning("worker_retires", extra={"memory_bytes": memory_bytes, "requests": self.nr})
        # One more worker at once; `child_exit` in gunicorn_conf.py takes the place back.
        os.kill(self.ppid, signal.SIGTTIN)
        self._leave(now)


def own_memory_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE_BYTES
