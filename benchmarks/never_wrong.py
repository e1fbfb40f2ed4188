"""Paid operations of many kinds, while everything under them is killed: is any charge wrong?

    python benchmarks/never_wrong.py [--operations 1000000] [--break-every 10]

Starts two copies of the service with two workers each, a task worker, a vendor that fails in every
way, and MariaDB and Redis of its own. Client processes ask, leave, ask again and send twice;
meanwhile workers are killed with -9, and MariaDB and Redis are killed and restarted. At the end
every charge is compared with docs/charging.md, as `tests/never_wrong/rule.py` reads it, by what
clients saw and the vendor counted. Exits with 1 where anything is wrong.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ["DJANGO_SETTINGS_MODULE"] = "interview_trainer.settings"
os.environ["ENV_FILE"] = os.devnull
os.environ["SECRET_KEY"] = "only-for-this-benchmark-and-long-enough"

from tests.never_wrong.run import Outcome, Size, never_wrong


def show(outcome: Outcome) -> None:
    report = outcome.report
    rate = report.operations / outcome.seconds
    print(
        f"{report.operations:,} operations in {report.attempts:,} attempts,"
        f" {outcome.seconds:,.0f} s, {rate:.0f} a second"
    )
    for name, count in sorted(report.ends.items()):
        print(f"{count:>12,} {name}")
    kinds = [it.what for it in outcome.breaks]
    print(f"{len(kinds)} breaks: " + ", ".join(f"{kinds.count(it)} x {it}" for it in set(kinds)))
    print(
        f"charged {report.charged:,}, by the rule from {report.least:,} to {report.most:,};"
        f" known exactly of {report.exact:,}, within bounds of {report.bounded:,},"
        f" by person only of {report.unnamed:,}"
    )
    print(f"held past expiry: {outcome.open_holds}; {outcome.ledger}")
    for name, count in outcome.errors.most_common():
        print(f"{count:>12,} logged: {name}")
    for line in report.violations[:50]:
        print(f"WRONG: {line}")
    print(f"{len(report.violations)} wrong")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--operations", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="at most (no end)")
    parser.add_argument("--break-every", type=float, default=10, help="seconds on average")
    parser.add_argument("--seed", type=int, default=1)
    sent = parser.parse_args()
    size = Size(sent.operations, sent.seconds, sent.break_every, sent.seed)
    with tempfile.TemporaryDirectory(prefix="never-wrong-") as folder:
        found = never_wrong(
            size, Path(folder), lambda line: print(time.strftime("%H:%M:%S"), line, flush=True)
        )
    show(found)
    sys.exit(bool(found.report.violations or found.open_holds))
