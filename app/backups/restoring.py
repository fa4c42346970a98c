"""Restoring a backup into a database of either kind: all of it, in one transaction, or nothing."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import Session

from alembic import command
from app import db, faults, jobs, migrations
from app.backups import invariants, keepsakes
from app.backups.archive import Manifest, Reader, TablePart, reading
from app.backups.cells import apply, unpacking
from app.backups.refusals import BackupError, Damaged
from app.backups.schema import quoted, tables
from app.settings import Settings

BATCH = 500
EMPTY = "base"
HEAD = "head"
POINTS_NOWHERE = "a row points to one that is not there"


class NotEmpty(BackupError):
    """There are rows already, and nobody said that they may go."""

    def __init__(self) -> None:
        super().__init__(
            "There is something in this database already: restore into an empty one,"
            " or replace what is there with --replace."
        )


class InUse(BackupError):
    """Somebody else works with the database."""

    def __init__(self) -> None:
        super().__init__(
            "The database is in use or away: stop the service and its workers, then try again."
        )


@dataclass(frozen=True)
class Restored:
    """What was restored, and rules that do not hold in it (they did not before, either)."""

    manifest: Manifest
    remarks: list[str]


def restore(
    engine: Engine,
    path: Path,
    settings: Settings,
    *,
    replace: bool = False,
    each: Callable[[str], None] = lambda _: None,
) -> Restored:
    """Put a backup into the database, bring it to the newest tables, and lay its files.

    `engine` waits as long as it takes (`db.MIGRATING`); `each` is called with the name of what is
    read or written. Refused with a `BackupError`: a file that is not whole, one of a newer program,
    another key, and a database with rows unless `replace`. Then, and after any failure, all is as
    it was.
    """
    with reading(path, each=each) as reader:
        _require_known(reader.manifest.revision, "This backup")
        keepsakes.check(reader, settings, replace=replace)
        try:
            with keepsakes.laid(reader, settings), migrations.rebuilding(engine) as config:
                _make_empty(config, replace=replace)
                return _fill(config, reader, each)
        except migrations.BrokenReferences as error:
            raise Damaged(POINTS_NOWHERE) from error
        except DBAPIError as error:
            if faults.is_retryable(error) or faults.is_locked(error):
                raise InUse from error
            raise


def _fill(config: Config, reader: Reader, each: Callable[[str], None]) -> Restored:
    connection: Connection = config.attributes["connection"]
    command.upgrade(config, reader.manifest.revision)
    with _without_references(connection):
        _load(connection, reader, each)
    command.upgrade(config, HEAD)
    _ask_again(connection, reader)
    lacking = migrations.lacking(connection)
    if lacking:
        raise BackupError(" ".join(lacking))
    return Restored(reader.manifest, invariants.broken(connection))


def _require_known(revision: str, what: str) -> None:
    scripts = ScriptDirectory.from_config(migrations.config())
    try:
        scripts.get_revision(revision)
    except CommandError as error:
        raise BackupError(
            f"{what} belongs to a newer version of the program (revision {revision}):"
            " take that one or a later one."
        ) from error


def _make_empty(config: Config, *, replace: bool) -> None:
    """Take every table away; rows only when they may go."""
    connection: Connection = config.attributes["connection"]
    db.see_all(connection)
    current = MigrationContext.configure(connection).get_current_revision()
    if current is None:
        return
    _require_known(current, "The database")
    names = [table.name for table in tables(connection)]
    if not replace and any(
        connection.exec_driver_sql(f"SELECT 1 FROM {quoted(name)} LIMIT 1").first()  # noqa: S608
        for name in names
    ):
        raise NotEmpty
    _clear(connection, [*names, "job"])
    command.downgrade(config, EMPTY)


def _clear(connection: Connection, names: list[str]) -> None:
    # The audit only grows, but for this: the whole database goes with it.
    on = " ON audit_event" if connection.dialect.name == "postgresql" else ""
    for trigger in migrations.APPEND_ONLY:
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {trigger}{on}")
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"TRUNCATE {', '.join(map(quoted, names))} CASCADE"))
        return
    for name in names:
        connection.exec_driver_sql(f"DELETE FROM {quoted(name)}")  # noqa: S608 - quoted names


_REFERENCES = text(
    "SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname),"
    " format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname,"
    " pg_get_constraintdef(oid)) FROM pg_constraint"
    " WHERE contype = 'f' AND connamespace = current_schema()::regnamespace"
)


@contextmanager
def _without_references(connection: Connection) -> Iterator[None]:
    """Rows may point forwards or in circles while they are loaded; all is checked at the end.

    On SQLite foreign keys are off already while tables are rebuilt, and checked at the end.
    """
    if connection.dialect.name == "sqlite":
        yield
        return
    found = connection.execute(_REFERENCES).all()
    for drop, _ in found:
        connection.exec_driver_sql(drop)
    yield
    try:
        for _, add in found:
            connection.exec_driver_sql(add)
    except IntegrityError as error:
        raise Damaged(POINTS_NOWHERE) from error


def _load(connection: Connection, reader: Reader, each: Callable[[str], None]) -> None:
    # Their order is that of the migrations, which is another one on the other database.
    here = {table.name: sorted(table.columns) for table in tables(connection)}
    parts = reader.manifest.tables
    there = {part.table: sorted(part.columns) for part in parts}
    if there != here or len(parts) != len(here):
        raise Damaged(f"its tables are not those of revision {reader.manifest.revision}")
    for part in parts:
        each(part.table)
        try:
            with closing(reader.rows(part)) as rows:
                _insert(connection, part, rows)
        except DBAPIError as error:
            if faults.is_retryable(error):
                raise
            said = str(error.orig).splitlines()[0]
            raise BackupError(
                f"The rows of {part.table} do not fit into this database: {said}"
            ) from error
        except (ValueError, TypeError) as error:
            raise Damaged(f"a row of {part.table} cannot be read") from error


def _insert(connection: Connection, part: TablePart, rows: Iterator[list[Any]]) -> None:
    dialect = connection.dialect.name
    changes = [unpacking(dialect, kind) for _, kind in part.columns]
    mark = "?" if dialect == "sqlite" else "%s"
    statement = (
        f"INSERT INTO {quoted(part.table)}"  # noqa: S608 - quoted names, bound values
        f" ({', '.join(quoted(name) for name, _ in part.columns)})"
        f" VALUES ({', '.join(mark for _ in part.columns)})"
    )
    while batch := [tuple(apply(changes, row)) for row in islice(rows, BATCH)]:
        connection.exec_driver_sql(statement, batch)


def _ask_again(connection: Connection, reader: Reader) -> None:
    """Put what was still to be done into the queue of this database."""
    try:
        _defer_all(connection, reader)
    except (ValueError, TypeError) as error:
        raise Damaged("its queue cannot be read") from error


def _defer_all(connection: Connection, reader: Reader) -> None:
    with Session(connection) as session, closing(reader.rows(reader.manifest.queue)) as asked:
        while batch := list(islice(asked, BATCH)):
            jobs.defer_many(
                session,
                [
                    (name, UUID(subject_id), datetime.fromisoformat(due_at))
                    for name, subject_id, due_at in batch
                ],
            )
            session.flush()
