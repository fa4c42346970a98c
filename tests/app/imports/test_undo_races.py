"""Taking an import back while somebody works with it: nothing is left half, nothing is lost."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine, update
from sqlmodel import Session, col, select

from app import db
from app.errors import ApiError
from app.imports import hanging, undoing
from app.tables import Offer, Seat, Volunteer
from tests.app.imports.test_undo import Imported, store, undo
from tests.app.test_races import at_once, rows
from tests.app.waiting import Gathering
from tests.cast import Cast


async def test_two_undos_at_once_are_one(client: AsyncClient, cast: Cast) -> None:
    made = await store(client, cast)
    answers = await at_once([lambda: undo(client, cast, made["id"])] * 4)
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 3}


async def test_an_offer_at_the_same_moment_leaves_all_or_nothing(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    made = await store(client, cast)
    with db.transaction(engine) as session:
        at = Imported(session, cast)
        at.request.state = "open"
        at.seat.language = "kmr"
        body = {"seat_id": str(at.seat.id), "volunteer_id": str(cast.volunteers["dilan"])}
        seats_before = len(session.exec(select(Seat)).all())
    calls = [
        lambda: client.post("/offers", json=body, headers=cast.key("amal")),
        lambda: undo(client, cast, made["id"]),
    ]
    offered, undone = await at_once(calls)
    assert offered.status_code in (201, 404, 409), offered.text
    assert undone.status_code in (200, 409), undone.text
    assert (offered.status_code == 201) != (undone.status_code == 200)
    left = rows(engine, Seat)
    assert left == (seats_before - 1 if undone.status_code == 200 else seats_before)
    assert rows(engine, Offer) == (offered.status_code == 201)


def change_after_the_look(
    engine: Engine, batch_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> tuple[Any, int]:
    """Somebody writes a phone number after the undo has looked: its outcome, the rows written."""
    looked, changed = Gathering(engine), Gathering(engine)
    look = hanging.uses

    def look_and_wait(*arguments: Any) -> Any:
        found = look(*arguments)
        looked.wait()
        changed.wait()
        return found

    monkeypatch.setattr(hanging, "uses", look_and_wait)

    def take_back() -> Any:
        try:
            with db.transaction(engine) as session:
                return undoing.undo(session, None, batch_id)
        except ApiError as error:
            return error

    def change() -> int:
        looked.wait()
        with db.transaction(engine) as session:
            done = session.execute(
                update(Volunteer).where(col(Volunteer.surname) == "Beispiel").values(phone="0171")
            )
            count: int = done.rowcount
        changed.wait()
        return count

    with ThreadPoolExecutor(2) as threads:
        undone, written = threads.submit(take_back), threads.submit(change)
        return undone.result(), written.result()


async def test_a_change_waits_for_the_undo_and_is_not_lost(
    client: AsyncClient, cast: Cast, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await store(client, cast)
    undone, written = change_after_the_look(engine, UUID(made["id"]), monkeypatch)
    assert not isinstance(undone, ApiError)
    assert written == 0, "the change finds nobody: it is told so, not lost"


async def test_control_without_the_lock_the_change_is_lost(
    client: AsyncClient, cast: Cast, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lock_nothing(_session: Session, _ids: hanging.Ids) -> None:
        """Nobody is kept away."""

    made = await store(client, cast)
    monkeypatch.setattr(undoing, "lock_rows", lock_nothing)
    _, written = change_after_the_look(engine, UUID(made["id"]), monkeypatch)
    writers_queue = engine.dialect.name == "sqlite"
    assert written == (0 if writers_queue else 1)
    with db.transaction(engine) as session:
        gone = select(Volunteer).where(col(Volunteer.surname) == "Beispiel")
        assert session.exec(gone).first() is None
