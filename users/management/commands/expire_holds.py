"""Return what crashed processes left held."""

from typing import Any

from django.core.management.base import BaseCommand

from users.services.ledger import expire_holds


class Command(BaseCommand):
    help = "Return the credits of every hold that outlived its time. Run it every minute."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Expired {expire_holds()} holds.")
