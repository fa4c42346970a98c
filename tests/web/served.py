"""The service in a process of its own, on a database that a test has made, at the tests' present.

`python -m tests.web.served PORT` — the database and the folder stand in the environment, as for the
service itself; `TESTS_AHEAD` says how many seconds its clock is ahead.
"""

import os
import sys
from datetime import timedelta

import time_machine
import uvicorn

from app import db, engines
from app.clock import now
from app.main import create_app
from app.settings import get_settings


def main() -> None:
    """Serve and work jobs until told to end."""
    engines.WAIT_SECONDS, engines.CONNECT_SECONDS = 60.0, 60
    settings = get_settings()
    then = now() + timedelta(seconds=float(os.environ["TESTS_AHEAD"]))
    with time_machine.travel(then, tick=True):
        engine = db.make_engine(settings.url, db.serving(settings))
        app = create_app(engine, work_jobs=True)
        uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")


if __name__ == "__main__":
    main()
