"""System checks of the settings that name vendors. Start-up refuses to go on when one fails."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.utils import timezone

from ai.offers import MODELS
from users.checks import is_safe_url

VENDORS = ("OPENAI", "COMPATIBLE", "VERTEX", "ELEVENLABS", "UNREALSPEECH")
URLS = (
    "OPENAI_BASE_URL",
    "COMPATIBLE_BASE_URL",
    "VERTEX_BASE_URL",
    "GOOGLE_SPEECH_RECOGNITION_URL",
    "GOOGLE_SPEECH_SYNTHESIS_URL",
    "ELEVENLABS_BASE_URL",
    "UNREALSPEECH_BASE_URL",
)
KEYS = ("OPENAI_API_KEY", "COMPATIBLE_API_KEY", "ELEVENLABS_API_KEY", "UNREALSPEECH_API_KEY")
SECONDS = (
    "VENDOR_CONNECT_TIMEOUT_S",
    "VENDOR_SILENCE_TIMEOUT_S",
    "UNREALSPEECH_POLL_S",
    *(f"{vendor}_TIMEOUT_S" for vendor in VENDORS),
)
# In time-outs, at most: make a task, await it and fetch it, each step tried again.
LONGEST_CALL = 5
WARN_BEFORE_DAYS = 60


@register("ai")
def check_vendor_addresses(**kwargs: Any) -> list[CheckMessage]:
    return [
        Error(f"{name} is not an http or https address.", id="ai.E001")
        for name in URLS
        if (url := getattr(settings, name)) and not is_address(url)
    ]


@register("ai", Tags.security)
def check_vendor_addresses_are_private(**kwargs: Any) -> list[CheckMessage]:
    """Keys and candidates' words are readable on the way to an http address of another machine.

    A server of one's own network, without a key, is its operator's to judge.
    """
    found: list[CheckMessage] = []
    for name in URLS:
        url = getattr(settings, name)
        if not url or not is_address(url) or is_safe_url(url):
            continue
        if name == "COMPATIBLE_BASE_URL" and not settings.COMPATIBLE_API_KEY:
            continue
        found.append(Error(f"{name} is not an https address.", id="ai.E007"))
    return found


@register("ai")
def check_vendor_keys(**kwargs: Any) -> list[CheckMessage]:
    """A key that cannot be a header's value: a line break that came along with it."""
    return [
        Error(f"{name} has white space or is not ASCII.", id="ai.E002")
        for name in KEYS
        if not is_header_value(getattr(settings, name))
    ]


@register("ai")
def check_vendor_patience(**kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = [
        Error(f"{name} is not above 0.", id="ai.E003")
        for name in SECONDS
        if not getattr(settings, name) > 0
    ]
    found += [
        Error(f"{vendor}_MAX_RETRIES is not from 0 to 5.", id="ai.E004")
        for vendor in VENDORS
        if not 0 <= getattr(settings, f"{vendor}_MAX_RETRIES") <= 5
    ]
    return found


@register("ai")
def check_holds_outlive_calls(**kwargs: Any) -> list[CheckMessage]:
    return [
        Error(
            f"{vendor}_TIMEOUT_S is over a {LONGEST_CALL}th of HOLD_EXPIRES_AFTER_S.",
            hint="A hold must outlive the longest call to a provider, tried again.",
            id="ai.E005",
        )
        for vendor in VENDORS
        if getattr(settings, f"{vendor}_TIMEOUT_S") * LONGEST_CALL > settings.HOLD_EXPIRES_AFTER_S
    ]


@register("ai")
def check_google_credentials(**kwargs: Any) -> list[CheckMessage]:
    path = settings.GOOGLE_APPLICATION_CREDENTIALS
    if path and not Path(path).is_file():
        return [Error("GOOGLE_APPLICATION_CREDENTIALS names no file.", id="ai.E006")]
    return []


@register("ai")
def check_retirements(**kwargs: Any) -> list[CheckMessage]:
    """Models of the vendors that are set up here and that end soon, while there is time to act."""
    soon = timezone.now().date() + timedelta(days=WARN_BEFORE_DAYS)
    return [
        Warning(
            f"{model.provider} retires {model.name} on {model.retires_on}.",
            hint=f"From then on {model.replaced_by} serves in its place.",
            id="ai.W001",
        )
        for model in MODELS
        if model.is_retired(soon) and not model.missing
    ]


def is_address(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def is_header_value(key: str) -> bool:
    return key.isascii() and not any(character.isspace() for character in key)
