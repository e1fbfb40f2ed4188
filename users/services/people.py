"""Creating, changing, deleting and erasing people."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from users.errors import EmailTakenError, UserErasedError, UserNotFoundError
from users.models import User, UserSettings
from users.models.user import normalize_email
from users.services.erasure import erase_personal_data
from users.services.ledger import grant_credits, open_account
from users.statements import find
from users.tasks import finish_erasure

WELCOME_REASON = "Welcome credits"


@transaction.atomic
def create_user(*, email: str, password: str | None = None, **fields: Any) -> User:
    """A user with settings, an account and `INITIAL_CREDITS`.

    The email of a deleted user stays taken, so that leaving and coming back is no source of free
    credits. Raises `EmailTakenError`, or Django's `ValidationError` for what is not an address.
    """
    user = User(email=normalize_email(email), **fields)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as exc:
        raise EmailTakenError from exc
    UserSettings.objects.create(user=user)
    open_account(user=user)
    if settings.INITIAL_CREDITS:
        grant_credits(user=user, amount=settings.INITIAL_CREDITS, reason=WELCOME_REASON)
        user.account.refresh_from_db()
    return user


def find_user(*, email: str) -> User:
    """The user of this address (as `normalize_email` spells it), with settings and account.

    Raises `UserNotFoundError`.
    """
    user = find(User, related=("settings", "account"), email=email)
    if user is None or user.deleted_at is not None:
        raise UserNotFoundError
    return user


def get_or_create_user(*, email: str, name: str = "") -> User:
    """The user of this address, made on first sight.

    Raises `EmailTakenError` where the address belongs to a deleted user.
    """
    email = normalize_email(email)
    try:
        return find_user(email=email)
    except UserNotFoundError:
        pass
    try:
        return create_user(email=email, name=name)
    except EmailTakenError:
        # Made by another request in the meantime, or deleted.
        try:
            return find_user(email=email)
        except UserNotFoundError as exc:
            raise EmailTakenError from exc


def change_user(*, user: User, **changes: Any) -> User:
    """Change the fields given (`email`, `name`, `is_active`). Raises `EmailTakenError`."""
    if "email" in changes:
        changes["email"] = normalize_email(changes["email"])
    for field, value in changes.items():
        setattr(user, field, value)
    try:
        with transaction.atomic():
            user.save(update_fields=[*changes, "updated_at"])
    except IntegrityError as exc:
        raise EmailTakenError from exc
    return user


def set_password(*, user: User, password: str) -> User:
    """A new password. Every session ends, but for the one that Django is told to keep."""
    user.set_password(password)
    user.save(update_fields=["password", "updated_at"])
    return user


def prove_email(*, user: User) -> None:
    """The address was shown to be this person's. Whoever signed up with it before may be another.

    So the password of then is gone, and with it every session and token.
    """
    if user.has_unproven_email:
        user.has_unproven_email = False
        user.set_unusable_password()
        user.save(update_fields=["has_unproven_email", "password", "updated_at"])


def change_settings(*, user: User, **changes: Any) -> UserSettings:
    """Change the settings given and leave the rest."""
    user_settings = user.settings
    for field, value in changes.items():
        setattr(user_settings, field, value)
    if changes:
        user_settings.save(update_fields=list(changes))
    return user_settings


def delete_user(*, user: User) -> None:
    """Soft deletion: not found any more, signed out everywhere, the row and the ledger stay."""
    user.deleted_at = timezone.now()
    user.is_active = False
    user.save(update_fields=["deleted_at", "is_active", "updated_at"])


def restore_user(*, user: User) -> None:
    """Undo `delete_user`. Raises `UserErasedError` where nobody is left to restore."""
    if user.erased_at is not None:
        raise UserErasedError
    user.deleted_at = None
    user.is_active = True
    user.save(update_fields=["deleted_at", "is_active", "updated_at"])


def erase_user(*, user: User) -> None:
    """Remove what is personal for good. The ledger keeps its sums under a nameless account.

    Once at once, and once more when every request of before has ended, by a task: what such a
    request wrote after all, or a crash left on the disk, goes then.
    """
    again_at = timezone.now() + timedelta(seconds=settings.HOLD_EXPIRES_AFTER_S)
    with transaction.atomic():
        erase_personal_data(user=user)
        finish_erasure.using(run_after=again_at).enqueue(user.pk)
