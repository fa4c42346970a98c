"""The measure for `bench.acceptance`: the service with two routes that do nothing but eight
small statements, one signed in and in one transaction as every route, one without all of that.

python -m bench.bare --port PORT
"""

import argparse
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
ONE = text("SELECT id, name FROM account WHERE id = :id")
EDGE, NAKED = "/bare", "/naked"


def look(session: Session) -> UUID:
    """Look eight times for a row by its key."""
    wanted = uuid4()
    for _ in range(STATEMENTS):
        session.connection().execute(ONE, {"id": wanted}).all()
    return wanted


def bare(engine: Engine) -> FastAPI:
    """Give the service with the two routes."""
    app, router = create_app(engine), APIRouter(route_class=UnitOfWork)

    @router.post(EDGE)
    def signed_in(session: SessionDep, _actor: Anyone) -> UUID:
        return look(session)

    @app.post(f"/api/v1{NAKED}")
    def naked() -> UUID:
        with Session(engine) as session:
            wanted = look(session)
            session.commit()
        return wanted

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
