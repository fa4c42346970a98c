"""Bringing a database to the newest tables, and saying what is missing."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, text
from sqlmodel import SQLModel

from alembic import command
from app.jobs import schema

ROOT = Path(__file__).resolve().parent.parent
OPEN_TABLES = frozenset(
    {"account", "session_token", "api_token", "idempotency_key", "job", "tick", "travel_time"}
)
"""Tables without a second wall: they belong to no sponsor."""
GUARDS = ("ex_assignment_no_overlap_insert", "ex_assignment_no_overlap_update")


def config() -> Config:
    """Where the migrations lie."""
    return Config(str(ROOT / "alembic.ini"))


class BrokenReferences(RuntimeError):
    """A migration would have left rows that point nowhere."""


@contextmanager
def rebuilding(engine: Engine) -> Iterator[Config]:
    """One transaction in which SQLite may rebuild a table that others point to.

    A batch migration copies, drops and renames; foreign keys are checked at its end instead. The
    connection lies in the `attributes` of what is given.
    """
    is_sqlite = engine.dialect.name == "sqlite"
    with engine.connect() as connection:
        if is_sqlite:
            connection.connection.execute("PRAGMA foreign_keys = OFF")
        try:
            with connection.begin():
                made = config()
                made.attributes["connection"] = connection
                yield made
                if is_sqlite and connection.execute(text("PRAGMA foreign_key_check")).first():
                    raise BrokenReferences("The migration leaves rows that point nowhere.")
        finally:
            if is_sqlite:
                connection.connection.execute("PRAGMA foreign_keys = ON")


def migrate(engine: Engine, revision: str = "head") -> None:
    """Create or upgrade every table, in one transaction; then those of the queue's library."""
    with rebuilding(engine) as made:
        command.upgrade(made, revision)
    schema.bring_up_to_date(engine)


def downgrade(engine: Engine, revision: str) -> None:
    """Go back to an older revision."""
    with rebuilding(engine) as made:
        command.downgrade(made, revision)


def is_empty(engine: Engine) -> bool:
    """Whether nothing was ever migrated here."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() is None


def findings(engine: Engine) -> list[str]:
    """What is missing for this database to be served; empty when all is well."""
    with engine.connect() as connection:
        found = lacking(connection)
        if connection.dialect.name == "sqlite" and not connection.scalar(
            text("PRAGMA foreign_keys")
        ):
            found.append("Foreign keys are switched off.")
        return found


def lacking(connection: Connection) -> list[str]:
    """What the database itself has not, as this connection sees it; empty when all is there."""
    current = MigrationContext.configure(connection).get_current_revision()
    head = ScriptDirectory.from_config(config()).get_current_head()
    if current != head:
        return [
            f"The database is at revision {current or 'none'}, the program at {head}:"
            " run `lotsenwerk migrate`."
        ]
    found = _missing(connection)
    if connection.dialect.name == "postgresql":
        return found + _postgres_findings(connection)
    return found + _sqlite_findings(connection)


def _missing(connection: Connection) -> list[str]:
    """Tables, indexes and constraints that the program counts on and the database has not."""
    seen = inspect(connection)
    kinds: tuple[Mapping[Any, Iterable[Mapping[str, Any]]], ...] = (
        seen.get_multi_indexes(),
        seen.get_multi_unique_constraints(),
        seen.get_multi_check_constraints(),
        seen.get_multi_foreign_keys(),
    )
    names = {one["name"] for kind in kinds for some in kind.values() for one in some}
    tables = set(seen.get_table_names())
    found = []
    for name, table in sorted(SQLModel.metadata.tables.items()):
        if name not in tables:
            found.append(f"Table {name} is missing.")
            continue
        wanted = {str(one.name) for one in table.indexes}
        wanted |= {str(one.name) for one in table.constraints if one is not table.primary_key}
        found += [f"Table {name}: {one} is missing." for one in sorted(wanted - names)]
    return found


def _sqlite_findings(connection: Connection) -> list[str]:
    triggers = set(
        connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all()
    )
    return [f"The overlap guard {name} is missing." for name in GUARDS if name not in triggers]


def _postgres_findings(connection: Connection) -> list[str]:
    found = schema.findings(connection)
    if connection.scalar(
        text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
    ):
        found.append(
            "The database user is a superuser or bypasses row-level security:"
            " connect as an ordinary role that owns the tables."
        )
    if not connection.scalar(
        text("SELECT count(*) FROM pg_constraint WHERE conname = 'ex_assignment_no_overlap'")
    ):
        found.append("The overlap guard ex_assignment_no_overlap is missing.")
    walled = set(
        connection.scalars(
            text(
                "SELECT relname FROM pg_class JOIN pg_policy ON polrelid = pg_class.oid"
                " WHERE relrowsecurity AND relforcerowsecurity AND polname = 'wall'"
            )
        ).all()
    )
    for table in sorted(set(SQLModel.metadata.tables) - OPEN_TABLES - walled):
        found.append(f"Table {table} has no row-level security.")
    return found
