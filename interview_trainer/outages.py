"""Writes that are not to be lost because the database is away for a moment."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection

from interview_trainer.permits import waiting

R = TypeVar("R")

# The database is away, or too busy. Other errors of a database are bugs.
DATABASE_AWAY = (OperationalError, InterfaceError)
TRIED_FOR = timedelta(seconds=10)
TRIED_AGAIN_S = 0.2


def through_outages(write: Callable[[], R]) -> R:
    """What `write` gives: while the database is away it is called again and again.

    For `TRIED_FOR`, and never in a transaction, which is lost with its connection. The connection
    may be lost when nobody knows any more whether the write was done, so it must be one that does
    no harm when it comes again.
    """
    until = time.monotonic() + TRIED_FOR.total_seconds()
    while True:
        try:
            return write()
        except DATABASE_AWAY:
            if connection.in_atomic_block or time.monotonic() >= until:
                raise
            connection.close()
            with waiting():
                time.sleep(TRIED_AGAIN_S)
