"""Reading the audit, and being read: who sees which entries, and whose reading is noted."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from httpx import AsyncClient
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, col, select

from app import db
from app.auditing import anchors, linking, sentences
from app.main import create_app
from app.tables import AuditEvent, Enrolment
from app.volunteers.schemas import EnrolmentUpdate, VolunteerUpdate
from tests.app.auditing.conftest import write
from tests.app.trials import calling
from tests.cast import Cast


def readings(engine: Engine, cast: Cast, name: str = "dilan") -> list[UUID | None]:
    """Who was noted as a reader of a volunteer's record, in order."""
    with db.transaction(engine, read_only=True) as session:
        query = (
            select(AuditEvent.account_id)
            .where(
                col(AuditEvent.action) == "volunteer.read",
                col(AuditEvent.subject_id) == cast.enrolments[name],
            )
            .order_by(col(AuditEvent.id))
        )
        return list(session.exec(query).all())


async def read(client: AsyncClient, cast: Cast, who: str, whom: str = "dilan") -> int:
    """Read a whole record; the status."""
    path = f"/volunteers/{cast.volunteers[whom]}"
    return (await client.get(path, headers=cast.key(who))).status_code


async def mine(client: AsyncClient, cast: Cast, who: str, **headers: str) -> list[dict[str, Any]]:
    """What somebody reads about herself."""
    answer = await client.get("/me/audit", headers=cast.key(who) | headers)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_a_volunteer_sees_who_read_her_record(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    assert await read(client, cast, "amal") == 200
    (one,) = await mine(client, cast, "dilan")
    assert one["who"] == "office"
    assert one["sentence"] == (
        "Die Koordination von „Sprachpool Wetterau“ hat Ihre Angaben gelesen."
    )
    (english,) = await mine(client, cast, "dilan", **{"Accept-Language": "en"})
    assert english["sentence"] == "The office of “Sprachpool Wetterau” has read your details."
    assert "Amal" not in str(one)
    assert await mine(client, cast, "mirela") == []
    assert await mine(client, cast, "amal") == []


async def test_her_own_reading_and_a_refused_one_are_not_noted(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    assert await read(client, cast, "dilan") == 200
    assert await read(client, cast, "kofi") == 404
    assert await read(client, cast, "fatma") == 403
    assert readings(engine, cast) == []


async def test_the_same_reader_is_noted_once_an_hour(
    client: AsyncClient, cast: Cast, engine: Engine, clock: time_machine.Traveller
) -> None:
    for _ in range(3):
        await read(client, cast, "amal")
    assert readings(engine, cast) == [cast.accounts["amal"]]
    await read(client, cast, "amal", "mirela")
    assert len(readings(engine, cast, "mirela")) == 1
    clock.shift(timedelta(minutes=61))
    await read(client, cast, "amal")
    assert len(readings(engine, cast)) == 2


async def test_a_list_is_no_reading_of_a_record(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    listed = await client.get("/volunteers", headers=cast.key("amal"))
    assert listed.status_code == 200
    assert {"phone", "iban_masked", "birth_date"} & set(listed.json()["items"][0]) == set()
    assert readings(engine, cast) == []


async def test_a_reading_that_cannot_be_noted_is_refused(
    cast: Cast, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "PAUSES", ())

    def full(_session: Session) -> None:
        raise OperationalError("COMMIT", {}, Exception("the disk is full"))

    async with calling(create_app(engine)) as client:
        event.listen(Session, "before_commit", full)
        try:
            refused = await client.get(
                f"/volunteers/{cast.volunteers['dilan']}", headers=cast.key("amal")
            )
        finally:
            event.remove(Session, "before_commit", full)
        assert refused.status_code in (500, 503)
        assert "Dilan" not in refused.text
        assert readings(engine, cast) == []
        assert await read(client, cast, "amal") == 200
    assert len(readings(engine, cast)) == 1


async def test_control_what_is_noted_afterwards_may_be_lost_and_the_record_is_out(
    cast: Cast, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "before_answering", db.afterwards)

    def full(_session: Session) -> None:
        raise OperationalError("COMMIT", {}, Exception("the disk is full"))

    async with calling(create_app(engine)) as client:
        event.listen(Session, "before_commit", full)
        try:
            answer = await client.get(
                f"/volunteers/{cast.volunteers['dilan']}", headers=cast.key("amal")
            )
        finally:
            event.remove(Session, "before_commit", full)
    assert (answer.status_code, "Dilan" in answer.text) == (200, True)
    assert readings(engine, cast) == []


async def test_what_changes_about_her_is_told_to_her_in_words(
    client: AsyncClient, cast: Cast
) -> None:
    path, amal = f"/volunteers/{cast.volunteers['dilan']}", cast.key("amal")
    any_tag = {"If-Match": "*"}
    await client.patch(path, json={"phone": "0170 1"}, headers=cast.key("dilan") | any_tag)
    await client.post(f"{path}/languages", json={"language": "ar", "level": "B2"}, headers=amal)
    await client.put(f"{path}/message-preferences", json={"items": []}, headers=amal | any_tag)
    await client.patch(
        f"/enrolments/{cast.enrolments['dilan']}",
        json={"week_minutes": 300},
        headers=amal | any_tag,
    )
    assert [one["sentence"] for one in await mine(client, cast, "dilan")] == [
        "Sie haben Ihre Angaben geändert: Telefonnummer.",
        "Die Koordination von „Sprachpool Wetterau“ hat Ihre Angaben geändert: Sprachen.",
        "Die Koordination von „Sprachpool Wetterau“ hat Ihre Angaben geändert:"
        " Wege für Nachrichten.",
        "Die Koordination von „Sprachpool Wetterau“ hat etwas an Ihrem Platz im Pool geändert:"
        " Grenzen.",
    ]


def test_whatever_can_be_changed_has_a_word() -> None:
    columns = {"quiet_from": "quiet_from_minute", "quiet_to": "quiet_to_minute"}
    sent = VolunteerUpdate.model_fields.keys() | EnrolmentUpdate.model_fields.keys()
    assert {columns.get(name, name) for name in sent} - sentences.FIELDS.keys() == set()


async def test_every_pool_she_is_in_can_read_what_changed_about_her(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    with db.transaction(engine) as session:
        known = session.get_one(Enrolment, cast.enrolments["dilan"])
        values = known.model_dump(exclude={"id", "sponsor_id", "created_at", "updated_at"})
        session.add(Enrolment(**values, sponsor_id=cast.fulda))
    path = f"/volunteers/{cast.volunteers['dilan']}/languages"
    body = {"language": "ar", "level": "B2"}
    await client.post(path, json=body, headers=cast.key("amal"))
    assert len(await mine(client, cast, "dilan")) == 2
    found = (await client.get("/audit", headers=cast.key("kofi"))).json()["items"]
    assert [one["action"] for one in found] == ["volunteer.update"]
    assert found[0]["actor"] == "Amal"
    assert found[0]["roles"] == []


async def test_the_lead_reads_names_and_the_auditor_roles(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    await read(client, cast, "amal")
    linking.link_all(engine)
    seen = {
        who: (await client.get("/audit", headers=cast.key(who))).json()["items"][0]
        for who in ("lea", "arno")
    }
    assert seen["lea"]["actor"] == "Amal"
    assert seen["arno"]["actor"] is None
    for one in seen.values():
        assert one["roles"] == ["coordinator"]
        assert one["account_id"] == str(cast.accounts["amal"])
        assert (one["via"], one["action"]) == ("api", "volunteer.read")
        assert one["position"] == 1
        assert len(one["hash"]) == 64


async def test_entries_are_found_by_what_is_asked(
    client: AsyncClient, cast: Cast, engine: Engine, clock: time_machine.Traveller
) -> None:
    write(engine, cast, 3)
    write(engine, cast, 2, "nuru")
    clock.shift(timedelta(hours=1))
    await read(client, cast, "amal")
    lea = cast.key("lea")

    async def found(query: str) -> int:
        answer = await client.get(f"/audit?{query}", headers=lea)
        assert answer.status_code == 200, answer.text
        return len(answer.json()["items"])

    assert await found("") == 4
    assert await found("action=volunteer.read") == 1
    assert await found("subject_type=enrolment") == 4
    assert await found("subject_type=claim") == 0
    assert await found(f"subject_id={cast.enrolments['dilan']}") == 4
    assert await found(f"subject_id={cast.enrolments['nuru']}") == 0
    assert await found(f"account_id={cast.accounts['amal']}") == 4
    assert await found(f"account_id={cast.accounts['lea']}") == 0
    assert await found("from=2027-01-04T09:30:00Z") == 1
    assert await found("to=2027-01-04T09:30:00Z") == 3
    first = (await client.get("/audit?limit=3", headers=lea)).json()
    rest = (await client.get(f"/audit?limit=3&cursor={first['next']}", headers=lea)).json()
    ids = [one["id"] for one in first["items"] + rest["items"]]
    assert len(set(ids)) == 4
    assert rest["next"] is None
    assert (await client.get("/audit?from=gestern", headers=lea)).status_code == 422


async def test_the_lead_sees_how_far_the_chain_is(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    write(engine, cast)
    anchors.anchor_all(engine)
    write(engine, cast, 2)
    for who in ("lea", "arno"):
        (chain,) = (await client.get("/audit/chain", headers=cast.key(who))).json()
        assert (chain["chained"], chain["unchained"], chain["anchored"]) == (8, 2, 8)
        assert chain["unchained_since"]
        (anchor,) = (await client.get("/audit/anchors", headers=cast.key(who))).json()["items"]
        assert (anchor["count"], len(anchor["head"])) == (8, 64)
    (others,) = (await client.get("/audit/chain", headers=cast.key("kofi"))).json()
    assert others["chained"] == 0
