"""The client of a request: whether it still waits, and a word to it while its answer is made."""

from __future__ import annotations

import socket
from collections.abc import Callable

from django.http import HttpRequest

from interview_trainer.errors import ClientGoneError

# Where the server's own way to write stands in a request's environment, once its answer has begun.
WRITE = "interview_trainer.write"


def watch_connection(request: HttpRequest) -> Callable[[], bool]:
    """A function that says whether the client has closed its connection.

    gunicorn hands over the connection's socket; looking at it consumes nothing. Other servers do
    not, and there a client that left is found out at the next write.
    """
    connection = request.META.get("gunicorn.socket")

    def is_gone() -> bool:
        if not isinstance(connection, socket.socket):
            return False
        try:
            return connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
        except BlockingIOError:
            return False
        except (OSError, ValueError):  # reset, or TLS, which cannot be looked into
            return not hasattr(connection, "cipher")

    return is_gone


def interject(request: HttpRequest, data: bytes) -> None:
    """Send something between two pieces of a streamed answer, from the thread that makes them.

    Before the answer has begun, nothing is sent. Raises `ClientGoneError`.
    https://peps.python.org/pep-3333/#the-write-callable
    """
    write = request.META.get(WRITE)
    if write is None:
        return
    try:
        write(data)
    except OSError as exc:
        raise ClientGoneError from exc
