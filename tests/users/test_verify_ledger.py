"""`verify_ledger` sees every rule that can be broken, and names the first row that breaks one."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import PROTECT, ForeignKey
from django.utils import timezone

from users.models import CreditAccount, Hold, LedgerEntry, User
from users.services.ledger import (
    SERVICE,
    grant_credits,
    hold_credits,
    open_account,
    post_hold,
    reverse_entry,
    void_hold,
)
from users.triggers import drop_triggers

SWITCHES = {
    "sqlite": ("PRAGMA ignore_check_constraints = ON", "PRAGMA ignore_check_constraints = OFF"),
    "mysql": ("SET check_constraint_checks = 0", "SET check_constraint_checks = 1"),
}


@pytest.fixture
def unchecked(db) -> Iterator[None]:
    """The database does not look at its check constraints."""
    off, on = SWITCHES[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(off)
        yield
        cursor.execute(on)


def verify() -> tuple[str, list[str]]:
    """Why it fails, and the lines that it writes."""
    errors = StringIO()
    with pytest.raises(CommandError) as caught:
        call_command("verify_ledger", stderr=errors)
    return str(caught.value), errors.getvalue().splitlines()


def assert_first_violation(row: str, rule: str) -> None:
    reason, lines = verify()
    assert lines[0] == f"{row}: {rule}"
    assert reason == f"The ledger is wrong, first at {row}."


def write_entry(user: User, **fields: Any) -> LedgerEntry:
    """The next entry of an account, past the services; the account's balances follow it."""
    account = CreditAccount.objects.get(pk=user.pk)
    account.available += fields.get("available", 0)
    account.held += fields.get("held", 0)
    account.entry_count += 1
    account.save()
    after = {"available_after": account.available, "held_after": account.held}
    plausible = {"kind": "grant", "sequence": account.entry_count, "reason": "By hand", **after}
    return LedgerEntry.objects.create(account=account, **{**plausible, **fields})


def test_a_ledger_of_every_kind_of_entry_is_right(owner, other_user):
    post = post_hold(hold=hold_credits(user=owner, amount=5, purpose="text"), amount=3)
    void_hold(hold=hold_credits(user=owner, amount=5, purpose="text"))
    reverse_entry(entry=post, reason="Noise", author=SERVICE)
    hold_credits(user=owner, amount=7, purpose="text", operation_key="k" * 64)
    grant_credits(user=owner, amount=5, reason="Prize", operation_key="g" * 64)
    output = StringIO()
    call_command("verify_ledger", stdout=output)
    assert output.getvalue() == (
        "The ledger is right: 2 accounts, 9 entries, 3 holds; "
        "605 credits issued = 598 available + 7 held + 0 charged.\n"
    )


def test_an_empty_ledger_is_right(db):
    call_command("verify_ledger")


def test_names_an_entry_that_does_not_sum_to_zero(owner, unchecked):
    entry = write_entry(owner, issued=-4, available=5)
    grant_credits(user=owner, amount=1, reason="Prize")
    assert_first_violation(f"entry {entry.pk}", "entry sums to zero")


def test_names_an_entry_whose_amounts_are_not_those_of_its_kind(owner, unchecked):
    entry = write_entry(owner, issued=-5, charged=5)
    assert_first_violation(f"entry {entry.pk}", "entry amounts fit kind")


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"kind": "hold", "available": -5, "held": 5}, "entry opens when hold"),
        ({"kind": "void", "available": 5, "held": -5}, "entry resolves when outcome"),
        ({"kind": "reversal", "issued": 5, "available": -5}, "entry reverses when reversal"),
    ],
)
def test_names_an_entry_without_the_link_of_its_kind(owner, unchecked, fields, rule):
    hold_credits(user=owner, amount=5, purpose="text")
    entry = write_entry(owner, **fields)
    assert_first_violation(f"entry {entry.pk}", rule)


def test_names_an_entry_that_leaves_a_balance_below_zero(owner, unchecked):
    entry = write_entry(owner, kind="adjustment", issued=301, available=-301)
    assert_first_violation(f"entry {entry.pk}", "entry balances gte 0")
    assert f"entry {entry.pk}: available and held are never below zero" in verify()[1]


def test_names_a_gap_in_the_numbers(owner):
    entry = write_entry(owner, sequence=3, issued=-5, available=5)
    assert_first_violation(f"entry {entry.pk}", "entries are numbered without a gap (expected 2)")


def test_names_an_entry_whose_balances_do_not_follow(owner):
    entry = write_entry(owner, issued=-5, available=5, available_after=306)
    grant_credits(user=owner, amount=1, reason="Prize")
    assert_first_violation(
        f"entry {entry.pk}", "the balances after an entry are those before it plus its amounts"
    )


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"available": 301}, "the balances of an account equal the sums of its entries"),
        ({"held": 1}, "the balances of an account equal the sums of its entries"),
        ({"entry_count": 2}, "an account counts its entries"),
        ({"available": -1}, "account available gte 0"),
    ],
)
def test_names_an_account_that_disagrees_with_its_entries(
    owner, other_user, unchecked, changes, rule
):
    CreditAccount.objects.filter(pk=other_user.pk).update(**changes)
    assert_first_violation(f"account {other_user.pk}", rule)


def test_names_an_account_that_holds_what_no_hold_accounts_for(owner, unchecked):
    write_entry(owner, kind="adjustment", issued=-5, held=5)
    assert f"account {owner.pk}: what is held is the sum of the open holds" in verify()[1]


def test_names_a_user_without_an_account(db):
    user = User.objects.create(email="eve@example.com")
    assert_first_violation(f"user {user.pk}", "every user has an account")


def test_names_a_hold_that_no_entry_opened(owner):
    hold = Hold.objects.create(account=owner.account, amount=5, expires_at=timezone.now())
    assert f"hold {hold.pk}: every hold was opened by an entry" in verify()[1]


@pytest.mark.parametrize("amount", [4, 6])
def test_names_an_opening_of_another_amount(owner, amount):
    hold = hold_credits(user=owner, amount=5, purpose="text")
    Hold.objects.filter(pk=hold.pk).update(amount=amount)
    assert_first_violation(
        f"entry {hold.opening_entry.pk}",
        "a hold's first entry moves its amount from available to held",
    )


def test_names_an_opening_of_someone_elses_hold(owner, other_user):
    hold = Hold.objects.create(account=other_user.account, amount=5, expires_at=timezone.now())
    entry = write_entry(owner, kind="hold", available=-5, held=5, opens=hold)
    assert_first_violation(
        f"entry {entry.pk}", "a hold's first entry moves its amount from available to held"
    )


def test_names_an_outcome_that_charges_other_than_the_hold_says(owner):
    hold = hold_credits(user=owner, amount=5, purpose="text")
    entry = post_hold(hold=hold, amount=3)
    Hold.objects.filter(pk=hold.pk).update(charged=4)
    assert_first_violation(
        f"entry {entry.pk}", "a hold's outcome charges what the hold says and returns the rest"
    )


def test_names_an_outcome_of_another_kind_than_the_hold_says(owner):
    hold = hold_credits(user=owner, amount=5, purpose="text")
    entry = void_hold(hold=hold)
    Hold.objects.filter(pk=hold.pk).update(state="expired")
    assert_first_violation(
        f"entry {entry.pk}", "a hold's outcome charges what the hold says and returns the rest"
    )


def test_names_an_outcome_before_its_opening(owner):
    fields = {"amount": 5, "expires_at": timezone.now(), "resolved_at": timezone.now()}
    hold = Hold.objects.create(account=owner.account, state="voided", **fields)
    hold_credits(user=owner, amount=5, purpose="text")
    entry = write_entry(owner, kind="void", available=5, held=-5, resolves=hold)
    write_entry(owner, kind="hold", available=-5, held=5, opens=hold)
    assert_first_violation(f"entry {entry.pk}", "a hold is opened before it is resolved")


def test_names_a_resolved_hold_without_an_outcome(owner):
    hold = hold_credits(user=owner, amount=5, purpose="text")
    Hold.objects.filter(pk=hold.pk).update(state="voided", resolved_at=timezone.now())
    assert (
        f"hold {hold.pk}: a hold has one outcome when resolved, and none while open"
        in (verify()[1])
    )


def test_names_an_open_hold_with_an_outcome(owner):
    hold = hold_credits(user=owner, amount=5, purpose="text")
    void_hold(hold=hold)
    Hold.objects.filter(pk=hold.pk).update(state="open", resolved_at=None)
    assert (
        f"hold {hold.pk}: a hold has one outcome when resolved, and none while open"
        in (verify()[1])
    )


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"amount": -1}, "hold amount gte 0"),
        ({"charged": 6}, "hold charged within amount"),
        ({"state": "voided"}, "hold charged when posted"),
        ({"resolved_at": None}, "hold resolved when not open"),
    ],
)
def test_names_a_hold_that_contradicts_itself(owner, unchecked, changes, rule):
    hold = hold_credits(user=owner, amount=5, purpose="text")
    post_hold(hold=hold, amount=5)
    Hold.objects.filter(pk=hold.pk).update(**changes)
    assert f"hold {hold.pk}: {rule}" in verify()[1]


def test_names_a_voided_hold_that_keeps_its_operation_id(owner):
    hold = hold_credits(user=owner, amount=5, purpose="text")
    void_hold(hold=hold)
    Hold.objects.filter(pk=hold.pk).update(operation_key="k" * 64)
    assert_first_violation(f"hold {hold.pk}", "a void or an expiry frees the operation id")


def test_names_an_operation_id_used_for_a_grant_and_a_hold(owner):
    hold = hold_credits(user=owner, amount=5, purpose="text")
    grant_credits(user=owner, amount=5, reason="Prize", operation_key="k" * 64)
    Hold.objects.filter(pk=hold.pk).update(operation_key="k" * 64)
    assert_first_violation(f"hold {hold.pk}", "a client's operation id is used once")


REVERSES = "a reversal undoes, once, an earlier grant, adjustment or post of the same account"


def test_names_a_reversal_of_another_amount(owner):
    grant = grant_credits(user=owner, amount=5, reason="Prize")
    fields = {"kind": "reversal", "issued": 4, "available": -4, "reverses": grant}
    assert_first_violation(f"entry {write_entry(owner, **fields).pk}", REVERSES)


def test_names_a_reversal_of_someone_elses_grant(owner, other_user):
    grant = grant_credits(user=other_user, amount=5, reason="Prize")
    fields = {"kind": "reversal", "issued": 5, "available": -5, "reverses": grant}
    assert_first_violation(f"entry {write_entry(owner, **fields).pk}", REVERSES)


def test_names_a_reversal_of_a_reversal(owner):
    grant = grant_credits(user=owner, amount=5, reason="Prize")
    reversal = reverse_entry(entry=grant, reason="Wrong person", author=SERVICE)
    fields = {"kind": "reversal", "issued": -5, "available": 5, "reverses": reversal}
    assert_first_violation(f"entry {write_entry(owner, **fields).pk}", REVERSES)


@contextmanager
def links_may_repeat(name: str) -> Iterator[None]:
    """The link of this name is not unique in the database."""
    unique: Any = LedgerEntry._meta.get_field(name)
    plain: Any = ForeignKey(unique.related_model, PROTECT, null=True, related_name="+")
    plain.set_attributes_from_name(name)
    plain.model = LedgerEntry
    with connection.schema_editor() as editor:
        editor.alter_field(LedgerEntry, unique, plain)
    try:
        yield
    finally:
        empty_the_ledger()
        with connection.schema_editor() as editor:
            editor.alter_field(LedgerEntry, plain, unique)


def empty_the_ledger() -> None:
    with connection.schema_editor() as editor:
        drop_triggers(editor)
    with connection.constraint_checks_disabled(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM users_ledgerentry")


@pytest.mark.django_db(transaction=True)
def test_names_a_second_opening_of_a_hold(owner):
    hold = hold_credits(user=owner, amount=5, purpose="text")
    with links_may_repeat("opens"):
        entry = write_entry(owner, kind="hold", available=-5, held=5, opens=hold)
        assert_first_violation(f"entry {entry.pk}", "a hold is opened once")


@pytest.mark.django_db(transaction=True)
def test_names_a_second_outcome_of_a_hold(owner):
    hold = hold_credits(user=owner, amount=5, purpose="text")
    hold_credits(user=owner, amount=5, purpose="text")
    void_hold(hold=hold)
    with links_may_repeat("resolves"):
        entry = write_entry(owner, kind="void", available=5, held=-5, resolves=hold)
        assert_first_violation(f"entry {entry.pk}", "a hold has one outcome")


@pytest.mark.django_db(transaction=True)
def test_names_a_second_reversal_of_an_entry(owner):
    grant = grant_credits(user=owner, amount=5, reason="Prize")
    reverse_entry(entry=grant, reason="Wrong person", author=SERVICE)
    with links_may_repeat("reverses"):
        fields = {"kind": "reversal", "issued": 5, "available": -5, "reverses": grant}
        assert_first_violation(f"entry {write_entry(owner, **fields).pk}", REVERSES)


@pytest.mark.django_db(transaction=True)
def test_names_an_entry_that_was_changed_in_place(owner):
    grant = grant_credits(user=owner, amount=5, reason="Prize")
    grant_credits(user=owner, amount=1, reason="Prize")
    with connection.schema_editor() as editor:
        drop_triggers(editor)
    LedgerEntry.objects.filter(pk=grant.pk).update(available=50, issued=-50)
    assert_first_violation(
        f"entry {grant.pk}", "the balances after an entry are those before it plus its amounts"
    )


@pytest.mark.django_db(transaction=True)
def test_names_an_entry_and_a_hold_of_nobody(owner):
    hold = hold_credits(user=owner, amount=5, purpose="text")
    with connection.constraint_checks_disabled(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM users_creditaccount")
    try:
        lines = verify()[1]
    finally:
        open_account(user=owner)
    assert f"hold {hold.pk}: every hold belongs to an account" in lines
    assert f"entry {hold.opening_entry.pk}: every entry belongs to an account" in lines
