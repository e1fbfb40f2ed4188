"""The paid operation: the one way to a provider.

    with paid_operation(quote, user=user) as operation:
        result = operation.text_provider.generate(request)
        operation.deliver(result.usage.total_tokens)
    return Answer(result.text, operation.receipt)

Quote, hold, call, settle what was delivered, receipt. No transaction is open in the block.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import cast
from uuid import UUID

from ai.providers.base import Provider, SpeechProvider, TextProvider, TranscriptionProvider
from ai.providers.registry import get_provider
from ai.quotes import Quote
from users.errors import HoldResolvedError
from users.models import Hold, User
from users.services.ledger import SERVICE, Author, hold_credits, post_hold, void_hold

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an operation did to a person's credits. `balance` is what is available after it."""

    operation_id: UUID
    held: int
    charged: int
    balance: int


class Operation:
    """A hold that is open, and what was delivered under it so far.

    `receipt` is there once the block of `paid_operation` was left.
    """

    receipt: Receipt

    def __init__(self, quote: Quote, hold: Hold) -> None:
        self.quote = quote
        self.hold = hold
        self.delivered_units = 0
        self.model = quote.resolution.model

    @cached_property
    def _provider(self) -> Provider:
        return get_provider(self.model.provider, self.quote.capability)

    @property
    def text_provider(self) -> TextProvider:
        return cast(TextProvider, self._provider)

    @property
    def speech_provider(self) -> SpeechProvider:
        return cast(SpeechProvider, self._provider)

    @property
    def transcription_provider(self) -> TranscriptionProvider:
        return cast(TranscriptionProvider, self._provider)

    def deliver(self, units: int) -> None:
        """Note that so many more units of result are in the client's hands."""
        self.delivered_units += units

    @property
    def charge(self) -> int:
        """What was delivered costs, never more than was held."""
        return min(self.model.price.of(self.delivered_units), self.hold.amount)


@contextmanager
def paid_operation(
    quote: Quote,
    *,
    user: User,
    operation_key: str | None = None,
    author: Author = SERVICE,
) -> Iterator[Operation]:
    """Hold the quote's credits, and on leaving charge what was delivered; void where nothing was.

    That is so however the block is left: by its end, by an error, or closed by a client that went
    away. Raises what `hold_credits` raises, before the block begins.
    """
    hold = hold_credits(
        user=user,
        amount=quote.credits,
        purpose=quote.purpose,
        operation_key=operation_key,
        author=author,
    )
    operation = Operation(quote, hold)
    try:
        yield operation
    finally:
        operation.receipt = settle(operation)


def settle(operation: Operation) -> Receipt:
    """Post or void the hold. One that expired meanwhile was returned already and stays so."""
    hold, charge = operation.hold, operation.charge
    try:
        if operation.delivered_units:
            entry = post_hold(hold=hold, amount=charge)
        else:
            entry = void_hold(hold=hold)
    except HoldResolvedError:
        logger.warning("hold_expired_before_settling", extra={"operation": str(hold.operation_id)})
        hold.refresh_from_db()
        account = hold.account
        account.refresh_from_db()
        return Receipt(hold.operation_id, hold.amount, hold.charged, account.available)
    return Receipt(hold.operation_id, hold.amount, charge, entry.available_after)
