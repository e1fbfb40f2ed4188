"""What is asked in `beside.py`."""

from dataclasses import dataclass

from fake_vendor import Plan


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """`clients` ask again and again for `duration_s`; where there is a `rate`, so often a second
    is asked instead, however slow the answers are."""

    name: str
    plan: Plan
    clients: int = 0
    rate: float = 0.0
    duration_s: float = 6.0
    count: int | None = None
    is_streamed: bool = False
    rounds: int = 3


def message(clients: int, delay_ms: int) -> Scenario:
    """A message answered whole. Slow vendors need longer rounds to be asked as often."""
    duration_s = 6 if delay_ms < 1_000 else 12
    return Scenario(
        name=f"message-{clients}-{delay_ms}ms",
        plan=Plan(delay_ms=delay_ms),
        clients=clients,
        duration_s=duration_s,
    )


ALL = [
    *(message(clients, delay_ms) for delay_ms in (0, 50, 1_000) for clients in (1, 16, 64, 256)),
    Scenario(
        name="streams",
        plan=Plan(delay_ms=200, words=40, gap_ms=20),
        clients=100,
        is_streamed=True,
        duration_s=12,
    ),
    Scenario(name="in-flight", plan=Plan(delay_ms=1_000), clients=1_000, duration_s=20, rounds=2),
    Scenario(
        name="open-streams",
        plan=Plan(delay_ms=1_000, words=30, gap_ms=1_000),
        clients=1_000,
        count=1_000,
        is_streamed=True,
        duration_s=30,
        rounds=1,
    ),
    # A turn a minute each.
    Scenario(
        name="practising", plan=Plan(delay_ms=10_000), rate=1_000 / 60, duration_s=60, rounds=1
    ),
]
SCENARIOS = {scenario.name: scenario for scenario in ALL}
QUICK = ["message-16-50ms", "message-64-50ms"]
