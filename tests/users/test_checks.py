"""Settings that start-up refuses to go on with."""

from django.core.checks import run_checks


def ids() -> list[str | None]:
    return [message.id for message in run_checks(tags=["users"])]


def test_first_credits_are_not_below_zero(settings):
    settings.INITIAL_CREDITS = -1
    assert ids() == ["users.E001"]


def test_a_hold_outlives_the_longest_call(settings):
    settings.HOLD_EXPIRES_AFTER_S = 59
    assert ids() == ["users.E002"]
