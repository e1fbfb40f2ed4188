"""Where buckets and slots are: in Redis for all processes, or else in each process."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache as once
from pathlib import Path
from typing import Any

from django.core.cache import cache

from users.limits.rates import Rate

TAKEN, EMPTY, FULL = range(3)
GIVE_BACK = "for _, key in ipairs(KEYS) do redis.call('ZREM', key, ARGV[1]) end"
# Only what is there: a lease that is given back meanwhile must not come again.
RENEW = """
local time = redis.call('TIME')
local lapses_at = time[1] * 1000000 + time[2] + ARGV[1]
for i, key in ipairs(KEYS) do
  redis.call('ZADD', key, 'XX', lapses_at, ARGV[1 + i])
  redis.call('PEXPIRE', key, math.ceil(ARGV[1] / 1000))
end
"""


@dataclass(frozen=True, slots=True)
class Bucket:
    """Requests of one kind by one key, user or address."""

    name: str
    key: str
    rate: Rate


@dataclass(frozen=True, slots=True)
class Slots:
    """What one key or user may have running at once."""

    name: str
    key: str
    most: int


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of taking one of each: all were taken, or none (`EMPTY` bucket, `FULL` slots).

    `left` and `filling_us` (until full) are of the buckets, `free` is of the slots, in their order.
    """

    outcome: int
    wait_us: int
    left: Sequence[int]
    filling_us: Sequence[int]
    free: Sequence[int]


@once
def take_script() -> str:
    return Path(__file__).with_name("take.lua").read_text()


def take_shared(
    buckets: Sequence[Bucket], slots: Sequence[Slots], lease: str, lasts_us: int
) -> Taken | None:
    """Take one of each in Redis, at once, in one round trip. None where there is no Redis, or it is
    away.
    """
    rates = [number for it in buckets for number in (it.rate.interval_us, it.rate.quota)]
    answer = run_script(
        take_script(),
        [*(it.key for it in buckets), *(it.key for it in slots)],
        [len(buckets), lease, lasts_us, *rates, *(it.most for it in slots)],
    )
    if answer is None:
        return None
    outcome, wait_us, *rest = answer
    middle = 2 * len(buckets)
    return Taken(outcome, wait_us, rest[:middle:2], rest[1:middle:2], rest[middle:])


def give_back_shared(slots: Sequence[Slots], lease: str) -> None:
    """Where Redis is away, they lapse."""
    run_script(GIVE_BACK, [it.key for it in slots], [lease])


def renew_shared(places: Sequence[tuple[str, str]], lasts_us: int) -> None:
    """Let the leases in these slots, by their keys, last so long from now. In one round trip."""
    run_script(RENEW, [key for key, _ in places], [lasts_us, *(lease for _, lease in places)])


def run_script(source: str, keys: Sequence[str], args: Sequence[Any]) -> Any:
    """What a Lua script gives, or None where there is no Redis, or it is away."""
    run = getattr(cache, "run_script", None)
    return run(source, keys, args) if run else None
