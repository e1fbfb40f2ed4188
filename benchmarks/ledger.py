"""What a hold and its charge cost, for an account with no history and for one with a long one.

    python benchmarks/ledger.py [ENTRIES]

Runs on a scratch database beside the configured one (`DATABASE_URL`), and drops it afterwards.
Prints, per hold and post: statements, this process's CPU time and wall time (both milliseconds, the
median of `ROUNDS` rounds that take turns), and the ratio of the two accounts.
"""

import os
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "interview_trainer.settings")
os.environ.setdefault("SECRET_KEY", "only-for-this-benchmark-and-long-enough")

import django
from django.apps import apps

if not apps.ready:
    django.setup()

from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from users.models import CreditAccount, Hold, LedgerEntry, User
from users.services.ledger import grant_credits, hold_credits, post_hold
from users.services.people import create_user

ROUNDS = 20
PAIRS_A_ROUND = 25
BATCH_ROWS = 2_000


@dataclass(frozen=True)
class Cost:
    """Per hold and post."""

    statements: float
    cpu_ms: float
    wall_ms: float


def spend(user: User) -> None:
    post_hold(hold=hold_credits(user=user, amount=2, purpose="text"), amount=1)


def measure(user: User) -> Cost:
    cpu, wall = time.process_time(), time.perf_counter()
    for _ in range(PAIRS_A_ROUND):
        spend(user)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return Cost(count_statements(user), cpu * 1000 / PAIRS_A_ROUND, wall * 1000 / PAIRS_A_ROUND)


def count_statements(user: User) -> int:
    with CaptureQueriesContext(connection) as queries:
        spend(user)
    control = ("BEGIN", "COMMIT", "SET ")
    return sum(not query["sql"].startswith(control) for query in queries)


@transaction.atomic
def write_history(user: User, entries: int) -> None:
    """A right ledger of `entries` more entries: holds of one credit, all charged."""
    now = timezone.now()
    pairs = entries // 2
    first = Hold.objects.count() + 1
    ids = range(first, first + pairs)
    start = grant_credits(user=user, amount=pairs, reason="History")
    fields = {"account": user.account, "amount": 1, "charged": 1, "state": "posted"}
    times = {"expires_at": now + timedelta(hours=1), "resolved_at": now}
    holds = [Hold(pk=pk, purpose="text", **fields, **times) for pk in ids]
    Hold.objects.bulk_create(holds, batch_size=BATCH_ROWS)
    rows = []
    for number, hold in enumerate(holds):
        sequence = start.sequence + 1 + 2 * number
        left = start.available_after - number - 1
        common = {"account": user.account, "available_after": left, "reason": "text"}
        opening = {"kind": "hold", "available": -1, "held": 1, "held_after": 1, "opens": hold}
        outcome = {"kind": "post", "held": -1, "charged": 1, "held_after": 0, "resolves": hold}
        rows.append(LedgerEntry(**common, **opening, sequence=sequence))
        rows.append(LedgerEntry(**common, **outcome, sequence=sequence + 1))
    LedgerEntry.objects.bulk_create(rows, batch_size=BATCH_ROWS)
    CreditAccount.objects.filter(pk=user.pk).update(
        available=start.available_after - pairs, entry_count=start.sequence + 2 * pairs
    )


def summarize(costs: list[Cost]) -> Cost:
    return Cost(
        median(cost.statements for cost in costs),
        median(cost.cpu_ms for cost in costs),
        median(cost.wall_ms for cost in costs),
    )


def report(label: str, cost: Cost) -> None:
    print(f"{label:>24} {cost.statements:>10.0f} {cost.cpu_ms:>10.2f} {cost.wall_ms:>10.2f}")


def main(entries: int) -> None:
    fresh, old = create_user(email="fresh@example.com"), create_user(email="old@example.com")
    began = time.perf_counter()
    write_history(old, entries)
    print(f"{connection.vendor}: wrote {entries:,} entries in {time.perf_counter() - began:.1f} s")
    for user in (fresh, old):
        grant_credits(user=user, amount=10 * ROUNDS * PAIRS_A_ROUND, reason="To spend")
        measure(user)
    rounds = [(measure(fresh), measure(old)) for _ in range(ROUNDS)]
    few, many = (summarize(list(costs)) for costs in zip(*rounds, strict=True))
    print(f"{'per hold and post':>24} {'statements':>10} {'CPU ms':>10} {'wall ms':>10}")
    report("few entries", few)
    report(f"{entries:,} entries", many)
    ratios = (
        many.statements / few.statements,
        many.cpu_ms / few.cpu_ms,
        many.wall_ms / few.wall_ms,
    )
    print(f"{'ratio':>24}" + "".join(f" {ratio:>10.2f}" for ratio in ratios))
    began = time.perf_counter()
    call_command("verify_ledger")
    print(f"verify_ledger: {time.perf_counter() - began:.1f} s")


def run_on_a_scratch_database(entries: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        if connection.vendor == "sqlite":
            connection.settings_dict["TEST"]["NAME"] = str(Path(folder) / "ledger.sqlite3")
        else:
            connection.settings_dict["TEST"]["NAME"] = "benchmark_ledger"
        name = connection.settings_dict["NAME"]
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        try:
            main(entries)
        finally:
            connection.creation.destroy_test_db(name, verbosity=0)


if __name__ == "__main__":
    run_on_a_scratch_database(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
