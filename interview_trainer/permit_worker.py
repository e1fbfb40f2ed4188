"""gunicorn's threaded worker, whose threads work under permits (`permits.py`)."""

from __future__ import annotations

import socket
from typing import Any

from gunicorn.workers import gthread
from gunicorn.workers.gthread import TConn, ThreadWorker

from interview_trainer.permits import waiting, working

# As gunicorn has it: a client that connects and is silent waits without a thread.
FIRST_BYTE_S = 5.0
WITHOUT_A_REQUEST: object = gthread._DEFER  # type: ignore[attr-defined]  # not in the stubs


class ClientSocket(socket.socket):
    """A client's connection. Whoever waits for the client has no permit meanwhile.

    What is there already is read, and what the system takes at once is sent, without giving the
    permit back.
    """

    def recv(self, size: int, flags: int = 0) -> bytes:
        if self.gettimeout() is None:  # with a time-out, asking would be waiting
            try:
                return super().recv(size, flags | socket.MSG_DONTWAIT)
            except BlockingIOError:
                if flags & socket.MSG_DONTWAIT:
                    raise
        with waiting():
            return super().recv(size, flags)

    def sendall(self, data: Any, flags: int = 0) -> None:
        try:
            sent = super().send(data, flags | socket.MSG_DONTWAIT)
        except BlockingIOError:
            sent = 0
        if sent < len(data):
            with waiting():
                super().sendall(memoryview(data)[sent:], flags)

    def sendfile(self, *args: Any, **kwargs: Any) -> int:
        with waiting():
            return super().sendfile(*args, **kwargs)


class PermitWorker(ThreadWorker):
    def enqueue_req(self, conn: TConn) -> None:
        if not isinstance(conn.sock, ClientSocket):
            conn.sock = ClientSocket(fileno=conn.sock.detach())
        super().enqueue_req(conn)

    def handle(self, conn: TConn) -> Any:
        """From the moment that the request is there, until its answer is sent."""
        if not conn.initialized and not conn.wait_for_data(FIRST_BYTE_S):
            return WITHOUT_A_REQUEST
        with working():
            return super().handle(conn)
