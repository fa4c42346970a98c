"""What the caps of her rate plans leave somebody, told to herself."""

from datetime import date, timedelta
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from app import db
from app.seam import build
from app.seam.asked import Asked
from app.seam.people import Horizon
from app.tables import Enrolment, Institution, Sponsor, Volunteer
from tests.app.examples import asking, offer
from tests.app.hours.bookings import at, book, confirmed
from tests.app.payouts import steps
from tests.cast import Cast

MONDAY = date(2027, 1, 4)
SUNDAY, FRIDAY = date(2027, 1, 3), date(2027, 1, 8)
CAP = 276 * 60
"""Of a guide in a grant year."""


async def caps(client: AsyncClient, cast: Cast, who: str = "dilan", **headers: str) -> Any:
    """What the service says to her."""
    answer = await client.get("/me/caps", headers=cast.key(who) | headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def used(client: AsyncClient, cast: Cast, who: str = "dilan") -> int:
    """Minutes that are used up of her only cap."""
    (cap,) = await caps(client, cast, who)
    assert cap["left"] == cap["cap"] - cap["used"]
    minutes: int = cap["used"]
    return minutes


async def test_a_guide_has_276_hours_a_year(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    confirmed(engine, cast, at(SUNDAY, "10:00"), role="guide", minutes=90)
    (cap,) = await caps(client, cast)
    assert cap == {
        "sponsor_id": str(cast.wetterau),
        "role": "guide",
        "funding_line": "wir",
        "unit": "minutes",
        "period": "year",
        "from": "2027-01-01",
        "to": "2027-12-31",
        "cap": CAP,
        "used": 90,
        "left": CAP - 90,
        "sentence": "Für Integrationslotsen werden 2027 höchstens 276 Std. bezahlt. Davon sind 1"
        " Std. 30 Min. getan oder gebucht, 274 Std. 30 Min. sind noch frei.",
    }
    (english,) = await caps(client, cast, **{"Accept-Language": "en"})
    assert english["sentence"].startswith("For guides at most 276 h are paid in 2027.")


async def test_what_is_claimed_counts_once(client: AsyncClient, cast: Cast, engine: Engine) -> None:
    confirmed(engine, cast, at(SUNDAY, "10:00"), role="guide", minutes=90)
    steps.activity(engine, cast, at(SUNDAY, "14:00"), minutes=30)
    assert await used(client, cast) == 120
    await steps.approve_all(client, cast)
    assert await used(client, cast) == 120
    await steps.pay(client, cast)
    assert await used(client, cast) == 120


async def test_what_is_booked_counts_and_what_is_only_asked_does_not(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    book(engine, cast, at(FRIDAY, "10:00"), role="guide")
    with db.transaction(engine) as session:
        asked = asking(session, cast.wetterau, cast.school, at(FRIDAY, "14:00"))
        asked.seat.role = "guide"
        session.add_all([asked.seat, offer(asked, cast.volunteers["dilan"])])
    assert await used(client, cast) == 60


async def test_other_years_roles_and_people_use_nothing(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    confirmed(engine, cast, at(date(2026, 12, 20), "10:00"), role="guide")
    book(engine, cast, at(date(2028, 1, 10), "10:00"), role="guide")
    confirmed(engine, cast, at(SUNDAY, "10:00"), role="interpreter")
    steps.activity(engine, cast, at(SUNDAY, "14:00"), fundable="no")
    confirmed(engine, cast, at(SUNDAY, "16:00"), role="guide", name="mirela")
    assert await used(client, cast) == 0
    assert await used(client, cast, "mirela") == 60


async def test_who_only_interprets_has_no_cap(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    with db.transaction(engine) as session:
        session.get_one(Enrolment, cast.enrolments["dilan"]).roles = ["interpreter"]
    assert await caps(client, cast) == []


async def test_who_coordinates_has_more(client: AsyncClient, cast: Cast, engine: Engine) -> None:
    with db.transaction(engine) as session:
        session.get_one(Enrolment, cast.enrolments["dilan"]).coordinating = True
    (cap,) = await caps(client, cast)
    assert cap["cap"] == 414 * 60


async def test_beyond_the_cap_nothing_is_left(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    for number in range(47):
        day = MONDAY + timedelta(days=number)
        book(engine, cast, at(day, "10:00"), role="guide", minutes=360)
    (cap,) = await caps(client, cast)
    assert (cap["used"], cap["left"]) == (47 * 360, 0)
    assert "nichts mehr frei" in cap["sentence"]


@pytest.mark.parametrize("ended", [False, True])
async def test_each_of_her_pools_has_a_cap_of_its_own(
    client: AsyncClient, cast: Cast, engine: Engine, ended: bool
) -> None:
    confirmed(engine, cast, at(SUNDAY, "10:00"), role="guide")
    confirmed(engine, cast, at(SUNDAY, "14:00"), role="guide", minutes=30, home=cast.fulda)
    with db.transaction(engine) as session:
        there = Enrolment(
            sponsor_id=cast.fulda,
            volunteer_id=cast.volunteers["dilan"],
            roles=["guide"],
            state="ended" if ended else "released",
            listing_renewed_on=date(2026, 11, 1),
        )
        session.add(there)
    found = {one["sponsor_id"]: one["used"] for one in await caps(client, cast)}
    at_fulda = {} if ended else {str(cast.fulda): 30}
    assert found == {str(cast.wetterau): 60} | at_fulda


async def test_plans_reckon_with_the_same(client: AsyncClient, cast: Cast, engine: Engine) -> None:
    confirmed(engine, cast, at(SUNDAY, "10:00"), role="guide", minutes=90)
    steps.activity(engine, cast, at(SUNDAY, "14:00"), minutes=30)
    book(engine, cast, at(FRIDAY, "10:00"), role="guide")
    (cap,) = await caps(client, cast)
    with db.transaction(engine) as session:
        assert _planned(session, cast) == [cap["left"]]


def _planned(session: Session, cast: Cast) -> list[int]:
    """What is left of her year as a plan for Friday sees it."""
    asked = asking(session, cast.wetterau, cast.school, at(FRIDAY, "14:00"))
    asked.seat.role = "guide"
    her = session.exec(select(Volunteer).where(col(Volunteer.id) == cast.volunteers["dilan"])).one()
    problem = build.problem(
        session,
        session.get_one(Sponsor, cast.wetterau),
        [
            Asked(
                asked.request,
                session.get_one(Institution, cast.school),
                [asked.option],
                [asked.seat],
            )
        ],
        [her],
        Horizon.of(FRIDAY, FRIDAY),
    )
    return [one.left for one in problem.volunteers[0].caps if one.period == "year"]
