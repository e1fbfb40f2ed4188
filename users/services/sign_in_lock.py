"""Guessing a password takes longer with each guess.

An email and an address together are locked after `SIGN_IN_FAILURES` failures in a row: for
`SIGN_IN_LOCK_S`, then twice as long with each further one. Others who know the email are not locked
out by that, and an email that nobody has is locked as well, so that nothing can be learned of it.
"""

from __future__ import annotations

from datetime import timedelta
from math import ceil
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from users.errors import SignInLockedError
from users.models import SignInFailures
from users.models.user import MAX_CHARACTERS, normalize_email

LONGEST_LOCK = timedelta(hours=1)
FORGOTTEN_AFTER = timedelta(days=1)


def begin_attempt(*, email: str, address: str) -> SignInFailures | None:
    """Count an attempt as failed before its password is looked at, so that none is made beside it.

    Raises `SignInLockedError`. None where nothing is counted.
    """
    if not settings.SIGN_IN_FAILURES:
        return None
    pair: dict[str, Any] = {"email": one_spelling(email), "address": address}
    # A transaction of its own: of two that add the same row, the loser keeps a lock on it.
    SignInFailures.objects.get_or_create(**pair)
    now = timezone.now()
    with transaction.atomic():
        failures = SignInFailures.objects.select_for_update().filter(**pair).first()
        if failures is None:  # the right password was given meanwhile
            return None
        if failures.locked_until and failures.locked_until > now:
            raise SignInLockedError(wait_s=ceil((failures.locked_until - now).total_seconds()))
        is_old = now - failures.last_at > FORGOTTEN_AFTER
        failures.count = 1 if is_old else failures.count + 1
        failures.locked_until = now + lock_after(failures.count)
        failures.save()
    return failures


def lock_after(count: int) -> timedelta:
    """How long the next attempt has to wait."""
    beyond = count - settings.SIGN_IN_FAILURES
    if beyond < 0:
        return timedelta()
    return min(timedelta(seconds=settings.SIGN_IN_LOCK_S * 2 ** min(beyond, 20)), LONGEST_LOCK)


def forget_failures(failures: SignInFailures) -> None:
    """The password was right, or staff say so."""
    failures.delete()


def delete_old_failures() -> int:
    """Says how many those were."""
    old = SignInFailures.objects.filter(last_at__lt=timezone.now() - FORGOTTEN_AFTER)
    deleted, _ = old.delete()
    return deleted


def one_spelling(email: str) -> str:
    try:
        return normalize_email(email)
    except ValidationError:
        return email.strip().lower()[:MAX_CHARACTERS]
