"""Why somebody is asked, in sentences that are true when they are read."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine
from sqlmodel import SQLModel, update

from app import db
from app.tables import Absence, AvailabilityRule, BusyFeed, BusySpan, Institution, LanguageSkill
from tests.app.bookings.acting import booked, post
from tests.app.examples import HOUR, MORNING, Asking, asking, assignment, offer
from tests.cast import Cast

FREE, WAY = "Sie haben in dieser Zeit frei.", "Der Weg dauert etwa 20 Minuten."
SPEAKS = "Sie sprechen Kurdisch (Kurmandschi, Muttersprache)."
USUAL = [SPEAKS, FREE, WAY]


@pytest.fixture
def asked(engine: Engine, cast: Cast) -> Asking:
    """Dilan is asked for a seat at the school, on a Tuesday at ten."""
    with db.transaction(engine) as session:
        made = asking(session, cast.wetterau, cast.school, MORNING)
        session.add(offer(made, cast.volunteers["dilan"]))
        return made


def add(engine: Engine, *rows: SQLModel) -> None:
    with db.transaction(engine) as session:
        session.add_all(rows)


def change(engine: Engine, table: Any, row_id: UUID, **values: Any) -> None:
    with db.transaction(engine) as session:
        row = session.get_one(table, row_id)
        for name, value in values.items():
            setattr(row, name, value)
        session.add(row)


async def why(client: AsyncClient, cast: Cast, who: str = "dilan", locale: str = "de") -> list[str]:
    """What somebody reads of the only offer, in the list and alone."""
    headers = cast.key(who) | {"Accept-Language": locale}
    one = (await client.get("/offers", headers=headers)).json()["items"][0]
    alone = (await client.get(f"/offers/{one['id']}", headers=headers)).json()
    assert alone == one
    found: list[str] = one["why"]
    return found


async def test_she_reads_it_in_her_language(client: AsyncClient, cast: Cast, asked: Asking) -> None:
    assert await why(client, cast) == USUAL
    assert await why(client, cast, locale="en") == [
        "You speak Northern Kurdish (native).",
        "You are free at this time.",
        "The way takes about 20 minutes.",
    ]


async def test_her_office_reads_it_about_her(
    client: AsyncClient, cast: Cast, asked: Asking
) -> None:
    assert await why(client, cast, "amal") == [
        "Spricht Kurdisch (Kurmandschi, Muttersprache).",
        "Hat in dieser Zeit frei.",
        WAY,
    ]


async def test_another_language_that_helps_is_named(
    client: AsyncClient, cast: Cast, engine: Engine, asked: Asking
) -> None:
    change(engine, type(asked.seat), asked.seat.id, language="prs")
    assert (await why(client, cast))[0] == FREE
    add(engine, LanguageSkill(volunteer_id=cast.volunteers["dilan"], language="fa", level="C1"))
    assert (await why(client, cast))[0] == "Sie sprechen Farsi (C1). Das hilft hier auch."
    add(engine, LanguageSkill(volunteer_id=cast.volunteers["dilan"], language="prs"))
    assert (await why(client, cast))[0] == "Sie sprechen Dari."


async def test_she_is_free_only_where_her_own_times_say_so(
    client: AsyncClient, cast: Cast, engine: Engine, asked: Asking
) -> None:
    day = date(2027, 1, 12)
    her = {"volunteer_id": cast.volunteers["dilan"]}
    gone = Absence(**her, first_day=day, last_day=day, start_minute=0, end_minute=610)
    add(engine, gone)
    assert await why(client, cast) == [SPEAKS, WAY]
    with db.transaction(engine) as session:
        session.delete(session.get_one(Absence, gone.id))
        session.exec(update(AvailabilityRule).values(soft=True))
    assert await why(client, cast) == [SPEAKS, "In dieser Zeit dürfen wir Sie fragen.", WAY]


async def test_she_is_not_free_where_she_is_booked_or_her_calendar_holds_something(
    client: AsyncClient, cast: Cast, engine: Engine, asked: Asking
) -> None:
    her = {"volunteer_id": cast.volunteers["dilan"]}
    feed = BusyFeed(**her, address="https://calendar.example/d.ics", next_fetch_at=MORNING)
    add(engine, feed)
    start = MORNING + timedelta(minutes=59)
    span = BusySpan(**her, busy_feed_id=feed.id, starts_at=start, ends_at=start + HOUR)
    add(engine, span)
    assert await why(client, cast) == [SPEAKS, WAY]
    change(engine, BusySpan, span.id, starts_at=MORNING + HOUR)
    assert await why(client, cast) == USUAL
    booked(engine, cast, MORNING - timedelta(minutes=1))
    assert await why(client, cast) == [SPEAKS, WAY]


def been_there(engine: Engine, cast: Cast, **changes: Any) -> None:
    with db.transaction(engine) as session:
        earlier = asking(session, cast.wetterau, cast.school, MORNING - 400 * HOUR, state="done")
        values = {"state": "performed"} | changes
        session.add(assignment(earlier, cast.volunteers["dilan"], **values))


async def test_whether_she_knows_the_place_and_is_wished_for(
    client: AsyncClient, cast: Cast, engine: Engine, asked: Asking
) -> None:
    been_there(engine, cast, state="cancelled_early")
    assert await why(client, cast) == USUAL
    been_there(engine, cast)
    assert await why(client, cast) == [*USUAL, "Sie waren schon bei dieser Einrichtung."]
    wished = {"wished_volunteer_id": cast.volunteers["dilan"]}
    change(engine, type(asked.request), asked.request.id, **wished)
    assert (await why(client, cast))[-1] == "Die Einrichtung hat sich dieselbe Person gewünscht."


async def test_where_somebody_hides_it_does_not_say_that_she_knows_the_place(
    client: AsyncClient, cast: Cast, engine: Engine, asked: Asking
) -> None:
    been_there(engine, cast)
    wished = {"wished_volunteer_id": cast.volunteers["dilan"]}
    change(engine, type(asked.request), asked.request.id, **wished)
    change(engine, Institution, cast.school, kind="womens_counselling")
    assert await why(client, cast) == USUAL
    hers = (await client.get("/offers", headers=cast.key("dilan"))).json()["items"][0]
    office = (await client.get("/offers", headers=cast.key("amal"))).json()["items"][0]
    assert (hers["institution_id"], office["institution_id"]) == (None, str(cast.school))
    assert len(await why(client, cast, "amal")) == 5


@pytest.mark.parametrize("verb", ["accept", "decline", "withdraw", "late"])
async def test_what_is_answered_needs_no_reasons(
    client: AsyncClient, cast: Cast, asked: Asking, clock: Any, verb: str
) -> None:
    one = (await client.get("/offers", headers=cast.key("dilan"))).json()["items"][0]
    if verb == "late":
        clock.shift(9 * 24 * 3600)
    else:
        assert (await post(client, cast, "amal", f"/offers/{one['id']}/{verb}")).is_success
    assert await why(client, cast) == []
