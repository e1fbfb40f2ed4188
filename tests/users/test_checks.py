"""Settings that start-up refuses to go on with."""

import pytest
from django.core.checks import run_checks

LOCAL_CACHE = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
SHARED_CACHE = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache"}}


def ids() -> list[str | None]:
    return [message.id for message in run_checks(tags=["users"])]


@pytest.mark.parametrize(
    ("workers", "caches", "expected"),
    [(1, LOCAL_CACHE, []), (2, LOCAL_CACHE, ["users.E003"]), (2, SHARED_CACHE, [])],
)
def test_several_processes_need_a_cache_that_they_share(settings, workers, caches, expected):
    settings.WORKERS = workers
    settings.CACHES = caches
    assert ids() == expected


def test_first_credits_are_not_below_zero(settings):
    settings.INITIAL_CREDITS = -1
    assert ids() == ["users.E001"]


def test_a_hold_outlives_the_longest_call(settings):
    settings.HOLD_EXPIRES_AFTER_S = 59
    assert ids() == ["users.E002"]
