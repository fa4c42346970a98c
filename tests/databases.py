"""One migrated template per run and worker, cloned for every test: SQLite file or PostgreSQL."""

import os
import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import Engine
from sqlalchemy.engine import make_url

from app.db import make_engine
from app.migrations import migrate

DROP_ATTEMPTS = 20
SERVER = os.environ.get("TEST_DATABASE_URL", "")


class Databases:
    """Hands out fresh, migrated databases."""

    def __init__(self, folder: Path, server: str = SERVER) -> None:
        self.folder = folder
        self.server = server
        self.template = f"template_{uuid.uuid4().hex}"
        self._first: Engine | None = None

    def prepare(self) -> None:
        """Migrate the template once; later engines share what its engine learned of the server."""
        if self.server:
            self._admin(f'CREATE DATABASE "{self.template}"')
        engine = self._engine(self.template)
        migrate(engine)
        engine.dispose()

    def url(self, name: str) -> str:
        """The address of one database."""
        if self.server:
            return make_url(self.server).set(database=name).render_as_string(hide_password=False)
        return f"sqlite:///{self.folder / name}.db"

    @contextmanager
    def fresh(self, *, migrated: bool = True, like: Engine | None = None) -> Iterator[Engine]:
        """A database of its own, gone afterwards; with `like` a copy of one that rests."""
        name = f"test_{uuid.uuid4().hex}"
        source = self.template if like is None else Path(like.url.database or "").stem
        if self.server:
            # Copied as files: a small database is written three times as fast as through the log.
            template = f' TEMPLATE "{source}" STRATEGY FILE_COPY' if migrated else ""
            self._admin(f'CREATE DATABASE "{name}"{template}')
        elif migrated:
            shutil.copy(self.folder / f"{source}.db", self.folder / f"{name}.db")
        engine = self._engine(name)
        try:
            yield engine
        finally:
            engine.dispose()
            if self.server:
                self._drop(name)
            else:
                (self.folder / f"{name}.db").unlink(missing_ok=True)

    def _engine(self, name: str) -> Engine:
        """A new engine that knows the statements of those before it: to compile them takes long."""
        engine = make_engine(self.url(name))
        if self._first is None:
            self._first = engine
        engine.dialect = engine.pool._dialect = self._first.dialect  # noqa: SLF001
        engine._compiled_cache = self._first._compiled_cache  # noqa: SLF001
        return engine

    def remove(self) -> None:
        """Remove the template."""
        if self.server:
            self._drop(self.template)

    def _drop(self, name: str) -> None:
        """Drop a database; a server process that is just looking at it may take a moment."""
        for attempt in range(DROP_ATTEMPTS):
            try:
                self._admin(f'DROP DATABASE "{name}" WITH (FORCE)')
                return
            except psycopg.errors.InsufficientPrivilege:
                if attempt == DROP_ATTEMPTS - 1:
                    raise
                time.sleep(0.2)

    def _admin(self, statement: str) -> None:
        url = make_url(self.server)
        with psycopg.connect(
            host=url.host,
            port=url.port,
            user=url.username,
            password=url.password,
            dbname=url.database,
            autocommit=True,
        ) as connection:
            connection.execute(statement)
