"""Backups of a furnished database, and somewhere else to restore them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, text
from sqlmodel import select

from app import db, jobs
from app.backups.archive import Manifest
from app.backups.restoring import Restored, restore
from app.backups.schema import NOT_CARRIED
from app.backups.taking import take
from app.settings import Settings
from app.tables import IdempotencyKey, JobState, Plan, Request, SessionToken, Task, TravelTime
from tests.app.examples import MORNING, Snapshot, furnish, snapshot
from tests.cast import Cast
from tests.databases import SERVER, Databases

AWKWARD = "„Zeile\u2028um\nbruch“\t\\ \" ' ; -- %s ? 😀 \u0000".replace("\u0000", "ı")
LATER = datetime(2027, 3, 28, 1, 0, 0, 1, tzinfo=UTC)
"""The hour that does not exist in Germany, and a single microsecond."""


class Place:
    """A database and the folder beside it."""

    def __init__(self, engine: Engine, var: Path) -> None:
        self.engine = engine
        self.settings = Settings(var=var)

    def back_up(self, path: Path) -> Manifest:
        """Write a backup to `path`."""
        return take(self.engine, path, self.settings, program="test")

    def restore(self, path: Path, *, replace: bool = False) -> Restored:
        """Restore from `path`."""
        return restore(self.engine, path, self.settings, replace=replace)

    def rows(self) -> Snapshot:
        """Every row that a backup carries."""
        found = snapshot(self.engine)
        return {name: rows for name, rows in found.items() if name not in NOT_CARRIED}

    def execute(self, statement: str, **values: Any) -> None:
        """Change rows behind the back of the service."""
        with db.transaction(self.engine) as session:
            session.connection().execute(text(statement), values)

    def undone(self) -> set[tuple[str, UUID, datetime]]:
        """What the queue has still to do."""
        with db.transaction(self.engine) as session:
            return {
                (job.name, job.subject_id, job.due_at)
                for state in (JobState.WAITING, JobState.RUNNING, JobState.FAILED)
                for job in jobs.listed(session, state)
            }


def _make_awkward(engine: Engine, cast: Cast) -> None:
    """Values that are easily changed on the way."""
    with db.transaction(engine) as session:
        request = session.exec(select(Request)).first()
        plan, task = session.exec(select(Plan)).first(), session.exec(select(Task)).first()
        assert request
        assert plan
        assert task
        request.note, request.topic, request.end_reason = AWKWARD, " ", ""
        plan.objective, plan.bound, plan.gap = 2**63 - 1, -(2**63), 0.1 + 0.2
        plan.progress, plan.notes = {"ä": [1e-300, 2**70, None, True, AWKWARD], "": {}}, []
        task.answer = None
        session.add_all([request, plan, task])
        amal = cast.accounts["amal"]
        session.add(
            IdempotencyKey(
                account_id=amal, key="k", fingerprint="0" * 64, status=201, headers={"a": "b"},
                body=bytes(range(256)), created_at=LATER,
            )
        )  # fmt: skip
        session.add(
            IdempotencyKey(account_id=amal, key="empty", fingerprint="0" * 64, status=204, body=b"")
        )
        session.add(SessionToken(account_id=amal, token_hash="0" * 64, expires_at=LATER))
        session.add(
            TravelTime(
                service="osrm", transport="car", origin="503353,87553", destination="503647,87386",
                minutes=0, fetched_at=LATER,
            )
        )  # fmt: skip
        jobs.defer(session, "messages.send", request.id)
        jobs.defer(session, "offers.expire", plan.id, due_at=MORNING)


@pytest.fixture
def place(engine: Engine, cast: Cast, var: Path) -> Place:
    """Everybody, and one object of every kind at both sponsors."""
    furnish(engine, cast)
    furnish(engine, cast, foreign=True)
    _make_awkward(engine, cast)
    made = Place(engine, var)
    made.execute(
        "UPDATE request_option SET chosen = true WHERE id IN (SELECT option_id FROM assignment)"
    )
    return made


Elsewhere = Callable[..., Place]


@pytest.fixture
def elsewhere(databases: Databases, tmp_path: Path) -> Iterator[Elsewhere]:
    """Other databases, each with a folder of its own: of this kind, or a SQLite file."""
    with ExitStack() as stack:
        count = iter(range(100))

        def made(*, migrated: bool = False, server: str = SERVER) -> Place:
            var = tmp_path / f"elsewhere{next(count)}"
            var.mkdir()
            home = databases if server == SERVER else Databases(var, server)
            return Place(stack.enter_context(home.fresh(migrated=migrated)), var)

        yield made


@pytest.fixture
def taken(place: Place, tmp_path: Path) -> Path:
    """A backup of the place."""
    path = tmp_path / "taken.zip"
    place.back_up(path)
    return path
