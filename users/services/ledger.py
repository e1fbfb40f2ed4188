"""The only code that writes the ledger: hold, post, void, expire, grant, adjust, reverse.

Every function is one short transaction of four statements or fewer (grants: three; one more with
an operation key), takes the account's row lock first, and never runs while a provider is called.
See docs/architecture.md.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ParamSpec, TypeVar

from django.conf import settings
from django.db import OperationalError, transaction
from django.db.models import Value
from django.utils import timezone

from interview_trainer.metrics import note_hold
from interview_trainer.stages import stage
from users.errors import (
    EntryNotReversibleError,
    HoldResolvedError,
    InsufficientCreditsError,
    OperationInProgressError,
    OperationSettledError,
    UserNotFoundError,
)
from users.models import ApiKey, CreditAccount, Hold, LedgerEntry, User
from users.statements import find, find_later, insert_later, update, update_later

Kind = LedgerEntry.Kind
State = Hold.State

MYSQL_DEADLOCK = 1213
WRITE_ATTEMPTS = 3
# So many overdue holds are in memory at once, however many there are.
EXPIRED_AT_ONCE = 500

P = ParamSpec("P")
R = TypeVar("R")


def _ledger_write(write: Callable[P, R]) -> Callable[P, R]:
    """Run `write` as one transaction, anew (`WRITE_ATTEMPTS` in all) when it lost a deadlock.

    Ledger writes queue on the account's row and cannot deadlock with each other, but an entry also
    locks the rows that it refers to (its author), and others may hold those. Inside a caller's
    transaction nothing is repeated: the deadlock took back the caller's writes too.
    """

    @functools.wraps(write)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        for _ in range(WRITE_ATTEMPTS - 1):
            try:
                with transaction.atomic():
                    return write(*args, **kwargs)
            except OperationalError as exc:
                if exc.args[0] != MYSQL_DEADLOCK or transaction.get_connection().in_atomic_block:
                    raise
        with transaction.atomic():
            return write(*args, **kwargs)

    return run


@dataclass(frozen=True, slots=True)
class Author:
    """Who causes an entry: a person, a key, or (neither) the service itself."""

    user: User | None = None
    api_key: ApiKey | None = None


SERVICE = Author()


def open_account(*, user: User) -> CreditAccount:
    return CreditAccount.objects.create(user=user)


@stage("hold")
def hold_credits(
    *,
    user: User,
    amount: int,
    purpose: str,
    operation_key: str | None = None,
    author: Author = SERVICE,
) -> Hold:
    """Move `amount` credits from available to held.

    `operation_key` is the client's own id for the operation (hashed); each spends at most once.
    Raises `InsufficientCreditsError`, `OperationInProgressError` or `OperationSettledError`.
    """
    if amount < 0:
        raise ValueError("A hold is of no credits (what is free) or more.")
    try:
        hold = _hold(user, amount, purpose, operation_key, author)
    except (InsufficientCreditsError, OperationInProgressError):
        if not expire_holds(user=user):
            raise
        hold = _hold(user, amount, purpose, operation_key, author)
    note_hold("held", amount)
    return hold


@_ledger_write
def _hold(user: User, amount: int, purpose: str, operation_key: str | None, author: Author) -> Hold:
    account = _lock_account(user.pk)
    if operation_key is not None:
        _refuse_repeated_operation(account, operation_key)
    if account.available < amount:
        raise InsufficientCreditsError(required=amount, balance=account.available)
    expires_at = timezone.now() + timedelta(seconds=settings.HOLD_EXPIRES_AFTER_S)
    hold = insert_later(
        Hold(
            account=account,
            amount=amount,
            purpose=purpose[:200],
            operation_key=operation_key,
            expires_at=expires_at,
        )
    )
    _append(
        account,
        kind=Kind.HOLD,
        available=-amount,
        held=amount,
        opens=hold,
        reason=purpose,
        author=author,
    )
    return hold


def post_hold(*, hold: Hold, amount: int) -> LedgerEntry:
    """Charge `amount` of the hold (from none to all of it) and return the rest.

    Raises `HoldResolvedError` where the hold already has an outcome.
    """
    if not 0 <= amount <= hold.amount:
        raise ValueError(f"Cannot post {amount} of a hold of {hold.amount}.")
    entry = _resolve(hold, State.POSTED, Kind.POST, charged=amount)
    note_hold("posted", amount)
    return entry


def void_hold(*, hold: Hold, reason: str = "") -> LedgerEntry:
    """Return the whole hold: nothing was delivered. Raises `HoldResolvedError`."""
    entry = _resolve(hold, State.VOIDED, Kind.VOID, reason=reason)
    note_hold("voided", hold.amount)
    return entry


def expire_holds(*, user: User | None = None) -> int:
    """Return every hold that outlived its time, the oldest first, and say how many."""
    overdue = Hold.objects.filter(state=State.OPEN, expires_at__lte=timezone.now())
    if user is not None:
        overdue = overdue.filter(account_id=user.pk)
    overdue = left = overdue.order_by("expires_at", "pk")
    expired = 0
    # A batch is read before its first is written: on SQLite a write under an open read can fail.
    while batch := list(left[:EXPIRED_AT_ONCE]):
        for hold in batch:
            try:
                _resolve(hold, State.EXPIRED, Kind.EXPIRE)
            except HoldResolvedError:
                continue  # its operation, or another sweep, resolved it in the meantime
            note_hold("expired", hold.amount)
            expired += 1
        # No hold is tried twice, whatever came of it: so the sweep ends.
        left = overdue.filter(expires_at__gte=batch[-1].expires_at).exclude(
            expires_at=batch[-1].expires_at, pk__lte=batch[-1].pk
        )
    return expired


@_ledger_write
def _resolve(
    hold: Hold, state: Hold.State, kind: LedgerEntry.Kind, *, charged: int = 0, reason: str = ""
) -> LedgerEntry:
    changes: dict[str, Any] = {
        "state": state,
        "charged": charged,
        "resolved_at": timezone.now(),
    }
    if state != State.POSTED:
        changes["operation_key"] = None
    locked = find_later(CreditAccount, is_locked=True, pk=hold.account_id)
    if not update(Hold, changes, pk=hold.pk, state=State.OPEN):
        raise HoldResolvedError
    entry = _append(
        _found(locked.row),
        kind=kind,
        available=hold.amount - charged,
        held=-hold.amount,
        charged=charged,
        resolves=hold,
        reason=reason or hold.purpose,
    )
    for name, value in changes.items():
        setattr(hold, name, value)
    return entry


@_ledger_write
def grant_credits(
    *,
    user: User,
    amount: int,
    reason: str,
    author: Author = SERVICE,
    operation_key: str | None = None,
) -> LedgerEntry:
    """Give credits. Raises `OperationSettledError` for an `operation_key` used before."""
    if amount < 1:
        raise ValueError("A grant is of one credit or more.")
    return _issue(user, Kind.GRANT, amount, reason, author, operation_key)


@_ledger_write
def adjust_credits(
    *,
    user: User,
    amount: int,
    reason: str,
    author: Author,
    operation_key: str | None = None,
) -> LedgerEntry:
    """Give (above 0) or take back (below 0) credits, never below what is available.

    Raises `InsufficientCreditsError` or `OperationSettledError`.
    """
    if amount == 0:
        raise ValueError("An adjustment changes something.")
    return _issue(user, Kind.ADJUSTMENT, amount, reason, author, operation_key)


def change_credits(
    *, user: User, amount: int, reason: str, author: Author, operation_key: str | None = None
) -> LedgerEntry:
    """Grant an amount above 0, or take back one below 0. Raises what `adjust_credits` raises."""
    change = grant_credits if amount > 0 else adjust_credits
    return change(
        user=user, amount=amount, reason=reason, author=author, operation_key=operation_key
    )


def _issue(
    user: User,
    kind: LedgerEntry.Kind,
    amount: int,
    reason: str,
    author: Author,
    operation_key: str | None,
) -> LedgerEntry:
    account = _lock_account(user.pk)
    if operation_key is not None:
        _refuse_repeated_operation(account, operation_key)
    return _append(
        account,
        kind=kind,
        issued=-amount,
        available=amount,
        reason=reason,
        author=author,
        operation_key=operation_key,
    )


@_ledger_write
def reverse_entry(*, entry: LedgerEntry, reason: str, author: Author) -> LedgerEntry:
    """Undo a grant or an adjustment, or refund a charge, by an entry of its own.

    Raises `EntryNotReversibleError`, or `InsufficientCreditsError` where the credits of a grant
    are spent already.
    """
    account = _lock_account(entry.account_id)
    if LedgerEntry.objects.filter(reverses=entry).exists():
        raise EntryNotReversibleError
    if entry.kind == Kind.POST:
        amounts = {"available": entry.charged, "charged": -entry.charged}
    elif entry.kind in (Kind.GRANT, Kind.ADJUSTMENT):
        amounts = {"issued": -entry.issued, "available": -entry.available}
    else:
        raise EntryNotReversibleError
    return _append(
        account, kind=Kind.REVERSAL, reverses=entry, reason=reason, author=author, **amounts
    )


def _lock_account(user_id: int) -> CreditAccount:
    """The account, its row locked until the transaction ends."""
    return _found(find(CreditAccount, is_locked=True, pk=user_id))


def _found(account: CreditAccount | None) -> CreditAccount:
    if account is None:
        raise UserNotFoundError
    return account


def _refuse_repeated_operation(account: CreditAccount, operation_key: str) -> None:
    holds = Hold.objects.filter(account=account, operation_key=operation_key)
    entries = LedgerEntry.objects.filter(account=account, operation_key=operation_key)
    granted = entries.order_by().values_list(Value(State.POSTED.value))
    states = {state for (state,) in holds.order_by().values_list("state").union(granted)}
    if State.OPEN in states:
        raise OperationInProgressError
    if states:
        raise OperationSettledError


def _append(
    account: CreditAccount,
    *,
    kind: LedgerEntry.Kind,
    reason: str,
    author: Author = SERVICE,
    issued: int = 0,
    available: int = 0,
    held: int = 0,
    charged: int = 0,
    **links: Any,
) -> LedgerEntry:
    """Write one entry and the balances it makes. The caller holds the account's lock."""
    if account.available + available < 0:
        raise InsufficientCreditsError(required=-available, balance=account.available)
    now = timezone.now()
    before = account.entry_count
    account.available += available
    account.held += held
    account.entry_count += 1
    account.last_entry_at = now
    changes = {
        "available": account.available,
        "held": account.held,
        "entry_count": account.entry_count,
        "last_entry_at": now,
    }
    update_later(CreditAccount, changes, pk=account.pk, entry_count=before)
    return insert_later(
        LedgerEntry(
            account=account,
            sequence=account.entry_count,
            kind=kind,
            issued=issued,
            available=available,
            held=held,
            charged=charged,
            available_after=account.available,
            held_after=account.held,
            reason=reason[:200],
            author=author.user,
            api_key=author.api_key,
            created_at=now,
            **links,
        )
    )
