"""A no never lowers a ranking, needs no reason, and is nobody else's business. With a control."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import SQLModel, delete

from app import db
from app.main import create_app
from app.planning import views
from app.seam import workload
from app.seam.workload import Workload
from app.searches import choosing, standing
from app.tables import Offer, Seat
from tests.app.examples import HOUR, MORNING, Asking, offer
from tests.app.searches import sought
from tests.cast import Cast

EVERYBODY = ("dilan", "mirela", "aram", "bero", "ciwan")
ENDS = ("declined", "expired", "withdrawn")
LATER = datetime(2027, 1, 20, 9, 0, tzinfo=UTC)


def ranking(engine: Engine, asked: Asking) -> list[tuple[UUID, int]]:
    """The candidates for a seat with their cost."""
    with db.transaction(engine) as session:
        found = views.candidates(session, session.get_one(Seat, asked.seat.id), 50, "de")
    return [(one.volunteer_id, one.cost) for one in found.candidates]


def order(engine: Engine, search_id: UUID) -> list[UUID]:
    """In which order a search would ask."""
    with db.transaction(engine) as session:
        seen = standing.look(session, search_id)
        assert seen is not None
        return [p.volunteer.id for p in choosing.choose(session, seen).picks]


@pytest.fixture
def seats(engine: Engine, cast: Cast) -> list[Asking]:
    """Three seats on different days; everybody could go to each."""
    create_app(engine)
    sought.crowd(engine, cast, *EVERYBODY[2:])
    return [sought.seat(engine, cast, at) for at in (MORNING, MORNING + 24 * HOUR, LATER)]


Answers = list[tuple[str, str, int]]
answers = st.lists(
    st.tuples(st.sampled_from(EVERYBODY), st.sampled_from(ENDS), st.integers(0, 1)),
    max_size=12,
    unique_by=lambda one: (one[0], one[2]),
)


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(said=answers)
def test_a_no_blocks_this_seat_and_changes_nothing_else(
    engine: Engine, cast: Cast, seats: list[Asking], said: Answers
) -> None:
    with db.transaction(engine) as session:
        session.exec(delete(Offer))
    before = [ranking(engine, one) for one in seats]
    with db.transaction(engine) as session:
        for name, state, number in said:
            session.add(offer(seats[number], cast.volunteers[name], state=state))
    for number, (asked, was) in enumerate(zip(seats, before, strict=True)):
        blocked = {
            cast.volunteers[name]
            for name, state, seat in said
            if seat == number and state in ("declined", "expired")
        }
        assert ranking(engine, asked) == [one for one in was if one[0] not in blocked]


def test_neither_does_it_change_in_which_order_a_search_asks(
    engine: Engine, cast: Cast, seats: list[Asking]
) -> None:
    search_id = sought.begin(engine, seats[2], "waves", 1)
    before = order(engine, search_id)
    with db.transaction(engine) as session:
        for name in EVERYBODY:
            for asked in seats[:2]:
                session.add(offer(asked, cast.volunteers[name], state="declined"))
    assert order(engine, search_id) == before


def test_control_a_ranking_by_noes_is_found(
    engine: Engine, cast: Cast, seats: list[Asking], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = ranking(engine, seats[2])
    with db.transaction(engine) as session:
        session.add(offer(seats[0], before[0][0], state="declined"))
        noes = set(session.exec(sought.select(Offer.volunteer_id)).all())
    count = workload.workloads

    def grudging(*given: Any, **more: Any) -> dict[UUID, Workload]:
        loads = count(*given, **more)
        for who in noes:
            loads[who].lead_minutes += 600
        return loads

    monkeypatch.setattr(workload, "workloads", grudging)
    assert ranking(engine, seats[2]) != before


async def test_institutions_see_nothing_of_it_and_no_reason_is_asked(
    client: AsyncClient, cast: Cast, engine: Engine, seats: list[Asking]
) -> None:
    sought.begin(engine, seats[0], "all")
    before = await client.get(f"/requests/{seats[0].request.id}", headers=cast.key("selin"))
    for one in sought.offers(engine, seats[0]):
        if one.volunteer_id == cast.volunteers["dilan"]:
            path = f"/offers/{one.id}/decline"
            assert (await client.post(path, headers=cast.key("dilan"))).status_code == 200
    after = await client.get(f"/requests/{seats[0].request.id}", headers=cast.key("selin"))
    assert after.json() == before.json()
    for path in ("/searches", "/offers", f"/seats/{seats[0].seat.id}/candidates"):
        assert (await client.get(path, headers=cast.key("selin"))).status_code == 403
    assert sought.mails_about(engine, seats[0].request) == []


def test_no_column_counts_noes() -> None:
    names = {c.name for t in SQLModel.metadata.tables.values() for c in t.columns}
    assert not [n for n in names if "declin" in n or "refus" in n or "response" in n]
