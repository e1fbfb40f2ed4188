"""Triggers that keep the ledger append-only, in the dialect of each supported database."""

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TABLE = "users_ledgerentry"
MESSAGE = "ledger entries are append-only: write a reversal"
BODIES = {
    "sqlite": f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END",
    "mysql": f"FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '{MESSAGE}'",
}


def create_triggers(editor: BaseDatabaseSchemaEditor) -> None:
    for event in ("UPDATE", "DELETE"):
        editor.execute(
            f"CREATE TRIGGER ledger_refuses_{event.lower()} BEFORE {event} ON {TABLE} "
            f"{BODIES[editor.connection.vendor]}"
        )


def drop_triggers(editor: BaseDatabaseSchemaEditor) -> None:
    for event in ("update", "delete"):
        editor.execute(f"DROP TRIGGER IF EXISTS ledger_refuses_{event}")
