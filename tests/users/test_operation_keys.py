"""What a client did once under its own operation id is never done twice."""

import hashlib
from datetime import timedelta

import pytest
from django.utils import timezone

from users.errors import OperationInProgressError, OperationSettledError
from users.models import Hold
from users.services.ledger import (
    Author,
    adjust_credits,
    expire_holds,
    grant_credits,
    hold_credits,
    post_hold,
    void_hold,
)

SAVEPOINT_AND_RELEASE = 2


def key_of(sent: str) -> str:
    return hashlib.sha256(sent.encode()).hexdigest()


KEY = key_of("answer-1")


def hold_under_key(user, key=KEY) -> Hold:
    return hold_credits(user=user, amount=5, purpose="text", operation_key=key)


def test_refuses_an_operation_that_is_still_running(owner):
    hold_under_key(owner)
    with pytest.raises(OperationInProgressError):
        hold_under_key(owner)
    assert owner.account.holds.count() == 1


def test_refuses_an_operation_that_was_charged(owner):
    post_hold(hold=hold_under_key(owner), amount=1)
    with pytest.raises(OperationSettledError):
        hold_under_key(owner)
    assert owner.account.holds.count() == 1


def test_a_void_frees_the_key(owner):
    first = hold_under_key(owner)
    void_hold(hold=first)
    assert first.operation_key is None
    assert hold_under_key(owner).state == Hold.State.OPEN


def test_an_expiry_frees_the_key(owner):
    hold = hold_under_key(owner)
    Hold.objects.filter(pk=hold.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    expire_holds()
    assert hold_under_key(owner).state == Hold.State.OPEN


def test_a_refused_hold_does_not_use_the_key(owner):
    too_much = pytest.raises(Exception, match="no more credits")
    with too_much:
        hold_credits(user=owner, amount=301, purpose="text", operation_key=KEY)
    assert hold_under_key(owner).state == Hold.State.OPEN


def test_refuses_a_second_grant_under_one_key(owner):
    grant_credits(user=owner, amount=5, reason="Prize", operation_key=KEY)
    with pytest.raises(OperationSettledError):
        grant_credits(user=owner, amount=5, reason="Prize", operation_key=KEY)
    owner.account.refresh_from_db()
    assert owner.account.available == 305


def test_refuses_a_second_adjustment_under_one_key(owner, staff):
    change = {"user": owner, "amount": -5, "reason": "Mistake", "author": Author(user=staff)}
    adjust_credits(**change, operation_key=KEY)
    with pytest.raises(OperationSettledError):
        adjust_credits(**change, operation_key=KEY)


def test_a_key_is_one_for_grants_and_holds(owner):
    grant_credits(user=owner, amount=5, reason="Prize", operation_key=KEY)
    with pytest.raises(OperationSettledError):
        hold_under_key(owner)
    hold_under_key(owner, key_of("other"))
    with pytest.raises(OperationInProgressError):
        grant_credits(user=owner, amount=5, reason="Prize", operation_key=key_of("other"))


def test_keys_that_differ_in_case_are_two(owner):
    hold_under_key(owner, key_of("Answer-1"))
    hold_under_key(owner, key_of("answer-1"))
    assert owner.account.holds.count() == 2


def test_a_key_is_its_persons_own(owner, other_user):
    hold_under_key(owner)
    assert hold_under_key(other_user).state == Hold.State.OPEN


def test_operations_without_a_key_do_not_exclude_each_other(owner):
    hold_under_key(owner, None)
    hold_under_key(owner, None)
    assert owner.account.holds.count() == 2


@pytest.mark.parametrize("more_entries", [0, 40])
def test_a_key_costs_one_lookup(owner, more_entries, django_assert_num_queries):
    for number in range(more_entries):
        grant_credits(user=owner, amount=1, reason="Gift", operation_key=key_of(str(number)))
    with django_assert_num_queries(4 + 1 + SAVEPOINT_AND_RELEASE):
        hold = hold_under_key(owner)
    with django_assert_num_queries(4 + SAVEPOINT_AND_RELEASE):
        post_hold(hold=hold, amount=5)
