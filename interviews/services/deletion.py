"""Deleting interviews for good."""

from __future__ import annotations

from django.db import transaction

from interviews.models import Interview, Recording
from interviews.models.turn import recording_storage


@transaction.atomic
def delete_interview(*, interview: Interview) -> None:
    """Its rows at once, its recordings' files after the commit."""
    recordings = Recording.objects.filter(turn__interview=interview)
    names = list(recordings.values_list("file", flat=True))
    interview.delete()
    transaction.on_commit(lambda: delete_files(names))


def delete_files(names: list[str]) -> None:
    for name in names:
        recording_storage().delete(name)
