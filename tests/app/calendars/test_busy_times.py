"""What a volunteer's own calendar says is taken is busy time in every pool, and nothing else."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine, delete

from app import db
from app.seam import workload
from app.seam.clock import Calendar
from app.tables import BusyFeed, BusySpan, Volunteer
from tests.app.examples import HOUR, MORNING, Asking, asking, offer
from tests.cast import Cast


@pytest.fixture
def asked(engine: Engine, cast: Cast) -> Asking:
    """An open seat for Kurmandschi, with the question to Dilan."""
    with db.transaction(engine) as session:
        made = asking(session, cast.wetterau, cast.school, MORNING)
        session.add(offer(made, cast.volunteers["dilan"]))
        return made


def busy(engine: Engine, cast: Cast, start: datetime, *, hours: int = 1) -> None:
    """Dilan's own calendar says that she is busy."""
    volunteer_id = cast.volunteers["dilan"]
    with db.transaction(engine) as session:
        feed = BusyFeed(
            volunteer_id=volunteer_id, address="https://calendar.example/", next_fetch_at=MORNING
        )
        session.add(feed)
        session.flush()
        session.add(
            BusySpan(
                volunteer_id=volunteer_id,
                busy_feed_id=feed.id,
                starts_at=start,
                ends_at=start + hours * HOUR,
            )
        )


async def candidate(client: AsyncClient, cast: Cast, seat_id: UUID) -> str:
    """What the office sees about Dilan for a seat."""
    who = cast.volunteers["dilan"]
    answer = await client.get(f"/seats/{seat_id}/candidates/{who}", headers=cast.key("amal"))
    assert answer.status_code == 200, answer.text
    return answer.text


async def test_who_is_busy_is_no_candidate_and_only_that_is_said(
    client: AsyncClient, cast: Cast, engine: Engine, asked: Asking
) -> None:
    assert '"busy"' not in await candidate(client, cast, asked.seat.id)
    busy(engine, cast, MORNING + HOUR / 2)
    shown = await candidate(client, cast, asked.seat.id)
    assert '"busy"' in shown
    assert "calendar" not in shown


async def test_her_own_yes_weighs_more_than_her_calendar(
    client: AsyncClient, cast: Cast, engine: Engine, asked: Asking
) -> None:
    busy(engine, cast, MORNING + HOUR / 2)
    offers = await client.get("/offers", headers=cast.key("dilan"))
    (pending,) = offers.json()["items"]
    yes = await client.post(f"/offers/{pending['id']}/accept", headers=cast.key("dilan"))
    assert yes.status_code < 300, "it may be this very appointment that stands in her calendar"


async def test_who_is_busy_is_not_asked(client: AsyncClient, cast: Cast, engine: Engine) -> None:
    with db.transaction(engine) as session:
        seat = asking(session, cast.wetterau, cast.school, MORNING + 24 * HOUR).seat
    body = {"seat_id": str(seat.id), "volunteer_id": str(cast.volunteers["dilan"])}
    busy(engine, cast, MORNING + 24 * HOUR)
    no = await client.post("/offers", json=body, headers=cast.key("amal"))
    assert no.status_code == 409, no.text
    with db.transaction(engine) as session:
        session.exec(delete(BusySpan))
    yes = await client.post("/offers", json=body, headers=cast.key("amal"))
    assert yes.status_code == 201, yes.text


async def test_busy_before_and_after_hinders_nobody(
    client: AsyncClient, cast: Cast, engine: Engine, asked: Asking
) -> None:
    busy(engine, cast, MORNING - HOUR)
    busy(engine, cast, MORNING + HOUR)
    assert '"busy"' not in await candidate(client, cast, asked.seat.id)
    offers = await client.get("/offers", headers=cast.key("dilan"))
    (pending,) = offers.json()["items"]
    yes = await client.post(f"/offers/{pending['id']}/accept", headers=cast.key("dilan"))
    assert yes.status_code < 300, yes.text


def test_busy_time_is_no_load_and_no_money(engine: Engine, cast: Cast) -> None:
    busy(engine, cast, MORNING, hours=30)
    since = datetime(2027, 1, 1, tzinfo=UTC)
    calendar = Calendar.from_day(date(2027, 1, 11))
    with db.open_session(engine, read_only=True) as session:
        db.set_scope(session, db.SYSTEM)
        person = session.get_one(Volunteer, cast.volunteers["dilan"])
        taken = workload.taken_by(session, [person.id], since, MORNING + HOUR)
        found = workload.workloads([person], taken, calendar, place_of={})[person.id]
        untouched = workload.workloads([person], [], calendar, place_of={})[person.id]
    (span,) = found.busy
    assert (span.end - span.start, span.place) == (30 * 60, None)
    found.busy = ()
    assert found == untouched


def test_another_pool_sees_the_same_busy_time(engine: Engine, cast: Cast) -> None:
    busy(engine, cast, MORNING)
    ids = [cast.volunteers["dilan"]]
    scope = db.Scope(sponsor_ids=frozenset({cast.fulda}))
    with db.transaction(engine, scope) as session:
        (seen,) = workload.taken_by(session, ids, MORNING - HOUR, MORNING + HOUR)
        assert workload.taken_by(session, ids, MORNING - HOUR, MORNING) == []
    assert (seen.starts_at, seen.role, seen.institution) == (MORNING, "", None)
