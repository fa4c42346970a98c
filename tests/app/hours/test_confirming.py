"""Somebody else says how long it took; nobody confirms their own work."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from httpx import AsyncClient
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from app import db
from app.tables import Contact, Institution, Membership, ServiceRecord, Task
from tests.app.hours.bookings import at, book, link_account
from tests.cast import Cast, member

SUNDAY = date(2027, 1, 3)


async def reported(client: AsyncClient, cast: Cast, engine: Engine, who: str = "dilan") -> str:
    """The address of an hour of Dilan's that she or the office reported."""
    assignment = book(engine, cast, at(SUNDAY, "10:00"))
    sent = {
        "assignment_id": str(assignment.id),
        "started_at": assignment.starts_at.isoformat(),
        "ended_at": assignment.ends_at.isoformat(),
    }
    made = await client.post("/service-records", json=sent, headers=cast.key(who))
    return f"/service-records/{made.json()['id']}"


async def say(client: AsyncClient, cast: Cast, who: str, path: str, **said: Any) -> Any:
    """What the service answers to a statement."""
    return await client.post(path, json=said, headers=cast.key(who))


def _questions(session: Session) -> list[Task]:
    return list(session.exec(select(Task).where(col(Task.code) == "hours:disputed")).all())


async def test_up_to_ten_minutes_apart_the_lower_value_counts(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    path = await reported(client, cast, engine)
    answer = await say(client, cast, "selin", f"{path}/confirm", minutes=50)
    assert answer.status_code == 200
    read = answer.json()
    assert (read["state"], read["minutes"], read["confirmed_minutes"]) == ("confirmed", 50, 50)
    assert read["reported_minutes"] == 60
    assert read["volunteer"] == "Dilan"


async def test_institution_cannot_raise_the_reported_time(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    path = await reported(client, cast, engine)
    answer = await say(client, cast, "selin", f"{path}/confirm", minutes=70)
    assert (answer.json()["state"], answer.json()["minutes"]) == ("confirmed", 60)


async def test_more_than_ten_minutes_apart_a_coordinator_decides(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    path = await reported(client, cast, engine)
    answer = await say(client, cast, "selin", f"{path}/confirm", minutes=49)
    assert answer.json()["state"] == "disputed"
    with db.transaction(engine) as session:
        assert [t.params["confirmed"] for t in _questions(session)] == [49]
    early = await say(client, cast, "selin", f"{path}/resolve", minutes=55, reason="egal")
    assert early.status_code == 403
    done = await say(client, cast, "amal", f"{path}/resolve", minutes=55, reason="Telefonat")
    assert (done.json()["state"], done.json()["minutes"]) == ("resolved", 55)
    with db.transaction(engine) as session:
        assert [t.state for t in _questions(session)] == ["resolved"]
    again = await say(client, cast, "amal", f"{path}/resolve", minutes=60, reason="Telefonat")
    assert again.status_code == 409


async def test_institution_disputes_with_a_reason(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    path = await reported(client, cast, engine)
    bare = await say(client, cast, "selin", f"{path}/dispute", minutes=0)
    assert bare.status_code == 422
    answer = await say(client, cast, "selin", f"{path}/dispute", minutes=0, reason="kein Termin")
    assert answer.json()["state"] == "disputed"
    assert answer.json()["reason"] == "kein Termin"


async def test_undisputed_record_cannot_be_resolved(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    path = await reported(client, cast, engine)
    answer = await say(client, cast, "amal", f"{path}/resolve", minutes=60, reason="einfach so")
    assert answer.status_code == 409
    assert "gemeldet" in answer.json()["detail"]


async def test_record_is_confirmed_once(client: AsyncClient, cast: Cast, engine: Engine) -> None:
    path = await reported(client, cast, engine)
    assert (await say(client, cast, "selin", f"{path}/confirm", minutes=60)).status_code == 200
    again = await say(client, cast, "selin", f"{path}/confirm", minutes=50)
    assert again.status_code == 409
    read = await client.get(path, headers=cast.key("amal"))
    assert read.json()["minutes"] == 60


async def test_coordinator_confirms_on_behalf_only_with_a_reason(
    client: AsyncClient, cast: Cast, engine: Engine, clock: time_machine.Traveller
) -> None:
    path = await reported(client, cast, engine)
    clock.shift(timedelta(days=7))
    bare = await say(client, cast, "amal", f"{path}/confirm", minutes=60)
    assert bare.status_code == 422
    why = "Schule antwortet seit zwei Wochen nicht"
    answer = await say(client, cast, "amal", f"{path}/confirm", minutes=60, reason=why)
    assert (answer.json()["state"], answer.json()["reason"]) == ("confirmed", why)


@pytest.mark.parametrize("verb", ["confirm", "dispute"])
@pytest.mark.parametrize("reporter", ["amal", "dilan"])
async def test_the_institution_is_asked_for_a_week_before_the_office_speaks_for_it(
    client: AsyncClient,
    cast: Cast,
    engine: Engine,
    clock: time_machine.Traveller,
    verb: str,
    reporter: str,
) -> None:
    path = await reported(client, cast, engine, reporter)
    clock.shift(timedelta(days=7, minutes=-1))
    early = await say(client, cast, "amal", f"{path}/{verb}", minutes=60, reason="war so")
    assert early.status_code == 409
    assert early.json()["type"] == "/problems/wait-for-institution"
    assert "11.01.2027" in early.json()["detail"]
    asked = await say(client, cast, "selin", f"{path}/{verb}", minutes=60, reason="war so")
    assert asked.status_code == 200, "the institution itself may answer at once"


async def test_who_reported_does_not_confirm_as_a_contact_of_the_institution(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    with db.transaction(engine) as session:
        session.add(Contact(account_id=cast.accounts["amal"], institution_id=cast.school))
    path = await reported(client, cast, engine, "amal")
    answer = await say(client, cast, "amal", f"{path}/confirm", minutes=60, reason="war so")
    assert answer.json()["type"] == "/problems/wait-for-other"


async def test_who_corrected_a_report_does_not_confirm_it_at_once_either(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    with db.transaction(engine) as session:
        session.get_one(Institution, cast.school).email = ""
        member(session, cast, "amal+zwei", cast.wetterau, "coordinator")
    path = await reported(client, cast, engine)
    longer = {"ended_at": at(SUNDAY, "12:00").isoformat()}
    key = cast.key("amal") | {"If-Match": "*"}
    assert (await client.patch(path, json=longer, headers=key)).status_code == 200
    said = {"minutes": 120, "reason": "angerufen"}
    for who in ("amal", "amal+zwei"):
        early = await say(client, cast, who, f"{path}/confirm", **said)
        assert (early.status_code, early.json()["type"]) == (409, "/problems/wait-for-other")
        assert "selbst gemeldet" in early.json()["detail"], "nobody there can be asked"


async def test_volunteer_has_no_way_to_confirm(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    path = await reported(client, cast, engine)
    answer = await say(client, cast, "dilan", f"{path}/confirm", minutes=60, reason="war so")
    assert answer.status_code == 403


async def test_coordinator_who_interpreted_herself_cannot_confirm(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    with db.transaction(engine) as session:
        session.add(
            Membership(
                account_id=cast.accounts["dilan"], sponsor_id=cast.wetterau, role="coordinator"
            )
        )
    assignment = book(engine, cast, at(SUNDAY, "10:00"))
    sent = {
        "assignment_id": str(assignment.id),
        "started_at": assignment.starts_at.isoformat(),
        "ended_at": assignment.ends_at.isoformat(),
    }
    made = await client.post("/service-records", json=sent, headers=cast.key("dilan"))
    assert made.json()["confirm_url"] is None
    path = f"/service-records/{made.json()['id']}"
    for verb in ("confirm", "dispute", "resolve"):
        answer = await say(client, cast, "dilan", f"{path}/{verb}", minutes=60, reason="war so")
        assert answer.status_code == 409
        assert answer.json()["type"] == "/problems/own-work"


async def test_contact_who_interpreted_herself_cannot_confirm(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    link_account(engine, cast, "oksana", "selin")
    assignment = book(engine, cast, at(SUNDAY, "10:00"), name="oksana")
    sent = {
        "assignment_id": str(assignment.id),
        "started_at": assignment.starts_at.isoformat(),
        "ended_at": assignment.ends_at.isoformat(),
    }
    made = await client.post("/service-records", json=sent, headers=cast.key("selin"))
    path = f"/service-records/{made.json()['id']}/confirm"
    answer = await say(client, cast, "selin", path, minutes=60)
    assert answer.json()["type"] == "/problems/own-work"


async def test_finance_may_read_the_evidence(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    await reported(client, cast, engine)
    listed = await client.get("/service-records?state=reported", headers=cast.key("fatma"))
    assert len(listed.json()["items"]) == 1
    listed = await client.get("/service-records?state=confirmed", headers=cast.key("fatma"))
    assert listed.json()["items"] == []
    with db.transaction(engine) as session:
        assert len(session.exec(select(ServiceRecord)).all()) == 1
