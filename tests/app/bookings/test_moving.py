"""A booked appointment gets another time: asked first, nobody is just moved."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient, Response
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from app import db, jobs
from app.messages import telling
from app.offers import seeking
from app.tables import (
    Assignment,
    AuditEvent,
    Event,
    MessageState,
    Offer,
    RequestOption,
    Search,
    Seat,
    Volunteer,
)
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
from tests.app.examples import HOUR, MORNING, Asking, asking, assignment, offer
from tests.cast import Cast

DAY_AFTER = [{"day": "2027-01-13", "start": "11:00"}]
NEW = MORNING + 25 * HOUR


@pytest.fixture
def booking(engine: Engine, cast: Cast) -> UUID:
    """Dilan is booked for Tuesday at ten."""
    return booked(engine, cast, MORNING)


async def move(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID, who: str = "selin", **more: Any
) -> Response:
    path = f"/requests/{request_of(engine, booking).id}/move"
    return await post(client, cast, who, path, **({"times": DAY_AFTER} | more))


def offers_of(engine: Engine, booking: UUID) -> list[Offer]:
    """The questions for the seat of a booking."""
    with db.transaction(engine) as session:
        seat_id = session.get_one(Assignment, booking).seat_id
        query = select(Offer).where(col(Offer.seat_id) == seat_id).order_by(col(Offer.id))
        return list(session.exec(query).all())


def mirela_is_asked(session: Session, cast: Cast) -> tuple[Asking, Offer]:
    """Mirela is asked for a seat for which nobody was booked."""
    made = asking(session, cast.wetterau, cast.school, MORNING)
    asked = offer(made, cast.volunteers["mirela"])
    session.add(asked)
    session.flush()
    return made, asked


async def test_who_is_booked_is_asked_first_about_the_new_time(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID
) -> None:
    moved = await move(client, cast, engine, booking)
    assert moved.status_code == 200, moved.text
    assert moved.json()["state"] == "open"
    assert [one["start"] for one in moved.json()["times"]] == ["11:00"]
    assert moved.json()["moved_at"] is not None
    old = row(engine, booking)
    assert (old.state, old.cancel_cause, old.starts_at) == ("cancelled_early", "moved", MORNING)
    assert old.cancelled_by == "institution"
    asked = offers_of(engine, booking)
    assert [(one.volunteer_id, one.state) for one in asked] == [
        (cast.volunteers["dilan"], "pending")
    ]
    told = said(engine, "offer")
    assert "verlegt" in told[0].body
    assert "13.01.2027, 11:00" in told[0].body
    jobs.work_all(engine)
    assert len(offers_of(engine, booking)) == 1, "nobody else is asked before she answers"


async def test_her_yes_books_the_new_time(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID
) -> None:
    await move(client, cast, engine, booking)
    path = f"/offers/{offers_of(engine, booking)[0].id}/accept"
    made = await client.post(path, headers=cast.key("dilan"))
    assert made.status_code == 200, made.text
    assert datetime.fromisoformat(made.json()["starts_at"]) == NEW
    assert request_of(engine, booking).state == "booked"
    jobs.work_all(engine)
    place = [one for one in said(engine, "request") if one.institution_id]
    assert ["jemand von uns" in one.body and "Dilan" in one.body for one in place] == [True]


async def test_her_no_lets_somebody_else_be_asked(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID
) -> None:
    await move(client, cast, engine, booking)
    path = f"/offers/{offers_of(engine, booking)[0].id}/decline"
    assert (await client.post(path, headers=cast.key("dilan"))).status_code == 200
    jobs.work_all(engine)
    asked = offers_of(engine, booking)
    assert [one.volunteer_id for one in asked] == [
        cast.volunteers["dilan"],
        cast.volunteers["mirela"],
    ]


async def test_who_cannot_at_the_new_time_is_told_and_somebody_is_sought(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID
) -> None:
    booked(engine, cast, NEW)
    assert (await move(client, cast, engine, booking)).status_code == 200
    assert offers_of(engine, booking) == []
    told = said(engine, "cancelled", cast.volunteers["dilan"])
    assert ["nicht eingeplant" in one.body for one in told] == [True]
    assert jobs_named(engine, seeking.SUBSTITUTE) == 1
    jobs.work_all(engine)
    assert [one.volunteer_id for one in offers_of(engine, booking)] == [cast.volunteers["mirela"]]


async def test_who_agreed_on_the_telephone_is_booked_at_once(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID
) -> None:
    agreed = [str(cast.volunteers["dilan"])]
    moved = await move(client, cast, engine, booking, "amal", agreed=agreed)
    assert moved.json()["state"] == "booked"
    assert [one["chosen"] for one in moved.json()["times"]] == [True]
    listed = await client.get("/assignments?state=booked", headers=cast.key("dilan"))
    again = listed.json()["items"]
    assert [datetime.fromisoformat(one["starts_at"]) for one in again] == [NEW]
    assert again[0]["booked_via"] == "phone"
    assert row(engine, booking).pay_rule == "none"
    jobs.work_all(engine)
    told = said(engine, "changed", cast.volunteers["dilan"])
    assert len(told) == 1
    assert "12.01.2027, 10:00" in told[0].body
    assert told[0].calendar.count("BEGIN:VEVENT") == 2
    assert said(engine, "booked", cast.volunteers["dilan"]) == []
    place = [one for one in said(engine, "request") if one.institution_id]
    assert ["bleibt bei der Zusage" in one.body for one in place] == [True]


async def test_nothing_moves_when_who_agreed_cannot(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID
) -> None:
    booked(engine, cast, NEW)
    agreed = [str(cast.volunteers["dilan"])]
    refused = await move(client, cast, engine, booking, "amal", agreed=agreed)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/overlap")
    assert row(engine, booking).state == "booked"
    assert request_of(engine, booking).moved_at is None
    assert said(engine, "changed") == []


async def test_an_institution_cannot_say_that_somebody_agreed(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID
) -> None:
    agreed = [str(cast.volunteers["dilan"])]
    refused = await move(client, cast, engine, booking, "selin", agreed=agreed)
    assert refused.status_code == 403, refused.text
    assert row(engine, booking).state == "booked"
    assert request_of(engine, booking).moved_at is None


async def test_only_booked_people_can_agree(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID
) -> None:
    agreed = [str(cast.volunteers["mirela"])]
    refused = await move(client, cast, engine, booking, "amal", agreed=agreed)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/not-among-booked")
    assert row(engine, booking).state == "booked"


async def test_moving_twice_is_once(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID
) -> None:
    first = await move(client, cast, engine, booking)
    again = await move(client, cast, engine, booking)
    assert again.json() == first.json()
    assert len(offers_of(engine, booking)) == 1
    back = [{"day": "2027-01-12", "start": "10:00"}]
    assert (await move(client, cast, engine, booking, times=back)).status_code == 200
    states = {(one.volunteer_id, one.state) for one in offers_of(engine, booking)}
    assert states == {
        (cast.volunteers["dilan"], "withdrawn"),
        (cast.volunteers["dilan"], "pending"),
    }


@pytest.mark.parametrize(("hours", "rule"), [(25, "none"), (23, "late_cancel")])
async def test_a_late_move_is_worth_something_to_who_did_not_agree(
    client: AsyncClient,
    cast: Cast,
    engine: Engine,
    booking: UUID,
    clock: Any,
    hours: int,
    rule: str,
) -> None:
    clock.move_to(MORNING - timedelta(hours=hours))
    await move(client, cast, engine, booking)
    assert row(engine, booking).pay_rule == rule


async def test_all_seats_of_a_team_keep_one_time(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    with db.transaction(engine) as session:
        made = asking(
            session, cast.wetterau, cast.school, MORNING, state="booked", seat_state="booked"
        )
        other = Seat(
            sponsor_id=cast.wetterau,
            request_id=made.request.id,
            position=1,
            role="interpreter",
            language="ro",
            state="booked",
        )
        session.add(other)
        session.flush()
        both = [assignment(made, cast.volunteers["dilan"])]
        both.append(assignment(made, cast.volunteers["mirela"], seat_id=other.id))
        session.add_all(both)
    agreed = [str(cast.volunteers["dilan"])]
    two = [*DAY_AFTER, {"day": "2027-01-14", "start": "11:00"}]
    moved = await move(client, cast, engine, both[0].id, "amal", agreed=agreed, times=two)
    assert moved.status_code == 200, moved.text
    with db.transaction(engine) as session:
        chosen = session.exec(select(RequestOption).where(col(RequestOption.chosen))).one()
        asked = session.exec(select(Offer)).all()
        live = session.exec(select(Assignment).where(Assignment.state == "booked")).all()
    assert chosen.starts_at == NEW
    assert [(one.volunteer_id, one.starts_at) for one in live] == [(cast.volunteers["dilan"], NEW)]
    assert [(one.volunteer_id, one.option_id) for one in asked] == [
        (cast.volunteers["mirela"], chosen.id)
    ]


async def test_who_said_no_to_the_old_time_may_be_asked_for_the_new_one(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID, clock: Any
) -> None:
    with db.transaction(engine) as session:
        old = session.get_one(Assignment, booking)
        session.add(
            Offer(
                sponsor_id=old.sponsor_id,
                seat_id=old.seat_id,
                option_id=old.option_id,
                volunteer_id=cast.volunteers["mirela"],
                mode="on_site",
                state="declined",
                expires_at=MORNING,
            )
        )
    clock.shift(60)
    booked(engine, cast, NEW)
    await move(client, cast, engine, booking)
    jobs.work_all(engine)
    pending = [one for one in offers_of(engine, booking) if one.state == "pending"]
    assert [one.volunteer_id for one in pending] == [cast.volunteers["mirela"]]


async def test_control_without_a_move_her_no_holds(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID
) -> None:
    with db.transaction(engine) as session:
        old = session.get_one(Assignment, booking)
        seat_id = old.seat_id
        made = {"sponsor_id": old.sponsor_id, "seat_id": seat_id, "option_id": old.option_id}
        session.add(
            Offer(
                **made,
                volunteer_id=cast.volunteers["mirela"],
                mode="on_site",
                state="declined",
                expires_at=MORNING,
            )
        )
    await cancel(client, cast, booking, "dilan")
    found = await client.get(f"/seats/{seat_id}/candidates", headers=cast.key("amal"))
    assert found.json()["candidates"] == []


async def test_open_questions_and_searches_for_the_old_time_end(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    with db.transaction(engine) as session:
        made, asked = mirela_is_asked(session, cast)
        search = seeking.begin(session, None, made.seat, cause="office")
        request_id, search_id = made.request.id, search.id
    path = f"/requests/{request_id}/move"
    moved = await post(client, cast, "selin", path, times=DAY_AFTER)
    assert moved.status_code == 200, moved.text
    with db.transaction(engine) as session:
        assert session.get_one(Offer, asked.id).state == "withdrawn"
        assert session.get_one(Search, search_id).state == "stopped"
        assert session.exec(select(AuditEvent.action)).all().count("search.stopped") == 1
    jobs.work_all(engine)
    with db.transaction(engine) as session:
        live = session.exec(select(Search).where(col(Search.state) == "running")).all()
    assert len(live) == 1


async def test_who_is_asked_about_the_new_time_is_not_told_that_the_old_one_is_settled(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID
) -> None:
    await move(client, cast, engine, booking)
    jobs.work_all(engine)
    later = [{"day": "2027-01-14", "start": "11:00"}]
    await move(client, cast, engine, booking, times=later)
    jobs.work_all(engine)
    assert said(engine, "taken") == []
    assert len(said(engine, "offer", cast.volunteers["dilan"])) == 2


async def test_who_stood_by_is_let_go(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID
) -> None:
    standby(engine, cast, booking, "mirela")
    await move(client, cast, engine, booking)
    read = (await client.get("/standbys", headers=cast.key("mirela"))).json()["items"]
    assert [one["state"] for one in read] == ["released"]


async def test_what_has_begun_ended_or_belongs_to_a_parents_day_is_not_moved(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID, clock: Any
) -> None:
    past = await move(
        client, cast, engine, booking, times=[{"day": "2027-01-01", "start": "10:00"}]
    )
    assert past.status_code == 422
    clock.move_to(MORNING)
    begun = await move(client, cast, engine, booking)
    assert (begun.status_code, begun.json()["type"]) == (409, "/problems/appointment-begun")
    clock.move_to(MORNING - HOUR)
    path = f"/requests/{request_of(engine, booking).id}"
    await post(client, cast, "selin", f"{path}/cancel", reason="fällt aus")
    ended = await move(client, cast, engine, booking)
    assert (ended.status_code, ended.json()["type"]) == (409, "/problems/request-ended")
    assert (await post(client, cast, "dilan", f"{path}/move", times=DAY_AFTER)).status_code == 403
    assert (await post(client, cast, "kofi", f"{path}/move", times=DAY_AFTER)).status_code == 404


async def test_a_longer_appointment_is_a_move_as_well(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID
) -> None:
    same = [{"day": "2027-01-12", "start": "10:00"}]
    longer = await move(client, cast, engine, booking, times=same, duration_minutes=90)
    assert longer.json()["times"][0]["duration_minutes"] == 90
    assert row(engine, booking).state == "cancelled_early"
    assert seat_of(engine, booking).state == "open"


async def test_a_changed_room_is_told_to_who_is_booked(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID, clock: Any
) -> None:
    path, tag = f"/requests/{request_of(engine, booking).id}", {"If-Match": "*"}
    for room in ("Zimmer 12", "Zimmer 12"):
        await client.patch(path, json={"room": room}, headers=cast.key("selin") | tag)
        jobs.work_all(engine)
    told = said(engine, "changed", cast.volunteers["dilan"])
    assert len(told) == 1
    assert "Zimmer" not in told[0].body
    clock.shift(60)
    await client.patch(path, json={"cost_centre": "4711"}, headers=cast.key("selin") | tag)
    jobs.work_all(engine)
    assert len(said(engine, "changed")) == 1
    await client.patch(path, json={"contact_phone": "06031 2"}, headers=cast.key("selin") | tag)
    jobs.work_all(engine)
    assert len(said(engine, "changed")) == 2


async def test_who_is_asked_about_the_new_time_reads_it_first(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID
) -> None:
    await move(client, cast, engine, booking)
    (told,) = said(engine, "offer", cast.volunteers["dilan"])
    assert told.subject == "Neue Zeit: Mittwoch, 13.01.2027, 11:00 bis 12:00 Uhr"
    assert "12.01." not in told.short
    assert told.short.startswith("Neue Zeit: Friedberg http")


async def test_who_was_asked_about_another_time_hears_that_it_is_moved(
    client: AsyncClient, cast: Cast, engine: Engine, clock: Any
) -> None:
    with db.transaction(engine) as session:
        made, asked = mirela_is_asked(session, cast)
        her = telling.volunteer(session.get_one(Volunteer, asked.volunteer_id))
        text = telling.Text("Anfrage", "Können Sie?")
        sent = telling.tell(
            session, cast.wetterau, her, Event.OFFER, text, subject_id=asked.id, starts_at=MORNING
        )
        sent.state = MessageState.SENT
        request_id = made.request.id
    clock.shift(60)
    moved = await post(client, cast, "selin", f"/requests/{request_id}/move", times=DAY_AFTER)
    assert moved.status_code == 200, moved.text
    jobs.work_all(engine)
    (told,) = said(engine, "taken", cast.volunteers["mirela"])
    assert told.subject == "Verlegt: Mittwoch, 13.01.2027, 11:00 bis 12:00 Uhr"
    assert "fragen wir Sie neu" in told.body
