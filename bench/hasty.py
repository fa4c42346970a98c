"""Control for `bench.kills`: the same service, but it answers first and stores a moment later.

python -m bench.hasty --port PORT
"""

import sys
import threading
import time

from sqlmodel import Session

from app.cli import cli

LATER_SECONDS = 1.5
"""Longer than it takes to be killed: what was answered first is lost."""
_commit, _close = Session.commit, Session.close


def _commit_later(session: Session) -> None:
    def store() -> None:
        time.sleep(LATER_SECONDS)
        _commit(session)
        _close(session)

    session.close = lambda: None  # type: ignore[method-assign]
    threading.Thread(target=store, daemon=True).start()


if __name__ == "__main__":
    Session.commit = _commit_later  # type: ignore[method-assign]
    cli(["serve", *sys.argv[1:]])
