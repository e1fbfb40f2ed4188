"""One contract for both places that buckets and slots are in."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.live import wait_until
from users.limits.local import LocalStore
from users.limits.rates import Rate
from users.limits.stores import (
    EMPTY,
    FULL,
    TAKEN,
    Bucket,
    Slots,
    Taken,
    give_back_shared,
    take_shared,
)

HOUR = 3_600
MINUTE_US = 60_000_000
# Redis goes by the clock on the wall, and this process by one that only ever goes on.
CLOCKS_DIFFER_S = 0.05
THREE = Bucket("three", "bucket:three", Rate(3, HOUR))
FIVE = Bucket("five", "bucket:five", Rate(5, HOUR))
QUICK = Bucket("quick", "bucket:quick", Rate(10, 1))
TWO = Slots("two", "slots:two", 2)
MANY = Slots("many", "slots:many", 100)


class SharedStore:
    def take(self, *asked: Any) -> Taken | None:
        return take_shared(*asked)

    def give_back(self, slots, lease) -> None:
        give_back_shared(slots, lease)


@pytest.fixture(params=["local", "shared"])
def store(request):
    if request.param == "local":
        return LocalStore()
    request.getfixturevalue("with_redis")
    return SharedStore()


def take(store, *buckets, slots=(), lease="lease", lasts_us=MINUTE_US) -> Taken:
    taken: Taken = store.take(buckets, slots, lease, lasts_us)
    return taken


def test_the_quota_may_come_at_once_and_no_more(store):
    assert [take(store, THREE).left for _ in range(3)] == [[2], [1], [0]]
    refused = take(store, THREE)
    assert (refused.outcome, refused.left) == (EMPTY, [0])
    # The first place is free after a third of the hour, all of them after the whole.
    assert refused.wait_us == pytest.approx(HOUR / 3 * 1e6, rel=0.01)
    assert refused.filling_us[0] == pytest.approx(HOUR * 1e6, rel=0.01)


def test_a_bucket_fills_evenly(store):
    started = time.monotonic()
    for _ in range(QUICK.rate.quota + 5):
        wait_until(lambda: take(store, QUICK).outcome == TAKEN)
    # Ten at once, and then one every tenth of a second.
    assert time.monotonic() - started >= 0.5 - CLOCKS_DIFFER_S
    while (refused := take(store, QUICK)).outcome == TAKEN:
        continue
    assert 0 < refused.wait_us <= 100_000


def test_where_one_refuses_nothing_is_taken_of_any(store):
    for _ in range(3):
        take(store, THREE)
    assert take(store, FIVE, THREE, slots=[TWO]).outcome == EMPTY
    free = take(store, FIVE, slots=[TWO])
    assert (free.outcome, free.left, free.free) == (TAKEN, [4], [1])


def test_full_slots_refuse_and_take_nothing(store):
    for lease in "ab":
        assert take(store, slots=[TWO], lease=lease).outcome == TAKEN
    refused = take(store, THREE, slots=[MANY, TWO], lease="c")
    assert (refused.outcome, refused.left, refused.free) == (FULL, [3], [100, 0])
    assert take(store, slots=[MANY], lease="d").free == [99]


def test_a_slot_that_is_given_back_is_free(store):
    for lease in "ab":
        take(store, slots=[TWO, MANY], lease=lease)
    store.give_back([TWO, MANY], "a")
    assert take(store, slots=[TWO, MANY], lease="c").free == [0, 98]


def test_a_slot_that_nobody_gives_back_lapses(store):
    take(store, slots=[TWO], lease="a", lasts_us=50_000)
    take(store, slots=[TWO], lease="b")
    wait_until(lambda: take(store, slots=[TWO], lease="c").outcome == TAKEN)
    assert take(store, slots=[TWO], lease="d").outcome == FULL


def test_many_at_once_take_no_more_than_there_is(store):
    hundred = Bucket("hundred", "bucket:hundred", Rate(100, 86_400))
    ten = Slots("ten", "slots:ten", 10)

    def hurry(number: int) -> int:
        return take(store, hundred, lease=str(number)).outcome

    def crowd(number: int) -> int:
        return take(store, slots=[ten], lease=str(number)).outcome

    with ThreadPoolExecutor(16) as pool:
        assert Counter(pool.map(hurry, range(400))) == {TAKEN: 100, EMPTY: 300}
        assert Counter(pool.map(crowd, range(200))) == {TAKEN: 10, FULL: 190}


def test_what_means_nothing_any_more_is_dropped(monkeypatch):
    monkeypatch.setattr("users.limits.local.SWEEP_AT", 10)
    store = LocalStore()
    for number in range(30):
        take(
            store,
            Bucket("b", f"bucket:{number}", Rate(100_000, 1)),
            slots=[Slots("s", f"slots:{number}", 1)],
            lasts_us=1,
        )
    assert len(store._full_at_us) <= 12
    assert len(store._leases) <= 12


def test_redis_forgets_a_bucket_that_is_full_and_a_slot_that_lapsed(with_redis):
    take(SharedStore(), THREE, slots=[TWO], lasts_us=60 * MINUTE_US)
    lives_ms = sorted(with_redis.pttl(key) for key in with_redis.scan_iter())
    assert lives_ms == pytest.approx([HOUR / 3 * 1e3, HOUR * 1e3], rel=0.03)
