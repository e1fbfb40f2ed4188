"""A person's data as a file: asked for, made in the background, kept for a day.

`account.json` and `credits.json` are written here; other apps add theirs when `person_exported` is
sent. Only the person themselves gets it.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from typing import IO, Any
from uuid import uuid4
from zipfile import ZIP_DEFLATED, ZipFile

from django.conf import settings
from django.core.files import File
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone

from users.errors import ExportNotReadyError
from users.models import DataExport, LedgerEntry, User
from users.models.export import export_storage
from users.signals import person_exported
from users.tasks import make_export

State = DataExport.State
# Longer than making one takes, and than the longest wait for another attempt.
LOST_AFTER = timedelta(minutes=30)
# A file is written before its row names it: what is younger may still be named.
ROW_FOLLOWS_WITHIN = timedelta(hours=1)


@transaction.atomic
def request_export(*, user: User) -> DataExport:
    """The one that is being made, or a new one in place of the last."""
    User.objects.select_for_update().get(pk=user.pk)
    now = timezone.now()
    export = DataExport.objects.filter(user=user).first()
    is_under_way = export is not None and export.state == State.WAITING
    if export is not None and is_under_way and export.requested_at > now - LOST_AFTER:
        return export
    if export is not None:
        delete_exports([export])
    export = DataExport.objects.create(user=user, requested_at=now)
    make_export.enqueue(user.pk)
    return export


def read_export(*, user: User) -> DataExport | None:
    """What was asked for last, unless it has expired."""
    return DataExport.objects.exclude(ready_at__lt=oldest_kept()).filter(user=user).first()


def open_export(*, user: User) -> IO[bytes]:
    """Raises `ExportNotReadyError`."""
    export = read_export(user=user)
    if export is None or export.state != State.READY:
        raise ExportNotReadyError
    try:
        return export.file.open("rb")
    except FileNotFoundError as exc:
        raise ExportNotReadyError from exc


def write_export(*, user_id: int) -> None:
    """Put the file in place. Does nothing where none is waited for. It may be done again."""
    waiting = DataExport.objects.filter(user_id=user_id, state=State.WAITING)
    export = waiting.select_related("user__settings", "user__account").first()
    if export is None:
        return
    with tempfile.TemporaryFile() as file:
        with ZipFile(file, "w", ZIP_DEFLATED) as archive:
            write_account(export.user, archive)
            person_exported.send(sender=User, user=export.user, archive=archive)
        name = export_storage().save(f"{uuid4().hex}.zip", File(file))
    # Erased meanwhile, or asked for anew: nobody waits for this one.
    is_awaited = waiting.filter(requested_at=export.requested_at)
    if not is_awaited.update(state=State.READY, file=name, ready_at=timezone.now()):
        export_storage().delete(name)


def fail_export(*, user_id: int) -> None:
    DataExport.objects.filter(user_id=user_id, state=State.WAITING).update(state=State.FAILED)


def write_account(user: User, archive: ZipFile) -> None:
    settings_ = user.settings
    account = {
        "email": user.email,
        "name": user.name,
        "created_at": user.created_at,
        "last_login": user.last_login,
        "llm_model": settings_.llm_model,
        "stt_model": settings_.stt_model,
        "tts_model": settings_.tts_model,
        "auto_play_audio": settings_.auto_play_audio,
    }
    write_json(archive, "account.json", account)
    entries = LedgerEntry.objects.filter(account_id=user.pk).order_by("sequence")
    fields = ("sequence", "kind", "available", "held", "charged", "reason", "created_at")
    credits_ = {"available": user.account.available, "held": user.account.held}
    write_json(archive, "credits.json", {**credits_, "entries": list(entries.values(*fields))})


def write_json(archive: ZipFile, name: str, data: Any) -> None:
    archive.writestr(name, json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2))


def delete_exports(exports: Iterable[DataExport]) -> None:
    """Within a transaction: files go after its commit."""
    files = {export.pk: str(export.file.name or "") for export in exports}
    DataExport.objects.filter(pk__in=files).delete()
    transaction.on_commit(partial(delete_files, [name for name in files.values() if name]))


def delete_files(names: Iterable[str]) -> None:
    for name in names:
        export_storage().delete(name)


def delete_old_exports() -> int:
    """What has expired, and files that no row knows. Says how many those were."""
    with transaction.atomic():
        old = list(DataExport.objects.filter(ready_at__lt=oldest_kept()))
        delete_exports(old)
    unknown = unknown_files()
    delete_files(unknown)
    return len(old) + len(unknown)


def unknown_files() -> list[str]:
    storage = export_storage()
    try:
        _, names = storage.listdir("")
    except FileNotFoundError:
        return []  # nobody has ever asked
    before = timezone.now() - ROW_FOLLOWS_WITHIN
    old = [name for name in names if storage.get_modified_time(name) < before]
    known = set(DataExport.objects.filter(file__in=old).values_list("file", flat=True))
    return [name for name in old if name not in known]


def oldest_kept() -> Any:
    return timezone.now() - timedelta(seconds=settings.EXPORTS_KEPT_S)
