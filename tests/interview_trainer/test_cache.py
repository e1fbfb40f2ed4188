"""The cache while Redis comes and goes."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from django.core.cache import cache, caches

from interview_trainer.cache import Client, SharedCache
from tests.live import wait_until
from tests.private_servers import PrivateRedis, caches_in

TIMEOUT_S = 0.3


@pytest.fixture
def server(tmp_path, settings):
    """A Redis of this test's own, for the service's cache."""
    with PrivateRedis(tmp_path) as server:
        settings.CACHES = caches_in(server, TIMEOUT_S)
        yield server


@pytest.fixture
def silent(server, monkeypatch):
    """The Redis is gone, and something at its address listens and never answers.

    Nobody looks again within the test. Gives how often somebody came.
    """
    cache.set("a", 1)
    server.stop(kill=True)
    monkeypatch.setattr("interview_trainer.cache.ASK_AGAIN_S", 3_600)
    with socket.create_server(("127.0.0.1", server.port), backlog=100) as listener:
        yield lambda: count_waiting(listener)


def count_waiting(listener: socket.socket) -> int:
    listener.setblocking(False)
    count = 0
    with suppress(BlockingIOError):
        while True:
            listener.accept()[0].close()
            count += 1
    return count


def client() -> Client:
    backend = caches["default"]
    assert isinstance(backend, SharedCache)
    return backend._cache


def test_it_keeps_and_counts(server):
    assert cache.get_many(["a", "b"]) == {}
    cache.set("a", {"words": ["x"]})
    assert (cache.add("a", 2), cache.get("a"), cache.get("b", 7)) == (False, {"words": ["x"]}, 7)
    assert cache.add("n", 1)
    assert (cache.incr("n"), cache.incr("n", 5), cache.decr("n")) == (2, 7, 6)
    assert cache.get_many([]) == {}
    cache.set_many({})
    cache.delete_many([])
    cache.set_many({"c": 3, "d": 4})
    cache.delete_many(["a", "n"])
    assert cache.get_many(["a", "c", "d", "n"]) == {"c": 3, "d": 4}
    assert (cache.has_key("c"), cache.touch("c", 5), cache.delete("c")) == (True, True, True)


def test_what_expired_is_not_counted_on_for_ever(server):
    with pytest.raises(ValueError, match="not found"):
        cache.incr("gone")
    assert not cache.has_key("gone")


def test_without_redis_every_read_is_a_miss_and_nothing_raises(server):
    cache.set("a", 1)
    server.stop(kill=True)
    assert (cache.get("a"), cache.get("a", 7), cache.get_many(["a"])) == (None, 7, {})
    assert (cache.has_key("a"), cache.touch("a"), cache.delete("a")) == (False, False, False)
    assert cache.add("a", 1) is False
    cache.set("a", 1)
    cache.set_many({"a": 1})
    cache.delete_many(["a"])
    cache.clear()
    assert cache.get_or_set("a", lambda: 3) == 3
    with pytest.raises(ValueError, match="not found"):
        cache.incr("a")


def test_it_is_used_again_once_it_is_back(server):
    cache.set("a", 1)
    server.stop(kill=True)
    assert cache.get("a") is None
    server.start()

    def is_kept() -> bool:
        cache.set("b", 2)
        return bool(cache.get("b") == 2)

    wait_until(is_kept)
    assert cache.get("a") is None


def test_its_loss_and_return_are_each_logged_once(server, caplog):
    server.stop(kill=True)
    for _ in range(5):
        cache.get("a")
    server.start()
    wait_until(lambda: cache.add("a", 1))
    assert [record.msg for record in caplog.records] == ["cache_away", "cache_back"]


def test_one_call_waits_for_a_redis_that_is_silent_and_the_others_do_not(silent):
    assert [cache.get("a") for _ in range(50)] == [None] * 50
    assert silent() == 1


def test_of_many_threads_one_looks_whether_it_is_back(silent, monkeypatch):
    cache.get("a")
    assert silent() == 1
    monkeypatch.setattr(client().watch, "_ask_again_at", 0.0)
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(cache.get, ["a"] * 64)) == {None}
    assert silent() == 1


def test_an_error_of_redis_itself_is_a_miss_too(server):
    """Such as being read-only, or full."""
    client().get_client().config_set("maxmemory", 1)
    assert cache.add("a", 1) is False
