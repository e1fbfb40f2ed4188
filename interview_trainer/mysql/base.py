"""Django's backend for MySQL and MariaDB, with a third of its trips to the server.

Each trip costs a paid request more than the statement that it carries: two changes of threads, and
the account's row stays locked for as long. So

- a transaction begins in the trip of its first statement;
- what `later` is given goes with the next statement, or with COMMIT;
- a connection is asked whether it still lives only after it was idle.

Each of the statements that go together is one to the server: the first that fails ends the trip,
and the transaction is rolled back as ever.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any

from django.db.backends.mysql import base
from django.db.backends.utils import debug_transaction
from django.db.transaction import TransactionManagementError
from MySQLdb.cursors import Cursor

# A connection that was used so recently is taken to live.
TRUSTED_S = 1.0

Done = Callable[[Any], None]


def ignore(cursor: Any) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Unsent:
    """A statement that goes with the next one. `done` is given the cursor at its result."""

    sql: bytes
    done: Done = ignore


class PreviousKey:
    """The key that the database chose last, for a statement that goes with what it was chosen for.

    https://mariadb.com/docs/server/reference/sql-functions/secondary-functions/information-functions/last_insert_id
    """


BEGIN = Unsent(b"START TRANSACTION")


class TogetherCursor(Cursor):  # type: ignore[misc]  # it has no types
    """Sends what is unsent first, in the same trip."""

    def _query(self, query: bytes) -> Any:
        unsent, self.connection.unsent = self.connection.unsent, []
        if not unsent:
            return super()._query(query)
        super()._query(b"; ".join([*(statement.sql for statement in unsent), query]))
        for statement in unsent:
            statement.done(self)
            self.nextset()
        self._executed = query  # what the log of queries shows of this one
        return self.rowcount


class DatabaseWrapper(base.DatabaseWrapper):
    previous_key = PreviousKey()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._used_at = float("-inf")

    def later(self, sql: str, values: Sequence[Any], done: Done = ignore) -> None:
        """Run a statement of this transaction whose result nobody needs before its end.

        What it raises, the statement that it goes with raises, or the commit.
        """
        self.validate_no_broken_transaction()
        if not self.in_atomic_block:
            raise TransactionManagementError("Outside of a transaction nothing would send this.")
        text = self.connection.cursor().mogrify(sql, values)
        self.connection.unsent.append(Unsent(text.encode(), done))
        if self.queries_logged:
            self.queries_log.append({"sql": text, "time": "0.000"})

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection({**conn_params, "cursorclass": TogetherCursor})
        connection.encoders[PreviousKey] = lambda *_: b"LAST_INSERT_ID()"
        connection.unsent = []
        return connection

    def close_if_health_check_failed(self) -> None:
        now = monotonic()
        if now - self._used_at > TRUSTED_S:
            super().close_if_health_check_failed()
        self._used_at = now

    def _start_transaction_under_autocommit(self) -> None:
        """Django's `atomic` prefers this to switching autocommit off, and on again."""
        self.connection.unsent.append(BEGIN)

    def _commit(self) -> None:
        if self._drop_begin():
            return
        if self.connection is None or not self.connection.unsent:
            super()._commit()  # type: ignore[misc]  # not in the stubs
            return
        with debug_transaction(self, "COMMIT"), self.wrap_database_errors:
            self.create_cursor().execute("COMMIT")

    def _rollback(self) -> None:
        if self._drop_begin():
            return
        if self.connection is not None:
            self.connection.unsent.clear()
        super()._rollback()  # type: ignore[misc]  # not in the stubs

    def _drop_begin(self) -> bool:
        """Forget a transaction of which nothing was sent. False where there is one to end."""
        if self.connection is None or self.connection.unsent != [BEGIN]:
            return False
        self.connection.unsent.clear()
        return True
