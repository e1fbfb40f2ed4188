"""System checks of what this app needs. Start-up refuses to go on when one of them fails."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

# The least that each setting may be.
LEAST = {
    "RECORDINGS_KEPT_DAYS": 0,
    "INTERVIEW_MAX_QUESTIONS": 1,
    "TURN_CLAIM_S": 1,
    "DOCUMENT_MAX_BYTES": 1,
    "DOCUMENT_MAX_CHARACTERS": 1,
    "REPORT_SAMPLES": 1,
}


@register("interviews")
def check_interview_settings(**kwargs: Any) -> list[CheckMessage]:
    return [
        Error(f"{name} is below {least}.", id="interviews.E001")
        for name, least in LEAST.items()
        if getattr(settings, name) < least
    ]
