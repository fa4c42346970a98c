"""Everybody presses everything at once, for a moment: what always holds still holds.

The full form is `bench.storm`: with workers and a service in processes of their own.
"""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from sqlalchemy import Engine, event
from sqlmodel import Session

from app import jobs
from app.main import create_app
from app.offers import booking
from app.requests import ending
from bench import ground, storm
from bench.dawdling import dawdle
from bench.served import drop_guards
from tests.app.test_races import unlock

CLIENTS, SECONDS, ROUNDS = 8, 5.0, 6


@contextmanager
def served(engine: Engine) -> Iterator[int]:
    """The service and a worker in threads; the port."""
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(create_app(engine), log_level="warning", lifespan="off")
    server, worker = uvicorn.Server(config), jobs.Worker(engine, idle_seconds=0.05)
    serving = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    serving.start()
    worker.start()
    try:
        yield listening.getsockname()[1]
    finally:
        worker.stop()
        server.should_exit = True
        serving.join()
        listening.close()


@contextmanager
def dawdling(engine: Engine) -> Iterator[None]:
    """Now and then somebody pauses between two statements."""
    event.listen(engine, "after_cursor_execute", dawdle)
    try:
        yield
    finally:
        event.remove(engine, "after_cursor_execute", dawdle)


def test_in_a_storm_everything_holds(engine: Engine, var: Path) -> None:
    with dawdling(engine), served(engine) as port:
        raging = storm.Storm(engine, ground.found(engine, people=6, past=6), port, seed=1)
        raging.rage(CLIENTS, SECONDS)
        storm.drain(engine)
    assert raging.done > CLIENTS
    assert sorted(set(raging.wrong)) + storm.judge(engine) == []


def test_control_where_nothing_is_held_it_does_not(
    engine: Engine, var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if engine.dialect.name == "sqlite":
        # Writers queue, whether they hold something or not.
        return
    drop_guards(engine)
    unlock(monkeypatch)
    monkeypatch.setattr(booking, "lock_all", lambda *_of_what: None)
    monkeypatch.setattr(ending, "lock", _only_look)
    found: list[str] = []
    with dawdling(engine), served(engine) as port:
        hot = ground.found(engine, people=3, past=2)
        for seed in range(ROUNDS):
            raging = storm.Storm(engine, hot, port, seed)
            raging.rage(2 * CLIENTS, SECONDS)
            storm.drain(engine)
            found = raging.wrong + storm.judge(engine)
            if found:
                break
    assert found


def _only_look(session: Session, request_id: Any) -> Any:
    return session.get_one(ending.Request, request_id)
