"""Taking a backup while the service goes on: one file from one moment."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine
from sqlmodel import Session

from app import jobs
from app.backups import keepsakes
from app.backups.archive import FORMAT, Manifest, TablePart, Writer, writing
from app.backups.cells import Kind, apply, packing
from app.backups.refusals import BackupError
from app.backups.schema import Table, quoted, tables
from app.backups.snapshots import snapshot
from app.clock import now
from app.jobs import schema as queue
from app.settings import Settings
from app.tables import JobState

BATCH = 500
UNDONE = (JobState.RUNNING, JobState.WAITING, JobState.FAILED)
QUEUE = (("name", Kind.TEXT), ("subject_id", Kind.ID), ("due_at", Kind.MOMENT))


def take(
    engine: Engine,
    path: Path,
    settings: Settings,
    *,
    program: str,
    each: Callable[[str], None] = lambda _: None,
) -> Manifest:
    """Back up the database into `path`, with the queue and the files beside it.

    The file holds one moment: everything acknowledged before the call is in it, nothing by halves.
    `engine` waits as long as it takes (`db.MIGRATING`); `each` is called with the name of every
    table. A `BackupError` leaves nothing at `path`.
    """
    taken_at = now()
    with writing(path) as writer, snapshot(engine, path) as connection:
        revision = MigrationContext.configure(connection).get_current_revision()
        _require_known(connection, revision)
        found = [_write(connection, writer, table, each) for table in tables(connection)]
        manifest = Manifest(
            format=FORMAT,
            program=program,
            revision=revision,
            database=connection.dialect.name,
            taken_at=taken_at,
            secret=keepsakes.fingerprint(keepsakes.secret(settings)),
            tables=found,
            queue=writer.table("queue", QUEUE, _waiting(connection)),
            files=keepsakes.pack(writer, settings),
        )
        writer.manifest(manifest)
    return manifest


def _require_known(connection: Connection, revision: str | None) -> None:
    if revision is None:
        raise BackupError("There is no database of Lotsenwerk here: nothing was backed up.")
    if connection.dialect.name == "postgresql" and not queue.is_there(connection):
        raise BackupError(
            "The database is older than this program: back it up with the version that serves it."
        )


def _write(
    connection: Connection, writer: Writer, table: Table, each: Callable[[str], None]
) -> TablePart:
    each(table.name)
    return writer.table(f"tables/{table.name}", table.columns, rows(connection, table))


def rows(connection: Connection, table: Table) -> Iterator[list[Any]]:
    """Every row of a table as cells, in the order of its key, some at a time."""
    dialect = connection.dialect.name
    changes = [packing(dialect, kind) for _, kind in table.columns]
    as_text = "::text" if dialect == "postgresql" else ""
    wanted = ", ".join(
        quoted(name) + (as_text if kind is Kind.DOCUMENT else "") for name, kind in table.columns
    )
    order = ", ".join(map(quoted, table.order))
    found = connection.exec_driver_sql(
        f"SELECT {wanted} FROM {quoted(table.name)} ORDER BY {order}",  # noqa: S608 - quoted names
        execution_options={"stream_results": True, "max_row_buffer": BATCH},
    )
    with found:
        for row in found:
            try:
                yield apply(changes, list(row))
            except (ValueError, TypeError, AttributeError) as error:
                raise BackupError(
                    f"A row of {table.name} holds a value that cannot be read: {error}."
                ) from error


def _waiting(connection: Connection) -> Iterator[list[Any]]:
    """What the queue has not done; what was given up is tried again after restoring."""
    with Session(connection) as session:
        for state in UNDONE:
            page = jobs.listed(session, state)
            while page:
                for job in page:
                    due_at = packing("postgresql", Kind.MOMENT)(job.due_at)
                    yield [job.name, str(job.subject_id), due_at]
                page = jobs.listed(session, state, cursor=page[-1].id)
