"""Whether anybody still waits for the answer to a request."""

from __future__ import annotations

import socket
from collections.abc import Callable

from django.http import HttpRequest


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
