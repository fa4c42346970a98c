"""Who was being asked learns that nobody is needed there any more."""

from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from app import db, jobs
from app.bookings import texts, visits
from app.messages import telling
from app.requests.ending import ASKED_NO_MORE
from app.tables import Event, Message, MessageState, Offer, OfferState

REACHED = (MessageState.SENT, MessageState.SENDING)


@jobs.task(ASKED_NO_MORE)
def tell(engine: Engine, offer_id: UUID) -> None:
    """Thank somebody whose question was taken back; who was never reached hears nothing."""
    with db.transaction(engine) as session:
        offer = session.get(Offer, offer_id, with_for_update={"key_share": True})
        if offer is None or offer.state != OfferState.WITHDRAWN or not _was_asked(session, offer):
            return
        visit = visits.supposed(session, Offer, [offer.id])[offer.id]
        telling.tell(
            session,
            offer.sponsor_id,
            telling.volunteer(visit.volunteer),
            Event.TAKEN,
            texts.settled(visit),
            subject_id=offer.id,
            starts_at=visit.booking.starts_at,
        )


def _was_asked(session: Session, offer: Offer) -> bool:
    """Whether the question has left, and nothing was said about its end yet."""
    query = select(Message.event).where(
        col(Message.subject_id) == offer.id,
        (col(Message.event) == Event.TAKEN)
        | (col(Message.event) == Event.OFFER) & col(Message.state).in_(REACHED),
    )
    return set(session.exec(query).all()) == {Event.OFFER}
