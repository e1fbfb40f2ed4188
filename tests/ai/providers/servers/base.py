"""An HTTP server whose answers can be spoilt in every way that a vendor's have been."""

import json
import select
import socket
import struct
import sys
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any

HTML = b"<!doctype html><html><body><h1>Welcome to the proxy, secret-body</h1></body></html>"
ERROR = {"error": {"message": "secret-body", "code": "secret-code", "status": "secret-status"}}
# A server that waits does so until its test is over, or this long at most.
PATIENCE_S = 10


class Fault(Enum):
    SLOW_FIRST_BYTE = auto()
    SLOW_MIDDLE = auto()
    TRICKLE = auto()
    CUT = auto()
    HALF = auto()
    RESET = auto()
    HTML = auto()
    ERROR_LABELLED_AS_RESULT = auto()
    EMPTY = auto()
    TRUNCATED_EVENT = auto()


@dataclass(frozen=True)
class Status:
    """An error status, with headers."""

    code: int
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Reply:
    """`parts` are sent one by one. `filler` is what may be sent without saying anything."""

    parts: Iterable[bytes]
    content_type: str = "application/json"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    filler: bytes = b" "


def json_reply(answer: object) -> Reply:
    return Reply([json.dumps(answer).encode()])


def event_stream(events: Iterable[object], *, end: str = "", filler: bytes = b"\n") -> Reply:
    """Server-sent events, as the text vendors send them."""
    parts = [f"data: {json.dumps(event)}\n\n".encode() for event in events]
    if end:
        parts.append(f"data: {end}\n\n".encode())
    return Reply(parts, "text/event-stream", filler=filler)


class VendorServer(ABC):
    """Subclasses answer in `reply`. `fault` spoils the answers that `is_spoilt` picks."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.connections = 0
        self.fault: Fault | Status | None = None
        self.faults_left = 0
        self.hung_up = Event()
        self._closing = Event()
        self._lock = Lock()
        self._http = Listener(("127.0.0.1", 0), Handler)
        self._http.vendor = self
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"
        self._thread = Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    @abstractmethod
    def reply(self, asked: Asked) -> Reply:
        """What the vendor answers where nothing is spoilt."""

    def is_spoilt(self, asked: Asked) -> bool:
        """Whether a fault applies to this request; subclasses spare what only leads up to it."""
        return True

    def fail(self, fault: Fault | Status, *, times: int = 1_000_000) -> None:
        self.fault, self.faults_left = fault, times

    def take_fault(self, asked: Asked) -> Fault | Status | None:
        with self._lock:
            self.asked.append(asked)
            if self.fault is None or self.faults_left == 0 or not self.is_spoilt(asked):
                return None
            self.faults_left -= 1
            return self.fault

    def note_end(  # noqa: B027  # most servers do not count
        self, asked: Asked, parts: list[bytes], *, is_whole: bool
    ) -> None:
        """Called when an answer ends, with the parts of it that have left."""

    @property
    def spoilt_asked(self) -> list[Asked]:
        """The requests that faults apply to: the calls that count."""
        return [asked for asked in self.asked if self.is_spoilt(asked)]

    def wait(self, connection: socket.socket) -> None:
        """Until the test is over, or the client hangs up."""
        for _ in range(int(PATIENCE_S / 0.01)):
            if self._closing.is_set():
                return
            readable, _, _ = select.select([connection], [], [], 0.01)
            if readable and is_hung_up(connection):
                self.hung_up.set()
                return

    def close(self) -> None:
        self._closing.set()
        self._http.shutdown()
        self._http.server_close()


class Listener(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    vendor: VendorServer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is what many tests are about; anything else is our mistake."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Listener
    connection: socket.socket
    sent: list[bytes]

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.server.vendor.connections += 1

    def log_message(self, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        self.answer()

    def do_POST(self) -> None:
        self.answer()

    def answer(self) -> None:
        vendor = self.server.vendor
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(self.command, self.path, headers, body)
        fault = vendor.take_fault(asked)
        self.sent = []
        is_whole = False
        try:
            self.answer_with(fault, asked)
            is_whole = fault is None
        except ConnectionError:
            vendor.hung_up.set()
            self.close_connection = True
        vendor.note_end(asked, self.sent, is_whole=is_whole)

    def answer_with(self, fault: Fault | Status | None, asked: Asked) -> None:
        reply = self.server.vendor.reply(asked)
        if isinstance(fault, Status):
            self.send(replace(json_reply(ERROR), status=fault.code, headers=fault.headers))
        elif fault is None:
            self.send(reply)
        else:
            self.spoil(fault, reply)

    def spoil(self, fault: Fault, reply: Reply) -> None:
        match fault:
            case Fault.RESET:
                self.reset()
            case Fault.SLOW_FIRST_BYTE:
                self.server.vendor.wait(self.connection)
                self.close_connection = True
            case Fault.SLOW_MIDDLE:
                self.send_without_end(half(reply))
                self.server.vendor.wait(self.connection)
                self.close_connection = True
            case Fault.CUT:
                self.send_without_end(half(reply))
                self.close_connection = True
            case _:
                self.send(spoilt(fault, reply))

    def send(self, reply: Reply) -> None:
        self.send_without_end(reply)
        self.wfile.write(b"0\r\n\r\n")

    def send_without_end(self, reply: Reply) -> None:
        self.send_head(reply)
        for part in reply.parts:
            self.send_chunk(part)

    def send_head(self, reply: Reply) -> None:
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type)
        self.send_header("Transfer-Encoding", "chunked")
        self.send_header("X-Request-ID", "req-1")
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()

    def send_chunk(self, part: bytes) -> None:
        if part:
            self.wfile.write(f"{len(part):x}\r\n".encode() + part + b"\r\n")
            self.wfile.flush()
            self.sent.append(part)

    def reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True


def spoilt(fault: Fault, reply: Reply) -> Reply:
    """What is sent whole, and is wrong."""
    match fault:
        case Fault.HALF:
            return half(reply)
        case Fault.TRICKLE:
            return replace(reply, parts=trickle(reply))
        case Fault.HTML:
            return Reply([HTML], "text/html; charset=utf-8")
        case Fault.ERROR_LABELLED_AS_RESULT:
            return replace(reply, parts=[json.dumps(ERROR).encode()])
        case Fault.TRUNCATED_EVENT:
            whole = b"".join(reply.parts)
            return replace(reply, parts=[whole[: len(whole) // 2]])
        case _:
            return replace(reply, parts=[])


def half(reply: Reply) -> Reply:
    """The first half of the parts, or of the bytes where there is one part."""
    parts = list(reply.parts)
    if len(parts) > 1:
        return replace(reply, parts=parts[: (len(parts) + 1) // 2])
    return replace(reply, parts=[parts[0][: len(parts[0]) // 2]])


def trickle(reply: Reply) -> Iterator[bytes]:
    """Never silent for long, and never done."""
    yield from list(reply.parts)[:1]
    pause = Event()
    for _ in range(int(PATIENCE_S / 0.02)):
        pause.wait(0.02)
        yield reply.filler


def is_hung_up(connection: socket.socket) -> bool:
    try:
        return not connection.recv(1, socket.MSG_PEEK)
    except ConnectionError:
        # It left before it had read everything.
        return True


@contextmanager
def refusing_url() -> Iterator[str]:
    """An address where nobody listens: bound, so that nobody else comes to listen there."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"
