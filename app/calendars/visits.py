"""Appointments from the tables: a volunteer's own, or those of a pool."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from app.calendars.words import Spot, Visit
from app.institutions import naming
from app.tables import (
    TIME_TAKEN,
    Assignment,
    Institution,
    Request,
    RequestOption,
    RequestState,
    Seat,
    SeatState,
    Volunteer,
)
from scheduling.calendar_out import Status

BACK = timedelta(days=90)
AHEAD = timedelta(days=400)
CANCELLED_KEPT = timedelta(days=60)
"""So long after its day a cancelled entry is still sent, so that every phone takes it away."""
_OVER = (RequestState.REJECTED, RequestState.UNFILLED, RequestState.CANCELLED)
_SPOT = (
    col(Institution.name), col(Institution.kind), col(Institution.street),
    col(Institution.postal_code), col(Institution.town), col(Request.room),
)  # fmt: skip


def _near(starts_at: Any, now: datetime) -> ColumnElement[bool]:
    return and_(starts_at >= now - BACK, starts_at < now + AHEAD)


def of_volunteer(session: Session, volunteer_id: UUID, now: datetime) -> list[Visit]:
    """Her bookings in every pool, those that were cancelled among them."""
    return _booked(
        session,
        col(Assignment.volunteer_id) == volunteer_id,
        _near(col(Assignment.starts_at), now),
        or_(
            col(Assignment.state).in_(TIME_TAKEN),
            col(Assignment.starts_at) >= now - CANCELLED_KEPT,
        ),
    )


def of_booking(session: Session, assignment_id: UUID) -> Visit:
    """One booking as she who goes there has it in her calendar."""
    return _booked(session, col(Assignment.id) == assignment_id)[0]


def _booked(session: Session, *where: ColumnElement[bool]) -> list[Visit]:
    """Bookings as those see them who go there, in the order of their start."""
    query = (
        select(
            col(Assignment.id), col(Assignment.starts_at), col(Assignment.ends_at),
            col(Assignment.state), col(Assignment.mode), col(Assignment.created_at),
            col(Seat.language), col(Assignment.updated_at), col(Seat.updated_at),
            col(Request.updated_at), col(Institution.updated_at), *_SPOT,
        )
        .join(Seat, col(Seat.id) == col(Assignment.seat_id))
        .join(Request, col(Request.id) == col(Seat.request_id))
        .join(Institution, col(Institution.id) == col(Request.institution_id))
        .where(*where)
        .order_by(col(Assignment.starts_at), col(Assignment.id))
    )  # fmt: skip
    return [_hers(row) for row in session.execute(query).all()]


def _hers(row: Any) -> Visit:
    key, starts_at, ends_at, state, mode, made_at, language, *rest = row
    return Visit(
        key=str(key),
        starts_at=starts_at,
        ends_at=ends_at,
        made_at=made_at,
        changed_at=max(rest[:4]),
        status=Status.CONFIRMED if state in TIME_TAKEN else Status.CANCELLED,
        language=language,
        mode=mode,
        spot=Spot(*rest[4:]),
        told=naming.is_told(state, ends_at),
    )


def of_pool(session: Session, sponsor_id: UUID, now: datetime) -> list[Visit]:
    """Every seat of a sponsor at each of its possible times, with who goes where that is known."""
    chosen = aliased(RequestOption)
    settled = (
        select(col(chosen.id))
        .where(col(chosen.request_id) == col(Request.id), col(chosen.chosen).is_(True))
        .correlate(Request)
        .exists()
    )
    # Over all bookings a seat ever had: the number never falls when one of them is given back.
    last = (
        select(func.max(col(Assignment.updated_at)))
        .where(col(Assignment.seat_id) == col(Seat.id))
        .correlate(Seat)
        .scalar_subquery()
    )
    taken = and_(col(Assignment.seat_id) == col(Seat.id), col(Assignment.state).in_(TIME_TAKEN))
    query = (
        select(
            col(Seat.id), col(RequestOption.position), col(RequestOption.starts_at),
            col(RequestOption.ends_at), col(RequestOption.chosen), settled, col(Seat.state),
            col(Request.state), col(Seat.created_at), col(Seat.language),
            func.coalesce(col(Assignment.mode), col(Seat.mode)), col(Volunteer.given_name),
            col(Seat.updated_at), col(RequestOption.updated_at), col(Request.updated_at),
            col(Institution.updated_at), last, col(Volunteer.updated_at), *_SPOT,
        )
        .join(Request, col(Request.id) == col(Seat.request_id))
        .join(RequestOption, col(RequestOption.request_id) == col(Request.id))
        .join(Institution, col(Institution.id) == col(Request.institution_id))
        .outerjoin(Assignment, taken)
        .outerjoin(Volunteer, col(Volunteer.id) == col(Assignment.volunteer_id))
        .where(
            col(Seat.sponsor_id) == sponsor_id,
            col(RequestOption.sponsor_id) == sponsor_id,
            _near(col(RequestOption.starts_at), now),
        )
        .order_by(col(RequestOption.starts_at), col(Seat.id))
    )  # fmt: skip
    return [visit for row in session.execute(query).all() if _is_kept(visit := _ours(row), now)]


def _is_kept(visit: Visit, now: datetime) -> bool:
    return visit.status != Status.CANCELLED or visit.starts_at >= now - CANCELLED_KEPT


def _ours(row: Any) -> Visit:
    seat_id, position, starts_at, ends_at, chosen, settled, seat, request, *rest = row
    made_at, language, mode, who, *rest = rest
    status = _status(seat, request, chosen=chosen, settled=settled)
    return Visit(
        key=f"{seat_id}-{position}",
        starts_at=starts_at,
        ends_at=ends_at,
        made_at=made_at,
        changed_at=_latest(rest[:6]),
        status=status,
        language=language,
        mode=mode,
        spot=Spot(*rest[6:]),
        who=(who or "") if status == Status.CONFIRMED else "",
    )


def _latest(moments: Sequence[datetime | None]) -> datetime:
    return max(moment for moment in moments if moment is not None)


def _status(seat: str, request: str, *, chosen: bool, settled: bool) -> Status:
    """How a possible time stands: settled, open, or off because another one was chosen."""
    if request in _OVER or seat == SeatState.CANCELLED or (settled and not chosen):
        return Status.CANCELLED
    return Status.TENTATIVE if seat == SeatState.OPEN else Status.CONFIRMED
