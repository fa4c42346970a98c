"""One moment of the database, held still while the service goes on writing."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from app import db
from app.backups.archive import beside, private
from app.backups.refusals import BackupError


@contextmanager
def snapshot(engine: Engine, target: Path) -> Iterator[Connection]:
    """A connection that sees one moment; SQLite's is copied beside `target` first."""
    if engine.dialect.name == "postgresql":
        with _of_postgres(engine) as connection:
            yield connection
        return
    copy = beside(target, "copy")
    try:
        _copy(engine, copy)
        with _of_sqlite(copy) as connection:
            yield connection
    finally:
        copy.unlink(missing_ok=True)


@contextmanager
def _of_postgres(engine: Engine) -> Iterator[Connection]:
    options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with engine.connect().execution_options(**options) as connection, connection.begin():
        db.see_all(connection)
        yield connection


def _copy(engine: Engine, copy: Path) -> None:
    """The file in one go: writers wait as long as it is read, and no write can spoil it."""
    os.close(private(copy))
    try:
        with (
            closing(sqlite3.connect(str(engine.url.database), timeout=60)) as source,
            closing(sqlite3.connect(copy)) as target,
        ):
            # The copy is thrown away: nothing of it has to survive a power cut.
            target.execute("PRAGMA synchronous = OFF")
            source.backup(target, sleep=0.01)
    except sqlite3.Error as error:
        raise BackupError(f"The database cannot be copied: {error}.") from error


@contextmanager
def _of_sqlite(copy: Path) -> Iterator[Connection]:
    engine = db.make_engine(f"sqlite:///{copy}")
    try:
        with engine.connect().execution_options(postgresql_readonly=True) as connection:
            if connection.scalar(text("PRAGMA integrity_check")) != "ok":
                raise BackupError(
                    "The database file itself is damaged: stop the service, keep the file,"
                    " and restore the last good backup."
                )
            yield connection
    finally:
        engine.dispose()
