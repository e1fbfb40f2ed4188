"""Clients that cost next to nothing: for benchmarks.

One event loop, no HTTP library, one kept connection a client. `closed_loop` has every client ask
again as soon as it is answered; `open_loop` asks at a rate, however slow the answers are.
"""

import asyncio
import gc
import re
import time
from abc import ABC, abstractmethod
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field

STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})")
CONTENT_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)
CLOSES = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)
RETRY_AFTER = re.compile(rb"\r\nretry-after: *(\d+)", re.IGNORECASE)
LAST_PART = b"0\r\n\r\n"
# How long the last answers are waited for.
PATIENCE_S = 120

# The bytes of the request of this number.
MakeRequest = Callable[[int], bytes]


@dataclass
class Results:
    """Times in seconds, of the answers with status 200 and a complete body."""

    totals: list[float] = field(default_factory=list)
    firsts: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    began_at: float = 0.0
    over_at: float = 0.0

    @property
    def completed(self) -> int:
        return len(self.totals)

    @property
    def rate(self) -> float:
        """Completed a second, from the first question to the last answer."""
        return self.completed / (self.over_at - self.began_at)


class Client(asyncio.Protocol):
    """One connection. Calls `load.ended` after every answer."""

    def __init__(self, load: "Load") -> None:
        self.load = load
        self.transport: asyncio.Transport | None = None
        self.waiting: bytes = b""
        self.is_busy = False

    def ask(self, request: bytes) -> None:
        self.is_busy = True
        self.received = b""
        self.first = 0.0
        self.sent_at = time.perf_counter()
        if self.transport is None:
            self.waiting = request
            task = self.load.loop.create_task(self.connect())
            self.load.tasks.add(task)
            task.add_done_callback(self.load.tasks.discard)
        else:
            self.transport.write(request)

    async def connect(self) -> None:
        host, port = self.load.address
        try:
            await self.load.loop.create_connection(lambda: self, host, port)
        except OSError:
            self.end("refused")

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(self.waiting)

    def connection_lost(self, exc: Exception | None) -> None:
        self.transport = None
        if self.is_busy:
            self.end("cut off")

    def data_received(self, data: bytes) -> None:
        self.received = self.received + data if self.received else data
        if not self.first and self.load.marker in self.received:
            self.first = time.perf_counter() - self.sent_at
        if self.is_whole():
            self.close_where_asked()
            self.end(STATUS.match(self.received)[1].decode())  # type: ignore[index]

    def is_whole(self) -> bool:
        head_ends = self.received.find(b"\r\n\r\n")
        if head_ends < 0:
            return False
        if CHUNKED.search(self.received, 0, head_ends):
            return self.received.endswith(LAST_PART, head_ends + 4)
        length = CONTENT_LENGTH.search(self.received, 0, head_ends)
        return length is not None and len(self.received) >= head_ends + 4 + int(length[1])

    def close_where_asked(self) -> None:
        if self.transport and CLOSES.search(self.received, 0, self.received.find(b"\r\n\r\n")):
            self.transport.abort()
            self.transport = None

    def end(self, status: str) -> None:
        self.is_busy = False
        now = time.perf_counter()
        results = self.load.results
        retry_after = RETRY_AFTER.search(self.received)
        if status == "200" and self.load.marker not in self.received:
            status = "200 without an answer"
        if status == "503" and not retry_after:
            status = "503 without Retry-After"
        results.statuses[status] += 1
        if status == "200":
            results.totals.append(now - self.sent_at)
            results.firsts.append(self.first)
        self.load.ended(self, 0 if status == "200" else int(retry_after[1]) if retry_after else 1)

    def close(self) -> None:
        self.is_busy = False
        if self.transport:
            self.transport.abort()


class Load(ABC):
    """`marker` is what an answer's first word looks like."""

    def __init__(self, address: str, make_request: MakeRequest, marker: bytes) -> None:
        host, _, port = address.partition(":")
        self.address = (host, int(port))
        self.make_request = make_request
        self.marker = marker
        self.results = Results()
        self.asked = 0
        self.tasks: set[asyncio.Task[None]] = set()

    @abstractmethod
    def ended(self, client: Client, pause_s: float) -> None:
        """A client has its answer, and shall not ask again for so long."""

    @abstractmethod
    async def drive(self) -> None:
        """Ask until the time is over."""

    def ask_next(self, client: Client) -> None:
        client.ask(self.make_request(self.asked))
        self.asked += 1

    async def run(self) -> Results:
        self.loop = asyncio.get_running_loop()
        gc.collect()
        gc.disable()
        try:
            self.results.began_at = time.perf_counter()
            await self.drive()
            self.results.over_at = time.perf_counter()
        finally:
            gc.enable()
        return self.results


class ClosedLoop(Load):
    """`clients` ask for `duration_s`, or `count` times in all. Told to wait, a client does."""

    def __init__(
        self, *args: object, clients: int, duration_s: float, count: int | None = None
    ) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self.clients, self.duration_s, self.count = clients, duration_s, count

    async def drive(self) -> None:
        self.done = asyncio.Event()
        self.ends_at = time.perf_counter() + self.duration_s
        self.running = self.clients
        clients = [Client(self) for _ in range(self.clients)]
        for client in clients:
            self.ask_next(client)
        if not await in_time(self.done, self.duration_s + PATIENCE_S):
            self.results.statuses["unanswered"] += self.running
        for client in clients:
            client.close()

    def ended(self, client: Client, pause_s: float) -> None:
        if self.is_over(pause_s):
            self.running -= 1
            if not self.running:
                self.done.set()
        elif pause_s:
            self.loop.call_later(pause_s, self.ask_next, client)
        else:
            self.ask_next(client)

    def is_over(self, pause_s: float) -> bool:
        asked_all = self.count is not None and self.asked >= self.count
        return asked_all or time.perf_counter() + pause_s >= self.ends_at


class OpenLoop(Load):
    """`rate` requests a second for `duration_s`, evenly, on as many connections as it takes."""

    def __init__(self, *args: object, rate: float, duration_s: float) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self.count, self.gap_s = int(rate * duration_s), 1 / rate
        self.idle: deque[Client] = deque()

    async def drive(self) -> None:
        self.done = asyncio.Event()
        began_at = self.loop.time()
        for number in range(self.count):
            await asyncio.sleep(began_at + number * self.gap_s - self.loop.time())
            self.ask_next(self.idle.popleft() if self.idle else Client(self))
        if not await in_time(self.done, PATIENCE_S):
            self.results.statuses["unanswered"] += self.count - self.results.statuses.total()
        for client in self.idle:
            client.close()

    def ended(self, client: Client, pause_s: float) -> None:
        self.idle.append(client)
        if self.results.statuses.total() == self.count:
            self.done.set()


async def in_time(done: asyncio.Event, patience_s: float) -> bool:
    try:
        await asyncio.wait_for(done.wait(), patience_s)
    except TimeoutError:
        return False
    return True


def closed_loop(
    address: str,
    make_request: MakeRequest,
    marker: bytes,
    *,
    clients: int,
    duration_s: float,
    count: int | None = None,
) -> Results:
    load = ClosedLoop(
        address, make_request, marker, clients=clients, duration_s=duration_s, count=count
    )
    return asyncio.run(load.run())


def open_loop(
    address: str, make_request: MakeRequest, marker: bytes, *, rate: float, duration_s: float
) -> Results:
    load = OpenLoop(address, make_request, marker, rate=rate, duration_s=duration_s)
    return asyncio.run(load.run())
