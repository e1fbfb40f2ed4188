"""Answers kept under an operation key, so that a request sent twice is done once.

A key is claimed before the work begins and completed with the answer. A claim that nobody
completed (its process died) lapses when its hold would have expired; the ledger still refuses to
spend twice under the key.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from interview_trainer.outages import through_outages
from users.errors import OperationInProgressError, OperationKeyReusedError
from users.models import IdempotentPiece, IdempotentRequest, User


def claim_key(*, operation_key: str, fingerprint: str, user: User | None) -> IdempotentRequest:
    """The request of this key: a new one to work on, or a completed one (`status` is set).

    Raises `OperationKeyReusedError` where the key was used for another request, and
    `OperationInProgressError` while the first one runs.
    """
    locked_until = timezone.now() + timedelta(seconds=settings.HOLD_EXPIRES_AFTER_S)
    try:
        with transaction.atomic():
            return IdempotentRequest.objects.create(
                operation_key=operation_key,
                fingerprint=fingerprint,
                user=user,
                locked_until=locked_until,
            )
    except IntegrityError:
        pass
    found = IdempotentRequest.objects.filter(operation_key=operation_key).first()
    if found is None:
        raise OperationInProgressError  # it failed between our two statements: ask again
    if found.fingerprint != fingerprint:
        raise OperationKeyReusedError
    if found.status is None:
        take_over(found, locked_until)
    return found


def take_over(request: IdempotentRequest, locked_until: datetime) -> None:
    """Go on with a request whose process died. One of several that try gets it."""
    lapsed = IdempotentRequest.objects.filter(
        pk=request.pk, status=None, locked_until=request.locked_until
    ).filter(locked_until__lte=timezone.now())
    if not lapsed.update(locked_until=locked_until):
        raise OperationInProgressError
    request.pieces.all().delete()


def add_piece(*, request: IdempotentRequest, sequence: int, data: bytes) -> None:
    IdempotentPiece.objects.create(request=request, sequence=sequence, data=data)


def complete_request(
    *, request: IdempotentRequest, status: int, headers: Mapping[str, str]
) -> None:
    request.status = status
    request.headers = dict(headers)
    request.save(update_fields=["status", "headers"])


def free_key(*, request: IdempotentRequest) -> None:
    """Forget a request that did not succeed, also while the database comes and goes."""
    through_outages(request.delete)


def stored_body(request: IdempotentRequest) -> Iterator[bytes]:
    for piece in request.pieces.iterator(chunk_size=1):
        yield bytes(piece.data)


def delete_old_answers() -> int:
    """Forget what is older than `ANSWERS_KEPT_S`, and say how many answers that was."""
    kept_since = timezone.now() - timedelta(seconds=settings.ANSWERS_KEPT_S)
    old = IdempotentRequest.objects.filter(created_at__lt=kept_since)
    deleted: int = old.count()
    old.delete()
    return deleted
