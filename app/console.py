"""What every command needs: the database, where to write, how to refuse."""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer
from rich.console import Console
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from app import db, migrations, resealing
from app.settings import get_settings

out = Console()
err = Console(stderr=True)


def refuse(sentence: str) -> NoReturn:
    """End with one sentence and exit code 1."""
    err.print(sentence, style="red", markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(1)


@contextmanager
def database(*, prepared: bool = True, limits: db.Limits = db.WORKING) -> Iterator[Engine]:
    """The database of the settings; an empty SQLite file is prepared without being asked."""
    settings = get_settings()
    if settings.url.startswith("sqlite"):
        # Names, mails and keys lie there: nobody else on this machine reads them.
        settings.var.mkdir(mode=0o700, parents=True, exist_ok=True)
    engine = db.make_engine(settings.url, limits)
    try:
        if prepared:
            if settings.url.startswith("sqlite") and migrations.is_empty(engine):
                migrations.migrate(engine)
            found = migrations.findings(engine) or resealing.sample(engine)
            if found:
                refuse(" ".join(found))
        yield engine
    except DBAPIError as error:
        refuse(f"The database says: {str(error.orig).splitlines()[0]}")
    finally:
        engine.dispose()


@contextmanager
def naming(what: str) -> Iterator[Callable[[str], None]]:
    """Say on a terminal what it is at; when it is told to end it clears up first."""
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        if not err.is_terminal:
            yield lambda _: None
            return
        with err.status(f"{what} …") as status:
            yield lambda name: status.update(f"{what} {name} …")
    finally:
        signal.signal(signal.SIGTERM, before)
