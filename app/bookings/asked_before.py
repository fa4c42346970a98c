"""Who was being asked learns that nobody is needed there any more."""

from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from app import db, jobs
from app.bookings import texts, visits
from app.bookings.visits import Visit
from app.messages import telling
from app.offers import answering
from app.offers import texts as offers
from app.offers.seeking import LENT
from app.requests import tasks
from app.requests.ending import ASKED_NO_MORE
from app.tables import (
    Assignment,
    AssignmentState,
    Event,
    Lending,
    Message,
    MessageState,
    Offer,
    OfferState,
    SeatState,
)

REACHED = (MessageState.SENT, MessageState.SENDING)


@jobs.task(ASKED_NO_MORE)
def tell(engine: Engine, offer_id: UUID) -> None:
    """Thank somebody whose question was taken back; who was never reached hears nothing."""
    with db.transaction(engine) as session:
        offer = session.get(Offer, offer_id, with_for_update={"key_share": True})
        if offer is None or offer.state != OfferState.WITHDRAWN:
            return
        telling.drop(session, offer.id, Event.OFFER)
        tasks.close_about_offers(session, col(Offer.id) == offer.id)
        lending = session.get(Lending, offer.lending_id) if offer.lending_id else None
        if lending is not None:
            jobs.defer(session, LENT, lending.id)
        if not _was_asked(session, offer) or _hears_better(session, offer):
            return
        visit = visits.supposed(session, Offer, [offer.id])[offer.id]
        telling.tell(
            session,
            lending.lender_id if lending else offer.sponsor_id,
            telling.volunteer(visit.volunteer),
            Event.TAKEN,
            _words(visit, offer),
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


def _hears_better(session: Session, offer: Offer) -> bool:
    """Whether she is booked there herself, or asked about another time."""
    asked = select(Offer.id).where(
        col(Offer.seat_id) == offer.seat_id,
        col(Offer.volunteer_id) == offer.volunteer_id,
        col(Offer.state) == OfferState.PENDING,
    )
    goes = select(Assignment.id).where(
        col(Assignment.seat_id) == offer.seat_id,
        col(Assignment.volunteer_id) == offer.volunteer_id,
        col(Assignment.state) == AssignmentState.BOOKED,
    )
    return session.exec(asked).first() is not None or session.exec(goes).first() is not None


def _words(visit: Visit, offer: Offer) -> telling.Text:
    """Somebody else has said yes, it has another time, or nobody is needed."""
    if visit.seat.state == SeatState.OPEN and answering.moved_since(offer, visit.request):
        return texts.moved_since_asked(visit)
    if visit.seat.state != SeatState.BOOKED:
        return texts.settled(visit)
    her, booking = visit.volunteer, visit.booking
    return offers.taken(
        her.locale,
        her.given_name,
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        town=visit.institution.town,
    )
