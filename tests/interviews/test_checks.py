"""The system checks of this app's settings."""

import pytest

from interviews.checks import LEAST, check_interview_settings


def test_the_defaults_are_sound():
    assert check_interview_settings() == []


@pytest.mark.parametrize("name", LEAST)
def test_what_is_too_little_is_refused(settings, name):
    setattr(settings, name, LEAST[name])
    assert check_interview_settings() == []
    setattr(settings, name, LEAST[name] - 1)
    (error,) = check_interview_settings()
    assert (error.id, name in error.msg) == ("interviews.E001", True)
