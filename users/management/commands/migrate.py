"""Django's migrate, one at a time: several copies that start at once may all run it."""

from __future__ import annotations

import fcntl
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.sqlite3.base import DatabaseWrapper as SQLite

# The longest that a migration of a large table may take.
WAIT_S = 3_600


class Command(migrate.Command):
    """What another one has applied meanwhile is seen: the plan is made under the lock."""

    def handle(self, *args: Any, **options: Any) -> None:
        with only_one(connections[options["database"]]):
            super().handle(*args, **options)


@contextmanager
def only_one(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Waits for others that migrate the same database. Raises `CommandError` after `WAIT_S`."""
    if connection.vendor == "mysql":
        with named_lock(connection):
            yield
    elif isinstance(connection, SQLite) and not connection.is_in_memory_db():
        with locked_file(Path(f"{connection.settings_dict['NAME']}-migrate")):
            yield
    else:
        yield


@contextmanager
def named_lock(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """The server's own, gone with the connection. Its names are the whole server's.

    https://mariadb.com/docs/server/reference/sql-functions/secondary-functions/miscellaneous-functions/get_lock
    """
    database = str(connection.settings_dict["NAME"])
    name = f"migrate-{hashlib.sha256(database.encode()).hexdigest()[:32]}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT GET_LOCK(%s, %s)", [name, WAIT_S])
        if cursor.fetchone() != (1,):
            raise CommandError("Another process has been migrating for an hour.")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT RELEASE_LOCK(%s)", [name])


@contextmanager
def locked_file(path: Path) -> Iterator[None]:
    """SQLite locks each migration, but not what was planned before it."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
