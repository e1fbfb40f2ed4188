"""Proof that the ledger is right: every rule, read back from every row.

All rules are about one account, so accounts are read in batches, each batch in a snapshot of its
own: the audit may run while the service works, and needs little memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from django.db import connection, transaction

from users.models import CreditAccount, Hold, LedgerEntry, User

BATCH_ACCOUNTS = 200

Kind = LedgerEntry.Kind
State = Hold.State

OUTCOME_KINDS: dict[str, str] = {
    State.POSTED: Kind.POST,
    State.VOIDED: Kind.VOID,
    State.EXPIRED: Kind.EXPIRE,
}


@dataclass(frozen=True, slots=True)
class Violation:
    """A row that breaks a rule: `row` names its table and id, `rule` says what should hold."""

    row: str
    rule: str


@dataclass(slots=True)
class AuditTotals:
    accounts: int = 0
    entries: int = 0
    holds: int = 0
    issued: int = 0
    available: int = 0
    held: int = 0
    charged: int = 0


@dataclass(slots=True)
class _Books:
    """One account with everything that it should agree with."""

    account: CreditAccount
    holds: dict[int, Hold] = field(default_factory=dict)
    opened: dict[int, LedgerEntry] = field(default_factory=dict)
    resolved: dict[int, LedgerEntry] = field(default_factory=dict)
    entries: dict[int, LedgerEntry] = field(default_factory=dict)
    operation_keys: set[str] = field(default_factory=set)
    sequence: int = 0
    available: int = 0
    held: int = 0


def audit_ledger(
    totals: AuditTotals, on_batch: Callable[[AuditTotals], None] | None = None
) -> Iterator[Violation]:
    """Every violation, in the order of accounts and entries; `totals` is filled on the way."""
    for user_id in User.objects.filter(account=None).values_list("pk", flat=True):
        yield Violation(f"user {user_id}", "every user has an account")
    account_ids = CreditAccount.objects.order_by("pk").values_list("pk", flat=True).iterator()
    while batch := list(islice(account_ids, BATCH_ACCOUNTS)):
        yield from _audit_batch(batch, totals)
        if on_batch is not None:
            on_batch(totals)


def _audit_batch(account_ids: list[int], totals: AuditTotals) -> list[Violation]:
    with _snapshot():
        accounts = {pk: _Books(account) for pk, account in _accounts(account_ids).items()}
        for hold in Hold.objects.filter(account_id__in=account_ids):
            accounts[hold.account_id].holds[hold.pk] = hold
            totals.holds += 1
        violations: list[Violation] = []
        entries = LedgerEntry.objects.filter(account_id__in=account_ids)
        for entry in entries.order_by("account_id", "sequence").iterator():
            violations += _audit_entry(accounts[entry.account_id], entry)
            _add_to_totals(totals, entry)
    for books in accounts.values():
        violations += _audit_balances(books)
        violations += _audit_holds(books)
        totals.accounts += 1
    return violations


def _snapshot() -> transaction.Atomic:
    """One transaction that reads one state of the database, whatever else commits meanwhile."""
    if connection.vendor == "mysql" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    return transaction.atomic()


def _accounts(account_ids: list[int]) -> dict[int, CreditAccount]:
    return {account.pk: account for account in CreditAccount.objects.filter(pk__in=account_ids)}


def _add_to_totals(totals: AuditTotals, entry: LedgerEntry) -> None:
    totals.entries += 1
    totals.issued += entry.issued
    totals.available += entry.available
    totals.held += entry.held
    totals.charged += entry.charged


def _audit_entry(books: _Books, entry: LedgerEntry) -> Iterator[Violation]:
    row = f"entry {entry.pk}"
    books.sequence += 1
    books.available += entry.available
    books.held += entry.held
    books.entries[entry.pk] = entry
    if entry.issued + entry.available + entry.held + entry.charged != 0:
        yield Violation(row, "every transaction sums to zero")
    if entry.sequence != books.sequence:
        yield Violation(row, f"entries are numbered without a gap (expected {books.sequence})")
        books.sequence = entry.sequence
    if (entry.available_after, entry.held_after) != (books.available, books.held):
        yield Violation(row, "the balances after an entry are those before it plus its amounts")
    if books.available < 0 or books.held < 0:
        yield Violation(row, "available and held are never below zero")
    yield from _audit_operation_key(books, entry.operation_key, row)
    yield from _audit_links(books, entry, row)


def _audit_operation_key(books: _Books, key: str | None, row: str) -> Iterator[Violation]:
    if key is None:
        return
    if key in books.operation_keys:
        yield Violation(row, "a client's operation id is used once")
    books.operation_keys.add(key)


def _audit_links(books: _Books, entry: LedgerEntry, row: str) -> Iterator[Violation]:
    if entry.opens_id is not None:
        hold = books.holds.get(entry.opens_id)
        books.opened[entry.opens_id] = entry
        if hold is None or (entry.held, entry.available) != (hold.amount, -hold.amount):
            yield Violation(row, "a hold's first entry moves its amount from available to held")
    if entry.resolves_id is not None:
        hold = books.holds.get(entry.resolves_id)
        books.resolved[entry.resolves_id] = entry
        if hold is None or not _is_outcome_of(entry, hold):
            yield Violation(row, "a hold's outcome charges what the hold says and returns the rest")
    if entry.reverses_id is not None:
        original = books.entries.get(entry.reverses_id)
        if original is None or not _is_reversal_of(entry, original):
            yield Violation(row, "a reversal undoes an earlier entry of the same account")


def _is_outcome_of(entry: LedgerEntry, hold: Hold) -> bool:
    return (
        OUTCOME_KINDS.get(hold.state) == entry.kind
        and entry.held == -hold.amount
        and entry.charged == hold.charged
        and entry.available == hold.amount - hold.charged
    )


def _is_reversal_of(entry: LedgerEntry, original: LedgerEntry) -> bool:
    if original.kind == Kind.POST:
        return (entry.available, entry.charged) == (original.charged, -original.charged)
    return (entry.issued, entry.available) == (-original.issued, -original.available)


def _audit_balances(books: _Books) -> Iterator[Violation]:
    account = books.account
    row = f"account {account.pk}"
    if (account.available, account.held) != (books.available, books.held):
        yield Violation(row, "the balances of an account equal the sums of its entries")
    if account.entry_count != books.sequence:
        yield Violation(row, "an account counts its entries")
    open_amount = sum(hold.amount for hold in books.holds.values() if hold.state == State.OPEN)
    if account.held != open_amount:
        yield Violation(row, "what is held is the sum of the open holds")


def _audit_holds(books: _Books) -> Iterator[Violation]:
    for hold in books.holds.values():
        row = f"hold {hold.pk}"
        yield from _audit_operation_key(books, hold.operation_key, row)
        if hold.pk not in books.opened:
            yield Violation(row, "every hold was opened by an entry")
        if (hold.state == State.OPEN) == (hold.pk in books.resolved):
            yield Violation(row, "a hold has one outcome when resolved, and none while open")
