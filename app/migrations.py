"""Bringing a database to the newest tables, and saying what is missing."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, Table, inspect, text
from sqlmodel import SQLModel

from alembic import command
from app import commandline
from app.jobs import schema
from app.tables import walls

ROOT = Path(__file__).resolve().parent.parent
GUARDS = {
    "ex_assignment_no_overlap": "The overlap guard {} is missing.",
    "ex_claim_line_paid_once": "Time can be paid twice: the guard {} is missing.",
}
"""What keeps two rows of a volunteer apart in time: a constraint, on SQLite two triggers."""
WRITTEN_ONCE = "ledger_entry_no_update"
APPEND_ONLY = ("audit_event_no_delete", "audit_event_no_truncate", "audit_event_no_update")
"""Triggers without which somebody could rewrite the audit."""


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
            f" run `{commandline.typed('migrate')}`."
        ]
    found = list(missing(connection))
    if connection.dialect.name == "postgresql":
        return found + _postgres_findings(connection)
    return found + _sqlite_findings(connection)


def missing(connection: Connection, tables: Iterable[Table] | None = None) -> Iterator[str]:
    """Tables, indexes and constraints that the program counts on and the database has not."""
    wanted = {one.name: one for one in tables or SQLModel.metadata.tables.values()}
    seen = inspect(connection)
    kinds: tuple[Mapping[Any, Iterable[Mapping[str, Any]]], ...] = (
        seen.get_multi_indexes(filter_names=[*wanted]),
        seen.get_multi_unique_constraints(filter_names=[*wanted]),
        seen.get_multi_check_constraints(filter_names=[*wanted]),
        seen.get_multi_foreign_keys(filter_names=[*wanted]),
    )
    found = {
        (table, one["name"]) for kind in kinds for (_, table), some in kind.items() for one in some
    }
    there = set(seen.get_table_names())
    for name, table in sorted(wanted.items()):
        if name not in there:
            yield f"Table {name} is missing."
            continue
        named = {str(one.name) for one in table.indexes}
        named |= {str(one.name) for one in table.constraints if one is not table.primary_key}
        yield from (
            f"Table {name}: {one} is missing." for one in sorted(named) if (name, one) not in found
        )


def _sqlite_findings(connection: Connection) -> list[str]:
    triggers = set(
        connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all()
    )
    found = [
        said.format(name)
        for guard, said in GUARDS.items()
        for name in (f"{guard}_insert", f"{guard}_update")
        if name not in triggers
    ]
    # SQLite has no TRUNCATE.
    return found + _unguarded_audit(triggers | {"audit_event_no_truncate"}) + _open_books(triggers)


def _open_books(triggers: set[str]) -> list[str]:
    if WRITTEN_ONCE in triggers:
        return []
    return [f"The books can be rewritten: the trigger {WRITTEN_ONCE} is missing."]


def _unguarded_audit(triggers: set[str]) -> list[str]:
    return [
        f"The audit can be rewritten: the trigger {name} is missing."
        for name in APPEND_ONLY
        if name not in triggers
    ]


def _postgres_findings(connection: Connection) -> list[str]:
    found = schema.findings(connection)
    if connection.scalar(
        text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
    ):
        found.append(
            "The database user is a superuser or bypasses row-level security:"
            " connect as an ordinary role that owns the tables."
        )
    ours = text(
        "SELECT conname FROM pg_constraint WHERE contype = 'x'"
        " AND connamespace = current_schema()::regnamespace"
    )
    guards = set(connection.scalars(ours).all())
    found += [said.format(guard) for guard, said in GUARDS.items() if guard not in guards]
    enabled = text(
        "SELECT tgname FROM pg_trigger WHERE tgenabled = 'O' AND NOT tgisinternal"
        " AND tgrelid IN (to_regclass('audit_event'), to_regclass('ledger_entry'))"
    )
    triggers = set(connection.scalars(enabled).all())
    found += _unguarded_audit(triggers) + _open_books(triggers)
    return [*found, *walls.findings(connection)]
