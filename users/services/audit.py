"""Proof that the ledger is right: every rule, read back from every row.

All rules are about one account, so accounts are read in batches, each batch in a snapshot of its
own: the audit may run while the service works, takes no lock and needs memory for one batch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from django.db import connection, transaction
from django.db.models import BooleanField, CheckConstraint, ExpressionWrapper, Model, Q, QuerySet

from users.models import CreditAccount, Hold, LedgerEntry, User

BATCH_ACCOUNTS = 500
# What no rule is about is not read.
UNREAD = {
    Hold: ("operation_id", "purpose", "created_at", "expires_at"),
    LedgerEntry: ("reason", "author", "api_key", "created_at"),
    CreditAccount: ("last_entry_at",),
}

M = TypeVar("M", bound=Model)

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
    opened: set[int] = field(default_factory=set)
    resolved: set[int] = field(default_factory=set)
    reversible: dict[int, LedgerEntry] = field(default_factory=dict)
    operation_keys: set[str] = field(default_factory=set)
    sequence: int = 0
    available: int = 0
    held: int = 0


def audit_ledger(
    totals: AuditTotals, on_batch: Callable[[AuditTotals], None] | None = None
) -> Iterator[Violation]:
    """Every violation, in the order of accounts and entries; `totals` is filled on the way."""
    yield from _audit_owners()
    last_id = 0
    while batch := _read_batch(last_id, totals):
        for books, violations in batch:
            yield from violations
            yield from _audit_balances(books)
            yield from _audit_holds(books)
        last_id = batch[-1][0].account.pk
        if on_batch is not None:
            on_batch(totals)


def _audit_owners() -> Iterator[Violation]:
    accounts = CreditAccount.objects.all()
    for pk in User.objects.filter(account=None).values_list("pk", flat=True):
        yield Violation(f"user {pk}", "every user has an account")
    for pk in Hold.objects.exclude(account__in=accounts).values_list("pk", flat=True):
        yield Violation(f"hold {pk}", "every hold belongs to an account")
    for pk in LedgerEntry.objects.exclude(account__in=accounts).values_list("pk", flat=True):
        yield Violation(f"entry {pk}", "every entry belongs to an account")


def _read_batch(after_id: int, totals: AuditTotals) -> list[tuple[_Books, list[Violation]]]:
    """The books of the next accounts, each with what is wrong with its entries."""
    with snapshot():
        following = CreditAccount.objects.filter(pk__gt=after_id).order_by("pk")
        accounts = _with_checks(following)[:BATCH_ACCOUNTS]
        batch: dict[int, tuple[_Books, list[Violation]]] = {
            account.pk: (_Books(account), []) for account in accounts
        }
        for hold in _with_checks(Hold.objects.filter(account_id__in=batch)).order_by("pk"):
            batch[hold.account_id][0].holds[hold.pk] = hold
            totals.holds += 1
        entries = _with_checks(LedgerEntry.objects.filter(account_id__in=batch))
        for entry in entries.order_by("account_id", "sequence").iterator():
            books, violations = batch[entry.account_id]
            violations += _audit_entry(books, entry)
            _add_to_totals(totals, entry)
    totals.accounts += len(batch)
    return list(batch.values())


@contextmanager
def snapshot() -> Iterator[None]:
    """One transaction that reads one state of the database, whatever else commits meanwhile."""
    if connection.in_atomic_block:
        yield
        return
    opening = _repeatable_read if connection.vendor == "mysql" else _deferred
    with opening(), transaction.atomic():
        yield


@contextmanager
def _repeatable_read() -> Iterator[None]:
    """The next transaction on MariaDB or MySQL reads what its first read saw."""
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    yield


@contextmanager
def _deferred() -> Iterator[None]:
    """Transactions on SQLite begin without IMMEDIATE's lock, which would keep writers waiting."""
    connection.ensure_connection()
    sqlite = cast(Any, connection)  # the stubs do not know `transaction_mode`
    usual, sqlite.transaction_mode = sqlite.transaction_mode, "DEFERRED"
    try:
        yield
    finally:
        sqlite.transaction_mode = usual


def _checks_of(model: type[Model]) -> list[CheckConstraint]:
    return [each for each in model._meta.constraints if isinstance(each, CheckConstraint)]


def _with_checks(rows: QuerySet[M]) -> QuerySet[M]:
    """The rows, each with the database's verdict on every check constraint of its table."""
    verdicts = {
        check.name: ExpressionWrapper(cast(Q, check.condition), output_field=BooleanField())
        for check in _checks_of(rows.model)
    }
    return cast(QuerySet[M], rows.defer(*UNREAD[rows.model]).annotate(**verdicts))


def _audit_checks(row: str, instance: Model) -> Iterator[Violation]:
    for check in _checks_of(type(instance)):
        if getattr(instance, check.name) is False:
            yield Violation(row, check.name.replace("_", " "))


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
    yield from _audit_checks(row, entry)
    if entry.sequence != books.sequence:
        yield Violation(row, f"entries are numbered without a gap (expected {books.sequence})")
        books.sequence = entry.sequence
    if (entry.available_after, entry.held_after) != (books.available, books.held):
        yield Violation(row, "the balances after an entry are those before it plus its amounts")
    if books.available < 0 or books.held < 0:
        yield Violation(row, "available and held are never below zero")
    yield from _audit_operation_key(books, entry.operation_key, row)
    yield from _audit_opening(books, entry, row)
    yield from _audit_outcome(books, entry, row)
    yield from _audit_reversal(books, entry, row)


def _audit_operation_key(books: _Books, key: str | None, row: str) -> Iterator[Violation]:
    if key is None:
        return
    if key in books.operation_keys:
        yield Violation(row, "a client's operation id is used once")
    books.operation_keys.add(key)


def _audit_opening(books: _Books, entry: LedgerEntry, row: str) -> Iterator[Violation]:
    if entry.opens_id is None:
        return
    hold = books.holds.get(entry.opens_id)
    if hold is None or (entry.held, entry.available) != (hold.amount, -hold.amount):
        yield Violation(row, "a hold's first entry moves its amount from available to held")
    if entry.opens_id in books.opened:
        yield Violation(row, "a hold is opened once")
    books.opened.add(entry.opens_id)


def _audit_outcome(books: _Books, entry: LedgerEntry, row: str) -> Iterator[Violation]:
    if entry.resolves_id is None:
        return
    hold = books.holds.get(entry.resolves_id)
    if hold is None or not _is_outcome_of(entry, hold):
        yield Violation(row, "a hold's outcome charges what the hold says and returns the rest")
    if entry.resolves_id not in books.opened:
        yield Violation(row, "a hold is opened before it is resolved")
    if entry.resolves_id in books.resolved:
        yield Violation(row, "a hold has one outcome")
    books.resolved.add(entry.resolves_id)


def _audit_reversal(books: _Books, entry: LedgerEntry, row: str) -> Iterator[Violation]:
    """An entry can be reversed once: it is taken out of `reversible` by its reversal."""
    if entry.kind in (Kind.GRANT, Kind.ADJUSTMENT, Kind.POST):
        books.reversible[entry.pk] = entry
    if entry.reverses_id is None:
        return
    original = books.reversible.pop(entry.reverses_id, None)
    if original is None or not _is_reversal_of(entry, original):
        yield Violation(
            row, "a reversal undoes, once, an earlier grant, adjustment or post of the same account"
        )


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
    yield from _audit_checks(row, account)
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
        yield from _audit_checks(row, hold)
        yield from _audit_operation_key(books, hold.operation_key, row)
        if hold.pk not in books.opened:
            yield Violation(row, "every hold was opened by an entry")
        if (hold.state == State.OPEN) == (hold.pk in books.resolved):
            yield Violation(row, "a hold has one outcome when resolved, and none while open")
        if hold.operation_key is not None and hold.state in (State.VOIDED, State.EXPIRED):
            yield Violation(row, "a void or an expiry frees the operation id")
