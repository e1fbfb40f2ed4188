"""A file with all that is a person's, for them to keep."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db import models

from users.models.user import User


def export_storage() -> Storage:
    return storages["exports"]


class DataExport(models.Model):
    """At most one of each person, the newest. `file` is there once it is ready."""

    class State(models.TextChoices):
        WAITING = "waiting"
        READY = "ready"
        FAILED = "failed"

    user = models.OneToOneField(
        User, on_delete=models.CASCADE, primary_key=True, related_name="export"
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    file = models.FileField(storage=export_storage, max_length=100, blank=True)
    requested_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True, db_index=True)

    class Meta:
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"Export of user {self.user_id}"

    @property
    def expires_at(self) -> datetime | None:
        kept = timedelta(seconds=settings.EXPORTS_KEPT_S)
        return self.ready_at + kept if self.ready_at else None
