"""System checks of the limits."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from users.limits.rates import read_rate

COUNTS = (
    *("LIMIT_TIMES_PER_KEY", "LIMIT_TIMES_PER_ADDRESS", "STREAMS_PER_USER", "STREAMS_PER_KEY"),
    *("TRUSTED_PROXIES", "SIGN_IN_FAILURES"),
)


@register("users", Tags.security)
def check_limits(**kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    for kind, written in settings.LIMITS.items():
        try:
            read_rate(written)
        except ValueError as exc:
            name = "LIMIT_" + kind.replace("-", "_").upper()
            found.append(Error(f"{name}: {exc}", id="users.E020"))
    found += [
        Error(f"{name} is below 0.", hint="0 is no limit.", id="users.E021")
        for name in COUNTS
        if getattr(settings, name) < 0
    ]
    found += [
        Error(f"{name} is not above 0.", id="users.E022")
        for name in ("CACHE_TIMEOUT_S", "SIGN_IN_LOCK_S")
        if getattr(settings, name) <= 0
    ]
    return found


@register("users", Tags.security)
def check_proxies(**kwargs: Any) -> list[CheckMessage]:
    if bool(settings.TRUSTED_PROXIES) is settings.TRUST_PROXY:
        return []
    return [
        Error(
            f"TRUST_PROXY is {str(settings.TRUST_PROXY).lower()}, but TRUSTED_PROXIES is "
            f"{settings.TRUSTED_PROXIES}.",
            hint="Set one of them; the other follows from it. Uncounted, a proxy's address would "
            "stand for everybody behind it.",
            id="users.E023",
        )
    ]


@register("users")
def check_limits_are_shared(**kwargs: Any) -> list[CheckMessage]:
    backend = settings.CACHES["default"]["BACKEND"]
    if settings.WORKERS == 1 or backend == "interview_trainer.cache.SharedCache":
        return []
    return [
        Warning(
            "WORKERS is above 1, but each process counts requests by itself.",
            hint="Set CACHE_URL to a Redis, such as redis://127.0.0.1:6379/0.",
            id="users.W001",
        )
    ]
