"""Prove that the credit ledger is right."""

from itertools import islice
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from users.services.audit import AuditTotals, audit_ledger


class Command(BaseCommand):
    help = (
        "Read the whole ledger and check every rule. Exits with 1 and names the rows that break "
        "one. May run while the service works."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--most", type=int, default=20, help="Stop after this many broken rows (20)."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        totals = AuditTotals()
        on_batch = self.show_progress if options["verbosity"] > 1 else None
        violations = list(islice(audit_ledger(totals, on_batch), options["most"]))
        for violation in violations:
            self.stderr.write(f"{violation.row}: {violation.rule}")
        if violations:
            raise CommandError(f"The ledger is wrong, first at {violations[0].row}.")
        self.stdout.write(
            f"The ledger is right: {totals.accounts:,} accounts, {totals.entries:,} entries, "
            f"{totals.holds:,} holds; {-totals.issued:,} credits issued = "
            f"{totals.available:,} available + {totals.held:,} held + {totals.charged:,} charged."
        )

    def show_progress(self, totals: AuditTotals) -> None:
        self.stderr.write(f"{totals.accounts:,} accounts, {totals.entries:,} entries")
