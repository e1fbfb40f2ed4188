"""The ledger in plain words, for the person whose credits they are."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from users.models import LedgerEntry, User

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
    """`change` is what it added to what may be spent, `balance` what there was afterwards."""

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
    entries = LedgerEntry.objects.filter(account_id=user.pk).select_related("opens", "resolves")
    is_first = not SEQUENCE.fullmatch(before)
    if not is_first:
        entries = entries.filter(sequence__lt=int(before))
    found = list(entries.order_by("-sequence")[: RECEIPTS_PER_PAGE + 1])
    shown = found[:RECEIPTS_PER_PAGE]
    older = str(shown[-1].sequence) if len(found) > RECEIPTS_PER_PAGE else ""
    return ReceiptPage([receipt(entry) for entry in shown], older, is_first)


def receipt(entry: LedgerEntry) -> Receipt:
    title, note = DESCRIBED[entry.kind](entry)
    return Receipt(entry.created_at, title, note, entry.available, entry.available_after)


def describe_gift(entry: LedgerEntry) -> tuple[str, str]:
    return entry.reason, "Added" if entry.available > 0 else "Taken back by staff"


def describe_hold(entry: LedgerEntry) -> tuple[str, str]:
    return purpose(entry), f"{-entry.available} set aside until it is done"


def describe_post(entry: LedgerEntry) -> tuple[str, str]:
    note = f"Cost {entry.charged} of the {-entry.held} set aside"
    return purpose(entry), f"{note}, {entry.available} returned" if entry.available else note


def describe_return(entry: LedgerEntry) -> tuple[str, str]:
    return purpose(entry), "Nothing was delivered, so all of it was returned"


def describe_reversal(entry: LedgerEntry) -> tuple[str, str]:
    return entry.reason, "A refund" if entry.available > 0 else "Taken back by staff"


DESCRIBED: dict[str, Callable[[LedgerEntry], tuple[str, str]]] = {
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
