"""A write is done again while the database is away, for a while."""

from collections.abc import Iterator
from datetime import timedelta
from threading import Timer

import pytest
from django.db import OperationalError, connection, transaction

from interview_trainer.outages import through_outages
from users.models import User

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def away() -> Iterator[Timer]:
    """There is no database, until the timer that this gives has run."""
    name = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = "/nowhere/at/all"
    yield (back := Timer(0.5, connection.settings_dict.update, kwargs={"NAME": name}))
    back.cancel()
    connection.settings_dict["NAME"] = name
    connection.close()


def test_what_is_written_while_the_database_is_away_is_there_when_it_is_back(away):
    away.start()
    through_outages(lambda: User.objects.create_user("ada@example.com"))
    assert User.objects.get().email == "ada@example.com"


def test_a_database_that_stays_away_is_not_waited_for_without_an_end(away, monkeypatch):
    monkeypatch.setattr("interview_trainer.outages.TRIED_FOR", timedelta(seconds=0.3))
    calls = []

    def write() -> None:
        calls.append("write")
        User.objects.create_user("ada@example.com")

    with pytest.raises(OperationalError):
        through_outages(write)
    assert len(calls) > 1


def test_in_a_transaction_nothing_is_done_again():
    calls = []

    def write() -> None:
        calls.append("write")
        raise OperationalError

    with pytest.raises(OperationalError), transaction.atomic():
        through_outages(write)
    assert calls == ["write"]
