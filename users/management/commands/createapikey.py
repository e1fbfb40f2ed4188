"""Make an API key."""

from argparse import ArgumentTypeError
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from users.models import Scope
from users.services.api_keys import create_api_key

MAX_DAYS = 3650


def day_count(text: str) -> int:
    days = int(text)
    if not 1 <= days <= MAX_DAYS:
        raise ArgumentTypeError(f"Give 1 to {MAX_DAYS} days.")
    return days


class Command(BaseCommand):
    help = "Make an API key and print it, alone, on standard output. It is not shown again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="who or what will use the key")
        parser.add_argument(
            "--scope",
            action="append",
            required=True,
            choices=Scope.values,
            dest="scopes",
            help="what the key may do; repeat for several",
        )
        parser.add_argument("--expires-in-days", type=day_count, help="when the key ends (never)")

    def handle(self, *args: Any, **options: Any) -> None:
        days = options["expires_in_days"]
        try:
            _, secret = create_api_key(
                name=options["name"],
                scopes=options["scopes"],
                expires_at=timezone.now() + timedelta(days=days) if days else None,
            )
        except ValidationError as exc:
            raise CommandError(" ".join(exc.messages)) from exc
        self.stdout.write(secret)
