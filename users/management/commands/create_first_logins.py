"""Make what a newcomer needs to try the service."""

import secrets
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from users.models import ApiKey, Scope, User
from users.services.api_keys import create_api_key

PASSWORD_BYTES = 12

LOGINS = """
Made for you, and not shown again:

  staff login      {staff}   {staff_password}
  candidate login  {candidate}   {candidate_password}
  API key          {api_key}
"""


class Command(BaseCommand):
    help = (
        "In a database without people: make a staff login, a candidate login and an API key with "
        "every scope, all random, and print them once. Otherwise do nothing."
    )

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        if User.objects.exists() or ApiKey.objects.exists():
            return
        staff_password, candidate_password = (secrets.token_urlsafe(PASSWORD_BYTES) for _ in "ab")
        staff = User.objects.create_superuser("staff@example.com", staff_password)
        candidate = User.objects.create_user("candidate@example.com", candidate_password)
        _, api_key = create_api_key(name="First key", scopes=Scope.values, created_by=staff)
        # Before the commit: a start that is killed here makes and prints new ones next time,
        # and never leaves a database whose logins nobody saw.
        self.stdout.write(
            LOGINS.format(
                staff=f"{staff.email:21}",
                staff_password=staff_password,
                candidate=f"{candidate.email:21}",
                candidate_password=candidate_password,
                api_key=api_key,
            )
        )
        self.stdout.flush()
