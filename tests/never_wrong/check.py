"""The ledger against what clients saw and what the vendor delivered."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from tests.never_wrong.breaking import Calendar
from tests.never_wrong.plans import Plan
from tests.never_wrong.rule import (
    BROKEN,
    GRANT,
    SPEECH,
    WHOLE,
    Attempt,
    Charges,
    allowed,
    capabilities,
)
from tests.never_wrong.vendor import Delivered


@dataclass(frozen=True)
class PostedHold:
    operation_id: str
    person: int
    charged: int
    operation_key: str | None


@dataclass
class Books:
    """What the ledger says, as read from its tables. `changes` are grants by their reason."""

    api_key_id: int
    by_operation: dict[str, PostedHold]
    by_key: dict[str, PostedHold]
    changes: Mapping[str, int]

    def find(self, plan: Plan, capability: str, attempts: list[Attempt]) -> PostedHold | None:
        if plan.is_keyed:
            return self.by_key.get(self.operation_key(plan, capability))
        told = attempts[0].operations.get(capability, "")
        return self.by_operation.get(told)

    def operation_key(self, plan: Plan, capability: str) -> str:
        key = sha256(f"key {self.api_key_id}: {plan.key}")
        is_second = capability == SPEECH and len(capabilities(plan)) == 2
        return sha256(f"{key}: speech") if is_second else key


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass
class Pool:
    """One person's charges that no client can name: it left before it was told the operation."""

    operations: int = 0
    least: int = 0
    most: int = 0
    posted: int = 0
    charged: int = 0


@dataclass
class Report:
    operations: int = 0
    attempts: int = 0
    exact: int = 0
    bounded: int = 0
    unnamed: int = 0
    charged: int = 0
    least: int = 0
    most: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)


class Check:
    """Takes operations one by one, and at the end what nobody had asked for."""

    def __init__(
        self, books: Books, delivered: Mapping[int, Delivered], calendar: Calendar
    ) -> None:
        self.report = Report()
        self._books = books
        self._delivered = delivered
        self._calendar = calendar
        self._pools: defaultdict[int, Pool] = defaultdict(Pool)
        self._named: set[str] = set()

    def take(self, plan: Plan, attempts: list[Attempt]) -> None:
        self.report.operations += 1
        self.report.attempts += len(attempts)
        for attempt in attempts:
            self.report.ends[f"{attempt.status or 'no answer'} {attempt.code or attempt.end}"] += 1
            self._complain(plan, self._what_is_wrong(plan, attempt))
            self._compare_receipts(plan, attempt)
        for capability in capabilities(plan):
            self._compare(plan, capability, attempts)

    def _what_is_wrong(self, plan: Plan, attempt: Attempt) -> str:
        is_disturbed = self._calendar.is_disturbed(attempt.began_at, attempt.ended_at)
        if attempt.wrong or is_disturbed:
            return attempt.wrong
        if attempt.code == "internal_error":
            return "a 500 that nothing explains"
        vendor_failed = bool(plan.faults) and plan.is_spoken
        if attempt.end == BROKEN and attempt.status < 400 and not vendor_failed:
            return "an answer that broke off by itself"
        return ""

    def _compare_receipts(self, plan: Plan, attempt: Attempt) -> None:
        for capability, told in attempt.charged.items():
            hold = self._books.by_operation.get(attempt.operations[capability])
            charged = hold.charged if hold else 0
            if charged != told:
                self._complain(plan, f"the receipt says {told}, the ledger {charged}")

    def _compare(self, plan: Plan, capability: str, attempts: list[Attempt]) -> None:
        possible = self._possible(plan, capability, attempts)
        self.report.least += min(possible) * (capability != GRANT)
        self.report.most += max(possible) * (capability != GRANT)
        if capability == GRANT:
            changed = self._books.changes.get(f"Change {plan.number}", 0)
            self._expect(plan, capability, changed, possible)
            return
        if not plan.is_keyed and capability not in attempts[0].operations:
            self._put_into_pool(plan, possible)
            return
        hold = self._books.find(plan, capability, attempts)
        self._expect(plan, capability, hold.charged if hold else 0, possible)
        if hold:
            self._named.add(hold.operation_id)

    def _possible(self, plan: Plan, capability: str, attempts: list[Attempt]) -> Charges:
        """An answer that came whole says it exactly; else any of the attempts may be the one."""
        vendor = self._delivered.get(plan.number, Delivered())
        by_attempt = [
            allowed(
                capability,
                plan,
                attempt,
                vendor,
                is_disturbed=self._calendar.is_disturbed(attempt.began_at, attempt.ended_at),
            )
            for attempt in attempts
        ]
        whole = [it for it, at in zip(by_attempt, attempts, strict=True) if at.end == WHOLE]
        return whole[0] if whole else set().union(*by_attempt)

    def _expect(self, plan: Plan, capability: str, charged: int, possible: Charges) -> None:
        if len(possible) == 1:
            self.report.exact += 1
        else:
            self.report.bounded += 1
        if charged not in possible:
            self.report.violations.append(
                f"operation {plan.number} ({plan.kind}, {capability}): charged {charged},"
                f" may be {sorted(possible)}"
            )

    def _put_into_pool(self, plan: Plan, possible: Charges) -> None:
        if possible == {0}:
            self.report.exact += 1
            return
        self.report.unnamed += 1
        pool = self._pools[plan.person]
        pool.operations += 1
        pool.least += min(possible)
        pool.most += max(possible)

    def finish(self) -> Report:
        for hold in posted_holds(self._books):
            self.report.charged += hold.charged
            if hold.operation_id not in self._named:
                self._pools[hold.person].posted += 1
                self._pools[hold.person].charged += hold.charged
        for person, pool in sorted(self._pools.items()):
            if pool.posted > pool.operations or not pool.least <= pool.charged <= pool.most:
                self.report.violations.append(f"person {person}: charged beyond what left: {pool}")
        if not self.report.least <= self.report.charged <= self.report.most:
            self.report.violations.append("the sum of all charges is outside its bounds")
        return self.report

    def _complain(self, plan: Plan, what: str) -> None:
        if what:
            self.report.violations.append(f"operation {plan.number} ({plan.kind}): {what}")


def posted_holds(books: Books) -> Iterable[PostedHold]:
    return books.by_operation.values()


def grouped(attempts: Iterable[Attempt]) -> Iterator[list[Attempt]]:
    """Attempts of one operation stand together."""
    group: list[Attempt] = []
    for attempt in attempts:
        if group and group[0].number != attempt.number:
            yield group
            group = []
        group.append(attempt)
    if group:
        yield group
