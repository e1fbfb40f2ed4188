"""Forget answers that were kept for repeated requests."""

from typing import Any

from django.core.management.base import BaseCommand

from users.services.answers import delete_old_answers


class Command(BaseCommand):
    help = "Delete answers kept under an Idempotency-Key for longer than ANSWERS_KEPT_S."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Deleted {delete_old_answers()} answers.")
