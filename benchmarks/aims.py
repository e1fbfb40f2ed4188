"""What this service is to keep to beside LiteLLM's proxy, in the same run."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from rounds import Measured

OURS, REFERENCE = "ours", "litellm"
CLEAN = {"200", "503"}


@dataclass(frozen=True)
class Aim:
    """A ratio of ours to theirs, at most or at least `bound`."""

    scenario: str
    figure: str
    bound: float
    is_least: bool = False

    def told(self, ours: Measured, theirs: Measured) -> str:
        mine, other = ours.figures[self.figure], theirs.figures[self.figure]
        ratio = mine / other if other else math.inf
        is_met = ratio >= self.bound if self.is_least else ratio <= self.bound
        wanted = f"at {'least' if self.is_least else 'most'} {self.bound}"
        return verdict(is_met, f"{self.scenario}: {self.figure} {ratio:.2f}, {wanted}")


FEW = [f"message-{clients}-{delay}ms" for clients in (16, 64) for delay in (0, 50, 1_000)]
AIMS = [
    *(Aim(name, figure, 0.5) for name in FEW for figure in ("p50", "p95")),
    *(Aim(name, "CPU with stores", 0.4) for name in FEW),
    Aim("message-256-1000ms", "req/s", 2.0, is_least=True),
    Aim("streams", "first word", 0.3),
    Aim("streams", "CPU with stores", 0.4),
    Aim("streams", "req/s", 2.0, is_least=True),
    Aim("in-flight", "req/s", 2.0, is_least=True),
]
PRACTISING_P95_MS = 50


def told_aims(measured: list[Measured]) -> list[str]:
    """One line for each aim that this run says something about."""
    found = {(one.scenario, one.contender): one for one in measured}
    lines = [
        aim.told(found[aim.scenario, OURS], found[aim.scenario, REFERENCE])
        for aim in AIMS
        if {(aim.scenario, OURS), (aim.scenario, REFERENCE)} <= found.keys()
    ]
    return lines + [line for one in measured if one.contender == OURS for line in own_aims(one)]


def own_aims(ours: Measured) -> list[str]:
    """What needs nobody beside."""
    lines = [
        verdict(is_clean(ours.statuses), f"{ours.scenario}: every answer a 200 or a clean 503"),
        verdict(
            ours.charged == ours.completed,
            f"{ours.scenario}: charged {ours.charged}, completed {ours.completed}",
        ),
    ]
    if ours.scenario == "open-streams":
        lines.append(verdict(set(ours.statuses) == {"200"}, "open-streams: all served"))
    if ours.scenario == "practising":
        p95 = ours.figures["p95"]
        is_met = p95 < PRACTISING_P95_MS
        lines.append(
            verdict(is_met, f"practising: p95 added {p95:.0f} ms, below {PRACTISING_P95_MS}")
        )
    return lines


def is_clean(statuses: Mapping[str, int]) -> bool:
    return set(statuses) <= CLEAN


def verdict(is_met: bool, text: str) -> str:
    return f"{'met' if is_met else 'NOT MET':>8}  {text}"
