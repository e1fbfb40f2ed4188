"""The ledger in plain words, for the person whose credits they are.

A receipt is what happened, not each of its entries: credits that were set aside appear while they
are, and then as what was charged.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from users.models import Hold, LedgerEntry, User

RECEIPTS_PER_PAGE = 25
SEQUENCE = re.compile(r"[0-9]{1,18}")

# What credits are held for, by the first word of the purpose.
PURPOSES = {
    "text": "The interviewer's words",
    "speech": "Speech",
    "transcription": "Your words, written down",
}
Kind = LedgerEntry.Kind


@dataclass(frozen=True, slots=True)
class Receipt:
    """`change` is what the person got or gave by it, `balance` what could be spent afterwards."""

    at: datetime
    title: str
    note: str
    change: int
    balance: int


@dataclass(frozen=True, slots=True)
class ReceiptPage:
    """`older` is where the next page starts, or empty on the last one."""

    receipts: list[Receipt]
    older: str
    is_first: bool


def read_receipts(*, user: User, before: str = "") -> ReceiptPage:
    """A page of receipts, newest first, from below the sequence `before`."""
    entries = LedgerEntry.objects.filter(
        ~Q(kind=Kind.HOLD) | Q(opens__state=Hold.State.OPEN), account_id=user.pk
    ).select_related("opens", "resolves")
    is_first = not SEQUENCE.fullmatch(before)
    if not is_first:
        entries = entries.filter(sequence__lt=int(before))
    found = list(entries.order_by("-sequence")[: RECEIPTS_PER_PAGE + 1])
    shown = found[:RECEIPTS_PER_PAGE]
    older = str(shown[-1].sequence) if len(found) > RECEIPTS_PER_PAGE else ""
    return ReceiptPage([receipt(entry) for entry in shown], older, is_first)


def receipt(entry: LedgerEntry) -> Receipt:
    title, note, change = DESCRIBED[entry.kind](entry)
    return Receipt(entry.created_at, title, note, change, entry.available_after)


def describe_gift(entry: LedgerEntry) -> tuple[str, str, int]:
    note = "Added" if entry.available > 0 else "Taken back by staff"
    return entry.reason, note, entry.available


def describe_hold(entry: LedgerEntry) -> tuple[str, str, int]:
    return purpose(entry), "Set aside while it runs", entry.available


def describe_post(entry: LedgerEntry) -> tuple[str, str, int]:
    note = "" if entry.charged else "Free"
    return purpose(entry), note, -entry.charged


def describe_return(entry: LedgerEntry) -> tuple[str, str, int]:
    return purpose(entry), "It did not work, and cost nothing", 0


def describe_reversal(entry: LedgerEntry) -> tuple[str, str, int]:
    note = "Given back" if entry.available > 0 else "Taken back by staff"
    return entry.reason, note, entry.available


DESCRIBED: dict[str, Callable[[LedgerEntry], tuple[str, str, int]]] = {
    Kind.GRANT: describe_gift,
    Kind.ADJUSTMENT: describe_gift,
    Kind.HOLD: describe_hold,
    Kind.POST: describe_post,
    Kind.VOID: describe_return,
    Kind.EXPIRE: describe_return,
    Kind.REVERSAL: describe_reversal,
}


def purpose(entry: LedgerEntry) -> str:
    hold = entry.opens or entry.resolves
    told = hold.purpose if hold else entry.reason
    first, _, model = told.partition(": ")
    return f"{PURPOSES[first]} ({model})" if first in PURPOSES else told
