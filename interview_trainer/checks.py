"""System checks of how the service runs. Start-up refuses to go on when one of them fails."""

from ipaddress import ip_network
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register


@register("interview_trainer")
def check_metrics_allowed(**kwargs: Any) -> list[CheckMessage]:
    return [
        Error(
            f"METRICS_ALLOWED has {name!r}, which is no address or network.",
            hint="As in 127.0.0.0/8,10.1.2.3,::1; a network has no bits set behind its length.",
            id="interview_trainer.E001",
        )
        for name in settings.METRICS_ALLOWED
        if not is_network(name)
    ]


def is_network(name: str) -> bool:
    try:
        ip_network(name)
    except ValueError:
        return False
    return True
