"""What limits cost a request, with Redis and without.

    CACHE_URL=redis://127.0.0.1:6379/0 python benchmarks/limits.py

Prints, per request: round trips to Redis, this process's CPU time and wall time (both
microseconds, the least of `ROUNDS` rounds, as other work on the machine only adds to it).
"""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "interview_trainer.settings")
os.environ.setdefault("SECRET_KEY", "only-for-this-benchmark-and-long-enough")
os.environ.update(LIMIT_TEXT="900000/s", LIMIT_OTHER="900000/s")

import django
from django.apps import apps

if not apps.ready:
    django.setup()

from ai.breaker import Breaker
from users.limits.rates import Kind
from users.limits.taking import Caller, take
from users.models import ApiKey

ROUNDS = 5
REQUESTS = 2_000

CALLER = Caller(address="203.0.113.7", api_key=ApiKey(pk=1), email="ada@example.com")


def count() -> None:
    take(CALLER, [Kind.OTHER])


def count_and_hold_a_slot() -> None:
    lease, _ = take(CALLER, [Kind.TEXT])
    assert lease is not None
    lease.give_back()


def ask_the_breaker() -> None:
    breaker = Breaker("acme", "text")
    breaker.admits()
    breaker.note_success()


def measure(do: Callable[[], None]) -> tuple[float, float]:
    """CPU and wall microseconds."""
    cpu, wall = time.process_time(), time.perf_counter()
    for _ in range(REQUESTS):
        do()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return cpu / REQUESTS * 1e6, wall / REQUESTS * 1e6


def main() -> None:
    print(f"{'':44}{'trips':>6}{'CPU us':>9}{'wall us':>9}")
    for text, trips, do in [
        ("any request: key and user", 1, count),
        ("a paid one: also slots, and giving them back", 2, count_and_hold_a_slot),
        ("the breaker of a call that goes well", 1, ask_the_breaker),
    ]:
        measure(do)
        rounds = [measure(do) for _ in range(ROUNDS)]
        cpu, wall = min(cpu for cpu, _ in rounds), min(wall for _, wall in rounds)
        print(f"{text:44}{trips:6}{cpu:9.0f}{wall:9.0f}")


if __name__ == "__main__":
    main()
