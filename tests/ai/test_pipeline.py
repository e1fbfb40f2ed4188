"""Chunks made in parallel: fair between requests, a few ahead, taken in order."""

from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Event

import pytest

from ai import pipeline
from ai.pipeline import Make, in_order

PATIENCE_S = 20
AHEAD = 4


@pytest.fixture
def one_thread(monkeypatch) -> Iterator[None]:
    """The pool has one thread, so that what it makes has one order."""
    with ThreadPoolExecutor(1) as pool:
        monkeypatch.setattr(pipeline, "pool", lambda: pool)
        yield


def stays() -> bool:
    return False


def take_all(makes: list[Make[str]]) -> list[str]:
    chunks = in_order(makes, ahead=AHEAD, is_gone=stays)
    return [item for items in chunks for item in items if item is not None]


def makes_of(
    names: list[str], make: Callable[[str], Generator[str, None, None]]
) -> list[Make[str]]:
    return [partial(make, name) for name in names]


def test_a_short_text_waits_for_one_chunk_of_a_long_one(one_thread):
    begun: list[str] = []
    long_began, short_waits = Event(), Event()

    def make(name: str) -> Generator[str, None, None]:
        begun.append(name)
        long_began.set()
        assert short_waits.wait(PATIENCE_S)
        yield name

    long = [f"long {number}" for number in range(200)]
    with ThreadPoolExecutor(1) as other:
        said = other.submit(take_all, makes_of(long, make))
        assert long_began.wait(PATIENCE_S)
        short = in_order(makes_of(["short"], make), ahead=AHEAD, is_gone=stays)
        first = next(short)
        short_waits.set()
        assert [item for item in first if item is not None] == ["short"]
        assert said.result(PATIENCE_S) == long
    assert begun[:3] == ["long 0", "short", "long 1"]
    assert pipeline.lanes == []


def test_many_texts_through_one_thread_each_come_whole_and_in_order(one_thread):
    def make(name: str) -> Generator[str, None, None]:
        yield name

    texts = [[f"{text} {number}" for number in range(20)] for text in "abcde"]
    with ThreadPoolExecutor(len(texts)) as requests:
        said = requests.map(take_all, [makes_of(text, make) for text in texts])
        assert list(said) == texts
    assert pipeline.lanes == []
