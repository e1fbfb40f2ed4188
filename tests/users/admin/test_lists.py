"""Lists stay quick: a page costs the same few queries, whatever the number of rows."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from users.admin.recency import first_pk_since
from users.models import Hold, LedgerEntry, User
from users.services.ledger import grant_credits, hold_credits, post_hold


def queries_of(client, address: str) -> list[str]:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    return [query["sql"] for query in captured.captured_queries]


@pytest.mark.parametrize("name", ["users_user", "users_ledgerentry", "users_hold"])
def test_more_rows_cost_no_more_queries(admin, name):
    def add_people(start: int) -> None:
        for number in range(start, start + 5):
            user = User.objects.create_user(f"person{number}@example.com")
            post_hold(hold=hold_credits(user=user, amount=5, purpose="text"), amount=2)

    address = reverse(f"admin:{name}_changelist")
    add_people(0)
    few = queries_of(admin, address)
    add_people(5)
    assert len(queries_of(admin, address)) == len(few) <= 8


@pytest.mark.parametrize("name", ["users_user", "users_ledgerentry", "users_hold"])
def test_a_list_counts_nothing(admin, owner, name):
    address = reverse(f"admin:{name}_changelist")
    assert not [sql for sql in queries_of(admin, address) if "COUNT(" in sql]


def test_pages_end_before_an_offset_gets_dear(admin, owner):
    address = reverse("admin:users_ledgerentry_changelist")
    assert admin.get(address, {"p": "200"}).status_code == 200
    answer = admin.get(address, {"p": "201"})
    assert (answer.status_code, answer["Location"]) == (302, f"{address}?e=1")


def found(client, name: str, **query: str) -> list[Any]:
    answer = client.get(reverse(f"admin:{name}_changelist"), query)
    return list(answer.context["cl"].result_list)


def test_people_are_found_by_address_in_any_case(admin, owner, other_user):
    assert found(admin, "users_user", q="ADA@Example.com") == [owner]


def test_people_are_found_by_a_part_of_their_name(admin, owner, other_user):
    assert found(admin, "users_user", q="bo") == [other_user]


def test_people_are_listed_by_state(admin, owner, other_user, superuser):
    User.objects.filter(pk=owner.pk).update(deleted_at=timezone.now(), is_active=False)
    User.objects.filter(pk=other_user.pk).update(is_active=False)
    assert found(admin, "users_user", state="active") == [superuser]
    assert found(admin, "users_user", state="locked") == [other_user]
    assert found(admin, "users_user", state="deleted") == [owner]
    assert found(admin, "users_user", state="erased") == []


def test_entries_are_found_by_person(admin, owner, other_user):
    grant_credits(user=owner, amount=1, reason="Goodwill")
    entries = found(admin, "users_ledgerentry", q="ada@example.com")
    assert [(entry.account_id, entry.sequence) for entry in entries] == [
        (owner.pk, 2),
        (owner.pk, 1),
    ]


def test_entries_are_found_by_operation_id(admin, owner, other_user):
    hold = hold_credits(user=owner, amount=5, purpose="text")
    post_hold(hold=hold, amount=2)
    hold_credits(user=other_user, amount=5, purpose="text")
    entries = found(admin, "users_ledgerentry", q=str(hold.operation_id))
    assert [entry.kind for entry in entries] == ["post", "hold"]
    assert found(admin, "users_hold", q=str(hold.operation_id)) == [hold]


def test_entries_are_found_by_the_words_of_their_reason(admin, owner, other_user):
    for user in (owner, other_user):
        grant_credits(user=user, amount=1, reason="Goodwill for an outage")
    assert len(found(admin, "users_ledgerentry", q="an OUTAGE")) == 2
    (entry,) = found(admin, "users_ledgerentry", q="outage bob@example.com")
    assert entry.account_id == other_user.pk


def test_an_unknown_address_finds_nothing(admin, owner):
    assert found(admin, "users_ledgerentry", q="nobody@example.com") == []


def test_entries_are_listed_by_kind_and_period(admin, owner):
    hold_credits(user=owner, amount=5, purpose="text")
    (entry,) = found(admin, "users_ledgerentry", kind__exact="hold", period="1")
    assert entry.kind == LedgerEntry.Kind.HOLD


def test_a_period_leaves_older_rows_out(admin, owner, other_user):
    for user in (owner, other_user):
        hold_credits(user=user, amount=5, purpose="text")
    old, young = Hold.objects.order_by("pk")
    Hold.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=3))
    since_yesterday = first_pk_since(
        Hold.objects.all(), "created_at", timezone.now() - timedelta(days=1)
    )
    assert since_yesterday == young.pk
    assert first_pk_since(Hold.objects.all(), "created_at", timezone.now()) == young.pk + 1


def test_what_staff_did_is_found_by_who_did_it(admin, superuser, owner, other_user):
    LogEntry.objects.log_actions(superuser.pk, [owner], 2, "Seen.", single_object=True)
    LogEntry.objects.log_actions(other_user.pk, [owner], 2, "Seen.", single_object=True)
    (entry,) = found(admin, "admin_logentry", q="ROOT@example.com")
    assert entry.user == superuser
    assert len(found(admin, "admin_logentry", q="ada@")) == 2


@pytest.mark.parametrize("age", range(-1, 7))
def test_the_first_row_since_a_moment_is_found_between_gaps(owner, age):
    now = timezone.now()
    ids = [2, 3, 7, 8, 15]
    for days, pk in enumerate(reversed(ids)):
        Hold.objects.create(pk=pk, account=owner.account, amount=0, purpose="text", expires_at=now)
        Hold.objects.filter(pk=pk).update(created_at=now - timedelta(days=days))
    start = first_pk_since(Hold.objects.all(), "created_at", now - timedelta(days=age))
    young = [pk for days, pk in enumerate(reversed(ids)) if days <= age]
    assert [pk for pk in ids if pk >= start] == sorted(young)
