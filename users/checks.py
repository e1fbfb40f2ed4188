"""System checks of what this app needs. Start-up refuses to go on when one of them fails."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register


@register("users")
def check_credit_settings(**kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if settings.INITIAL_CREDITS < 0:
        found.append(Error("INITIAL_CREDITS is below 0.", id="users.E001"))
    if settings.HOLD_EXPIRES_AFTER_S < 60:
        found.append(
            Error(
                "HOLD_EXPIRES_AFTER_S is under 60.",
                hint="A hold must outlive the longest call to a provider.",
                id="users.E002",
            )
        )
    return found
