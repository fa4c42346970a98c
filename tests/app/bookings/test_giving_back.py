"""Giving back, taking off, calling off: who, why, how late, and who goes instead."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine, event
from sqlmodel import select

from app import db, jobs
from app.bookings import cancelling
from app.offers import seeking
from app.tables import AuditEvent, Message, Offer, Request, Seat
from tests.app.bookings.acting import (
    booked,
    cancel,
    jobs_named,
    post,
    request_of,
    row,
    said,
    seat_of,
    standby,
)
from tests.app.examples import HOUR, MORNING, asking, assignment, offer
from tests.app.test_walls import actor
from tests.cast import Cast


@pytest.fixture
def booking(engine: Engine, cast: Cast) -> UUID:
    """Dilan is booked for next week."""
    return booked(engine, cast, MORNING)


@pytest.mark.parametrize(
    ("who", "cause", "side"),
    [
        ("dilan", "illness", "volunteer"),
        ("dilan", "other", "volunteer"),
        ("amal", "illness", "volunteer"),
        ("amal", "no_papers", "office"),
        ("amal", "other", "office"),
    ],
)
async def test_a_booking_says_who_ended_it_and_why(
    client: AsyncClient, cast: Cast, booking: UUID, who: str, cause: str, side: str
) -> None:
    gone = await cancel(client, cast, booking, who, cause=cause)
    assert gone["state"] == "cancelled_early"
    assert (gone["cancelled_by"], gone["cancel_cause"]) == (side, cause)
    assert gone["notice_hours"] == 192.0
    assert gone["pay_rule"] == "none"
    assert gone["cancelled_at"] is not None
    assert "notice_minutes" not in gone


async def test_an_institution_calls_off_the_request_not_the_person(
    client: AsyncClient, cast: Cast, booking: UUID
) -> None:
    answer = await post(client, cast, "selin", f"/assignments/{booking}/cancel", reason="krank")
    assert answer.status_code == 403
    body = {"reason": "nicht nötig", "cause": "not_needed"}
    path = f"/assignments/{booking}/cancel"
    assert (await post(client, cast, "amal", path, **body)).status_code == 422


async def test_giving_back_twice_is_once(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID
) -> None:
    first = await cancel(client, cast, booking, "dilan", cause="transport")
    again = await cancel(client, cast, booking, "amal", cause="illness")
    assert again == first
    assert len(said(engine, "cancelled")) == 1
    assert jobs_named(engine, seeking.SUBSTITUTE) == 1


async def test_the_seat_is_open_again_and_somebody_is_sought_at_once(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID
) -> None:
    await cancel(client, cast, booking, "dilan")
    assert seat_of(engine, booking).state == "open"
    assert request_of(engine, booking).state == "open"
    assert jobs_named(engine, seeking.SUBSTITUTE) == 1
    jobs.work_all(engine)
    with db.transaction(engine) as session:
        asked = session.exec(select(Offer)).all()
    assert [one.volunteer_id for one in asked] == [cast.volunteers["mirela"]]
    told = [m for m in said(engine, "request") if m.institution_id == cast.school]
    assert "Wir suchen Ersatz" in told[0].subject
    assert "Dilan" not in told[0].body
    path = f"/offers/{asked[0].id}/accept"
    assert (await client.post(path, headers=cast.key("mirela"))).status_code == 200
    jobs.work_all(engine)
    told = [m for m in said(engine, "request") if m.institution_id == cast.school]
    assert [m.subject.partition(":")[0] for m in told] == ["Wir suchen Ersatz", "Ersatz gefunden"]
    assert "Mirela" in told[1].body


async def test_a_reason_about_health_is_not_kept(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID
) -> None:
    await cancel(client, cast, booking, "dilan", reason="an Krebs erkrankt", cause="illness")
    assert row(engine, booking).cancel_reason == ""
    assert "Krebs" not in "".join(m.body for m in said(engine, "cancelled"))


async def test_the_audit_says_side_cause_and_notice(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID
) -> None:
    await cancel(client, cast, booking, "dilan", cause="illness")
    with db.transaction(engine) as session:
        query = select(AuditEvent).where(AuditEvent.action == "assignment.cancel")
        details = session.exec(query).one().details
    assert details == {
        "state": "cancelled_early",
        "side": "volunteer",
        "cause": "other",
        "notice_minutes": 192 * 60,
    }


async def test_that_she_is_ill_is_her_own_and_the_offices_alone(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID
) -> None:
    await cancel(client, cast, booking, "dilan", cause="illness")
    seen = {}
    for who in ("dilan", "amal", "selin"):
        one = await client.get(f"/assignments/{booking}", headers=cast.key(who))
        listed = await client.get("/assignments", headers=cast.key(who))
        assert listed.json()["items"] == [one.json()]
        seen[who] = one.json()["cancel_cause"]
    assert seen == {"dilan": "illness", "amal": "illness", "selin": "other"}


async def test_her_calendar_entry_is_taken_away(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID
) -> None:
    await cancel(client, cast, booking, "dilan")
    told = said(engine, "cancelled", cast.volunteers["dilan"])[0]
    assert "METHOD:CANCEL" in told.calendar
    assert str(booking) in told.calendar


async def test_who_stands_by_goes_at_once_and_nobody_is_sought(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID
) -> None:
    standby_id = standby(engine, cast, booking, "mirela")
    await cancel(client, cast, booking, "dilan", cause="illness")
    seat = seat_of(engine, booking)
    assert seat.state == "booked"
    listed = await client.get("/assignments?state=booked", headers=cast.key("mirela"))
    stepped_in = listed.json()["items"][0]
    assert (stepped_in["seat_id"], stepped_in["booked_via"]) == (str(seat.id), "standby")
    assert stepped_in["contact"]["street"] == "Schulstr. 1"
    read = (await client.get("/standbys", headers=cast.key("mirela"))).json()["items"]
    assert [(one["id"], one["state"]) for one in read] == [(str(standby_id), "called")]
    assert jobs_named(engine, seeking.SUBSTITUTE) == 0
    jobs.work_all(engine)
    told = said(engine, "booked", cast.volunteers["mirela"])
    assert ["Sie springen ein" in one.subject for one in told] == [True]
    place = said(engine, "request")
    assert ["Ersatz gefunden" in one.subject for one in place] == [True]
    assert "Mirela" in place[0].body
    assert "Beispiel" not in place[0].body


async def test_who_stands_by_but_cannot_go_any_more_is_let_go(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID
) -> None:
    standby_id = standby(engine, cast, booking, "mirela")
    booked(engine, cast, MORNING + HOUR / 2, "mirela")
    await cancel(client, cast, booking, "dilan")
    read = (await client.get("/standbys", headers=cast.key("amal"))).json()["items"]
    assert [(one["id"], one["state"]) for one in read] == [(str(standby_id), "released")]
    assert jobs_named(engine, seeking.SUBSTITUTE) == 1
    assert seat_of(engine, booking).state == "open"


@pytest.mark.parametrize(
    ("who", "cause", "side"),
    [
        ("selin", "client_cancelled", "institution"),
        ("selin", "other", "institution"),
        ("amal", "institution_closed", "institution"),
        ("amal", "other", "office"),
    ],
)
@pytest.mark.parametrize(("hours", "rule"), [(25, "none"), (23, "late_cancel")])
async def test_what_is_called_off_late_is_worth_something(
    client: AsyncClient,
    cast: Cast,
    engine: Engine,
    booking: UUID,
    clock: Any,
    who: str,
    cause: str,
    side: str,
    hours: int,
    rule: str,
) -> None:
    clock.move_to(MORNING - timedelta(hours=hours))
    path = f"/requests/{request_of(engine, booking).id}/cancel"
    gone = await post(client, cast, who, path, reason="fällt aus", cause=cause)
    assert gone.json()["state"] == "cancelled"
    read = (await client.get(f"/assignments/{booking}", headers=cast.key("dilan"))).json()
    assert (read["cancelled_by"], read["cancel_cause"]) == (side, cause)
    assert (read["pay_rule"], read["notice_hours"]) == (rule, float(hours))
    assert jobs_named(engine, seeking.SUBSTITUTE) == 0


async def test_who_was_being_asked_learns_that_it_is_off(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    with db.transaction(engine) as session:
        made = asking(session, cast.wetterau, cast.school, MORNING)
        request_id = made.request.id
        offers = [offer(made, cast.volunteers[name]) for name in ("dilan", "mirela")]
        session.add_all(offers)
        session.flush()
        session.add(_question(offers[0], "sent"))
        session.add(_question(offers[1], "queued"))
    path = f"/requests/{request_id}/cancel"
    assert (await post(client, cast, "selin", path, reason="fällt aus")).status_code == 200
    jobs.work_all(engine)
    jobs.work_all(engine)
    told = said(engine, "taken")
    assert [one.volunteer_id for one in told] == [cast.volunteers["dilan"]]
    assert "erledigt" in told[0].body


async def test_who_was_slower_is_thanked(client: AsyncClient, cast: Cast, engine: Engine) -> None:
    with db.transaction(engine) as session:
        made = asking(session, cast.wetterau, cast.school, MORNING)
        offers = [offer(made, cast.volunteers[name]) for name in ("dilan", "mirela")]
        session.add_all(offers)
        session.flush()
        session.add_all(_question(one, "sent") for one in offers)
    path = f"/offers/{offers[1].id}/accept"
    assert (await client.post(path, headers=cast.key("mirela"))).status_code == 200
    jobs.work_all(engine)
    told = said(engine, "taken")
    assert [one.volunteer_id for one in told] == [cast.volunteers["dilan"]]
    assert "schon jemand zugesagt" in told[0].body


def _question(asked: Offer, state: str) -> Message:
    return Message(
        sponsor_id=asked.sponsor_id,
        event="offer",
        recipient="dilan@example.org",
        volunteer_id=asked.volunteer_id,
        subject_id=asked.id,
        subject="Anfrage",
        body="Text",
        due_at=MORNING,
        state=state,
    )


UNCOUNTED = ("INSERT", "SELECT set_config", "SELECT procrastinate_defer_jobs")
"""Statements that stand for the rows themselves, the walls, and the queue of PostgreSQL."""


async def test_calling_off_many_takes_as_many_statements_as_one(cast: Cast, engine: Engine) -> None:
    costs = []
    for number in (1, 12):
        with db.transaction(engine) as session:
            made = []
            for day in range(number):
                start = MORNING + (day + 20 * number) * 24 * HOUR
                one = asking(
                    session, cast.wetterau, cast.school, start, state="booked", seat_state="booked"
                )
                session.add(assignment(one, cast.volunteers["dilan"]))
                made.append(one.request.id)
        sent: list[str] = []

        def note(_c: Any, _cursor: Any, statement: str, *_rest: Any, sent: Any = sent) -> None:
            sent.append(statement)

        with db.transaction(engine) as session:
            amal = actor(session, cast, "amal")
            rows = [session.get_one(Request, request_id) for request_id in made]
            event.listen(engine, "before_cursor_execute", note)
            cancelling.cancel_requests(session, amal, rows, "fällt aus")
            event.remove(engine, "before_cursor_execute", note)
        costs.append(len([s for s in sent if not s.strip().startswith(UNCOUNTED)]))
        with db.transaction(engine) as session:
            query = select(Seat.state).where(Seat.request_id.in_(made))  # type: ignore[attr-defined]
            assert set(session.exec(query).all()) == {"cancelled"}
    assert costs[0] == costs[1] <= 13


async def test_a_date_that_has_begun_is_not_called_off(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID, clock: Any
) -> None:
    clock.move_to(MORNING)
    path = f"/requests/{request_of(engine, booking).id}/cancel"
    answer = await post(client, cast, "selin", path, reason="fällt aus")
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/appointment-begun")
    assert row(engine, booking).state == "booked"
