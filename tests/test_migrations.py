"""Migrations run while the version before them serves, and from several copies at once."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations import Migration, operations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.models import NOT_PROVIDED

from tests.live import PROJECT, database_url, environment

COPIES = 3
APPS = ("users", "ai", "interviews", "background")

# What the version before would miss, or could not write beside. Such a migration contracts: it
# comes a release after the code that stopped needing what it takes away (docs/operations.md).
# Whoever lists one here says which release that was.
CONTRACTS = (
    operations.RemoveField,
    operations.RenameField,
    operations.AlterField,
    operations.DeleteModel,
    operations.RenameModel,
    operations.AlterModelTable,
    operations.RunSQL,
)
LISTED: dict[tuple[str, str], str] = {
    ("background", "0002_task_enqueued_index"): "takes nothing away: one more index",
    ("interviews", "0002_report_samples"): "before the first release",
    ("users", "0006_user_unproven_email"): "before the first release",
}


@pytest.fixture
def empty_database(tmp_path, django_db_blocker) -> Iterator[str]:
    """The address of one that has no tables."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite3'}"
        return
    name = f"{connection.settings_dict['NAME']}_empty"
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name}")
        cursor.execute(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
        try:
            yield f"{database_url()}_empty"
        finally:
            cursor.execute(f"DROP DATABASE {name}")


def migrate(place: Path, url: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "manage.py", "migrate", *arguments],
        cwd=PROJECT,
        env=environment(place) | {"DATABASE_URL": url},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_several_copies_may_migrate_at_once(tmp_path, db, empty_database):
    copies = [migrate(tmp_path, empty_database) for _ in range(COPIES)]
    outputs = [copy.communicate()[0] for copy in copies]
    assert [copy.returncode for copy in copies] == [0] * COPIES, "\n".join(outputs)
    assert sum("Applying users.0001" in output for output in outputs) == 1
    check = migrate(tmp_path, empty_database, "--check")
    assert (check.communicate()[0], check.returncode) == ("", 0)


def own_migrations() -> Iterator[tuple[tuple[str, str], Migration]]:
    loader = MigrationLoader(None)
    return ((key, found) for key, found in loader.disk_migrations.items() if key[0] in APPS)


def contracts(operation: Operation, made_here: set[str]) -> bool:
    """Whether code of before would fail on it. `made_here`: what no code of before knows."""
    if getattr(operation, "model_name", getattr(operation, "name", "")).lower() in made_here:
        return False
    return isinstance(operation, CONTRACTS) or demands_a_value(operation)


def demands_a_value(operation: Operation) -> bool:
    """A new column that who does not know it cannot leave out.

    Django's own defaults are not the database's: `db_default` is.
    """
    if not isinstance(operation, operations.AddField) or operation.field.many_to_many:
        return False
    return not operation.field.null and operation.field.db_default is NOT_PROVIDED


def made_by(migration: Migration) -> set[str]:
    found = (each for each in migration.operations if isinstance(each, operations.CreateModel))
    return {operation.name.lower() for operation in found}


def test_what_takes_away_from_the_version_before_is_listed():
    contracting = {
        key
        for key, migration in own_migrations()
        if any(contracts(each, made_by(migration)) for each in migration.operations)
    }
    assert contracting == set(LISTED)


def test_a_migration_does_not_change_tables_and_rows_at_once():
    """MySQL does not take a change of tables back when what follows fails."""
    for key, migration in own_migrations():
        kinds = {isinstance(each, operations.RunPython) for each in migration.operations}
        assert len(kinds) == 1, key
