"""What `beside.py` prints."""

import argparse
import os
import platform
import time
from pathlib import Path

from aims import REFERENCE
from contenders.base import Contender
from rounds import Measured
from scenarios import Scenario

COLUMNS = {
    "req/s": 1, "p50": 1, "p95": 1, "p99": 1, "first p50": 1, "first p95": 1, "CPU": 2,
    "stores": 2, "CPU with stores": 2, "MB": 0, "harness": 2,
}  # fmt: skip
RATIOS = ("CPU", "CPU with stores", "p50", "p95", "p99", "first p50", "first word", "req/s")


def heading(args: argparse.Namespace, contenders: list[Contender]) -> str:
    load = " ".join(f"{average:.1f}" for average in os.getloadavg())
    return "\n".join(
        [
            f"{os.cpu_count()} cores, {cpu_model()}; {platform.platform()}; load {load}",
            f"Python {platform.python_version()}; {args.people:,} people; {time.ctime()}",
            *(f"{contender.name}: {contender.description}" for contender in contenders),
            "Latencies in ms, on top of the vendor's own time; `first` is the first word's. CPU in",
            "ms of CPU time a completed request: the contender's processes, the stores (MariaDB,",
            "Redis), both; the harness is the vendor and the clients.",
        ]
    )


def cpu_model() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.partition(":")[2].strip() for line in lines if "model name" in line), "?")


def print_results(scenario: Scenario, measured: list[Measured]) -> None:
    load = os.getloadavg()[0]
    print(f"\n{scenario.name}: {describe(scenario)}; load now {load:.1f}")
    print(f"{'':<8} {'n':>6} " + " ".join(map(padded, COLUMNS)) + "  statuses")
    for one in measured:
        print(row(one))
    reference = next((one for one in measured if one.contender == REFERENCE), None)
    for one in measured:
        if reference is None or one is reference:
            continue
        print(f"  {one.contender} / {REFERENCE}: {ratios(one, reference)}")
    print(flush=True)


def describe(scenario: Scenario) -> str:
    plan = scenario.plan
    asked = f"{scenario.rate:.1f} a second" if scenario.rate else f"{scenario.clients} clients"
    way = "streamed" if scenario.is_streamed else "whole"
    words = f"{plan.delay_ms:.0f} ms, {plan.words} words {plan.gap_ms:.0f} ms apart"
    return f"{asked}, {way}, vendor {words}, {scenario.duration_s:.0f} s a round"


def row(one: Measured) -> str:
    figures = (padded(name, f"{one.figures[name]:.{digits}f}") for name, digits in COLUMNS.items())
    statuses = " ".join(f"{status}:{count}" for status, count in sorted(one.statuses.items()))
    return f"{one.contender:<8} {one.completed:>6} {' '.join(figures)}  {statuses}"


def padded(name: str, text: str = "") -> str:
    """What stands in the column of that name; its title where nothing does."""
    return f"{text or name:>{max(len(name), 8)}}"


def ratios(one: Measured, reference: Measured) -> str:
    def ratio(name: str) -> str:
        theirs = reference.figures[name]
        return f"{name} {one.figures[name] / theirs:.2f}" if theirs else f"{name} -"

    return ", ".join(ratio(name) for name in RATIOS)
