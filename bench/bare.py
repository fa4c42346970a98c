"""The measure for `bench.acceptance`: the service with routes that do nothing but eight small
statements. The bar is the one that writes; those that only look are shown beside it.

python -m bench.bare --port PORT

What writes makes statements of the kinds that an acceptance makes, over tables of its own: four
rows are found by their keys, one is locked and changed, two are added, and that is committed like
everything else. No sign-in, no unit of work, no rules, no wall. Each request locks another row:
nobody waits for anybody.
"""

import argparse
from itertools import count
from uuid import UUID, uuid4

import uvicorn
from fastapi import APIRouter, FastAPI
from sqlalchemy import Engine, text
from sqlmodel import Session

from app import db
from app.access import Anyone
from app.db import SessionDep, UnitOfWork
from app.main import create_app
from app.settings import get_settings

STATEMENTS = 8
FOUND = 4
ROWS = 10_000
EDGE, LOOKING, WRITING = "/bare", "/looking", "/writing"
TABLES = (
    "CREATE TABLE bare_row (id integer PRIMARY KEY, number integer NOT NULL, note text NOT NULL)",
    "CREATE TABLE bare_note (id uuid PRIMARY KEY, row_id integer NOT NULL, note text NOT NULL)",
    "INSERT INTO bare_row SELECT id, 0, repeat('x', 200)"  # noqa: S608
    f" FROM generate_series(1, {ROWS}) AS id",
)
ONE = text("SELECT id, name FROM account WHERE id = :id")
FIND = text("SELECT id, number, note FROM bare_row WHERE id = :id")
LOCK = text("SELECT id, number, note FROM bare_row WHERE id = :id FOR NO KEY UPDATE")
CHANGE = text("UPDATE bare_row SET number = number + 1 WHERE id = :id")
ADD = text("INSERT INTO bare_note (id, row_id, note) VALUES (:id, :row_id, 'booked')")


def look(session: Session) -> UUID:
    """Look eight times for a row by its key."""
    wanted = uuid4()
    for _ in range(STATEMENTS):
        session.connection().execute(ONE, {"id": wanted}).all()
    return wanted


def write(session: Session, row_id: int) -> UUID:
    """Find four rows, lock and change one, add two."""
    for step in range(FOUND):
        session.connection().execute(FIND, {"id": (row_id + step) % ROWS + 1}).all()
    mine = {"id": row_id}
    session.connection().execute(LOCK, mine).all()
    session.connection().execute(CHANGE, mine)
    added = [uuid4(), uuid4()]
    for note_id in added:
        session.connection().execute(ADD, {"id": note_id, "row_id": row_id})
    return added[0]


def bare(engine: Engine) -> FastAPI:
    """Give the service with the three routes; makes the tables of the one that writes."""
    app, router, numbers = create_app(engine), APIRouter(route_class=UnitOfWork), count()
    with engine.begin() as connection:
        for statement in TABLES:
            connection.execute(text(statement))

    @router.post(EDGE)
    def signed_in(session: SessionDep, _actor: Anyone) -> UUID:
        return look(session)

    @app.post(f"/api/v1{LOOKING}")
    def looking() -> UUID:
        with Session(engine) as session:
            wanted = look(session)
            session.commit()
        return wanted

    @app.post(f"/api/v1{WRITING}")
    def writing() -> UUID:
        with Session(engine) as session:
            written = write(session, next(numbers) % ROWS + 1)
            session.commit()
        return written

    app.include_router(router, prefix="/api/v1")
    return app


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    settings = get_settings()
    uvicorn.run(
        bare(db.make_engine(settings.url, db.serving(settings))), port=parser.parse_args().port,
        log_level="warning", access_log=False, server_header=False,
    )  # fmt: skip
