"""How long the way is, for who is asked: on each way by which the question comes."""

from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine
from sqlmodel import Session

from app import db, links
from app.clock import now
from app.offers import asking as asked_by
from app.routing import Point
from app.seam import ways
from app.settings import get_settings
from app.tables import Institution, LinkPurpose, Mode, Offer, Seat, Volunteer
from scheduling.places import coordinates
from tests.app.examples import MORNING, asking
from tests.app.lendings import steps
from tests.app.messages.conftest import Talk
from tests.cast import Cast

FRIEDBERG, BUEDINGEN = (50.3353, 8.7553), (50.2906, 9.1128)
BY_CAR = 50
"""Minutes from Büdingen to Friedberg as plans estimate them, rounded up."""
TO_THE_MIDDLE = 55
"""The same to the middle of the postal code."""


def at_school(engine: Engine, cast: Cast, **changes: Any) -> None:
    with db.transaction(engine) as session:
        school = session.get_one(Institution, cast.school)
        for name, value in changes.items():
            setattr(school, name, value)
        session.add(school)


async def told(client: AsyncClient, cast: Cast, offer_id: UUID, name: str) -> int | None:
    """The minutes in an offer as somebody reads it."""
    answer = await client.get("/offers", headers=cast.key(name))
    (found,) = [one for one in answer.json()["items"] if one["id"] == str(offer_id)]
    minutes: int | None = found["travel_minutes"]
    return minutes


async def page(client: AsyncClient, engine: Engine, offer_id: UUID, language: str = "de") -> str:
    with db.transaction(engine) as session:
        asked = session.get_one(Offer, offer_id)
        address = links.make(session, LinkPurpose.ANSWER_OFFER, asked, now().replace(year=2028))
    return (await client.get(address, headers={"Accept-Language": language})).text


@pytest.mark.parametrize(("name", "minutes"), [("dilan", 20), ("mirela", BY_CAR)])
async def test_she_and_the_office_read_how_long_the_way_is(
    client: AsyncClient, engine: Engine, talk: Talk, cast: Cast, name: str, minutes: int
) -> None:
    asked = talk.offer(name)
    assert await told(client, cast, asked, name) == minutes
    assert await told(client, cast, asked, "amal") == minutes
    assert f"etwa {minutes} Minuten" in await page(client, engine, asked)
    assert f"about {minutes} minutes" in await page(client, engine, asked, "en")


async def test_nobody_goes_anywhere_to_telephone(
    client: AsyncClient, engine: Engine, talk: Talk, cast: Cast
) -> None:
    asked = talk.offer("mirela", mode=Mode.PHONE)
    assert await told(client, cast, asked, "mirela") is None
    assert "Ihr Weg" not in await page(client, engine, asked)


def test_the_mail_says_it(engine: Engine, talk: Talk, cast: Cast) -> None:
    with db.transaction(engine) as session:
        _ask(session, cast)
    (message,) = talk.messages()
    assert f"Ihr Weg: etwa {BY_CAR} Minuten" in message.body


def _ask(session: Session, cast: Cast) -> None:
    made = asking(session, cast.wetterau, cast.school, MORNING)
    seat = session.get_one(Seat, made.seat.id)
    who = cast.volunteers["mirela"]
    asked_by.ask(
        session, cast.accounts["amal"], seat, made.option, volunteer_id=who, mode=seat.mode
    )


@pytest.mark.parametrize(
    ("kind", "differs"), [("womens_counselling", False), ("primary_school", True)]
)
async def test_minutes_do_not_tell_where_somebody_hides(
    client: AsyncClient, engine: Engine, talk: Talk, cast: Cast, kind: str, differs: bool
) -> None:
    asked = talk.offer("mirela")
    seen = set()
    for lat, lon in (FRIEDBERG, (50.30, 8.95)):
        at_school(engine, cast, kind=kind, lat=lat, lon=lon)
        seen.add(await told(client, cast, asked, "mirela"))
    assert (len(seen) > 1) == differs


async def test_what_a_routing_service_gave_counts_but_not_to_where_somebody_hides(
    client: AsyncClient,
    engine: Engine,
    talk: Talk,
    cast: Cast,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LOTSENWERK_ROUTING", "osrm")
    monkeypatch.setenv("LOTSENWERK_ROUTING_URL", "http://127.0.0.1:9")
    get_settings.cache_clear()
    middle = coordinates("61169")
    assert middle is not None
    with db.transaction(engine) as session:
        home = Point.of(*_home(session, cast))
    ways.keep(engine, "osrm", "car", {(home, Point.of(*FRIEDBERG)): 68})
    ways.keep(engine, "osrm", "car", {(home, Point.of(*middle)): 68})
    asked = talk.offer("mirela")
    assert await told(client, cast, asked, "mirela") == 75, "68 and 5 before and after"
    at_school(engine, cast, kind="womens_counselling")
    assert await told(client, cast, asked, "mirela") == TO_THE_MIDDLE


def _home(session: Session, cast: Cast) -> tuple[float, float]:
    her = session.get_one(Volunteer, cast.volunteers["mirela"])
    return her.lat, her.lon


async def test_who_is_lent_reads_it(client: AsyncClient, engine: Engine, cast: Cast) -> None:
    steps.alone(engine, cast)
    steps.willing(engine, cast, "nuru")
    made = steps.seat(engine, cast)
    lending_id = await steps.asked_of_fulda(client, cast, made)
    assert (await steps.agree(client, cast, lending_id)).status_code == 200
    asked = steps.offer_of(engine, cast).id
    assert await told(client, cast, asked, "nuru") == 20
    seen_by_borrower = await client.get("/offers", headers=cast.key("amal"))
    assert seen_by_borrower.json()["items"] == []
