"""Bookings and records for the tests, written straight into the database."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session, col, update

from app import books, db
from app.clock import ZONE
from app.tables import (
    HOURS_STAND,
    Assignment,
    ClientCase,
    Request,
    RequestOption,
    Seat,
    ServiceRecord,
    Volunteer,
)
from tests.cast import Cast


def at(day: date, clock: str, *, fold: int = 0) -> datetime:
    """A wall time in Hessen as UTC."""
    hour, minute = (int(part) for part in clock.split(":"))
    wall = datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZONE, fold=fold)
    return wall.astimezone(UTC)


def booked(
    session: Session,
    cast: Cast,
    starts_at: datetime,
    *,
    name: str = "dilan",
    minutes: int = 60,
    role: str = "interpreter",
    home: UUID | None = None,
    **more: Any,
) -> Assignment:
    """An appointment that `name` has taken: at the school, or at Fulda's with `home`."""
    home = home or cast.wetterau
    ends_at = starts_at + timedelta(minutes=minutes)
    local = starts_at.astimezone(ZONE)
    request = Request(
        sponsor_id=home,
        institution_id=cast.school if home == cast.wetterau else cast.school_fulda,
        state="booked",
        received_at=starts_at - timedelta(days=7),
        topic="Elterngespräch",
        **more,
    )
    session.add(request)
    session.flush()
    option = RequestOption(
        sponsor_id=home,
        request_id=request.id,
        position=0,
        day=local.date(),
        start_minute=local.hour * 60 + local.minute,
        duration_minutes=minutes,
        starts_at=starts_at,
        ends_at=ends_at,
        chosen=True,
    )
    seat = Seat(sponsor_id=home, request_id=request.id, role=role, language="kmr", state="booked")
    session.add_all([option, seat])
    session.flush()
    assignment = Assignment(
        sponsor_id=home,
        seat_id=seat.id,
        option_id=option.id,
        volunteer_id=cast.volunteers[name],
        role=role,
        mode="on_site",
        starts_at=starts_at,
        ends_at=ends_at,
    )
    session.add(assignment)
    session.flush()
    return assignment


def book(engine: Engine, cast: Cast, starts_at: datetime, **more: Any) -> Assignment:
    """The same in a transaction of its own."""
    with db.transaction(engine) as session:
        return booked(session, cast, starts_at, **more)


def confirmed(
    engine: Engine,
    cast: Cast,
    starts_at: datetime,
    *,
    state: str = "confirmed",
    outcome: str = "performed",
    **more: Any,
) -> ServiceRecord:
    """A record of such an appointment that the school has confirmed."""
    with db.transaction(engine) as session:
        assignment = booked(session, cast, starts_at, **more)
        assignment.state = "client_no_show" if outcome == "client_no_show" else "performed"
        session.get_one(Seat, assignment.seat_id).state = "done"
        minutes = (assignment.ends_at - assignment.starts_at) // timedelta(minutes=1)
        record = ServiceRecord(
            sponsor_id=assignment.sponsor_id,
            assignment_id=assignment.id,
            volunteer_id=assignment.volunteer_id,
            started_at=assignment.starts_at,
            ended_at=assignment.ends_at,
            minutes=minutes,
            reported_minutes=minutes,
            outcome=outcome,
            state=state,
        )
        session.add_all([assignment, record])
        session.flush()
        if state in HOURS_STAND:
            books.work_of_records(session, col(ServiceRecord.id) == record.id)
        return record


def client_case(engine: Engine, cast: Cast, pseudonym: str = "a" * 64) -> UUID:
    """A client at the school, without a name."""
    with db.transaction(engine) as session:
        case = ClientCase(sponsor_id=cast.wetterau, pseudonym=pseudonym)
        session.add(case)
        session.flush()
        return case.id


def link_account(engine: Engine, cast: Cast, volunteer: str, account: str) -> None:
    """Make the account of one person that of a volunteer as well."""
    with db.transaction(engine) as session:
        session.exec(
            update(Volunteer)
            .where(col(Volunteer.id) == cast.volunteers[volunteer])
            .values(account_id=cast.accounts[account])
        )
