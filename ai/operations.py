"""The paid operation: the one way to a provider.

    with paid_operation(quote, user=user) as operation:
        answer = collect(operation.serve(ask))
        operation.deliver(answer.tokens)
    return answer, operation.receipt

Quote, hold, call, settle what was delivered, receipt. No transaction is open in the block. What
is delivered piece by piece is a `PaidStream`, which is such a block with a `yield` in it.
"""

from __future__ import annotations

import logging
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Generic, TypeVar
from uuid import UUID

from ai.breaker import Breaker
from ai.catalogue import Resolution
from ai.errors import (
    ModelUnavailableError,
    ProviderBusyError,
    ProviderError,
    ProviderRefusedError,
    StreamTooLongError,
)
from ai.offers import CatalogueModel
from ai.providers.registry import get_provider
from ai.quotes import Quote
from ai.vendor_calls import VendorCall
from interview_trainer.outages import TRIED_FOR, through_outages
from interview_trainer.stages import stage
from users.errors import HoldResolvedError
from users.models import Hold, User
from users.services.ledger import SERVICE, Author, hold_credits, post_hold, void_hold

logger = logging.getLogger(__name__)

T = TypeVar("T")

# A stream ends so long before its hold expires.
TIME_TO_SETTLE = TRIED_FOR

# From a provider of the operation's capability and a model of its to what it gives.
Ask = Callable[[Any, CatalogueModel], Generator[T, None, None]]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an operation did to a person's credits. `balance` is what is available after it."""

    operation_id: UUID
    held: int
    charged: int
    balance: int


class Operation:
    """A hold that is open, and what was delivered under it so far.

    `resolution` is the model that serves; `receipt` is there once the block of `paid_operation`
    was left.
    """

    receipt: Receipt

    def __init__(self, quote: Quote, hold: Hold) -> None:
        self.quote = quote
        self.hold = hold
        self.resolution: Resolution = quote.resolution
        self.delivered_units = 0

    @property
    def model(self) -> CatalogueModel:
        return self.resolution.model

    def serve(self, ask: Ask[T]) -> Generator[T, None, None]:
        """What the first model gives that gives anything.

        A model that fails before its first item makes way for the next one; afterwards there is
        no way back. None is no item: it marks silence. Raises the last `ProviderError` or
        `ModelUnavailableError`.
        """
        failure: Exception = ProviderBusyError("The model's provider keeps failing.")
        failed: list[str] = []
        for resolution in self.quote.resolutions:
            breaker = Breaker(resolution.model.provider, self.quote.capability)
            if not breaker.admits():
                failed.append(f"{resolution.model.name} is left alone for a while.")
                continue
            reason = " ".join(filter(None, [resolution.reason, *failed]))
            self.resolution = replace(resolution, reason=reason)
            self.delivered_units = 0  # of what a model made before it failed, nothing went out
            try:
                yield from self._ask(ask, breaker)
                return
            except NothingGivenError as exc:
                failure = exc.failure
                failed.append(f"{resolution.model.name} failed.")
        raise failure

    def _ask(self, ask: Ask[T], breaker: Breaker) -> Generator[T, None, None]:
        is_given = False
        try:
            provider = get_provider(self.model.provider, self.quote.capability)
            with (
                VendorCall(self.model.provider, self.quote.capability) as call,
                closing(ask(provider, self.model)) as items,
            ):
                for item in items:
                    if item is not None and not is_given:
                        is_given = True
                        call.note_first_item()
                        breaker.note_success()
                    yield item
                if not is_given:
                    raise ProviderError("The model gave nothing.")
        except (ProviderError, ModelUnavailableError) as exc:
            if not isinstance(exc, ProviderRefusedError):
                breaker.note_failure()
            # Never the cause's text: vendors quote the request, and with it the candidate.
            logger.warning(
                "provider_failed",
                extra={
                    "model": self.model.name,
                    "code": exc.code,
                    "cause": type(exc.__cause__).__name__,
                    "had_begun": is_given,
                },
            )
            if is_given:
                raise
            raise NothingGivenError(exc) from exc

    def deliver(self, units: int) -> None:
        """Note that so many more units of result are in the client's hands."""
        self.delivered_units += units

    @property
    def charge(self) -> int:
        """What was delivered costs, never more than was held."""
        return min(self.model.price.of(self.delivered_units), self.hold.amount)


class NothingGivenError(Exception):
    """A model failed before it gave anything: the next one may be asked."""

    def __init__(self, failure: Exception) -> None:
        self.failure = failure
        super().__init__(str(failure))


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


@stage("settle")
def settle(operation: Operation) -> Receipt:
    """Post or void the hold, also while the database comes and goes.

    Once an outcome was written, a second one is refused, so trying again charges nothing twice.
    """
    return through_outages(lambda: _settle(operation))


def _settle(operation: Operation) -> Receipt:
    """A hold that expired meanwhile was returned already and stays so."""
    hold, charge = operation.hold, operation.charge
    try:
        if operation.delivered_units:
            entry = post_hold(hold=hold, amount=charge)
        else:
            entry = void_hold(hold=hold)
    except HoldResolvedError:
        hold.refresh_from_db()
        if hold.state == Hold.State.EXPIRED:
            logger.warning(
                "hold_expired_before_settling", extra={"operation": str(hold.operation_id)}
            )
        account = hold.account
        account.refresh_from_db()
        return Receipt(hold.operation_id, hold.amount, hold.charged, account.available)
    return Receipt(hold.operation_id, hold.amount, entry.charged, entry.available_after)


class PaidStream(Iterator[T], ABC, Generic[T]):
    """What a paid operation delivers, piece by piece.

    The first piece is there once the stream is made, so that what fails before it is raised at
    once. The stream must be closed; that settles it. It ends before its hold expires, however
    slowly it is read: what was delivered could not be charged afterwards.
    """

    operation: Operation

    def __init__(self, paid: AbstractContextManager[Operation]) -> None:
        self._stream = self._run(paid)
        self._first: list[T] = list(islice(self._stream, 1))
        if not self._first:
            raise ProviderError("The model gave nothing.")

    def __next__(self) -> T:
        return self._first.pop() if self._first else next(self._stream)

    def close(self) -> None:
        self._stream.close()

    @abstractmethod
    def pieces(self, operation: Operation) -> Generator[T, None, None]:
        """What is delivered. Calls `operation.deliver` for what went out."""

    def _run(self, paid: AbstractContextManager[Operation]) -> Generator[T, None, None]:
        with paid as self.operation, closing(self.pieces(self.operation)) as pieces:
            ends_at = (self.operation.hold.expires_at - TIME_TO_SETTLE).timestamp()
            for piece in pieces:
                if time.time() >= ends_at:
                    raise StreamTooLongError
                yield piece
