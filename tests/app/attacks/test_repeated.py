"""An answer that was kept for a repeated request, and a right that was taken away meanwhile."""

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from app import db, idempotency
from app.tables import ApiToken, Enrolment, Scope
from app.tokens import hash_token
from tests.app.attacks.doors import dismiss
from tests.app.calendars.subscribed import change
from tests.cast import Cast

KEY = {"Idempotency-Key": "einmal"}
NEW = {
    "surname": "Geheim",
    "given_name": "Ayla",
    "birth_date": "1990-02-03",
    "postal_code": "61169",
    "phone": "0170 5555555",
    "roles": ["interpreter"],
}
ABSENCE = {"first_day": "2027-05-03", "last_day": "2027-05-04"}


async def keep_one(client: AsyncClient, cast: Cast) -> None:
    """Amal enters a volunteer; the answer is kept under her key."""
    made = await client.post("/volunteers", json=NEW, headers=cast.key("amal") | KEY)
    assert made.status_code == 201
    again = await client.post("/volunteers", json=NEW, headers=cast.key("amal") | KEY)
    assert again.headers["Idempotency-Replayed"] == "true"


async def test_who_lost_her_role_is_not_answered_from_what_was_kept(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    await keep_one(client, cast)
    dismiss(engine, cast, "amal")
    again = await client.post("/volunteers", json=NEW, headers=cast.key("amal") | KEY)
    assert again.status_code == 403
    assert "Geheim" not in again.text


async def test_control_answered_before_the_role_is_looked_at_she_reads_it(
    client: AsyncClient, cast: Cast, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    await keep_one(client, cast)
    dismiss(engine, cast, "amal")
    claim = idempotency.claim

    def at_once(session: Session, request: object, account_id: object) -> None:
        claim(session, request, account_id)  # type: ignore[arg-type]
        idempotency.answer_again(request)  # type: ignore[arg-type]

    monkeypatch.setattr(idempotency, "claim", at_once)
    again = await client.post("/volunteers", json=NEW, headers=cast.key("amal") | KEY)
    assert again.status_code == 201
    assert "Geheim" in again.text


async def test_who_left_the_pool_is_not_answered_either(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    path = f"/volunteers/{cast.volunteers['dilan']}/absences"
    headers = cast.key("dilan") | KEY
    assert (await client.post(path, json=ABSENCE, headers=headers)).status_code == 201
    change(engine, Enrolment, cast.enrolments["dilan"], state="ended")
    assert (await client.post(path, json=ABSENCE, headers=headers)).status_code == 403


async def test_a_key_for_reading_is_not_answered_what_a_writing_one_did(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    await keep_one(client, cast)
    with db.transaction(engine) as session:
        key = session.exec(
            select(ApiToken).where(col(ApiToken.token_hash) == hash_token("lw_amal"))
        ).one()
        key.scopes = [Scope.READ]
        session.add(key)
    again = await client.post("/volunteers", json=NEW, headers=cast.key("amal") | KEY)
    assert again.status_code == 403
    assert again.json()["type"] == "/problems/scope-missing"


async def test_work_done_twice_by_a_careless_route_is_undone(
    client: AsyncClient, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer_again, asked = idempotency.answer_again, []

    def late(request: object) -> None:
        asked.append(request)
        if len(asked) > 1:
            answer_again(request)  # type: ignore[arg-type]

    monkeypatch.setattr(idempotency, "answer_again", late)
    path = f"/volunteers/{cast.volunteers['dilan']}/absences"
    headers = cast.key("dilan") | KEY
    assert (await client.post(path, json=ABSENCE, headers=headers)).status_code == 201
    asked.clear()
    again = await client.post(path, json=ABSENCE, headers=headers)
    assert again.headers["Idempotency-Replayed"] == "true"
    read = await client.get(f"/volunteers/{cast.volunteers['dilan']}", headers=cast.key("dilan"))
    assert len(read.json()["absences"]) == 1
