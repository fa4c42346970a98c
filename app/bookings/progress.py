"""The day itself: she is on her way, has begun, has ended. Nobody gets a mail for it."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, update

from app import audit
from app.access import Actor
from app.bookings.refusals import AheadOfTime, NotBookedHerself, NotThen
from app.bookings.schemas import Progress
from app.clock import ZONE, now
from app.offers.refusals import NotBooked
from app.tables import Assignment, AssignmentState

BEFORE, AFTER = timedelta(hours=12), timedelta(hours=24)
"""So far around the start of an appointment its steps lie."""
SLACK = timedelta(minutes=2)
"""So much a telephone's clock may be ahead of ours."""
FINISHED = "finished"


def say(session: Session, actor: Actor, booking: Assignment, body: Progress) -> Assignment:
    """Keep when a step was; its first word counts, only the end is corrected by another one.

    Raises
    ------
    NotBookedHerself, AheadOfTime, NotThen, NotBooked
    """
    if booking.volunteer_id != actor.volunteer_id:
        raise NotBookedHerself
    moment = (body.at or now()).astimezone(UTC)
    _require_near(booking, moment)
    done = session.exec(
        update(Assignment)
        .where(
            col(Assignment.id) == booking.id,
            col(Assignment.state) == AssignmentState.BOOKED,
            _is_news(body.step, moment),
        )
        .values({f"{body.step}_at": moment, "updated_at": now()})
    )
    session.refresh(booking)
    if done.rowcount == 1:
        audit.record(session, actor.account_id, "assignment.progress", booking, step=body.step)
    elif booking.state != AssignmentState.BOOKED:
        raise NotBooked(state=booking.state)
    session.flush()
    return booking


def _require_near(booking: Assignment, moment: datetime) -> None:
    """Refuse a moment that is still to come, or has nothing to do with the appointment."""
    if moment > now() + SLACK:
        raise AheadOfTime
    if not booking.starts_at - BEFORE <= moment <= booking.starts_at + AFTER:
        start = booking.starts_at.astimezone(ZONE)
        raise NotThen(day=f"{start:%d.%m.%Y}", start=f"{start:%H:%M}")


def _is_news(step: str, moment: datetime) -> ColumnElement[bool]:
    """Whether the booking does not say so already."""
    kept = col(getattr(Assignment, f"{step}_at"))
    return kept.is_distinct_from(moment) if step == FINISHED else kept.is_(None)
