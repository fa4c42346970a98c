"""A slip of paper: signed by the institution, typed by the office, seen by a second person."""

from datetime import date
from typing import Any

import pytest
from httpx import AsyncClient, Response
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from app import books, db
from app.tables import LedgerEntry, Membership, Message, Sponsor
from tests.app.hours.bookings import at, book, link_account
from tests.cast import Cast

SUNDAY = date(2027, 1, 3)


def four_eyes(engine: Engine, cast: Cast, *, wanted: bool) -> None:
    """Whether a second person looks at Wetterau."""
    with db.transaction(engine) as session:
        sponsor = session.get_one(Sponsor, cast.wetterau)
        sponsor.paper_four_eyes = wanted
        session.add(sponsor)


def coordinate(session: Session, cast: Cast, who: str) -> None:
    """Give somebody of Wetterau the part of a coordinator as well."""
    account_id = cast.accounts[who]
    session.add(Membership(account_id=account_id, sponsor_id=cast.wetterau, role="coordinator"))


async def enter(
    client: AsyncClient,
    cast: Cast,
    engine: Engine,
    who: str = "amal",
    *,
    minutes: int = 60,
    day: date = SUNDAY,
    **more: Any,
) -> Response:
    """Type the slip of an hour of Dilan's."""
    assignment = book(engine, cast, at(day, "10:00"))
    sent = {
        "assignment_id": str(assignment.id),
        "started_at": assignment.starts_at.isoformat(),
        "ended_at": assignment.ends_at.isoformat(),
        "slip": {"minutes": minutes, "signed_by": "Schulleitung"},
    }
    return await client.post("/service-records", json=sent | more, headers=cast.key(who))


async def say(client: AsyncClient, cast: Cast, who: str, path: str, **said: Any) -> Response:
    """What the service answers to the second person."""
    return await client.post(path, json=said, headers=cast.key(who))


def worked(engine: Engine) -> int:
    """Minutes in the books."""
    with db.transaction(engine, read_only=True) as session:
        about = col(LedgerEntry.subject_type) == "service_record"
        return sum(row.minutes for row in books.sums(session, about))


async def test_without_four_eyes_a_slip_counts_at_once_and_nobody_is_asked(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    four_eyes(engine, cast, wanted=False)
    made = await enter(client, cast, engine, minutes=55)
    assert made.status_code == 201
    read = made.json()
    assert (read["state"], read["minutes"], read["source"]) == ("confirmed", 55, "paper")
    assert read["confirmed_by"] == "Löwenzahnschule (Papier: Schulleitung)"
    assert (read["confirm_url"], worked(engine)) == (None, 55)
    with db.transaction(engine) as session:
        assert session.exec(select(Message)).all() == []


async def test_a_slip_that_says_something_else_is_disputed(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    four_eyes(engine, cast, wanted=False)
    made = await enter(client, cast, engine, minutes=40)
    assert (made.json()["state"], worked(engine)) == ("disputed", 0)


async def test_with_four_eyes_another_person_of_the_office_looks_at_once(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    made = await enter(client, cast, engine, minutes=55)
    assert (made.json()["state"], made.json()["confirmed_minutes"]) == ("reported", 55)
    path = f"/service-records/{made.json()['id']}"
    said = {"minutes": 55, "reason": "Zettel liegt vor"}
    own = await say(client, cast, "amal", f"{path}/confirm", **said)
    assert (own.status_code, own.json()["type"]) == (409, "/problems/second-person")
    assert (await say(client, cast, "amal", f"{path}/dispute", **said)).status_code == 409
    with db.transaction(engine) as session:
        coordinate(session, cast, "fatma")
        assert session.exec(select(Message)).all() == []
    other = await say(client, cast, "fatma", f"{path}/confirm", minutes=50, reason="steht da so")
    assert (other.status_code, other.json()["type"]) == (409, "/problems/slip-read-otherwise")
    done = (await say(client, cast, "fatma", f"{path}/confirm", **said)).json()
    assert (done["state"], done["minutes"], done["source"]) == ("confirmed", 55, "paper")
    assert done["confirmed_by"] == "Löwenzahnschule (Papier: Schulleitung)"
    assert worked(engine) == 55


async def test_the_second_person_may_dispute_what_was_typed(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    made = await enter(client, cast, engine)
    with db.transaction(engine) as session:
        coordinate(session, cast, "fatma")
    path = f"/service-records/{made.json()['id']}/dispute"
    done = await say(client, cast, "fatma", path, minutes=30, reason="dort steht 30")
    assert done.json()["state"] == "disputed"


async def test_nobody_types_her_own_slip(client: AsyncClient, cast: Cast, engine: Engine) -> None:
    hers = await enter(client, cast, engine, "dilan")
    assert hers.status_code == 403
    link_account(engine, cast, "dilan", "amal")
    own = await enter(client, cast, engine, "amal", day=date(2027, 1, 2))
    assert (own.status_code, own.json()["type"]) == (409, "/problems/own-work")


@pytest.mark.parametrize(
    "slip",
    [
        {"minutes": 601},
        {"minutes": -1},
        {"signed_by": "Schulleitung"},
        {"minutes": 60, "signed_by": "Frau Yilmaz, Tel. 0170 1234567"},
    ],
)
async def test_a_slip_has_minutes_and_no_names(
    client: AsyncClient, cast: Cast, engine: Engine, slip: dict[str, Any]
) -> None:
    assert (await enter(client, cast, engine, slip=slip)).status_code == 422


async def test_a_slip_that_comes_late_needs_no_other_reason(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    late = date(2026, 12, 11)
    assert (await enter(client, cast, engine, day=late)).status_code == 201
    unsaid = await enter(client, cast, engine, day=date(2026, 12, 10), slip=None)
    assert (unsaid.status_code, "Grund" in unsaid.json()["detail"]) == (422, True)


async def test_the_lead_sets_whether_a_second_person_looks(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    path = f"/sponsors/{cast.wetterau}/settings"
    key = cast.key("lea") | {"If-Match": "*"}
    done = await client.patch(path, json={"paper_four_eyes": False}, headers=key)
    assert (done.status_code, done.json()["paper_four_eyes"]) == (200, False)
    with db.transaction(engine) as session:
        told = session.exec(select(Message)).one()
        assert "zählt sofort" in told.body
    assert (await enter(client, cast, engine)).json()["state"] == "confirmed"
