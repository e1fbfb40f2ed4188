"""What a benchmark counts as answered, refused and failed."""

import importlib
import socket
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from tests.live import PROJECT

REQUEST = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
BODY = b"curious"


def whole(status: str, *headers: str, body: bytes = BODY) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


@pytest.fixture
def load(monkeypatch) -> Iterator[object]:
    monkeypatch.syspath_prepend(PROJECT / "benchmarks")
    yield importlib.import_module("load")
    del sys.modules["load"]


Serve = Callable[[list[bytes]], str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """A server that gives these answers, one each, and hangs up after the last."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:

        def answer(answers: list[bytes]) -> None:
            connection, _ = listener.accept()
            with connection:
                for one in answers:
                    connection.recv(65_536)
                    connection.sendall(one)

        def start(answers: list[bytes]) -> str:
            threads.append(threading.Thread(target=answer, args=[answers]))
            threads[-1].start()
            return f"127.0.0.1:{listener.getsockname()[1]}"

        threads: list[threading.Thread] = []
        yield start
        for thread in threads:
            thread.join()


def ask(load, address: str, count: int):
    return load.closed_loop(
        address, lambda number: REQUEST, BODY, clients=1, duration_s=20, count=count
    )


def test_counts_answers_that_are_whole(load, serve):
    results = ask(load, serve([whole("200 OK"), whole("200 OK")]), 2)
    assert results.statuses == Counter({"200": 2})
    assert results.completed == len(results.firsts) == 2


def test_a_200_without_a_word_is_no_answer(load, serve):
    results = ask(load, serve([whole("200 OK", body=b"{}")]), 1)
    assert results.statuses == Counter({"200 without an answer": 1})
    assert results.completed == 0


def test_tells_a_clean_503_from_one_without_retry_after(load, serve):
    results = ask(load, serve([whole("503 Busy", "Retry-After: 1"), whole("503 Busy")]), 2)
    assert results.over_at - results.began_at >= 1  # it waited as it was told to
    assert results.statuses == Counter({"503": 1, "503 without Retry-After": 1})


def test_a_connection_that_is_lost_is_no_answer(load, serve):
    results = ask(load, serve([]), 1)
    assert results.statuses == Counter({"cut off": 1})


def test_a_chunked_answer_ends_with_its_last_chunk(load):
    client = load.Client(load=None)
    client.received = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-Request-ID: a0\r\n\r\n"
    assert not client.is_whole()
    client.received += b"7\r\ncurious\r\n"
    assert not client.is_whole()
    client.received += b"0\r\n\r\n"
    assert client.is_whole()
