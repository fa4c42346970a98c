"""Why a seat is open, what would fill it, and why somebody is not proposed."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from app import db
from app.tables import AvailabilityRule, Clearance, Enrolment, Seat, Volunteer
from tests import cast as people
from tests.app.examples import HOUR, MORNING, asking, assignment, offer, snapshot
from tests.app.planned import ask, planned
from tests.cast import Cast


async def explained(
    client: AsyncClient, cast: Cast, seat_id: str, locale: str = "de"
) -> dict[str, Any]:
    """The explanation of one seat."""
    answer = await client.get(
        f"/seats/{seat_id}/explanation",
        headers=cast.key("amal") | {"Accept-Language": locale},
    )
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def against(client: AsyncClient, cast: Cast, seat_id: str, name: str) -> dict[str, str]:
    """What stands against a volunteer: sentences by code."""
    path = f"/seats/{seat_id}/candidates/{cast.volunteers[name]}"
    answer = await client.get(path, headers=cast.key("amal"))
    assert answer.status_code == 200, answer.text
    assert answer.json()["volunteer_id"] == str(cast.volunteers[name])
    return {reason["code"]: reason["sentence"] for reason in answer.json()["reasons"]}


def counts(found: dict[str, Any]) -> list[int]:
    return [step["count"] for step in found["funnel"]]


async def test_the_funnel_says_how_many_are_left_after_each_question(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    seat_id = ask(engine, cast, "uk")
    plan_id = await planned(client, cast, engine)
    before = snapshot(engine)
    found = await explained(client, cast, seat_id)
    assert found["plan_id"] == plan_id
    assert found["seat"] == "Löwenzahnschule, 12.01.2027 10:00"
    assert found["volunteer"] is None
    assert [step["code"] for step in found["funnel"]] == [
        "pool", "speaks", "released", "allowed", "near", "free", "under_caps", "untaken",
    ]  # fmt: skip
    assert counts(found) == [3, 1, 0, 0, 0, 0, 0, 0]
    assert found["funnel"][0]["sentence"] == "Freiwillige im Pool: 3."
    assert found["reasons"][0]["code"] == "papers"
    assert snapshot(engine) == before


async def test_a_seat_with_a_proposal_names_it_and_needs_no_repair(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    seat_id = ask(engine, cast)
    await planned(client, cast, engine)
    found = await explained(client, cast, seat_id)
    assert found["volunteer"].startswith("Dilan ")
    assert found["volunteer_id"] == str(cast.volunteers["dilan"])
    assert (found["reasons"], found["repairs"]) == ([], [])


async def test_without_a_plan_the_seat_is_looked_at_by_itself(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    found = await explained(client, cast, ask(engine, cast))
    assert (found["plan_id"], found["volunteer"]) == (None, None)
    assert counts(found)[-1] == 2
    repairs = {repair["code"]: repair for repair in found["repairs"]}
    assert repairs["assign"]["sentence"] == "Dilan Dilan-Beispiel kann das übernehmen."


Spoil = Callable[[Session, UUID], None]
SPOILED: dict[str, Spoil] = {}


def spoil(code: str) -> Callable[[Spoil], Spoil]:
    """Register what takes the only Turkish speaker away so that one repair brings her back."""

    def register(function: Spoil) -> Spoil:
        SPOILED[code] = function
        return function

    return register


@spoil("outside_hours")
def _no_time(session: Session, dilan: UUID) -> None:
    rules = select(AvailabilityRule).where(
        col(AvailabilityRule.volunteer_id) == dilan, col(AvailabilityRule.weekday) == 1
    )
    session.delete(session.exec(rules).one())


@spoil("paper")
def _no_paper(session: Session, dilan: UUID) -> None:
    papers = select(Clearance).where(
        col(Clearance.volunteer_id) == dilan, col(Clearance.kind) == "conduct"
    )
    session.delete(session.exec(papers).one())


@spoil("remote")
def _only_by_phone(session: Session, dilan: UUID) -> None:
    session.get_one(Volunteer, dilan).phone_only = True


@spoil("raise_cap")
def _little_time_a_week(session: Session, dilan: UUID) -> None:
    rows = select(Enrolment).where(col(Enrolment.volunteer_id) == dilan)
    session.exec(rows).one().week_minutes = 30


@spoil("level")
def _low_level(session: Session, dilan: UUID) -> None:
    for seat in session.exec(select(Seat)).all():
        seat.min_level = "C2"


@spoil("move")
def _booked_at_that_time(session: Session, dilan: UUID) -> None:
    seat = session.exec(select(Seat)).one()
    person = session.get_one(Volunteer, dilan)
    where = people.institution(session, "Nebenan", seat.sponsor_id, "primary_school")
    where.lat, where.lon = person.lat, person.lon
    busy = asking(
        session,
        seat.sponsor_id,
        where.id,
        MORNING - HOUR * 0.5,
        state="booked",
        seat_state="booked",
    )
    session.add(assignment(busy, dilan))


@pytest.mark.parametrize("code", SPOILED)
async def test_the_repair_that_fills_the_seat_is_named_with_the_volunteer_and_its_price(
    client: AsyncClient, cast: Cast, engine: Engine, code: str
) -> None:
    seat_id = ask(engine, cast, "tr")
    with db.transaction(engine) as session:
        SPOILED[code](session, cast.volunteers["dilan"])
    await planned(client, cast, engine)
    found = await explained(client, cast, seat_id)
    assert found["volunteer"] is None
    repairs = {repair["code"]: repair for repair in found["repairs"]}
    assert code in repairs, found
    assert len(found["repairs"]) <= 3
    prices = [repair["price"] for repair in found["repairs"]]
    assert prices == sorted(prices)
    repair = repairs[code]
    assert "Dilan Dilan-Beispiel" in repair["sentence"]
    assert repair["volunteer_id"] == str(cast.volunteers["dilan"])
    assert repair["price"] > 0
    assert repair["changes"][0]["seat_id"] == seat_id
    assert repair["changes"][0]["volunteer_id_after"] == str(cast.volunteers["dilan"])
    english = await explained(client, cast, seat_id, locale="en")
    assert english["repairs"][0]["sentence"] != found["repairs"][0]["sentence"]
    assert [r["price"] for r in english["repairs"]] == prices


async def test_a_seat_nobody_could_fill_has_reasons_and_no_repair(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    seat_id = ask(engine, cast, "so")
    await planned(client, cast, engine)
    found = await explained(client, cast, seat_id)
    assert found["repairs"] == []
    assert found["reasons"][0]["code"] == "no_language"


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        ("dilan", "proposed", "Ist hier vorgeschlagen."),
        ("mirela", "dearer", "Dilan Dilan-Beispiel passt besser"),
        ("oksana", "language", "Spricht nicht Kurdisch"),
    ],
)
async def test_what_stands_against_a_volunteer_is_said(
    client: AsyncClient, cast: Cast, engine: Engine, name: str, code: str, said: str
) -> None:
    seat_id = ask(engine, cast)
    await planned(client, cast, engine)
    reasons = await against(client, cast, seat_id, name)
    assert code in reasons
    assert reasons[code].startswith(said)


async def test_who_is_needed_elsewhere_is_said_with_the_place(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    seats = [ask(engine, cast, "tr") for _ in range(2)]
    await planned(client, cast, engine)
    found = [await explained(client, cast, seat) for seat in seats]
    (empty,) = [one for one in found if one["volunteer"] is None]
    reasons = await against(client, cast, empty["seat_id"], "dilan")
    assert list(reasons) == ["clash"]
    assert "Löwenzahnschule, 12.01.2027 10:00" in reasons["clash"]
    assert counts(empty)[-2:] == [1, 0]


@pytest.mark.parametrize("who", ["nuru", None])
async def test_a_volunteer_of_another_pool_is_unknown(
    client: AsyncClient, cast: Cast, engine: Engine, who: str | None
) -> None:
    stranger = cast.volunteers[who] if who else uuid4()
    path = f"/seats/{ask(engine, cast)}/candidates/{stranger}"
    assert (await client.get(path, headers=cast.key("amal"))).status_code == 404


async def test_a_seat_that_is_booked_is_not_explained(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    with db.transaction(engine) as session:
        made = asking(
            session, cast.wetterau, cast.school, MORNING, state="booked", seat_state="booked"
        )
        session.add(assignment(made, cast.volunteers["dilan"]))
        seat_id = made.seat.id
    answer = await client.get(f"/seats/{seat_id}/explanation", headers=cast.key("amal"))
    assert answer.status_code == 409


async def test_a_seat_somebody_is_being_asked_for_counts_as_open(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    with db.transaction(engine) as session:
        made = asking(session, cast.wetterau, cast.school, MORNING)
        session.add(offer(made, cast.volunteers["dilan"]))
        seat_id = str(made.seat.id)
    found = await explained(client, cast, seat_id)
    assert counts(found)[-1] == 2
    assert date.fromisoformat(found["repairs"][0]["starts_at"][:10]) == MORNING.date()
