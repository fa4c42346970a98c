"""When somebody cannot come: who stands by goes, else somebody is sought at once."""

from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from app import db, jobs, links
from app.bookings import standbys, texts, visits
from app.bookings.visits import Visit
from app.messages import telling
from app.offers import seeking
from app.offers.confirming import FOUND
from app.tables import (
    Assignment,
    AssignmentState,
    Cause,
    Event,
    LinkPurpose,
    Message,
)


def seek(session: Session, account_id: UUID | None, gone: Visit) -> None:
    """The seat of a booking that has ended is open again: fill it with the least change."""
    booked = standbys.call(session, account_id, gone.seat)
    if booked is None:
        seeking.open_again(session, gone.seat.id)
        _tell_place(session, gone, texts.substitute_sought(gone))
        return
    visit = visits.one(session, booked.id)
    tell_her(session, visit, Event.BOOKED, texts.stepped_in(visit, link(session, booked)))
    _tell_place(session, visit, texts.substitute_found(visit))


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
        words = texts.substitute_found if instead else texts.comes
        if not _told(session, visit, words(visit).subject):
            _tell_place(session, visit, words(visit))


def _told(session: Session, visit: Visit, subject: str) -> bool:
    """Whether that was said since she was booked."""
    query = select(Message.id).where(
        col(Message.subject_id) == visit.request.id,
        col(Message.subject) == subject,
        col(Message.created_at) >= visit.booking.created_at,
    )
    return session.exec(query).first() is not None


def link(session: Session, booked: Assignment) -> str:
    """An address at which a booked person sees her appointment and says whether it stands."""
    return links.make(session, LinkPurpose.CONFIRM_BOOKING, booked, booked.ends_at)


def tell_her(session: Session, visit: Visit, event: Event, text: telling.Text) -> None:
    """Tell a booked person something about her appointment."""
    telling.post(session, [written_to_her(visit, event, text)])


def written_to_her(visit: Visit, event: Event, text: telling.Text) -> Message:
    """The message to a booked person, before it is posted."""
    return telling.written(
        visit.booking.sponsor_id,
        telling.volunteer(visit.volunteer),
        event,
        text,
        subject_id=visit.booking.id,
        starts_at=visit.booking.starts_at,
    )


def _tell_place(session: Session, visit: Visit, text: telling.Text) -> None:
    telling.tell(
        session,
        visit.booking.sponsor_id,
        telling.institution(visit.institution),
        Event.REQUEST,
        text,
        subject_id=visit.request.id,
        starts_at=visit.booking.starts_at,
    )
