"""What a hold does to the balances, and the one outcome that it has."""

from datetime import timedelta

import pytest
from django.utils import timezone

from users.errors import HoldResolvedError, InsufficientCreditsError, UserNotFoundError
from users.models import Hold, LedgerEntry, User
from users.services.ledger import (
    Author,
    expire_holds,
    grant_credits,
    hold_credits,
    post_hold,
    void_hold,
)
from users.services.people import create_user

LOCK_UPDATE_INSERT_INSERT = 4
SAVEPOINT_AND_RELEASE = 2


def balances(user: User) -> tuple[int, int]:
    user.account.refresh_from_db()
    return user.account.available, user.account.held


def let_time_pass(hold: Hold) -> None:
    Hold.objects.filter(pk=hold.pk).update(expires_at=timezone.now() - timedelta(seconds=1))


def resolve(hold: Hold, outcome: str) -> None:
    if outcome == "post":
        post_hold(hold=hold, amount=hold.amount)
    elif outcome == "void":
        void_hold(hold=hold)
    else:
        let_time_pass(hold)
        expire_holds()


def test_a_new_user_has_the_welcome_credits(owner):
    assert balances(owner) == (300, 0)
    assert owner.account.entries.get().kind == LedgerEntry.Kind.GRANT


def test_a_hold_moves_credits_from_available_to_held(owner):
    hold = hold_credits(user=owner, amount=5, purpose="text")
    assert balances(owner) == (295, 5)
    entry = hold.opening_entry
    assert (entry.issued, entry.available, entry.held, entry.charged) == (0, -5, 5, 0)
    assert (entry.sequence, entry.available_after, entry.held_after) == (2, 295, 5)
    assert (hold.state, hold.purpose, entry.reason) == ("open", "text", "text")


def test_everything_available_may_be_held(owner):
    hold_credits(user=owner, amount=300, purpose="text")
    assert balances(owner) == (0, 300)


def test_refuses_a_hold_of_more_than_is_available(owner):
    hold_credits(user=owner, amount=299, purpose="text")
    with pytest.raises(InsufficientCreditsError) as caught:
        hold_credits(user=owner, amount=2, purpose="text")
    assert caught.value.extra == {"required": 2, "balance": 1}
    assert balances(owner) == (1, 299)
    assert (Hold.objects.count(), owner.account.entries.count()) == (1, 2)


def test_what_is_free_is_held_and_posted_too(owner):
    hold = hold_credits(user=owner, amount=0, purpose="text")
    post_hold(hold=hold, amount=0)
    assert balances(owner) == (300, 0)
    assert (hold.state, owner.account.entries.count()) == ("posted", 3)


@pytest.mark.parametrize("amount", [-1, -(2**70)])
def test_refuses_a_hold_of_less_than_nothing(owner, amount):
    with pytest.raises(ValueError, match="or more"):
        hold_credits(user=owner, amount=amount, purpose="text")
    assert balances(owner) == (300, 0)


def test_a_huge_hold_is_more_than_is_available(owner):
    with pytest.raises(InsufficientCreditsError):
        hold_credits(user=owner, amount=2**70, purpose="text")


def test_refuses_a_hold_for_someone_without_an_account(db):
    with pytest.raises(UserNotFoundError):
        hold_credits(user=User(pk=1), amount=1, purpose="text")


def test_a_long_purpose_is_cut_to_what_is_stored(owner):
    hold = hold_credits(user=owner, amount=1, purpose="p" * 300)
    hold.refresh_from_db()
    assert hold.purpose == hold.opening_entry.reason == "p" * 200


def test_a_hold_names_its_author(owner, staff):
    hold = hold_credits(user=owner, amount=1, purpose="text", author=Author(user=staff))
    assert (hold.opening_entry.author, hold.opening_entry.api_key) == (staff, None)


def test_a_hold_of_one_person_leaves_others_alone(owner, other_user):
    hold_credits(user=owner, amount=5, purpose="text")
    assert balances(other_user) == (300, 0)


def test_posting_all_charges_the_whole_hold(owner):
    hold = hold_credits(user=owner, amount=5, purpose="text")
    entry = post_hold(hold=hold, amount=5)
    assert balances(owner) == (295, 0)
    assert (entry.available, entry.held, entry.charged) == (0, -5, 5)
    assert (hold.state, hold.charged) == ("posted", 5)


def test_posting_a_part_returns_the_rest(owner):
    hold = hold_credits(user=owner, amount=5, purpose="text")
    entry = post_hold(hold=hold, amount=2)
    assert balances(owner) == (298, 0)
    assert (entry.available, entry.held, entry.charged) == (3, -5, 2)
    hold.refresh_from_db()
    assert (hold.state, hold.charged, hold.resolving_entry) == ("posted", 2, entry)
    assert hold.resolved_at is not None


@pytest.mark.parametrize("amount", [-1, 6])
def test_refuses_to_post_less_than_nothing_or_more_than_was_held(owner, amount):
    hold = hold_credits(user=owner, amount=5, purpose="text")
    with pytest.raises(ValueError, match="Cannot post"):
        post_hold(hold=hold, amount=amount)
    assert balances(owner) == (295, 5)


def test_a_void_returns_the_whole_hold(owner):
    hold = hold_credits(user=owner, amount=5, purpose="text")
    entry = void_hold(hold=hold, reason="The provider failed.")
    assert balances(owner) == (300, 0)
    assert (entry.kind, entry.reason) == (LedgerEntry.Kind.VOID, "The provider failed.")
    assert (hold.state, hold.charged) == ("voided", 0)


def test_an_overdue_hold_expires(owner):
    overdue = hold_credits(user=owner, amount=5, purpose="text")
    running = hold_credits(user=owner, amount=7, purpose="speech")
    let_time_pass(overdue)
    assert expire_holds() == 1
    assert balances(owner) == (293, 7)
    overdue.refresh_from_db()
    running.refresh_from_db()
    assert (overdue.state, running.state) == ("expired", "open")
    assert overdue.resolving_entry.kind == LedgerEntry.Kind.EXPIRE


def test_expiring_again_finds_nothing(owner):
    let_time_pass(hold_credits(user=owner, amount=5, purpose="text"))
    assert (expire_holds(), expire_holds()) == (1, 0)


def test_any_number_of_overdue_holds_expires_in_batches_the_oldest_first(
    owner, monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr("users.services.ledger.EXPIRED_AT_ONCE", 2)
    holds = [hold_credits(user=owner, amount=1, purpose=str(number)) for number in range(7)]
    now = timezone.now()
    for hold, age_s in zip(holds, [1, 3, 3, 3, 2, 9, -9], strict=True):
        Hold.objects.filter(pk=hold.pk).update(expires_at=now - timedelta(seconds=age_s))
    batches = 4
    with django_assert_num_queries(
        batches + 6 * (LOCK_UPDATE_INSERT_INSERT + SAVEPOINT_AND_RELEASE)
    ):
        assert expire_holds() == 6
    expired = owner.account.entries.filter(kind="expire").order_by("sequence")
    assert [entry.reason for entry in expired] == ["5", "1", "2", "3", "4", "0"]
    assert balances(owner) == (299, 1)


def test_a_sweep_tries_each_hold_once(owner, monkeypatch):
    """Whatever comes of it, and so it ends."""
    monkeypatch.setattr("users.services.ledger.EXPIRED_AT_ONCE", 2)
    for _ in range(5):
        let_time_pass(hold_credits(user=owner, amount=1, purpose="text"))
    tried = []

    def refuse(hold, *args):
        assert hold not in tried
        tried.append(hold)
        raise HoldResolvedError

    monkeypatch.setattr("users.services.ledger._resolve", refuse)
    assert expire_holds() == 0
    assert len(tried) == 5


def test_a_hold_lives_for_the_configured_time(owner, settings):
    settings.HOLD_EXPIRES_AFTER_S = 60
    hold = hold_credits(user=owner, amount=5, purpose="text")
    assert timedelta(seconds=59) < hold.expires_at - timezone.now() <= timedelta(seconds=60)


def test_a_hold_that_finds_too_little_expires_what_is_overdue(owner, other_user):
    let_time_pass(hold_credits(user=owner, amount=300, purpose="text"))
    foreign = hold_credits(user=other_user, amount=1, purpose="text")
    let_time_pass(foreign)
    hold_credits(user=owner, amount=10, purpose="text")
    assert balances(owner) == (290, 10)
    foreign.refresh_from_db()
    assert foreign.state == "open"


def test_a_hold_that_finds_enough_leaves_overdue_holds_alone(owner):
    overdue = hold_credits(user=owner, amount=5, purpose="text")
    let_time_pass(overdue)
    hold_credits(user=owner, amount=5, purpose="text")
    overdue.refresh_from_db()
    assert overdue.state == "open"


def test_an_overdue_hold_that_was_not_swept_yet_is_still_settled(owner):
    hold = hold_credits(user=owner, amount=5, purpose="text")
    let_time_pass(hold)
    post_hold(hold=hold, amount=5)
    assert balances(owner) == (295, 0)
    assert expire_holds() == 0


@pytest.mark.parametrize("second", ["post", "void"])
@pytest.mark.parametrize("first", ["post", "void", "expire"])
def test_a_hold_has_one_outcome(owner, first, second):
    hold = hold_credits(user=owner, amount=5, purpose="text")
    resolve(hold, first)
    before = balances(owner)
    state = Hold.objects.get(pk=hold.pk).state
    with pytest.raises(HoldResolvedError):
        resolve(hold, second)
    hold.refresh_from_db()
    assert (balances(owner), hold.state) == (before, state)
    assert owner.account.entries.count() == 3


def test_a_refused_outcome_leaves_the_hold_in_hand_as_it_was(owner):
    hold = hold_credits(user=owner, amount=5, purpose="text")
    stale = Hold.objects.get(pk=hold.pk)
    void_hold(hold=hold)
    with pytest.raises(HoldResolvedError):
        post_hold(hold=stale, amount=5)
    assert (stale.state, stale.charged, stale.resolved_at) == ("open", 0, None)


@pytest.mark.parametrize("more_entries", [0, 40])
def test_a_hold_and_its_outcome_are_four_statements_each(
    owner, more_entries, django_assert_num_queries
):
    for _ in range(more_entries):
        grant_credits(user=owner, amount=1, reason="Gift")
    with django_assert_num_queries(LOCK_UPDATE_INSERT_INSERT + SAVEPOINT_AND_RELEASE):
        hold = hold_credits(user=owner, amount=5, purpose="text")
    with django_assert_num_queries(LOCK_UPDATE_INSERT_INSERT + SAVEPOINT_AND_RELEASE):
        post_hold(hold=hold, amount=5)
    hold = hold_credits(user=owner, amount=5, purpose="text")
    with django_assert_num_queries(LOCK_UPDATE_INSERT_INSERT + SAVEPOINT_AND_RELEASE):
        void_hold(hold=hold)


def test_a_person_starts_with_what_the_settings_say(db, settings):
    settings.INITIAL_CREDITS = 0
    assert balances(create_user(email="eve@example.com")) == (0, 0)
