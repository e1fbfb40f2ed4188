"""How `verify_ledger` reads: in batches, as far as asked, and one moment while others write."""

from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from threading import Event

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import F

from tests.users.test_verify_ledger import assert_first_violation
from users.models import CreditAccount, LedgerEntry, User
from users.services import audit
from users.services.ledger import grant_credits, hold_credits, post_hold


def test_stops_after_as_many_rows_as_asked(owner, other_user, staff):
    CreditAccount.objects.update(available=F("available") + 1)
    errors = StringIO()
    with pytest.raises(CommandError):
        call_command("verify_ledger", most=2, stderr=errors)
    assert len(errors.getvalue().splitlines()) == 2


def test_reads_every_account_whatever_the_size_of_a_batch(owner, other_user, staff, monkeypatch):
    monkeypatch.setattr(audit, "BATCH_ACCOUNTS", 1)
    totals = audit.AuditTotals()
    assert list(audit.audit_ledger(totals)) == []
    assert (totals.accounts, totals.entries, totals.issued) == (3, 3, -900)
    CreditAccount.objects.filter(pk=staff.pk).update(available=1)
    assert_first_violation(
        f"account {staff.pk}", "the balances of an account equal the sums of its entries"
    )


@pytest.mark.django_db(transaction=True)
def test_a_ledger_that_is_being_written_is_right(owner, other_user, monkeypatch):
    monkeypatch.setattr(audit, "BATCH_ACCOUNTS", 1)
    is_audited = Event()

    def write() -> int:
        written = 0
        while not is_audited.is_set() or written < 10:
            post_hold(hold=hold_credits(user=owner, amount=1, purpose="text"), amount=1)
            grant_credits(user=owner, amount=1, reason="Gift")
            written += 1
        connection.close()
        return written

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        try:
            for _ in range(10):
                call_command("verify_ledger")
        finally:
            is_audited.set()
        assert writing.result() >= 10


@pytest.mark.django_db(transaction=True)
def test_an_audit_reads_one_moment_and_lets_writers_write(owner):
    with audit.snapshot():
        before = list(CreditAccount.objects.values_list("available", "held"))
        with ThreadPoolExecutor(1) as pool:
            pool.submit(grant_elsewhere, owner).result()
        assert list(CreditAccount.objects.values_list("available", "held")) == before
        assert LedgerEntry.objects.count() == 1
    assert LedgerEntry.objects.count() == 2


def grant_elsewhere(user: User) -> None:
    try:
        grant_credits(user=user, amount=1, reason="Gift")
    finally:
        connection.close()
