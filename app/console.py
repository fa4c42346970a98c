"""What every command needs: the database, where to write, how to refuse."""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Annotated, NoReturn

import typer
from pydantic import TypeAdapter, ValidationError
from rich.console import Console
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, select

from app import db, migrations, resealing
from app.bodies import FIRST_DAY, LAST_DAY, Day
from app.settings import get_settings
from app.tables import Sponsor

out = Console()
err = Console(stderr=True)
SponsorName = Annotated[
    str | None, typer.Option("--sponsor", help="Name of the sponsor; not needed for a single one.")
]


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


def the_sponsor(session: Session, name: str | None) -> Sponsor | None:
    """The sponsor of this name, or the only one; None when there is none at all."""
    sponsors = session.exec(select(Sponsor).order_by(col(Sponsor.name))).all()
    names = ", ".join(f'"{s.name}"' for s in sponsors)
    if name is not None and sponsors:
        found = next((s for s in sponsors if s.name == name), None)
        return found or refuse(f'There is no sponsor "{name}" here: choose one of {names}.')
    if len(sponsors) > 1:
        refuse(f"There are several sponsors: choose one with --sponsor ({names}).")
    return sponsors[0] if sponsors else None


def typed_day(typed: datetime) -> date:
    """The day that was typed, when it is one of our time."""
    try:
        return TypeAdapter(Day).validate_python(typed.date())
    except ValidationError:
        refuse(f"{typed:%d.%m.%Y} is too far away: between {FIRST_DAY} and {LAST_DAY}, please.")
