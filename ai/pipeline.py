"""Chunks made in parallel and taken in order.

One bounded pool of threads serves the whole process. A request has at most `ahead` chunks in it,
so that a long text cannot starve the rest, and a client that reads slowly holds up its own chunks
only: the next one is begun when an earlier one was taken.
"""

from __future__ import annotations

import contextvars
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import lru_cache
from queue import SimpleQueue
from threading import Event

from django.conf import settings

Make = Callable[[], Generator[bytes, None, None]]


@lru_cache(maxsize=1)
def pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(settings.SPEECH_THREADS, thread_name_prefix="speech")


class _End:
    """Marks that a chunk is complete."""


class Chunk:
    """One chunk while it is made: a thread of the pool puts pieces in, the request takes them."""

    def __init__(self, make: Make) -> None:
        self._make = make
        self._pieces: SimpleQueue[bytes | BaseException | _End] = SimpleQueue()
        self._unwanted = Event()

    def start(self) -> None:
        context = contextvars.copy_context()  # log lines keep the request's id
        pool().submit(context.run, self._run)

    def abandon(self) -> None:
        """Stop making it at the next piece, or before it is begun."""
        self._unwanted.set()

    def pieces(self) -> Iterator[bytes]:
        """The pieces as they come. Raises what making them raised."""
        while not isinstance(piece := self._pieces.get(), _End):
            if isinstance(piece, BaseException):
                raise piece
            yield piece

    def _run(self) -> None:
        try:
            self._take_pieces()
        except BaseException as exc:
            self._pieces.put(exc)
        else:
            self._pieces.put(_End())

    def _take_pieces(self) -> None:
        if self._unwanted.is_set():
            return
        with closing(self._make()) as made:
            for piece in made:
                if self._unwanted.is_set():
                    return
                self._pieces.put(piece)


def in_order(makes: Iterable[Make], *, ahead: int) -> Generator[Iterator[bytes], None, None]:
    """The pieces of each chunk, chunk by chunk, `ahead` chunks being made at once.

    Closing the iterator abandons what is still being made.
    """
    waiting = (Chunk(make) for make in makes)
    begun: deque[Chunk] = deque()
    try:
        while True:
            while len(begun) < ahead and (chunk := next(waiting, None)):
                chunk.start()
                begun.append(chunk)
            if not begun:
                return
            yield begun[0].pieces()
            begun.popleft()
    finally:
        for chunk in begun:
            chunk.abandon()
