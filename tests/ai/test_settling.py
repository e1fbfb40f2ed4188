"""Settling an operation while the database comes and goes."""

import pytest

from ai.operations import paid_operation, settle
from ai.quotes import quote_text
from tests.live import lose_connection, server_only
from users.models import Hold, LedgerEntry

pytestmark = [
    pytest.mark.django_db(transaction=True),
    server_only,
]


@pytest.fixture
def paid(owner):
    quote = quote_text(model="gpt-6-luna", system="", message="Hello")
    return paid_operation(quote, user=owner)


def test_an_operation_is_charged_over_a_lost_connection(paid):
    with paid as operation:
        operation.deliver(10)
        lose_connection()
    hold = Hold.objects.get()
    assert (hold.state, hold.charged) == ("posted", 1)
    assert operation.receipt.charged == 1


def test_an_operation_without_a_result_is_returned_over_a_lost_connection(paid):
    with paid as operation:
        lose_connection()
    assert Hold.objects.get().state == "voided"
    assert operation.receipt.balance == 300


def test_an_outcome_that_was_written_before_is_not_written_twice(paid):
    """The database wrote it, and went before it said so: settling is tried again."""
    with paid as operation:
        operation.deliver(10)
    assert settle(operation) == operation.receipt
    assert LedgerEntry.objects.filter(kind="post").count() == 1
