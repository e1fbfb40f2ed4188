"""Connections to a vendor: whichever was used last is used next.

The clients' own pool looks at all of its connections twice for every request, under one lock, and
closes those above a number when they become idle. With hundreds of calls open that costs more than
the calls. Here each connection has a pool of its own, and the pools stand in a stack.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from functools import cache
from types import ModuleType
from typing import Any
from urllib.request import getproxies, proxy_bypass

IDLE_CONNECTIONS = 1_000
IDLE_S = 30


@cache
def tls_context(http: ModuleType) -> Any:
    """One for all clients: the system's certificates take 20 ms and 5 MB to load."""
    return http.create_ssl_context()


@cache
def proxy_of(scheme: str, host: str) -> str | None:
    """What the environment (`HTTPS_PROXY`, `NO_PROXY` and the like) says."""
    return None if proxy_bypass(host) else getproxies().get(scheme)


class Stack:
    """A transport for the clients of `http` (httpx or httpx2), shared by threads."""

    def __init__(self, http: ModuleType) -> None:
        self._http = http
        self._idle: dict[str | None, deque[Any]] = {}

    def handle_request(self, request: Any) -> Any:
        proxy = proxy_of(request.url.scheme, request.url.host)
        idle = self._idle.setdefault(proxy, deque(maxlen=IDLE_CONNECTIONS))
        try:
            connection = idle.pop()
        except IndexError:
            connection = self._make_connection(proxy)
        try:
            response = connection.handle_request(request)
        except BaseException:
            connection.close()
            raise
        response.stream = body_class(self._http)(response.stream, idle, connection)
        return response

    def close(self) -> None:
        for idle in self._idle.values():
            while idle:
                idle.pop().close()

    def _make_connection(self, proxy: str | None) -> Any:
        limits = self._http.Limits(max_connections=1, keepalive_expiry=IDLE_S)
        tls = tls_context(self._http)
        return self._http.HTTPTransport(verify=tls, limits=limits, proxy=proxy)


@cache
def body_class(http: ModuleType) -> Any:
    class Body(http.SyncByteStream):  # type: ignore[misc, name-defined]  # one of two modules
        """A body that hands its connection back when it is closed."""

        def __init__(self, body: Any, idle: deque[Any], connection: Any) -> None:
            self._body = body
            self._idle = idle
            self._connection = connection

        def __iter__(self) -> Iterator[bytes]:
            yield from self._body

        def close(self) -> None:
            connection, self._connection = self._connection, None
            self._body.close()
            if connection is not None:
                self._idle.append(connection)

    return Body
