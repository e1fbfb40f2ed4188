"""What `beside.py` prints."""

import argparse
import os
import platform
import time
from pathlib import Path

from contenders.base import Contender
from rounds import Measured
from scenarios import SCENARIOS, Scenario

REFERENCE = "litellm"
TITLES = (
    "", "n", "req/s", "p50", "p95", "p99", "first p50", "p95", "CPU ms", "DB ms", "both",
    "MB", "harness", "statuses",
)  # fmt: skip
WIDTHS = (8, 6, 7, 8, 8, 8, 9, 8, 7, 6, 7, 6, 8, 9)


def heading(args: argparse.Namespace, contenders: list[Contender]) -> str:
    load = " ".join(f"{average:.1f}" for average in os.getloadavg())
    return "\n".join(
        [
            f"{os.cpu_count()} cores, {cpu_model()}; {platform.platform()}; load {load}",
            f"Python {platform.python_version()}; {args.people:,} people; {time.ctime()}",
            *(f"{contender.name}: {contender.description}" for contender in contenders),
            "Latencies in ms, on top of the vendor's own time. CPU in ms of CPU time a completed",
            "request: the contender's processes, the stores (MariaDB, Redis), both; harness: the",
            "vendor's and the clients'.",
        ]
    )


def cpu_model() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.partition(":")[2].strip() for line in lines if "model name" in line), "?")


def print_results(scenario: Scenario, measured: list[Measured]) -> None:
    load = os.getloadavg()[0]
    print(f"\n{scenario.name}: {describe(scenario)}; load now {load:.1f}")
    print(line(TITLES))
    reference = next((one for one in measured if one.contender == REFERENCE), None)
    for one in measured:
        print(line(row(one)))
    for one in measured:
        if reference and one is not reference:
            print(f"  {one.contender} / {REFERENCE}: {ratios(one, reference)}")
        if one.charged is not None:
            verdict = "equals" if one.charged == one.completed else "DIFFERS FROM"
            print(f"  {one.contender}: charged {one.charged} {verdict} completed {one.completed}")
    print(flush=True)


def describe(scenario: Scenario) -> str:
    plan = scenario.plan
    asked = f"{scenario.rate:.1f} a second" if scenario.rate else f"{scenario.clients} clients"
    way = "streamed" if scenario.is_streamed else "whole"
    words = f"{plan.delay_ms:.0f} ms, {plan.words} words {plan.gap_ms:.0f} ms apart"
    return f"{asked}, {way}, vendor {words}, {scenario.duration_s:.0f} s a round"


def line(cells: tuple[str, ...]) -> str:
    first, *rest = cells
    padded = [f"{cell:>{width}}" for cell, width in zip(rest, WIDTHS[1:], strict=True)]
    return f"{first:<{WIDTHS[0]}}" + " ".join(padded)


def row(one: Measured) -> tuple[str, ...]:
    return (
        one.contender,
        f"{one.completed}",
        f"{rate(one):.1f}",
        *(f"{percentile(one.added_ms, share):.1f}" for share in (0.5, 0.95, 0.99)),
        *(f"{percentile(one.first_ms, share):.1f}" for share in (0.5, 0.95)),
        f"{one.each_ms(one.cpu_s):.2f}",
        f"{one.each_ms(one.stores_cpu_s):.2f}",
        f"{one.each_ms(both_s(one)):.2f}",
        f"{one.memory_mb:.0f}",
        f"{one.each_ms(one.harness_cpu_s):.2f}",
        " ".join(f"{status}:{count}" for status, count in sorted(one.statuses.items())),
    )


def ratios(one: Measured, reference: Measured) -> str:
    def ratio(mine: float, theirs: float) -> str:
        return f"{mine / theirs:.2f}" if theirs else "-"

    delay_ms = SCENARIOS[one.scenario].plan.delay_ms
    first, theirs = percentile(one.first_ms, 0.5), percentile(reference.first_ms, 0.5)
    parts = {
        "CPU": (one.each_ms(one.cpu_s), reference.each_ms(reference.cpu_s)),
        "CPU with stores": (one.each_ms(both_s(one)), reference.each_ms(both_s(reference))),
        "p50": (percentile(one.added_ms, 0.5), percentile(reference.added_ms, 0.5)),
        "p95": (percentile(one.added_ms, 0.95), percentile(reference.added_ms, 0.95)),
        "p99": (percentile(one.added_ms, 0.99), percentile(reference.added_ms, 0.99)),
        "first token": (delay_ms + first, delay_ms + theirs),
        "added to it": (first, theirs),
        "req/s": (rate(one), rate(reference)),
    }
    return ", ".join(f"{name} {ratio(*pair)}" for name, pair in parts.items())


def both_s(one: Measured) -> float:
    return one.cpu_s + one.stores_cpu_s


def rate(one: Measured) -> float:
    return sum(one.rates) / len(one.rates)


def percentile(ordered: list[float], share: float) -> float:
    """The nearest rank."""
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else float("nan")
