"""Settings of limits that start-up refuses to go on with."""

import pytest
from django.core.checks import run_checks

LOCAL_CACHE = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
SHARED_CACHE = {
    "default": {
        "BACKEND": "interview_trainer.cache.SharedCache",
        "LOCATION": "redis://127.0.0.1:1/0",
    }
}


def found() -> list[tuple[str | None, str]]:
    return [(message.id, message.msg) for message in run_checks(tags=["users"])]


def test_a_rate_that_cannot_be_read_is_named(settings):
    settings.LIMITS = {**settings.LIMITS, "password-reset": "often"}
    ((name, message),) = found()
    assert name == "users.E020"
    assert message.startswith("LIMIT_PASSWORD_RESET: 'often' is no rate")


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("LIMIT_TIMES_PER_KEY", -1, ["users.E021"]),
        ("LIMIT_TIMES_PER_ADDRESS", -1, ["users.E021"]),
        ("STREAMS_PER_USER", -1, ["users.E021"]),
        ("STREAMS_PER_KEY", -1, ["users.E021"]),
        ("STREAMS_PER_USER", 0, []),
        ("CACHE_TIMEOUT_S", 0, ["users.E022"]),
        ("SIGN_IN_FAILURES", -1, ["users.E021"]),
        ("SIGN_IN_LOCK_S", 0, ["users.E022"]),
        ("TRUST_PROXY", True, ["users.E023"]),
        ("TRUSTED_PROXIES", 1, ["users.E023"]),
    ],
)
def test_other_values_are_checked(settings, name, value, expected):
    setattr(settings, name, value)
    assert [name for name, _ in found()] == expected


@pytest.mark.parametrize(
    ("workers", "caches", "expected"),
    [(1, LOCAL_CACHE, []), (2, LOCAL_CACHE, ["users.W001"]), (2, SHARED_CACHE, [])],
)
def test_several_processes_that_count_apart_are_warned_of(settings, workers, caches, expected):
    settings.WORKERS = workers
    settings.CACHES = caches
    assert [name for name, _ in found()] == expected
