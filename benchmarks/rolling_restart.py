"""Three copies behind nginx, restarted one after the other while people ask and streams run.

    python benchmarks/rolling_restart.py

No request may fail. It takes about a minute and needs MariaDB, Redis and nginx.
"""

import argparse
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from people import QUICK_PLAN, SLOW_PLAN, Crowd, Topology, crowd, prove_charges, settings, vendor

BEFORE_S = 3.0


def main() -> None:
    parser = argparse.ArgumentParser(description="Restart every copy under load.")
    parser.add_argument("--copies", type=int, default=3)
    parser.add_argument("--quick", type=int, default=8, help="people who ask for whole answers")
    parser.add_argument("--slow", type=int, default=16, help="people who read streams of 8 s")
    chosen = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        urls = [stack.enter_context(vendor(folder, plan)) for plan in (QUICK_PLAN, SLOW_PLAN)]
        topology = stack.enter_context(Topology(web=chosen.copies, variables=settings(*urls)))
        people = stack.enter_context(
            crowd(topology, quick=chosen.quick, slow=chosen.slow, patience_s=60)
        )
        time.sleep(BEFORE_S)
        restart_each(topology, people)
        people.stop()
        people.report()
        prove_charges(topology, people)
    if people.quick.failed or people.slow.failed:
        sys.exit("Requests failed.")


def restart_each(topology: Topology, people: Crowd) -> None:
    for copy in topology.web:
        began_at, before = time.perf_counter(), len(people.quick.answered)
        copy.stop()
        stopped_s = time.perf_counter() - began_at
        copy.start()
        took_s = time.perf_counter() - began_at
        answered = len(people.quick.answered) - before
        print(f"{copy.name}: stopped {stopped_s:.1f} s, {took_s:.1f} s in all; {answered} answers")
        time.sleep(BEFORE_S)


if __name__ == "__main__":
    main()
