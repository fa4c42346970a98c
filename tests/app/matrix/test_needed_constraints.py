"""Each rule of the tables is needed: without any one of them the service refuses to serve."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, Engine, Index, Table, text
from sqlalchemy.schema import Constraint
from sqlmodel import SQLModel

from app import migrations

TABLES = sorted(SQLModel.metadata.tables)
PARTS = 4
"""So many tests share the tables among them."""


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """A connection on which a table may be built anew; nothing that is done lasts."""
    with engine.connect() as made:
        if made.dialect.name == "sqlite":
            made.connection.execute("PRAGMA foreign_keys = OFF")
        with made.begin():
            yield made
            made.rollback()


@contextmanager
def taken_back(connection: Connection) -> Iterator[None]:
    """What happens inside is undone."""
    nested = connection.begin_nested()
    yield
    nested.rollback()


def named(table: Table) -> list[Constraint | Index]:
    """Everything that guards a table under a name."""
    kept = [one for one in table.constraints if one is not table.primary_key]
    return sorted([*table.indexes, *kept], key=lambda one: str(one.name))


def drop(connection: Connection, table: Table, one: Constraint | Index) -> None:
    """Take one guard away and leave all others."""
    if isinstance(one, Index):
        connection.execute(text(f'DROP INDEX "{one.name}"'))
    elif connection.dialect.name == "postgresql":
        connection.execute(text(f'ALTER TABLE "{table.name}" DROP CONSTRAINT "{one.name}" CASCADE'))
    else:
        _build_without(connection, table.name, str(one.name))


def _build_without(connection: Connection, table: str, name: str) -> None:
    """SQLite drops no constraint: the table is made anew without it, and all that hangs on it."""
    told = "SELECT sql FROM sqlite_master WHERE tbl_name = :table AND sql IS NOT NULL ORDER BY type"
    statements = list(connection.scalars(text(told), {"table": table}))
    connection.execute(text(f'DROP TABLE "{table}"'))
    made = {one: _without(one, name) for one in statements if one.startswith("CREATE TABLE")}
    assert all(before != after for before, after in made.items()), name
    for one in statements:
        if one in made:
            connection.exec_driver_sql(made[one])
    for one in statements:
        if one not in made:
            connection.exec_driver_sql(one)


def _without(statement: str, name: str) -> str:
    """A table's statement without the constraint of this name."""
    found = re.search(rf",?\s*CONSTRAINT \"?{name}\"? ", statement)
    assert found, (name, statement)
    at, depth = found.end(), 0
    while not (depth == 0 and statement[at] in ",)"):
        depth += {"(": 1, ")": -1}.get(statement[at], 0)
        at += 1
    return statement[: found.start()] + statement[at:]


@pytest.mark.parametrize("part", range(PARTS))
def test_no_guard_of_a_table_can_be_taken_away_unnoticed(connection: Connection, part: int) -> None:
    for name in TABLES[part::PARTS]:
        table = SQLModel.metadata.tables[name]
        assert list(migrations.missing(connection, [table])) == []
        for one in named(table):
            with taken_back(connection):
                drop(connection, table, one)
                found = list(migrations.missing(connection, [table]))
            assert found == [f"Table {name}: {one.name} is missing."]


def test_what_is_missing_is_what_the_doctor_says(connection: Connection) -> None:
    table = SQLModel.metadata.tables["assignment"]
    assert migrations.lacking(connection) == []
    drop(connection, table, next(one for one in named(table) if isinstance(one, Index)))
    assert len(migrations.lacking(connection)) == 1


def triggers(connection: Connection) -> list[tuple[str, str]]:
    """Every trigger of ours, and its table."""
    told = {
        "sqlite": "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname, relname FROM pg_trigger JOIN pg_class ON tgrelid ="
        " pg_class.oid WHERE NOT tgisinternal AND relname NOT LIKE 'procrastinate%'",
    }[connection.dialect.name]
    return [(name, table) for name, table in connection.execute(text(told))]


def test_no_trigger_can_be_taken_away_unnoticed(connection: Connection) -> None:
    known = triggers(connection)
    assert len(known) >= 3
    for name, table in known:
        on = f' ON "{table}"' if connection.dialect.name == "postgresql" else ""
        with taken_back(connection):
            connection.execute(text(f'DROP TRIGGER "{name}"{on}'))
            found = migrations.lacking(connection)
        assert len(found) == 1, name
        assert name in found[0]
        if on:
            with taken_back(connection):
                connection.execute(text(f'ALTER TABLE "{table}" DISABLE TRIGGER "{name}"'))
                found = migrations.lacking(connection)
            assert len(found) == 1, name


@pytest.mark.postgres  # On SQLite triggers guard it: see above.
@pytest.mark.parametrize(
    ("table", "guard"),
    [("assignment", "ex_assignment_no_overlap"), ("claim_line", "ex_claim_line_paid_once")],
)
def test_no_guard_of_time_can_be_taken_away_unnoticed(
    connection: Connection, table: str, guard: str
) -> None:
    with taken_back(connection):
        connection.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {guard}"))
        found = migrations.lacking(connection)
    assert found == [migrations.GUARDS[guard].format(guard)]
    assert migrations.lacking(connection) == []
