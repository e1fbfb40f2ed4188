"""Deleting interviews for good, and recordings that were kept long enough.

Rows go first and files after the commit. A crash in between leaves files that no row knows:
`delete_unknown_files` finds them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import timedelta
from functools import partial
from itertools import islice
from typing import Any

from django.conf import settings
from django.core.files.storage import Storage
from django.db import transaction
from django.utils import timezone

from interviews.models import Interview, Recording
from interviews.models.turn import recording_storage
from users.models import User

BATCH = 200
# A recording's file is written before its row is: what is younger may still get one.
ROW_FOLLOWS_WITHIN = timedelta(hours=1)


@transaction.atomic
def delete_interview(*, interview: Interview) -> None:
    """With its words, its recordings and its report."""
    # Whoever stores an answer holds this lock: no recording is added from here on.
    locked = Interview.objects.select_for_update().filter(pk=interview.pk)
    folders = [str(pk) for pk in locked.values_list("pk", flat=True)]
    Interview.objects.filter(pk=interview.pk).delete()
    transaction.on_commit(partial(delete_folders, folders))


@transaction.atomic
def delete_interviews_of(user: User) -> None:
    locked = Interview.objects.select_for_update().for_user(user).order_by()
    folders = [str(pk) for pk in locked.values_list("pk", flat=True)]
    Interview.objects.for_user(user).delete()
    transaction.on_commit(partial(delete_folders, folders))


def erase_interviews(user: User, **kwargs: Any) -> None:
    """Receives `person_erased`."""
    delete_interviews_of(user)


def delete_old_recordings() -> int:
    """What is older than `RECORDINGS_KEPT_DAYS`; the words stay. Says how many those were."""
    before = timezone.now() - timedelta(days=settings.RECORDINGS_KEPT_DAYS)
    old = 0
    while batch := list(Recording.objects.filter(created_at__lt=before)[:BATCH]):
        old += len(batch)
        delete_recordings(batch)
    return old


@transaction.atomic
def delete_recordings(recordings: Iterable[Recording]) -> None:
    names = {recording.pk: recording.file.name or "" for recording in recordings}
    Recording.objects.filter(pk__in=names).delete()
    transaction.on_commit(partial(delete_files, recording_storage(), list(names.values())))


def delete_unknown_files() -> int:
    """Recordings' files without a row, and the folders that are left empty. Says how many files."""
    storage = recording_storage()
    count = 0
    for folder in list_folders(storage):
        files = old_files(storage, folder)
        while names := list(islice(files, BATCH)):
            known = set(Recording.objects.filter(file__in=names).values_list("file", flat=True))
            unknown = [name for name in names if name not in known]
            delete_files(storage, unknown)
            count += len(unknown)
        if is_old(storage, folder):
            delete_if_empty(storage, folder)
    return count


def list_folders(storage: Storage) -> list[str]:
    """An interview's recordings lie in a folder of its own."""
    try:
        folders, _ = storage.listdir("")
    except FileNotFoundError:
        return []  # nothing was ever recorded
    return folders


def old_files(storage: Storage, folder: str) -> Iterator[str]:
    try:
        _, files = storage.listdir(folder)
    except FileNotFoundError:
        return iter(())  # the interview was deleted meanwhile
    return (name for file in files if is_old(storage, name := f"{folder}/{file}"))


def is_old(storage: Storage, name: str) -> bool:
    """Whether no row will follow. What is gone meanwhile is not old."""
    try:
        return storage.get_modified_time(name) < timezone.now() - ROW_FOLLOWS_WITHIN
    except FileNotFoundError:
        return False


def delete_folders(folders: Iterable[str]) -> None:
    """Interviews' folders with all that is in them."""
    storage = recording_storage()
    for folder in folders:
        if storage.exists(folder):
            _, files = storage.listdir(folder)
            delete_files(storage, [f"{folder}/{file}" for file in files])
            delete_if_empty(storage, folder)


def delete_files(storage: Storage, names: Iterable[str]) -> None:
    for name in names:
        if name:
            storage.delete(name)


def delete_if_empty(storage: Storage, folder: str) -> None:
    with suppress(OSError):  # something is in it, or was put there meanwhile
        storage.delete(folder)
