"""Each stone of the second wall is needed: without any one of them the service refuses to serve."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest
from sqlalchemy import Connection, Engine, create_engine, text
from sqlmodel import SQLModel

from app import migrations
from app.tables import walls

pytestmark = pytest.mark.postgres  # On SQLite there is no second wall, and nobody asks for one.
WALLED = sorted(set(SQLModel.metadata.tables) - walls.OPEN_TABLES)
FUNCTIONS = {
    "lotsenwerk_system": "boolean LANGUAGE sql STABLE AS $$ SELECT true $$",
    "lotsenwerk_account": "uuid LANGUAGE sql STABLE AS $$ SELECT gen_random_uuid() $$",
    "lotsenwerk_sponsors": "uuid[] LANGUAGE sql STABLE AS $$ SELECT array_agg(id) FROM sponsor $$",
    "lotsenwerk_append_only": "trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$",
}
"""What somebody could put in the place of the functions on which the walls stand."""


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """A connection with a wall that all is well with."""
    with engine.connect() as made:
        assert migrations.lacking(made) == []
        yield made


@contextmanager
def changed(connection: Connection, *statements: str) -> Iterator[list[str]]:
    """What the doctor says after these statements, which do not last."""
    nested = connection.begin_nested()
    for statement in statements:
        connection.execute(text(statement))
    yield migrations.lacking(connection)
    nested.rollback()


@contextmanager
def looked_at(connection: Connection, *statements: str) -> Iterator[list[str]]:
    """The same, of the walls alone: faster."""
    nested = connection.begin_nested()
    for statement in statements:
        connection.execute(text(statement))
    yield list(walls.findings(connection))
    nested.rollback()


def policies(connection: Connection) -> list[tuple[str, str, str, str | None]]:
    """Every policy: table, name, command, what it sees."""
    told = text("SELECT tablename, policyname, cmd, qual FROM pg_policies ORDER BY 1, 2")
    return [tuple(row) for row in connection.execute(told)]


def test_no_policy_can_be_taken_away_or_opened_unnoticed(connection: Connection) -> None:
    known = policies(connection)
    assert {table for table, *_ in known} == set(WALLED)
    for table, name, command, sees in known:
        ways = {"taken away": f'DROP POLICY {name} ON "{table}"'}
        if sees is not None:
            ways["opened"] = f'ALTER POLICY {name} ON "{table}" USING (true)'
            ways["widened"] = f'ALTER POLICY {name} ON "{table}" USING ({sees} OR true)'
        if command in ("ALL", "UPDATE"):
            ways["writing opened"] = f'ALTER POLICY {name} ON "{table}" WITH CHECK (true)'
        for way, statement in ways.items():
            with looked_at(connection, statement) as found:
                assert len(found) == 1, (table, name, way)
                assert f"Table {table}" in found[0]


@pytest.mark.parametrize("how", ["DISABLE", "NO FORCE"])
def test_no_wall_can_be_switched_off_unnoticed(connection: Connection, how: str) -> None:
    for table in WALLED:
        with looked_at(connection, f'ALTER TABLE "{table}" {how} ROW LEVEL SECURITY') as found:
            assert found == [f"Table {table} has no row-level security."]


def test_no_door_can_be_added_unnoticed(connection: Connection) -> None:
    for table in WALLED:
        with looked_at(connection, f'CREATE POLICY door ON "{table}" USING (true)') as found:
            assert found == [
                f"Table {table}: its row-level security is not the one of the program."
            ]


def test_no_function_under_the_walls_can_be_changed_unnoticed(connection: Connection) -> None:
    for name, other in FUNCTIONS.items():
        with changed(connection, f"CREATE OR REPLACE FUNCTION {name}() RETURNS {other}") as found:
            assert found == [f"The function {name} is missing, or not the one of the program."]


def test_whoever_sees_through_walls_is_not_served(engine: Engine, connection: Connection) -> None:
    connection.rollback()
    mighty = create_engine(engine.url.set(username="postgres"))
    try:
        with mighty.connect() as through:
            found = migrations.lacking(through)
            assert [one for one in found if "superuser" in one] != []
            role = f"seer_{uuid4().hex}"
            for statement in (
                f"CREATE ROLE {role} BYPASSRLS",
                f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}",
                f"SET LOCAL ROLE {role}",
            ):
                through.execute(text(statement))
            assert [one for one in migrations.lacking(through) if "bypasses" in one] != []
            through.rollback()
    finally:
        mighty.dispose()


def test_control_a_wall_that_is_merely_written_otherwise_is_none(connection: Connection) -> None:
    same = "CREATE POLICY wall ON seat USING (lotsenwerk_system() OR {})"
    ours = "seat.sponsor_id = ANY (public.lotsenwerk_sponsors())"
    with looked_at(connection, "DROP POLICY wall ON seat", same.format(ours)) as found:
        assert found == [], "an order of words or a name before a column is no other rule"
    never = "false"
    with looked_at(connection, "DROP POLICY wall ON seat", same.format(never)) as found:
        assert len(found) == 1
