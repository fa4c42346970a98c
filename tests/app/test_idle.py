"""Where nothing happens nothing is written: no disk is woken, and nobody waits for a writer."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import time_machine
from sqlalchemy import Engine, event

from app import jobs
from tests.app.auditing.conftest import write
from tests.cast import Cast

SOON = timedelta(minutes=1)
WRITES = ("INSERT", "UPDATE", "DELETE", "BEGIN IMMEDIATE")


@contextmanager
def written(engine: Engine) -> Iterator[list[str]]:
    """The statements that change something, or take the right to."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.lstrip().upper().startswith(WRITES):
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_periodic_work_that_finds_nothing_to_do_writes_nothing(
    engine: Engine, cast: Cast, clock: time_machine.Traveller
) -> None:
    often = {name for name, one in jobs.PERIODIC.items() if one.every < SOON}
    assert often == {"audit.chain", "webhooks.publish"}
    for _ in range(2):
        jobs.run_periodic(engine)
        clock.shift(20)
    with written(engine) as seen:
        assert jobs.run_periodic(engine) == 0
    assert seen == []
    write(engine, cast)
    with written(engine) as seen:
        assert jobs.run_periodic(engine) == 2, "as soon as something happened they begin"
    assert len(seen) >= 6, "the watch sees who begins, what is done, and who ends"
