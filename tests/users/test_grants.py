"""Credits that are given, taken back and refunded."""

import pytest

from users.errors import EntryNotReversibleError, InsufficientCreditsError
from users.models import LedgerEntry, User
from users.services.api_keys import create_api_key
from users.services.ledger import (
    Author,
    adjust_credits,
    change_credits,
    grant_credits,
    hold_credits,
    post_hold,
    reverse_entry,
    void_hold,
)

SAVEPOINT_AND_RELEASE = 2


def balances(user: User) -> tuple[int, int]:
    user.account.refresh_from_db()
    return user.account.available, user.account.held


def test_a_grant_adds_to_what_is_available(owner, staff):
    entry = grant_credits(user=owner, amount=50, reason="Prize", author=Author(user=staff))
    assert balances(owner) == (350, 0)
    assert (entry.kind, entry.issued, entry.available) == (LedgerEntry.Kind.GRANT, -50, 50)
    assert (entry.reason, entry.author) == ("Prize", staff)


@pytest.mark.parametrize("amount", [0, -1])
def test_refuses_a_grant_of_nothing_or_less(owner, amount):
    with pytest.raises(ValueError, match="one credit or more"):
        grant_credits(user=owner, amount=amount, reason="Prize")
    assert balances(owner) == (300, 0)


def test_an_adjustment_gives(owner, staff):
    adjust_credits(user=owner, amount=1, reason="Mistake", author=Author(user=staff))
    assert balances(owner) == (301, 0)


def test_an_adjustment_takes_back(owner, staff):
    author = Author(user=staff)
    entry = adjust_credits(user=owner, amount=-300, reason="Mistake", author=author)
    assert balances(owner) == (0, 0)
    assert (entry.kind, entry.issued) == (LedgerEntry.Kind.ADJUSTMENT, 300)


def test_an_adjustment_never_takes_more_than_is_available(owner, staff):
    hold_credits(user=owner, amount=100, purpose="text")
    with pytest.raises(InsufficientCreditsError) as caught:
        adjust_credits(user=owner, amount=-201, reason="Mistake", author=Author(user=staff))
    assert caught.value.extra == {"required": 201, "balance": 200}
    assert balances(owner) == (200, 100)


def test_refuses_an_adjustment_of_nothing(owner, staff):
    with pytest.raises(ValueError, match="changes something"):
        adjust_credits(user=owner, amount=0, reason="Mistake", author=Author(user=staff))


@pytest.mark.parametrize(("amount", "kind"), [(5, "grant"), (-5, "adjustment")])
def test_a_change_of_credits_is_a_grant_or_takes_back(owner, staff, amount, kind):
    author = Author(user=staff)
    assert change_credits(user=owner, amount=amount, reason="x", author=author).kind == kind
    assert balances(owner) == (300 + amount, 0)


def test_an_entry_keeps_the_key_that_caused_it(owner):
    api_key, _ = create_api_key(name="Frontend", scopes=["credits:write"])
    entry = grant_credits(user=owner, amount=1, reason="Prize", author=Author(api_key=api_key))
    assert (entry.api_key, entry.author) == (api_key, None)


def test_a_reversed_grant_is_taken_back(owner, staff):
    grant = grant_credits(user=owner, amount=50, reason="Prize")
    reversal = reverse_entry(entry=grant, reason="Wrong person", author=Author(user=staff))
    assert balances(owner) == (300, 0)
    assert (reversal.reverses, reversal.issued, reversal.available) == (grant, 50, -50)


@pytest.mark.parametrize("amount", [20, -20])
def test_a_reversed_adjustment_is_undone(owner, staff, amount):
    author = Author(user=staff)
    adjustment = adjust_credits(user=owner, amount=amount, reason="Mistake", author=author)
    reverse_entry(entry=adjustment, reason="It was right", author=author)
    assert balances(owner) == (300, 0)


def test_a_reversed_charge_is_refunded(owner, staff):
    post = post_hold(hold=hold_credits(user=owner, amount=5, purpose="text"), amount=3)
    refund = reverse_entry(entry=post, reason="It was noise", author=Author(user=staff))
    assert balances(owner) == (300, 0)
    assert (refund.issued, refund.available, refund.held, refund.charged) == (0, 3, 0, -3)


def test_a_grant_that_is_spent_is_not_taken_back(owner, staff):
    post_hold(hold=hold_credits(user=owner, amount=1, purpose="text"), amount=1)
    with pytest.raises(InsufficientCreditsError):
        reverse_entry(entry=owner.account.entries.last(), reason="x", author=Author(user=staff))
    assert balances(owner) == (299, 0)


def test_refuses_to_reverse_an_entry_twice(owner, staff):
    grant = grant_credits(user=owner, amount=50, reason="Prize")
    reverse_entry(entry=grant, reason="Wrong person", author=Author(user=staff))
    with pytest.raises(EntryNotReversibleError):
        reverse_entry(entry=grant, reason="Wrong person", author=Author(user=staff))
    assert balances(owner) == (300, 0)


def test_refuses_to_reverse_a_hold_a_void_or_a_reversal(owner, staff):
    author = Author(user=staff)
    hold = hold_credits(user=owner, amount=5, purpose="text")
    void = void_hold(hold=hold)
    grant = grant_credits(user=owner, amount=5, reason="Prize")
    reversal = reverse_entry(entry=grant, reason="Wrong person", author=author)
    for entry in (hold.opening_entry, void, reversal):
        with pytest.raises(EntryNotReversibleError):
            reverse_entry(entry=entry, reason="x", author=author)
    assert balances(owner) == (300, 0)


@pytest.mark.parametrize("more_entries", [0, 40])
def test_statements_do_not_grow_with_the_ledger(
    owner, staff, more_entries, django_assert_num_queries
):
    for _ in range(more_entries):
        grant_credits(user=owner, amount=1, reason="Gift")
    with django_assert_num_queries(3 + SAVEPOINT_AND_RELEASE):
        grant = grant_credits(user=owner, amount=1, reason="Gift")
    with django_assert_num_queries(4 + SAVEPOINT_AND_RELEASE):
        reverse_entry(entry=grant, reason="x", author=Author(user=staff))
