"""What is personal, and goes when a person is erased. It may be done again at any time.

What stays is the ledger under a nameless account, and what staff and programs wrote as the reasons
of its entries: triggers keep those from being changed.
"""

from __future__ import annotations

import uuid

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from users.models import (
    CreditAccount,
    DataExport,
    IdempotentRequest,
    SignInFailures,
    User,
    UserSettings,
)
from users.signals import person_erased

# Nobody has an address there (RFC 2606).
ERASED = "@erased.invalid"


@transaction.atomic
def erase_personal_data(*, user: User) -> None:
    """All of it, or nothing. Other apps remove theirs when `person_erased` is sent."""
    SignInFailures.objects.filter(email=user.email).delete()
    if not user.email.endswith(ERASED):
        SignInFailures.objects.filter(email=user.email).delete()
        user.email = f"erased-{uuid.uuid4().hex}{ERASED}"
    user.erased_at = user.erased_at or timezone.now()
    user.deleted_at = user.deleted_at or user.erased_at
    user.name = ""
    user.last_login = None
    user.is_active = user.is_staff = user.is_superuser = False
    user.set_unusable_password()
    user.save()
    user.groups.clear()
    user.user_permissions.clear()
    UserSettings.objects.filter(user=user).delete()
    UserSettings.objects.create(user=user)
    erase_answers(user)
    erase_export(user)
    erase_admin_log(user)
    person_erased.send(sender=User, user=user)


def erase_answers(user: User) -> None:
    """But for those still being given, which need their row until they end."""
    running = Q(status=None, locked_until__gt=timezone.now())
    IdempotentRequest.objects.filter(user=user).exclude(running).delete()


def erase_export(user: User) -> None:
    from users.services.exports import delete_exports  # whose task is beside that of erasing

    delete_exports(DataExport.objects.filter(user=user))


def erase_admin_log(user: User) -> None:
    """What staff did until then stays on record, but not what it was done to."""
    described = ContentType.objects.get_for_models(User, UserSettings, CreditAccount)
    LogEntry.objects.filter(
        content_type__in=described.values(), object_id=user.pk, action_time__lte=user.erased_at
    ).update(object_repr=user.email, change_message="")
