"""The service, once in each process, on whatever database a test has."""

from functools import cache

from fastapi import FastAPI
from sqlalchemy import Engine

from app import db
from app.main import create_app
from app.settings import get_settings


def serving(engine: Engine) -> FastAPI:
    """The service on this database from now on.

    The first call of each route costs more than most tests. Where calls are counted it is a new
    one; whoever changes the service, or wants two of them at once, makes one with `create_app`.
    """
    settings = get_settings()
    if settings.rate_limit or settings.rate_limit_costly or settings.rate_limit_public:
        return create_app(engine)
    app = _service(repr(settings.model_dump(exclude={"var"})))
    app.dependency_overrides.clear()  # what the test before has put there
    db.serve_on(app, engine)
    return app


@cache
def _service(_settings: str) -> FastAPI:
    """One for all that is set the same, but for the folder of a test."""
    return create_app(db.make_engine("sqlite://"))
