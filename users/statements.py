"""Single-row statements whose SQL is written once: for the few that every paid request runs.

Django's own queries say the same, but are compiled anew each time, which takes several times as
long as running them (docs/benchmarks.md). Tables, columns and conversions come from the models
here too. Rows are found by equality alone; one-to-one relations are joined on the primary key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Generic, TypeVar, cast

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import (
    BigAutoField,
    BigIntegerField,
    CharField,
    Field,
    ForeignKey,
    Model,
    OneToOneField,
)

M = TypeVar("M", bound=Model)

AnyField = Field[Any, Any]
# Values that are the same in the database, by the field that they are of.
SAME_THERE: dict[type[AnyField], type] = {
    BigAutoField: int,
    BigIntegerField: int,
    CharField: str,
    ForeignKey: int,
    OneToOneField: int,
}
Convert = Callable[[Any], Any]


def insert(row: M) -> M:
    """Write a new row, and give it the key that the database chose."""
    database = connections[DEFAULT_DB_ALIAS]
    with database.cursor() as cursor:
        cursor.execute(*insertion(row))
        note_key(row, database.ops.last_insert_id(cursor, row._meta.db_table, "id"))
    return row


def insert_later(row: M) -> M:
    """As `insert`, with the transaction's next statement or its end. Until then it has no key.

    What refers to it may be inserted later too, right after it.
    """
    later = getattr(connections[DEFAULT_DB_ALIAS], "later", None)
    if later is None:
        return insert(row)
    keyless = [field for field in inserted_fields(type(row)) if awaits_key(row, field)]

    def note(cursor: Any) -> None:
        note_key(row, cursor.lastrowid)
        for field in keyless:
            setattr(row, field.attname, getattr(row, field.name).pk)

    later(*insertion(row), note)
    return row


def insertion(row: Model) -> tuple[str, list[Any]]:
    database: Any = connections[DEFAULT_DB_ALIAS]
    values = [
        database.previous_key
        if awaits_key(row, field)
        else for_database(field, field.pre_save(row, add=True), database)
        for field in inserted_fields(type(row))
    ]
    return insert_sql(type(row)), values


def awaits_key(row: Model, field: AnyField) -> bool:
    """Whether the field refers to a row that has no key yet."""
    if not isinstance(field, ForeignKey) or getattr(row, field.attname) is not None:
        return False
    return getattr(row, field.name) is not None


def note_key(row: Model, key: int) -> None:
    row.pk = key
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


def update(model: type[Model], changes: dict[str, Any], **where: Any) -> int:
    """Change the rows whose fields have the values of `where`, and say how many there were."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(*change(model, changes, where))
        count: int = cursor.rowcount
    return count


def update_later(model: type[Model], changes: dict[str, Any], **where: Any) -> None:
    """As `update`, with the transaction's next statement or its end."""
    later = getattr(connections[DEFAULT_DB_ALIAS], "later", None)
    if later is None:
        update(model, changes, **where)
    else:
        later(*change(model, changes, where))


def change(
    model: type[Model], changes: dict[str, Any], where: dict[str, Any]
) -> tuple[str, list[Any]]:
    database = connections[DEFAULT_DB_ALIAS]
    values = prepared(model, changes, database) + prepared(model, where, database)
    return update_sql(model, tuple(changes), tuple(where)), values


def find(
    model: type[M], *, related: tuple[str, ...] = (), is_locked: bool = False, **where: Any
) -> M | None:
    """The row whose fields have these values, with what it is related to one to one.

    `is_locked` locks the row until the transaction ends, where the database has such locks.
    """
    select = select_of(model, related, is_locked, tuple(where))
    database = connections[DEFAULT_DB_ALIAS]
    with database.cursor() as cursor:
        cursor.execute(select.sql, prepared(model, where, database))
        row = cursor.fetchone()
    return None if row is None else cast(M, select.read(row))


class Found(Generic[M]):
    """What `find_later` found, once it was sent."""

    row: M | None


def find_later(model: type[M], *, is_locked: bool = False, **where: Any) -> Found[M]:
    """As `find`, with the transaction's next statement."""
    found: Found[M] = Found()
    database = connections[DEFAULT_DB_ALIAS]
    later = getattr(database, "later", None)
    if later is None:
        found.row = find(model, is_locked=is_locked, **where)
        return found
    select = select_of(model, (), is_locked, tuple(where))

    def note(cursor: Any) -> None:
        row = cursor.fetchone()
        found.row = None if row is None else cast(M, select.read(row))

    later(select.sql, prepared(model, where, database), note)
    return found


@dataclass(frozen=True, slots=True)
class Part:
    """The columns of one model in a row that was read."""

    model: type[Model]
    accessor: str
    names: tuple[str, ...]
    converts: tuple[Convert | None, ...]

    def read(self, values: Sequence[Any]) -> Model:
        pairs = zip(self.converts, values, strict=True)
        converted = [convert(value) if convert else value for convert, value in pairs]
        return self.model.from_db(DEFAULT_DB_ALIAS, self.names, converted)


@dataclass(frozen=True, slots=True)
class Select:
    sql: str
    parts: tuple[Part, ...]

    def read(self, row: Sequence[Any]) -> Model:
        found, start = [], 0
        for part in self.parts:
            found.append(part.read(row[start : start + len(part.names)]))
            start += len(part.names)
        for part, relation in zip(self.parts[1:], found[1:], strict=True):
            setattr(found[0], part.accessor, relation)
        return found[0]


@lru_cache
def select_of(
    model: type[Model], related: tuple[str, ...], is_locked: bool, where: tuple[str, ...]
) -> Select:
    parts = [part_of(model, "")]
    joins = ""
    for name in related:
        other = cast(type[Model], model._meta.get_field(name).related_model)
        parts.append(part_of(other, name))
        joins += f" INNER JOIN {table(other)} ON ({key(other)} = {key(model)})"
    sources = f"{table(model)}{joins} WHERE {match(model, where)}"
    sql = f"SELECT {', '.join(selected(parts))} FROM {sources}"  # noqa: S608  (names of models)
    if is_locked and connection.features.has_select_for_update:
        sql += " FOR UPDATE"
    return Select(sql, tuple(parts))


@lru_cache
def insert_sql(model: type[Model]) -> str:
    fields = inserted_fields(model)
    names = ", ".join(column(field) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    return f"INSERT INTO {table(model)} ({names}) VALUES ({places})"  # noqa: S608  (names of models)


@lru_cache
def update_sql(model: type[Model], changed: tuple[str, ...], where: tuple[str, ...]) -> str:
    changes = ", ".join(f"{column(field_of(model, name))} = %s" for name in changed)
    names = f"{table(model)} SET {changes} WHERE {match(model, where)}"
    return f"UPDATE {names}"  # noqa: S608  (names of models)


def match(model: type[Model], names: Iterable[str]) -> str:
    return " AND ".join(f"{qualified(model, field_of(model, name))} = %s" for name in names)


def selected(parts: Iterable[Part]) -> list[str]:
    return [qualified(part.model, field) for part in parts for field in columns(part.model)]


def part_of(model: type[Model], accessor: str) -> Part:
    fields = columns(model)
    names = tuple(field.attname for field in fields)
    return Part(model, accessor, names, tuple(map(converter, fields)))


def converter(field: AnyField) -> Convert | None:
    """From the database's value to the model's; None where they are the same."""
    source = field.cached_col
    steps = [*connection.ops.get_db_converters(source), *source.get_db_converters(connection)]
    if not steps:
        return None

    def convert(value: Any) -> Any:
        for step in steps:
            value = step(value, source, connection)
        return value

    return convert


def prepared(
    model: type[Model], values: dict[str, Any], database: BaseDatabaseWrapper
) -> list[Any]:
    return [for_database(field_of(model, name), value, database) for name, value in values.items()]


def for_database(field: AnyField, value: Any, database: BaseDatabaseWrapper) -> Any:
    if value is None or type(value) is SAME_THERE.get(type(field)):
        return value
    return field.get_db_prep_save(value, connection=database)


@lru_cache
def field_of(model: type[Model], name: str) -> AnyField:
    return cast(AnyField, model._meta.pk if name == "pk" else model._meta.get_field(name))


def columns(model: type[Model]) -> tuple[AnyField, ...]:
    return tuple(model._meta.local_concrete_fields)


@lru_cache
def inserted_fields(model: type[Model]) -> tuple[AnyField, ...]:
    """All but the key, which the database chooses."""
    return tuple(field for field in columns(model) if not field.primary_key)


def column(field: AnyField) -> str:
    return connection.ops.quote_name(field.column or "")


def table(model: type[Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def qualified(model: type[Model], field: AnyField) -> str:
    return f"{table(model)}.{column(field)}"


def key(model: type[Model]) -> str:
    return qualified(model, field_of(model, "pk"))
