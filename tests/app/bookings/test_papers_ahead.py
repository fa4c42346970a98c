"""A paper that runs out before an appointment makes a task in time."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine
from sqlmodel import col, select

from app import db, jobs
from app.bookings import watching
from app.tables import Clearance, Enrolment, Sponsor
from tests.app.bookings.acting import booked, cancel, open_tasks, post
from tests.app.examples import MORNING
from tests.cast import Cast


@pytest.fixture
def booking(engine: Engine, cast: Cast) -> UUID:
    """Dilan is booked for the 12th of January."""
    return booked(engine, cast, MORNING)


def ends(engine: Engine, cast: Cast, kind: str, last_day: date) -> None:
    """Dilan's paper of a kind holds until a day."""
    with db.transaction(engine) as session:
        for paper in session.exec(select(Clearance).where(col(Clearance.kind) == kind)).all():
            if paper.volunteer_id == cast.volunteers["dilan"]:
                paper.valid_to = last_day
                session.add(paper)


@pytest.mark.parametrize("kind", ["conduct", "declaration", "measles"])
@pytest.mark.parametrize(("day", "count"), [(11, 1), (12, 0)])
async def test_a_paper_must_hold_to_the_end(
    client: AsyncClient,
    cast: Cast,
    engine: Engine,
    booking: UUID,
    kind: str,
    day: int,
    count: int,
) -> None:
    ends(engine, cast, kind, date(2027, 1, day))
    for _ in range(2):
        watching.look_at_papers(engine)
    assert len(open_tasks(engine, f"paper_ends:{kind}")) == count
    if count:
        listed = (await client.get("/tasks", headers=cast.key("amal"))).json()["items"]
        assert "gilt nur bis 11.01.2027, der Termin ist am 12.01.2027" in listed[0]["question"]
        english = cast.key("amal") | {"Accept-Language": "en"}
        listed = (await client.get("/tasks", headers=english)).json()["items"]
        assert "holds only until 11.01.2027" in listed[0]["question"]


def test_a_listing_that_was_not_renewed_is_found(cast: Cast, engine: Engine, booking: UUID) -> None:
    with db.transaction(engine) as session:
        enrolment = session.get_one(Enrolment, cast.enrolments["dilan"])
        enrolment.listing_renewed_on = date(2026, 1, 11)
        session.add(enrolment)
    watching.look_at_papers(engine)
    task = open_tasks(engine, "paper_ends:listing")[0]
    assert task.params["until"] == "11.01.2027"


def test_the_measles_proof_counts_only_where_it_is_asked_for(
    cast: Cast, engine: Engine, booking: UUID
) -> None:
    ends(engine, cast, "measles", date(2027, 1, 5))
    with db.transaction(engine) as session:
        sponsor = session.get_one(Sponsor, cast.wetterau)
        sponsor.settings = {"measles": "warn"}
        session.add(sponsor)
    watching.look_at_papers(engine)
    assert open_tasks(engine, "paper_ends") == []


async def test_a_new_paper_closes_the_question_at_once(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID
) -> None:
    ends(engine, cast, "conduct", date(2027, 1, 5))
    watching.look_at_papers(engine)
    assert len(open_tasks(engine, "paper_ends")) == 1
    path = f"/volunteers/{cast.volunteers['dilan']}/clearances"
    seen = {"kind": "conduct", "issued_on": "2026-12-20", "seen_on": "2027-01-04"}
    assert (await post(client, cast, "amal", path, **seen)).status_code == 201
    jobs.work_all(engine)
    assert open_tasks(engine, "paper_ends") == []


async def test_the_office_answers_it_once_and_for_all(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID
) -> None:
    ends(engine, cast, "conduct", date(2027, 1, 5))
    watching.look_at_papers(engine)
    task = open_tasks(engine, "paper_ends")[0]
    assert (await post(client, cast, "amal", f"/tasks/{task.id}/resolve")).status_code == 200
    watching.look_at_papers(engine)
    assert open_tasks(engine, "paper_ends") == []


async def test_a_booking_that_ends_takes_its_question_along(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID
) -> None:
    ends(engine, cast, "conduct", date(2027, 1, 5))
    watching.look_at_papers(engine)
    await cancel(client, cast, booking, "dilan")
    assert open_tasks(engine, "paper_ends") == []


def test_a_question_about_a_booking_keeps_nobody_from_being_planned(
    cast: Cast, engine: Engine, booking: UUID
) -> None:
    ends(engine, cast, "conduct", date(2027, 1, 5))
    watching.look_at_papers(engine)
    assert {task.subject_type for task in open_tasks(engine, "paper_ends")} == {"assignment"}


def test_many_bookings_are_looked_at_in_turns(
    cast: Cast, engine: Engine, monkeypatch: pytest.MonkeyPatch, clock: Any
) -> None:
    monkeypatch.setattr(watching, "AT_A_TIME", 2)
    made = {booked(engine, cast, MORNING + timedelta(days=days)) for days in range(5)}
    ends(engine, cast, "conduct", date(2027, 1, 5))
    watching.look_at_papers(engine)
    assert {task.subject_id for task in open_tasks(engine, "paper_ends")} == made
