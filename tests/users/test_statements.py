"""`users/statements.py` does what Django's own queries do, on either database."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError
from django.db.models import Model
from django.utils import timezone

from users.models import ApiKey, CreditAccount, Hold, User
from users.services.api_keys import create_api_key
from users.services.ledger import hold_credits
from users.statements import find, insert, update


def values(row: Model | None) -> dict[str, Any]:
    assert row is not None
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def a_hold(user: User, **fields: Any) -> Hold:
    expires_at = timezone.now() + timedelta(seconds=60)
    return Hold(account=user.account, amount=3, purpose="text", expires_at=expires_at, **fields)


@pytest.fixture
def rows(owner, staff) -> list[Model]:
    """One of each model that is found or written this way, with lists, flags, times and UUIDs."""
    expires_at = timezone.now() + timedelta(days=1)
    key, _ = create_api_key(name="Caf\u00e9 \U0001f511", scopes=["ai", "users:read"])
    update(ApiKey, {"created_by": staff.pk, "expires_at": expires_at}, pk=key.pk)
    hold = hold_credits(user=owner, amount=7, purpose="text: gpt")
    return [key, owner, staff, owner.account, hold, hold.opening_entry]


def test_finds_what_a_query_finds(rows):
    for row in rows:
        model = type(row)
        found = find(model, pk=row.pk)
        assert type(found) is model
        assert values(found) == values(model._default_manager.get(pk=row.pk))


def test_finds_what_a_row_is_related_to_without_another_query(owner, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = find(User, related=("settings", "account"), email=owner.email)
        assert found is not None
        related = values(found.settings), values(found.account)
    assert related == (values(owner.settings), values(CreditAccount.objects.get(pk=owner.pk)))


def test_finds_nothing_by_a_value_that_no_row_has(owner):
    assert find(User, email="nobody@example.com") is None
    assert find(User, pk=owner.pk, email="nobody@example.com") is None


@pytest.mark.parametrize("text", ["%s", "%", "'; DROP TABLE users_user; --", "\u0000", "\\", '"'])
def test_a_value_is_never_sql(owner, text):
    assert find(User, email=text) is None
    assert update(User, {"name": text.replace("\0", "")}, pk=owner.pk) == 1
    assert User.objects.get(pk=owner.pk).name == text.replace("\0", "")


def test_a_row_that_is_inserted_reads_back_as_it_is(owner):
    hold = insert(a_hold(owner, operation_key="a" * 64))
    assert values(Hold.objects.get(pk=hold.pk)) == values(hold)
    assert not hold._state.adding
    assert hold.operation_id == Hold.objects.get().operation_id


def test_an_insert_obeys_the_constraints(owner):
    insert(a_hold(owner, operation_key="a" * 64))
    with pytest.raises(IntegrityError):
        insert(a_hold(owner, operation_key="a" * 64))


def test_an_update_changes_only_what_matches(owner, other_user):
    assert update(User, {"name": "Ada L."}, pk=owner.pk, email=other_user.email) == 0
    assert update(User, {"name": "Ada L."}, pk=owner.pk, email=owner.email) == 1
    assert [User.objects.get(pk=user.pk).name for user in (owner, other_user)] == ["Ada L.", "Bob"]


def test_an_update_that_changes_nothing_counts_what_it_found(owner):
    """MariaDB counts changed rows where it is not told otherwise."""
    assert update(User, {"name": owner.name}, pk=owner.pk) == 1
