"""Delete recordings that were kept long enough."""

from typing import Any

from django.core.management.base import BaseCommand

from interviews.services.deletion import delete_old_recordings, delete_unknown_files


class Command(BaseCommand):
    help = "Delete recordings older than RECORDINGS_KEPT_DAYS, and files that no interview knows."

    def handle(self, *args: Any, **options: Any) -> None:
        old, unknown = delete_old_recordings(), delete_unknown_files()
        self.stdout.write(f"Deleted {old} old recordings and {unknown} files of no interview.")
