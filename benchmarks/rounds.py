"""One contender's turn in a scenario, and what it took."""

import http.client
import json
import time
from collections import Counter
from dataclasses import dataclass, field, replace

from contenders.base import Contender
from fake_vendor import WORD, Plan, as_body
from load import MakeRequest, Results, closed_loop, open_loop
from processes import cpu_s
from scenarios import SCENARIOS, Scenario

MARKER = WORD.strip().encode()
WARM_UPS = 300


@dataclass(frozen=True)
class Measured:
    """Times in milliseconds on top of the vendor's, sorted. CPU in seconds.

    `harness_cpu_s` is what the vendor and the clients took.
    """

    scenario: str
    contender: str
    added_ms: list[float]
    first_ms: list[float]
    statuses: dict[str, int]
    rates: list[float]
    cpu_s: float
    stores_cpu_s: float
    harness_cpu_s: float
    memory_mb: float
    answered_by_vendor: int
    charged: int | None = field(default=None)

    def with_round(self, other: "Measured") -> "Measured":
        return replace(
            self,
            added_ms=sorted(self.added_ms + other.added_ms),
            first_ms=sorted(self.first_ms + other.first_ms),
            statuses=dict(Counter(self.statuses) + Counter(other.statuses)),
            rates=self.rates + other.rates,
            cpu_s=self.cpu_s + other.cpu_s,
            stores_cpu_s=self.stores_cpu_s + other.stores_cpu_s,
            harness_cpu_s=self.harness_cpu_s + other.harness_cpu_s,
            memory_mb=max(self.memory_mb, other.memory_mb),
            answered_by_vendor=self.answered_by_vendor + other.answered_by_vendor,
            charged=None if self.charged is None else self.charged + (other.charged or 0),
        )

    @property
    def completed(self) -> int:
        return len(self.added_ms)

    @property
    def figures(self) -> dict[str, float]:
        """By name. `first word` is with the vendor's time, as people wait for it."""
        delay_ms = SCENARIOS[self.scenario].plan.delay_ms
        return {
            "req/s": sum(self.rates) / len(self.rates),
            "p50": percentile(self.added_ms, 0.5),
            "p95": percentile(self.added_ms, 0.95),
            "p99": percentile(self.added_ms, 0.99),
            "first p50": percentile(self.first_ms, 0.5),
            "first p95": percentile(self.first_ms, 0.95),
            "first word": delay_ms + percentile(self.first_ms, 0.5),
            "CPU": self.each_ms(self.cpu_s),
            "stores": self.each_ms(self.stores_cpu_s),
            "CPU with stores": self.each_ms(self.cpu_s + self.stores_cpu_s),
            "MB": self.memory_mb,
            "harness": self.each_ms(self.harness_cpu_s),
        }

    @property
    def summary(self) -> dict[str, object]:
        """For a file."""
        return {
            "scenario": self.scenario,
            "contender": self.contender,
            "completed": self.completed,
            "statuses": self.statuses,
            "charged": self.charged,
            "answered by the vendor": self.answered_by_vendor,
            **{name: round(figure, 3) for name, figure in self.figures.items()},
        }

    def each_ms(self, seconds: float) -> float:
        """Milliseconds of it for each completed request."""
        return 1000 * seconds / self.completed if self.completed else float("nan")


def percentile(ordered: list[float], share: float) -> float:
    """The nearest rank; not a number where there is none."""
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else float("nan")


def warm_up(contender: Contender) -> None:
    """Both ways of asking, so that nothing is done for the first time while it is measured."""
    set_plan(contender, Plan())
    for is_streamed in (False, True):
        results = closed_loop(
            contender.address,
            asker(contender, is_streamed),
            MARKER,
            clients=8,
            duration_s=60,
            count=WARM_UPS,
        )
        if set(results.statuses) != {"200"}:
            raise SystemExit(f"{contender.name} does not work: {dict(results.statuses)}")


def asker(contender: Contender, is_streamed: bool) -> MakeRequest:
    return lambda number: contender.request(number, is_streamed=is_streamed)


def measure(scenario: Scenario, contender: Contender) -> Measured:
    plan = scenario.plan
    set_plan(contender, plan)
    charged = contender.charged()
    before = costs(contender)
    results = run(scenario, contender)
    cpu, stores, harness = (now - then for now, then in zip(costs(contender), before, strict=True))
    charged_now = contender.charged()
    tally = vendor(contender, "GET", "/tally")
    return Measured(
        scenario=scenario.name,
        contender=contender.name,
        added_ms=added(results.totals, plan.whole_s),
        first_ms=added(results.firsts, plan.delay_s if scenario.is_streamed else plan.whole_s),
        statuses=dict(results.statuses),
        rates=[results.rate],
        cpu_s=cpu,
        stores_cpu_s=stores,
        harness_cpu_s=harness,
        memory_mb=contender.memory_mb,
        answered_by_vendor=tally.get("whole", 0) + tally.get("streamed", 0),
        charged=None if charged_now is None or charged is None else charged_now - charged,
    )


def costs(contender: Contender) -> tuple[float, float, float]:
    """CPU seconds so far: its own, of the stores that it uses, of the vendor and the clients."""
    ground = contender.ground
    stores = (ground.database.program, ground.redis) if contender.uses_stores else ()
    stored = sum(cpu_s(program.pid) for program in stores)
    return contender.cpu_s, stored, cpu_s(ground.vendor.pid) + time.process_time()


def run(scenario: Scenario, contender: Contender) -> Results:
    make_request = asker(contender, scenario.is_streamed)
    if scenario.rate:
        return open_loop(
            contender.address,
            make_request,
            MARKER,
            rate=scenario.rate,
            duration_s=scenario.duration_s,
        )
    return closed_loop(
        contender.address,
        make_request,
        MARKER,
        clients=scenario.clients,
        duration_s=scenario.duration_s,
        count=scenario.count,
    )


def added(seconds: list[float], vendor_s: float) -> list[float]:
    """What came on top of the vendor's time, in milliseconds."""
    return sorted(1000 * (one - vendor_s) for one in seconds)


def set_plan(contender: Contender, plan: Plan) -> None:
    vendor(contender, "PUT", "/plan", as_body(plan))


def vendor(contender: Contender, method: str, path: str, body: bytes | None = None) -> dict:
    address = contender.ground.vendor_url.removeprefix("http://")
    connection = http.client.HTTPConnection(address, timeout=60)
    connection.request(method, path, body)
    try:
        return dict(json.loads(connection.getresponse().read()))
    finally:
        connection.close()
