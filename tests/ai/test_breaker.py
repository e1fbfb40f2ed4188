"""When a provider is left alone, in one process and over several that share a Redis."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache import cache

from ai.breaker import Breaker

FAILURES = 3


@pytest.fixture(autouse=True, params=["local", "shared"])
def place(request, settings):
    settings.BREAKER_FAILURES = FAILURES
    if request.param == "shared":
        request.getfixturevalue("with_redis")


def breaker() -> Breaker:
    """As each call makes its own."""
    return Breaker("acme", "text")


def fail(times: int) -> None:
    for _ in range(times):
        call = breaker()
        call.admits()
        call.note_failure()


def let_cool_down() -> None:
    cache.delete("breaker:acme:text:probe")


def test_so_many_failures_open_it_and_fewer_do_not():
    fail(FAILURES - 1)
    assert breaker().admits()
    fail(1)
    assert not breaker().admits()
    assert Breaker("acme", "speech").admits()


def test_a_success_between_forgets_the_failures():
    fail(FAILURES - 1)
    call = breaker()
    assert call.admits()
    call.note_success()
    fail(FAILURES - 1)
    assert breaker().admits()


def test_of_many_at_once_one_probes():
    fail(FAILURES)
    let_cool_down()
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(lambda _: breaker().admits(), range(40))) == 1


def test_a_probe_that_succeeds_closes_it():
    fail(FAILURES)
    let_cool_down()
    probe = breaker()
    assert probe.admits()
    probe.note_success()
    assert all(breaker().admits() for _ in range(3))


def test_a_probe_that_fails_leaves_it_alone_again():
    fail(FAILURES)
    let_cool_down()
    fail(1)
    assert not breaker().admits()


def test_no_failure_of_many_at_once_is_lost():
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: breaker().note_failure(), range(40)))
    assert cache.get("breaker:acme:text:failures") == 40


def test_a_call_that_began_before_the_failures_does_not_undo_them():
    early = breaker()
    early.admits()
    fail(FAILURES)
    early.note_success()
    assert not breaker().admits()


def test_failures_that_are_over_are_not_counted_for_ever(monkeypatch):
    """They expire between the two commands that count one."""
    fail(1)
    with monkeypatch.context() as patch:
        patch.setattr(cache, "add", lambda *args: cache.delete("breaker:acme:text:failures"))
        fail(1)
    assert cache.get("breaker:acme:text:failures") is None


@pytest.mark.parametrize("place", ["shared"], indirect=True)
def test_a_call_that_goes_well_asks_redis_once(with_redis):
    with_redis.config_resetstat()
    call = breaker()
    call.admits()
    call.note_success()
    asked = {name for name in with_redis.info("commandstats") if name != "cmdstat_config|resetstat"}
    assert asked == {"cmdstat_mget"}
