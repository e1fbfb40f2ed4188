"""Delete recordings that were kept long enough."""

from typing import Any

from django.core.management.base import BaseCommand

from interviews.services.deletion import delete_old_recordings


class Command(BaseCommand):
    help = "Delete recordings older than RECORDINGS_KEPT_DAYS, and files that no interview knows."

    def handle(self, *args: Any, **options: Any) -> None:
        deleted = delete_old_recordings()
        self.stdout.write(
            f"Deleted {deleted.old} old recordings and {deleted.unknown} files of no interview."
        )
