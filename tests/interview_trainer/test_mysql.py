"""What goes to the server together, as the driver is given it."""

import time
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, connection, connections, transaction
from django.db.transaction import TransactionManagementError

from tests.live import lose_connection, server_only
from users.models import CreditAccount, Hold, LedgerEntry
from users.services.ledger import hold_credits, post_hold
from users.statements import find_later, update_later

pytestmark = [
    pytest.mark.django_db(transaction=True),
    server_only,
]


@pytest.fixture
def trips(owner, monkeypatch) -> list[list[str]]:
    """The statements of each trip to the server, by their first words."""
    found: list[list[str]] = []
    driver: Any = type(connection.connection)

    def noted(method: str, text: str | None = None) -> None:
        plain = getattr(driver, method)

        def call(self: Any, *args: Any) -> Any:
            sent = text or bytes(args[0]).decode()
            if method != "autocommit" or self.get_autocommit() != args[0]:
                found.append([statement.split()[0] for statement in sent.split("; ")])
            return plain(self, *args)

        monkeypatch.setattr(driver, method, call)

    noted("query")
    noted("commit", "COMMIT")
    noted("rollback", "ROLLBACK")
    noted("autocommit", "SET")
    noted("ping", "PING")
    return found


def test_a_hold_and_its_outcome_are_two_trips_each(owner, trips):
    hold = hold_credits(user=owner, amount=5, purpose="text")
    post_hold(hold=hold, amount=5)
    assert trips == [
        ["START", "SELECT"],
        ["INSERT", "UPDATE", "INSERT", "COMMIT"],
        ["START", "SELECT", "UPDATE"],
        ["UPDATE", "INSERT", "COMMIT"],
    ]


def test_a_row_inserted_later_gets_its_key_and_gives_it_to_the_next(owner):
    hold = hold_credits(user=owner, amount=5, purpose="text")
    entry = LedgerEntry.objects.get(opens=hold.pk)
    assert Hold.objects.get().pk == hold.pk
    assert entry.opens_id == hold.pk


def test_what_fails_in_a_trip_takes_back_the_transaction(owner):
    available = owner.account.available
    with pytest.raises(IntegrityError), transaction.atomic():
        update_later(CreditAccount, {"available": available + 1}, pk=owner.pk)
        update_later(CreditAccount, {"available": -1}, pk=owner.pk)
    owner.account.refresh_from_db()
    assert owner.account.available == available


def test_what_is_left_unsent_goes_with_its_transaction(owner):
    available = owner.account.available
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        update_later(CreditAccount, {"available": available + 1}, pk=owner.pk)
        1 / 0  # noqa: B018
    owner.account.refresh_from_db()
    assert owner.account.available == available


def test_a_savepoint_keeps_what_came_before_it(owner):
    available = owner.account.available
    with transaction.atomic():
        update_later(CreditAccount, {"available": available + 1}, pk=owner.pk)
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            update_later(CreditAccount, {"available": available + 2}, pk=owner.pk)
            1 / 0  # noqa: B018
    owner.account.refresh_from_db()
    assert owner.account.available == available + 1


def test_a_transaction_in_which_nothing_happens_is_no_trip(trips):
    with transaction.atomic():
        pass
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        1 / 0  # noqa: B018
    assert trips == []


def test_nothing_is_left_for_later_outside_of_a_transaction(owner):
    with pytest.raises(TransactionManagementError):
        find_later(CreditAccount, pk=owner.pk)


def test_a_connection_is_looked_at_after_it_was_idle_and_only_then(owner, trips, monkeypatch):
    def use_anew() -> None:
        trips.clear()
        monkeypatch.setattr(connections["default"], "health_check_enabled", True)
        monkeypatch.setattr(connections["default"], "health_check_done", False)
        CreditAccount.objects.get(pk=owner.pk)

    use_anew()
    assert trips == [["SELECT"]]
    now = time.monotonic()
    monkeypatch.setattr("interview_trainer.mysql.base.monotonic", lambda: now + 2)
    use_anew()
    assert trips == [["PING"], ["SELECT"]]


def test_a_lost_connection_fails_the_trip_and_not_the_next_transaction(owner):
    with pytest.raises(OperationalError), transaction.atomic():
        update_later(CreditAccount, {"available": 1}, pk=owner.pk)
        lose_connection()
    connection.close()
    hold_credits(user=owner, amount=5, purpose="text")
