"""Work that is done again and again, by one worker each time, by the service's clock.

A tick is taken by one conditional update. Who took it says all the while that he is at it: a
worker that is lost stops saying so, and a minute later somebody else begins.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Engine, false, update
from sqlmodel import Session, col, or_, select

from app import db, origin
from app.clock import now
from app.jobs.registry import PERIODIC, STALLED_AFTER, in_short
from app.origin import Origin
from app.tables import Tick
from app.writing import INSERTS

log = logging.getLogger(__name__)

HELD = timedelta(seconds=60)
SAY_SECONDS = 15.0
SKEW = timedelta(minutes=1)
"""So much two machines' clocks may be apart."""


def run_periodic(engine: Engine, *names: str) -> int:
    """Run what is due, of these names or of all, each once; how many ran."""
    due = _due(engine, names or tuple(PERIODIC))
    return sum(_run(engine, name) for name in due)


def _due(engine: Engine, names: tuple[str, ...]) -> list[str]:
    """A look that takes nobody the right to write; what was never run is due."""
    moment = now()
    due = ((col(Tick.name) == name) & _may_begin(moment, PERIODIC[name].every) for name in names)
    query = select(col(Tick.name), or_(false(), *due), col(Tick.failure))
    with db.transaction(engine, read_only=True) as session:
        found = session.exec(query).all()
    known = {
        name: is_due and (failure != "" or _is_to_do(engine, name))
        for name, is_due, failure in found
    }
    missing = [name for name in names if name not in known]
    if missing:
        with db.transaction(engine) as session:
            _add(session, missing)
    return missing + [name for name in names if known.get(name)]


def _is_to_do(engine: Engine, name: str) -> bool:
    """What cannot be looked at is begun: the work then tells why."""
    look = PERIODIC[name].is_to_do
    try:
        return look is None or look(engine)
    except Exception:
        log.exception("periodic work %s cannot be looked at", name)
        return True


def _add(session: Session, names: list[str]) -> None:
    rows = [Tick(name=name, due_at=now()).model_dump() for name in names]
    insert = INSERTS[session.get_bind().dialect.name](Tick)
    session.connection().execute(insert.values(rows).on_conflict_do_nothing())


def _may_begin(moment: datetime, every: timedelta) -> ColumnElement[bool]:
    """Its time has come; or it lies too far ahead: a clock was wrong, or the pause was longer."""
    is_time = or_(col(Tick.due_at) <= moment, col(Tick.due_at) > moment + every + SKEW)
    return is_time & or_(col(Tick.held_until).is_(None), col(Tick.held_until) <= moment)


def _run(engine: Engine, name: str) -> bool:
    """Run one if nobody else took it; whether it was run."""
    every, function, _ = PERIODIC[name]
    moment = now()
    with db.transaction(engine) as session:
        taken = session.exec(
            update(Tick)
            .where(col(Tick.name) == name, _may_begin(moment, every))
            .values(due_at=moment + every, held_until=moment + HELD, updated_at=moment)
        )
        if taken.rowcount != 1:
            return False
    failure = ""
    with _held(engine, name, moment):
        try:
            with origin.coming_by(Origin.JOB):
                function(engine)
        except Exception as error:  # the next time tries again, and the others go on
            log.exception("periodic work %s failed", name)
            failure = in_short(error)
    with db.transaction(engine) as session:
        session.exec(
            update(Tick)
            .where(col(Tick.name) == name, col(Tick.due_at) == moment + every)
            .values(held_until=None, failure=failure, updated_at=now())
        )
    return True


@contextmanager
def _held(engine: Engine, name: str, began: datetime) -> Iterator[None]:
    """Say now and then that somebody is at it, for as long as a job may take."""
    done = threading.Event()
    due_at = began + PERIODIC[name].every

    def say() -> None:
        while not done.wait(SAY_SECONDS) and now() < began + STALLED_AFTER:
            try:
                with db.transaction(engine) as session:
                    session.exec(
                        update(Tick)
                        .where(col(Tick.name) == name, col(Tick.due_at) == due_at)
                        .values(held_until=now() + HELD)
                    )
            except Exception:  # the database may be away for a while
                log.exception("periodic work %s cannot be held", name)

    voice = threading.Thread(target=say, name=f"lotsenwerk-{name}", daemon=True)
    voice.start()
    try:
        yield
    finally:
        done.set()
        voice.join()


def failures(session: Session) -> list[tuple[str, str]]:
    """Periodic work that failed the last time, and why."""
    query = select(col(Tick.name), col(Tick.failure)).where(col(Tick.failure) != "")
    return list(session.exec(query.order_by(col(Tick.name))).all())
