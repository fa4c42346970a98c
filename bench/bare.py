"""The measure for `bench.acceptance`: a route that does nothing but eight small statements.

python -m bench.bare --port PORT
"""

import argparse
from uuid import UUID, uuid4

import uvicorn
from fastapi import FastAPI
from sqlalchemy import text
from sqlmodel import Session

from app import db
from app.settings import get_settings

STATEMENTS = 8
ONE = text("SELECT id, name FROM account WHERE id = :id")


def bare() -> FastAPI:
    """Give an application with one route: a session, eight rows looked for, a commit."""
    engine = db.make_engine(get_settings().url)
    app = FastAPI()

    @app.get("/livez")
    def live() -> str:
        return "ok"

    @app.post("/api/v1/{rest:path}")
    def look(rest: str) -> dict[str, UUID | int]:
        wanted = uuid4()
        with Session(engine) as session:
            found = sum(len(session.execute(ONE, {"id": wanted}).all()) for _ in range(STATEMENTS))
            session.commit()
        return {"id": wanted, "found": found}

    return app


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    uvicorn.run(
        bare(), port=parser.parse_args().port, log_level="warning", access_log=False,
        server_header=False,
    )  # fmt: skip
