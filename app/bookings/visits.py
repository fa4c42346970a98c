"""Bookings with everything that is said about them, in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlmodel import Session, col

from app.tables import (
    Assignment,
    AssignmentState,
    Institution,
    Offer,
    Request,
    RequestOption,
    Seat,
    Standby,
    Volunteer,
)


@dataclass(frozen=True)
class Visit:
    """Who is booked where."""

    booking: Assignment
    seat: Seat
    request: Request
    institution: Institution
    volunteer: Volunteer


def load(session: Session, *where: ColumnElement[bool]) -> list[Visit]:
    """Bookings in the order of their start, as they stand in the database now."""
    query = (
        sa.select(Assignment, Seat, Request, Institution, Volunteer)
        .join(Seat, col(Seat.id) == col(Assignment.seat_id))
        .join(Request, col(Request.id) == col(Seat.request_id))
        .join(Institution, col(Institution.id) == col(Request.institution_id))
        .join(Volunteer, col(Volunteer.id) == col(Assignment.volunteer_id))
        .where(*where)
        .order_by(col(Assignment.starts_at), col(Assignment.id))
        .execution_options(populate_existing=True)
    )
    return [Visit(*row) for row in session.execute(query).all()]


def one(session: Session, assignment_id: UUID) -> Visit:
    """One booking."""
    return load(session, col(Assignment.id) == assignment_id)[0]


def booked(session: Session, request_ids: Sequence[UUID]) -> list[Visit]:
    """Who is booked for these requests."""
    return load(
        session,
        col(Seat.request_id).in_(request_ids),
        col(Assignment.state) == AssignmentState.BOOKED,
    )


def supposed(
    session: Session, table: type[Offer] | type[Standby], ids: Sequence[UUID]
) -> dict[UUID, Visit]:
    """What people are asked for, or stand by for, as if they were booked; nothing is stored."""
    query = (
        sa.select(table, RequestOption, Seat, Request, Institution, Volunteer)
        .join(RequestOption, col(RequestOption.id) == col(table.option_id))
        .join(Seat, col(Seat.id) == col(table.seat_id))
        .join(Request, col(Request.id) == col(Seat.request_id))
        .join(Institution, col(Institution.id) == col(Request.institution_id))
        .join(Volunteer, col(Volunteer.id) == col(table.volunteer_id))
        .where(col(table.id).in_(ids))
    )
    return {
        row.id: Visit(_as_booked(option, seat, her), seat, request, place, her)
        for row, option, seat, request, place, her in session.execute(query).all()
    }


def _as_booked(option: RequestOption, seat: Seat, her: Volunteer) -> Assignment:
    return Assignment(
        sponsor_id=seat.sponsor_id,
        seat_id=seat.id,
        option_id=option.id,
        volunteer_id=her.id,
        role=seat.role,
        mode=seat.mode,
        starts_at=option.starts_at,
        ends_at=option.ends_at,
    )
