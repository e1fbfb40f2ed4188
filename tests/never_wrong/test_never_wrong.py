"""The short form of `benchmarks/never_wrong.py`: some two minutes of it."""

import pytest
from django.db import connection

from tests.never_wrong.run import Size, never_wrong

# The servers under it are its own, so it runs once: with the suite on MariaDB, where mariadbd is.
# SQLite is no server that could be killed; tests/ai/test_killed_worker.py kills a worker on it.
pytestmark = pytest.mark.skipif(
    connection.vendor == "sqlite", reason="Runs with the suite on MariaDB, on one of its own"
)

SIZE = Size(operations=100_000, seconds=30, every_s=3)
KILLED_AT_LEAST = {"a server's worker killed", "the database killed"}


def test_no_charge_is_wrong_whatever_is_killed(tmp_path):
    outcome = never_wrong(SIZE, tmp_path)
    assert outcome.report.violations == []
    assert outcome.open_holds == 0
    assert outcome.ledger.startswith("The ledger is right")
    assert {it.what for it in outcome.breaks} >= KILLED_AT_LEAST
    assert outcome.report.exact > outcome.report.bounded
