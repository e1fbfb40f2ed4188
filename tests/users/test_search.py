"""Finding people by a part of their email or name, however many there are."""

import pytest

from users.models import User
from users.models import user as user_module
from users.services.people import create_user


@pytest.fixture
def old_person(db, monkeypatch) -> User:
    """Somebody who is not among the newest, whom alone a search reads whole."""
    monkeypatch.setattr(user_module, "NEWEST_PEOPLE", 1)
    person = create_user(email="grace@example.com", name="Rear Admiral Hopper")
    create_user(email="newest@example.com", name="Margaret")
    return person


@pytest.mark.parametrize("text", ["grace", "GRACE@ex", "rear adm"])
def test_anybody_is_found_by_how_email_or_name_starts(old_person, text):
    assert list(User.objects.get_queryset().matching(text)) == [old_person]


def test_the_newest_are_found_by_any_part(old_person):
    assert [user.name for user in User.objects.get_queryset().matching("garet")] == ["Margaret"]


def test_older_people_are_not_read_for_a_part_of_their_name(old_person):
    assert not User.objects.get_queryset().matching("hopper").exists()


def test_what_many_start_with_is_looked_for_in_everybody(old_person, monkeypatch):
    monkeypatch.setattr(user_module, "MANY_PEOPLE", 0)
    found = User.objects.get_queryset().matching("re")
    assert [user.name for user in found] == ["Margaret", "Rear Admiral Hopper"]
