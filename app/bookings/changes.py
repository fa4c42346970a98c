"""Who is booked learns that room, contact or note of her appointment have changed."""

from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from app import db, jobs
from app.bookings import informing, texts, visits
from app.bookings.visits import Visit
from app.clock import now
from app.requests import ending
from app.requests.editing import CHANGED
from app.tables import Event, Message


@jobs.task(CHANGED)
def tell(engine: Engine, request_id: UUID) -> None:
    """Tell everybody who is booked and has not been there yet, once for each change."""
    with db.transaction(engine) as session:
        ending.lock_all(session, [request_id])
        for visit in visits.booked(session, [request_id]):
            if visit.booking.starts_at > now() and not _told(session, visit):
                url = informing.link(session, visit.booking)
                informing.tell_her(session, visit, Event.CHANGED, texts.changed(visit, url))


def _told(session: Session, visit: Visit) -> bool:
    """Whether she was told since the request was changed last."""
    query = select(Message.id).where(
        col(Message.subject_id) == visit.booking.id,
        col(Message.event) == Event.CHANGED,
        col(Message.created_at) >= visit.request.updated_at,
    )
    return session.exec(query).first() is not None
