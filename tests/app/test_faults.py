"""A process is killed, the database goes away: nothing is lost that was promised.

The short forms of `bench.kills` and `bench.restarts`, with real processes.
"""

from pathlib import Path

from sqlalchemy import Engine

from bench import kills, restarts
from bench.served import HASTY, SERVE, Service
from tests.databases import SERVER
from tests.throwaway_postgres import binaries

PEOPLE = 4


def service(engine: Engine, folder: Path, program: tuple[str, ...]) -> Service:
    """The service on this database, not started yet."""
    return Service(engine.url.render_as_string(hide_password=False), folder / "var", program)


def test_a_killed_service_has_kept_every_promise(engine: Engine, tmp_path: Path) -> None:
    tally = kills.rounds(engine, service(engine, tmp_path, SERVE), 2, people=PEOPLE)
    assert tally.is_clean, tally.lines()
    assert tally.acknowledged
    assert set(tally.statuses) <= {200, 201, 503}


def test_answering_before_storing_would_be_seen(engine: Engine, tmp_path: Path) -> None:
    """Control: the same trial with a service that answers first and stores a moment later."""
    hasty = service(engine, tmp_path, HASTY)
    tally = kills.rounds(engine, hasty, 2, people=PEOPLE, again=False)
    assert tally.lost, tally.lines()


def test_a_restarted_database_is_served_again_and_has_lost_nothing(
    engine: Engine, tmp_path: Path
) -> None:
    found = binaries() if SERVER else None
    if found is None:
        return
    with restarts.durable(found, tmp_path) as (server, database):
        seen = restarts.rounds(server, database, tmp_path, 2, people=PEOPLE)
    assert seen.tally.is_clean, seen.tally.lines()
    assert len(seen.served) == len(seen.worked) == 2
