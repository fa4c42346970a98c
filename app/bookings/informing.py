"""Telling people about a booking: who is booked, and the institution she goes to."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from app import db, jobs, links
from app.bookings import codes, texts, visits
from app.bookings.visits import Visit
from app.messages import telling
from app.offers.confirming import FOUND
from app.tables import Assignment, AssignmentState, Cause, Event, LinkPurpose, Message


def link(session: Session, booked: Assignment) -> str:
    """An address at which a booked person sees her appointment and says whether it stands."""
    return links.make(session, LinkPurpose.CONFIRM_BOOKING, booked, booked.ends_at)


def tell_her(session: Session, visit: Visit, event: Event, text: telling.Text) -> None:
    """Tell a booked person something about her appointment."""
    telling.post(session, [written_to_her(visit, event, text)])


def written_to_her(
    visit: Visit, event: Event, text: telling.Text, *, due_at: datetime | None = None
) -> Message:
    """The message to a booked person, before it is posted."""
    return telling.written(
        visit.booking.sponsor_id,
        telling.volunteer(visit.volunteer),
        event,
        text,
        subject_id=visit.booking.id,
        starts_at=visit.booking.starts_at,
        due_at=due_at,
    )


def tell_place(session: Session, visit: Visit, text: telling.Text) -> None:
    """Tell the institution something about its appointment."""
    telling.tell(
        session,
        visit.booking.sponsor_id,
        telling.institution(visit.institution),
        Event.REQUEST,
        text,
        subject_id=visit.request.id,
    )


@jobs.task(FOUND)
def tell_found(engine: Engine, booking_id: UUID) -> None:
    """The institution hears who comes, or who comes instead, once for each booking."""
    with db.transaction(engine) as session:
        session.get(Assignment, booking_id, with_for_update={"key_share": True})
        visit = visits.one(session, booking_id)
        if visit.booking.state != AssignmentState.BOOKED:
            return
        ended = visits.load(
            session, col(Assignment.seat_id) == visit.seat.id, col(Assignment.id) != booking_id
        )
        instead = bool(ended) and ended[-1].booking.cancel_cause != Cause.MOVED
        said = codes.code(session, visit.booking)
        text = texts.substitute_found(visit, said) if instead else texts.comes(visit, said)
        if not _told(session, visit, text.subject):
            tell_place(session, visit, text)


def _told(session: Session, visit: Visit, subject: str) -> bool:
    """Whether that was said since she was booked."""
    query = select(Message.id).where(
        col(Message.subject_id) == visit.request.id,
        col(Message.subject) == subject,
        col(Message.created_at) >= visit.booking.created_at,
    )
    return session.exec(query).first() is not None
