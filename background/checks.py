"""System checks of what this app needs. Start-up refuses to go on when one of them fails."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

LEASE_MIN_S = 2
PORT_MAX = 65_535


@register("background")
def check_task_settings(**kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if settings.TASK_WORKERS < 0:
        found.append(Error("TASK_WORKERS is below 0.", id="background.E001"))
    if settings.TASK_LEASE_S < LEASE_MIN_S:
        found.append(
            Error(
                f"TASK_LEASE_S is under {LEASE_MIN_S}.",
                hint="A worker must be able to renew its lease before it lapses.",
                id="background.E002",
            )
        )
    if settings.TASK_RETRY_WAIT_S < 0:
        found.append(Error("TASK_RETRY_WAIT_S is below 0.", id="background.E003"))
    if not 0 <= settings.WORKER_METRICS_PORT <= PORT_MAX:
        found.append(Error(f"WORKER_METRICS_PORT is not 0 to {PORT_MAX}.", id="background.E004"))
    return found
