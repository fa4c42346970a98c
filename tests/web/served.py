"""The service in processes of its own, on databases that tests have made, at the time they say.

`python -m tests.web.served` is ready once and starts one after the other: each line it reads is a
port, a moment's distance in seconds and the environment as JSON; it answers with the process id.
"""

import json
import os
import signal
import sys
from datetime import timedelta
from typing import Any

import time_machine
import uvicorn

from app import db, engines
from app.clock import now
from app.main import create_app
from app.settings import get_settings


def main() -> None:
    """Start what is asked for, until nobody asks any more."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    print("ready", flush=True)  # noqa: T201 - whoever asks waits for it
    while line := sys.stdin.readline():
        child = os.fork()
        if child == 0:
            _serve(json.loads(line))
            os._exit(0)
        print(child, flush=True)  # noqa: T201


def _serve(wanted: dict[str, Any]) -> None:
    """Serve and work jobs until killed."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.environ.update(wanted["environment"])
    get_settings.cache_clear()
    engines.WAIT_SECONDS, engines.CONNECT_SECONDS = 60.0, 60
    settings = get_settings()
    with time_machine.travel(now() + timedelta(seconds=wanted["ahead"]), tick=True):
        engine = db.make_engine(settings.url, db.serving(settings))
        app = create_app(engine, work_jobs=True)
        uvicorn.run(app, host="127.0.0.1", port=wanted["port"], log_level="warning")


if __name__ == "__main__":
    main()
