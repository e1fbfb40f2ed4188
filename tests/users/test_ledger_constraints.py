"""What the database itself refuses, whoever writes to it."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from users.models import CreditAccount, Hold, LedgerEntry, User
from users.services.ledger import (
    SERVICE,
    grant_credits,
    hold_credits,
    post_hold,
    reverse_entry,
    void_hold,
)

GRANT = {"kind": "grant", "issued": -5, "available": 5}
HOLD = {"kind": "hold", "available": -5, "held": 5}
POST = {"kind": "post", "available": 2, "held": -5, "charged": 3}
VOID = {"kind": "void", "available": 5, "held": -5}
REVERSAL = {"kind": "reversal", "issued": 5, "available": -5}


def write_entry(user: User, **fields: object) -> LedgerEntry:
    """An entry as anyone might write it, past the services."""
    plausible = {"sequence": 1000, "available_after": 300, "held_after": 5, "reason": "By hand"}
    return LedgerEntry.objects.create(account=user.account, **{**plausible, **fields})


def assert_refused(name: str, write, *args: object, **fields: object) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        write(*args, **fields)


@pytest.mark.parametrize("account", ["issued", "available"])
def test_refuses_an_entry_that_does_not_sum_to_zero(owner, account):
    assert_refused("entry_sums_to_zero", write_entry, owner, **{**GRANT, account: 6})


@pytest.mark.parametrize("balance", ["available_after", "held_after"])
def test_refuses_an_entry_that_leaves_a_balance_below_zero(owner, balance):
    assert_refused("entry_balances_gte_0", write_entry, owner, **GRANT, **{balance: -1})


@pytest.mark.parametrize("balance", ["available", "held"])
def test_refuses_an_account_below_zero(owner, balance):
    account = CreditAccount.objects.filter(pk=owner.pk)
    assert_refused(f"account_{balance}_gte_0", account.update, **{balance: -1})


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "bonus", "issued": -5, "available": 5},
        {"kind": "grant", "issued": 5, "available": -5},
        {"kind": "grant", "issued": -5, "charged": 5},
        {"kind": "grant", "issued": 0, "available": 0},
        {"kind": "adjustment", "issued": -5, "held": 5},
        {"kind": "adjustment", "issued": 0, "available": 0},
    ],
)
def test_refuses_an_issue_that_is_none(owner, fields):
    assert_refused("entry_amounts_fit_kind", write_entry, owner, **fields)


def test_refuses_a_hold_entry_that_moves_the_wrong_way(owner):
    hold = Hold.objects.create(account=owner.account, amount=5, expires_at=timezone.now())
    fields = {"kind": "hold", "available": 5, "held": -5, "opens": hold}
    assert_refused("entry_amounts_fit_kind", write_entry, owner, **fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "post", "available": -5, "held": 5},
        {"kind": "post", "available": -1, "held": -5, "charged": 6},
        {"kind": "post", "issued": -3, "charged": 3},
        {"kind": "void", "available": 4, "held": -5, "charged": 1},
        {"kind": "expire", "issued": 5, "held": -5},
    ],
)
def test_refuses_an_outcome_that_is_none(owner, fields):
    hold = hold_credits(user=owner, amount=5, purpose="text")
    assert_refused("entry_amounts_fit_kind", write_entry, owner, **fields, resolves=hold)


@pytest.mark.parametrize(
    "fields",
    [
        {"available": 5, "held": -5},
        {"issued": 5, "available": -2, "charged": -3},
        {"available": -5, "charged": 5},
    ],
)
def test_refuses_a_reversal_that_is_none(owner, fields):
    grant = grant_credits(user=owner, amount=5, reason="Prize")
    fields = {"kind": "reversal", "reverses": grant, **fields}
    assert_refused("entry_amounts_fit_kind", write_entry, owner, **fields)


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        (HOLD, "entry_opens_when_hold"),
        (POST, "entry_resolves_when_outcome"),
        (VOID, "entry_resolves_when_outcome"),
        (REVERSAL, "entry_reverses_when_reversal"),
    ],
)
def test_refuses_an_entry_without_the_link_of_its_kind(owner, fields, name):
    assert_refused(name, write_entry, owner, **fields)


@pytest.mark.parametrize(
    ("link", "name"),
    [
        ("opens", "entry_opens_when_hold"),
        ("resolves", "entry_resolves_when_outcome"),
        ("reverses", "entry_reverses_when_reversal"),
    ],
)
def test_refuses_a_grant_with_the_link_of_another_kind(owner, link, name):
    hold = Hold.objects.create(account=owner.account, amount=5, expires_at=timezone.now())
    target = owner.account.entries.get() if link == "reverses" else hold
    assert_refused(name, write_entry, owner, **GRANT, **{link: target})


def test_refuses_a_second_outcome_of_a_hold(owner):
    hold = hold_credits(user=owner, amount=5, purpose="text")
    post_hold(hold=hold, amount=3)
    assert_refused("resolves_id", write_entry, owner, **VOID, resolves=hold)


def test_refuses_to_open_a_hold_twice(owner):
    hold = hold_credits(user=owner, amount=5, purpose="text")
    assert_refused("opens_id", write_entry, owner, **HOLD, opens=hold)


def test_refuses_to_reverse_an_entry_twice(owner):
    grant = grant_credits(user=owner, amount=5, reason="Prize")
    reverse_entry(entry=grant, reason="Wrong person", author=SERVICE)
    assert_refused("reverses_id", write_entry, owner, **REVERSAL, reverses=grant)


def test_refuses_two_entries_of_one_number(owner):
    assert_refused("sequence", write_entry, owner, **GRANT, sequence=1)


def test_refuses_two_grants_under_one_operation_key(owner):
    grant_credits(user=owner, amount=5, reason="Prize", operation_key="k" * 64)
    assert_refused("operation_key", write_entry, owner, **GRANT, operation_key="k" * 64)


def test_refuses_two_holds_under_one_operation_key(owner):
    hold_credits(user=owner, amount=5, purpose="text", operation_key="k" * 64)
    fields = {"account": owner.account, "amount": 5, "expires_at": timezone.now()}
    assert_refused("operation_key", Hold.objects.create, **fields, operation_key="k" * 64)


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"amount": -1}, "hold_amount_gte_0"),
        ({"state": "posted", "charged": 6}, "hold_charged_within_amount"),
        ({"state": "voided", "charged": 1}, "hold_charged_when_posted"),
        ({"state": "open", "charged": 1}, "hold_charged_when_posted"),
        ({"state": "open"}, "hold_resolved_when_not_open"),
        ({"state": "voided", "resolved_at": None}, "hold_resolved_when_not_open"),
    ],
)
def test_refuses_a_hold_that_contradicts_itself(owner, fields, name):
    hold = hold_credits(user=owner, amount=5, purpose="text")
    rows = Hold.objects.filter(pk=hold.pk)
    assert_refused(name, rows.update, **{"resolved_at": timezone.now(), **fields})


def assert_append_only(sql: str) -> None:
    before = list(LedgerEntry.objects.values())
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)
    assert list(LedgerEntry.objects.values()) == before


def test_refuses_to_change_an_entry(owner):
    assert_append_only("UPDATE users_ledgerentry SET reason = 'Better' WHERE sequence = 1")


def test_refuses_to_delete_an_entry(owner):
    void_hold(hold=hold_credits(user=owner, amount=5, purpose="text"))
    assert_append_only("DELETE FROM users_ledgerentry WHERE sequence = 3")


def test_refuses_to_change_an_entry_through_its_model(owner):
    entry = owner.account.entries.get()
    entry.available, entry.issued = 400, -400
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        entry.save()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        entry.delete()
    assert owner.account.entries.get().available == 300


def test_refuses_to_delete_a_person_with_a_ledger(owner):
    with pytest.raises(IntegrityError), transaction.atomic():
        owner.delete()
    assert User.objects.filter(pk=owner.pk).exists()
