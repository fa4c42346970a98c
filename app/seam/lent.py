"""Who is lent for a seat, and by which pool: she is judged as she is there."""

from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from app.tables import Lending, LendingState

LENT = (LendingState.AGREED, LendingState.BOOKED)
"""States in which somebody was named for the seat."""


def for_seat(seat_id: object, volunteer_id: object) -> tuple[ColumnElement[bool], ...]:
    """The lending by which this person may go to this seat, and to no other."""
    return (
        col(Lending.seat_id) == seat_id,
        col(Lending.volunteer_id) == volunteer_id,
        col(Lending.state).in_(LENT),
    )


def lender(session: Session, seat_id: UUID, volunteer_id: UUID) -> UUID | None:
    """The pool that lends her for the seat; None for everybody of the pool itself."""
    query = select(Lending.lender_id).where(*for_seat(seat_id, volunteer_id))
    return session.exec(query.order_by(col(Lending.id))).first()
