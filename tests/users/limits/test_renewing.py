"""A slot in Redis is its process's for as long as that lives, and soon free when it does not."""

import logging
import os
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
import redis

from tests.live import PROJECT, wait_until
from tests.private_servers import PrivateRedis, caches_in
from tests.users.limits.lease_holder import LEASE_S, ONE
from users.limits.renewing import Renewer
from users.limits.stores import FULL, TAKEN, Slots, give_back_shared, take_shared

TWO = Slots("two", "slots:two", 2)


def outcome(slots: Slots, lease: str = "asked", lasts_us: int = 60_000_000) -> int:
    taken = take_shared([], [slots], lease, lasts_us)
    assert taken is not None
    return taken.outcome


@pytest.fixture
def holder(running_redis, with_redis) -> Iterator[subprocess.Popen[str]]:
    """A process that holds the only slot there is."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.users.limits.lease_holder"],
        cwd=PROJECT,
        env=os.environ | {"CACHE_URL": running_redis.url},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_slot_outlasts_its_lease_while_its_process_lives_and_no_longer(holder):
    until = time.monotonic() + 2 * LEASE_S
    while time.monotonic() < until:
        assert outcome(ONE) == FULL
        time.sleep(0.05)
    holder.kill()
    wait_until(lambda: outcome(ONE) == TAKEN, patience_s=2 * LEASE_S)


def test_all_leases_of_a_process_are_renewed_in_one_round_trip(with_redis):
    renewer = Renewer(lease_s=600)
    for number in range(40):
        lease, slots = str(number), [Slots("many", f"slots:{number % 4}", 100), TWO]
        take_shared([], slots, lease, 1_000)
        renewer.add(lease, slots)
    renewer.renew()  # loads the script
    with_redis.config_resetstat()
    renewer.renew()
    assert with_redis.info("commandstats")["cmdstat_evalsha"]["calls"] == 1


def test_a_slot_that_was_given_back_does_not_come_again(with_redis):
    renewer = Renewer()
    take_shared([], [TWO], "kept", renewer.lease_us)
    take_shared([], [TWO], "given back", renewer.lease_us)
    renewer.add("kept", [TWO])
    renewer.add("given back", [TWO])
    give_back_shared([TWO], "given back")  # and is about to be dropped
    renewer.renew()
    assert outcome(TWO) == TAKEN
    assert outcome(TWO) == FULL


def test_nothing_is_asked_where_nothing_is_held(with_redis):
    renewer = Renewer()
    renewer.add("done", [TWO])
    renewer.drop("done")
    with_redis.config_resetstat()
    renewer.renew()
    assert "cmdstat_evalsha" not in with_redis.info("commandstats")


def test_a_lease_that_nobody_gives_back_lapses_all_the_same(with_redis, settings):
    settings.HOLD_EXPIRES_AFTER_S = 0
    renewer = Renewer(lease_s=600)
    take_shared([], [ONE], "forgotten", 60_000_000)
    renewer.add("forgotten", [ONE])
    renewer.renew()
    (key,) = with_redis.keys()
    assert with_redis.pttl(key) <= 60_000


def test_renewing_goes_on_when_redis_is_back_and_says_so_once(tmp_path, settings, caplog):
    with PrivateRedis(tmp_path) as server:
        settings.CACHES = caches_in(server, timeout_s=0.2)
        renewer = Renewer(lease_s=600, renewed_every_s=0.02)
        renewer.add("held", [TWO])
        server.stop(kill=True)
        with caplog.at_level(logging.WARNING):
            wait_until(lambda: "cache_away" in caplog.messages)
            time.sleep(1.5)  # in which Redis is asked again
            assert caplog.messages == ["cache_away"]
        server.start()
        wait_until(lambda: "cache_back" in caplog.messages)
        take_shared([], [TWO], "held", 10_000_000)
        with redis.Redis(port=server.port) as client:
            (key,) = client.keys()
            wait_until(lambda: client.pttl(key) > 10_000)
        renewer.drop("held")
