"""How an appointment went: the booking says the same as its record."""

from sqlmodel import Session, col, update

from app.clock import now
from app.errors import Conflict
from app.tables import Assignment, AssignmentState, Outcome, PayRule

GONE_TO = (AssignmentState.BOOKED, AssignmentState.PERFORMED, AssignmentState.CLIENT_NO_SHOW)
"""Bookings to which somebody went, as far as anybody has said."""


class NotBooked(Conflict):
    """The assignment was cancelled, so nothing can have happened."""

    slug, title = "assignment-not-booked", "Not booked"
    de = "Dieser Einsatz ist nicht mehr gebucht. Bitte bei der Koordination melden."
    en = "This assignment is no longer booked. Please contact the coordination office."


def finish(session: Session, assignment: Assignment, outcome: Outcome) -> None:
    """What her record says counts, also when something else was said before."""
    no_show = outcome == Outcome.CLIENT_NO_SHOW
    done = session.exec(
        update(Assignment)
        .where(
            col(Assignment.id) == assignment.id,
            col(Assignment.state).in_(GONE_TO),
        )
        .values(
            state=AssignmentState.CLIENT_NO_SHOW if no_show else AssignmentState.PERFORMED,
            pay_rule=PayRule.CLIENT_NO_SHOW if no_show else PayRule.NONE,
            updated_at=now(),
        )
    )
    if done.rowcount != 1:
        raise NotBooked
