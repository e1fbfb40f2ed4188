"""Work that runs beside its request: chunks made in parallel and taken in order, or one stream.

One bounded pool of threads makes the chunks of all requests. A request has at most `ahead` chunks
in it and at most twice as many begun, so that a client that reads slowly holds up its own chunks
only. A thread that becomes free turns to the request of which the fewest chunks are being made, so
that a long text cannot starve the rest.
"""

from __future__ import annotations

import contextvars
import itertools
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import lru_cache
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from time import perf_counter
from typing import Generic, TypeVar

from django.conf import settings

from ai import stopping
from ai.stopping import Stop, stop_when
from interview_trainer.errors import ClientGoneError
from interview_trainer.metrics import speech_chunks_waiting, speech_threads_busy
from interview_trainer.permits import waiting
from interview_trainer.stages import note_stage

T = TypeVar("T")

Work = Callable[[], None]
Make = Callable[[], Generator[T, None, None]]
IsGone = Callable[[], bool]

# What is made, with None for every beat in which nothing came.
Silent = Generator[T | None, None, None]

Seconds = Callable[[], float]


def default_beat_s() -> float:
    return stopping.BEAT_S


@lru_cache(maxsize=1)
def pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(settings.SPEECH_THREADS, thread_name_prefix="speech")


class Lane:
    """The chunks of one request in the pool."""

    def __init__(self) -> None:
        self.waiting: deque[Work] = deque()
        self.running = 0
        self.last_turn = 0

    def submit(self, work: Work) -> None:
        with lanes_lock:
            self.waiting.append(work)
            if self not in lanes:
                lanes.append(self)
        speech_chunks_waiting.inc()
        pool().submit(work_fairly)


lanes: list[Lane] = []
lanes_lock = Lock()
turns = itertools.count(1)


def work_fairly() -> None:
    """Do the next piece of work of the request that has the least of it running.

    Of several, the one whose last turn is longest ago.
    """
    with lanes_lock:
        waiting = (lane for lane in lanes if lane.waiting)
        lane = min(waiting, key=lambda lane: (lane.running, lane.last_turn))
        work = lane.waiting.popleft()
        lane.last_turn = next(turns)
        lane.running += 1
    speech_chunks_waiting.dec()
    try:
        with speech_threads_busy.track_inprogress():
            work()
    finally:
        with lanes_lock:
            lane.running -= 1
            if not (lane.running or lane.waiting):
                lanes.remove(lane)


class _End:
    """Marks that all items are there."""


class Making(Generic[T]):
    """A generator that runs in another thread, while the request takes its items."""

    def __init__(self, make: Make[T]) -> None:
        self._make = make
        self._items: SimpleQueue[T | BaseException | _End] = SimpleQueue()
        self._unwanted = Stop()
        self.is_over = False

    def start_in_pool(self, lane: Lane) -> None:
        lane.submit(self._in_context())

    def start_in_thread(self) -> None:
        Thread(target=self._in_context(), daemon=True, name="making").start()

    def abandon(self) -> None:
        """Stop at the next item, or before the first; a call to a vendor stops in its silence."""
        self._unwanted.set()

    def items(self, is_gone: IsGone, *, beat_s: Seconds = default_beat_s) -> Silent[T]:
        """The items as they come, and None at every beat of silence.

        Raises what making them raised, and `ClientGoneError` once nobody waits any more.
        """
        while True:
            refuse_the_gone(is_gone)
            try:
                with waiting():
                    item = self._items.get(timeout=beat_s())
            except Empty:
                yield None
                continue
            if isinstance(item, _End):
                return
            if isinstance(item, BaseException):
                raise item
            yield item

    def _in_context(self) -> Work:
        context = contextvars.copy_context()  # log lines keep the request's id
        return lambda: context.run(self._run)

    def _run(self) -> None:
        stop_when(self._unwanted)
        try:
            self._take_items()
        except BaseException as exc:
            self._end(exc)
        else:
            self._end(_End())

    def _end(self, end: BaseException | _End) -> None:
        self.is_over = True
        self._items.put(end)

    def _take_items(self) -> None:
        if self._unwanted.is_set():
            return
        with closing(self._make()) as made:
            for item in made:
                if self._unwanted.is_set():
                    return
                self._items.put(item)


def refuse_the_gone(is_gone: IsGone) -> None:
    if is_gone():
        raise ClientGoneError


def beside(make: Make[T], is_gone: IsGone, *, beat_s: Seconds = default_beat_s) -> Silent[T]:
    """The items of `make`, made in a thread of its own. See `Making.items`."""
    refuse_the_gone(is_gone)
    making = Making(make)
    making.start_in_thread()
    try:
        yield from making.items(is_gone, beat_s=beat_s)
    finally:
        making.abandon()


def called_beside(call: Callable[[], T]) -> Silent[T]:
    """What `call` returns, made in a thread of its own, to its end even where the client left."""

    def make() -> Generator[T, None, None]:
        yield call()

    yield from beside(make, nobody_leaves)


def nobody_leaves() -> bool:
    return False


def first_item(items: Silent[T]) -> Generator[None, None, T]:
    """The one item of a stream that gives one; yields at every beat before it."""
    with closing(items):
        for item in items:
            if item is not None:
                return item
            yield None
    raise ValueError("There was no item.")


def returned_by(work: Generator[object, None, T]) -> T:
    """What a generator returns in the end; what it yields until then is let go."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            result: T = end.value
            return result


def in_order(
    makes: Iterable[Make[T]], *, ahead: int, is_gone: IsGone
) -> Generator[Silent[T], None, None]:
    """The items of each chunk, chunk by chunk, `ahead` chunks being made at once.

    While chunks are taken, others are made: as many again may wait to be taken. Closing the
    iterator abandons what is still being made.
    """
    refuse_the_gone(is_gone)
    waiting = (Making(make) for make in makes)
    begun: deque[Making[T]] = deque()
    lane = Lane()

    def begin_more() -> None:
        while len(begun) < 2 * ahead and sum(not chunk.is_over for chunk in begun) < ahead:
            chunk = next(waiting, None)
            if chunk is None:
                return
            chunk.start_in_pool(lane)
            begun.append(chunk)

    try:
        begin_more()
        while begun:
            yield before_each(timed_wait(begun[0].items(is_gone)), begin_more)
            begun.popleft()
            begin_more()
    finally:
        for chunk in begun:
            chunk.abandon()


def before_each(items: Silent[T], act: Callable[[], None]) -> Silent[T]:
    for item in items:
        act()
        yield item


def timed_wait(items: Silent[T]) -> Silent[T]:
    """The items of a chunk. How long its first one is waited for is a stage of the request."""
    started = perf_counter()
    for item in items:
        if item:
            note_stage("chunk_wait", started, perf_counter())
            yield item
            break
        yield item
    yield from items
