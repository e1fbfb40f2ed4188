"""The ledger's rules, one by one."""

from users.models import LedgerEntry
from users.services.ledger import hold_credits, post_hold, void_hold


def test_a_new_user_has_the_welcome_credits(owner):
    assert owner.account.available == 300
    assert owner.account.entries.get().kind == LedgerEntry.Kind.GRANT


def test_a_hold_moves_credits_from_available_to_held(owner):
    hold_credits(user=owner, amount=5, purpose="text")
    owner.account.refresh_from_db()
    assert (owner.account.available, owner.account.held) == (295, 5)


def test_posting_a_part_returns_the_rest(owner):
    hold = hold_credits(user=owner, amount=5, purpose="text")
    entry = post_hold(hold=hold, amount=2)
    owner.account.refresh_from_db()
    assert (owner.account.available, owner.account.held) == (298, 0)
    assert (entry.available, entry.held, entry.charged) == (3, -5, 2)


def test_a_void_returns_the_whole_hold(owner):
    void_hold(hold=hold_credits(user=owner, amount=5, purpose="text"))
    owner.account.refresh_from_db()
    assert (owner.account.available, owner.account.held) == (300, 0)
