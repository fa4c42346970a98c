"""Answers: the first valid yes is booked; no is final and silent; silence expires."""

from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session, col, select, update

from app import audit, db, jobs
from app.clock import now
from app.messages import telling
from app.offers import booking, texts
from app.offers.asking import EXPIRE
from app.offers.reading import assignment_reads
from app.offers.refusals import NotBooked, OfferAnswered, OfferExpired
from app.tables import (
    Assignment,
    AssignmentState,
    Event,
    Offer,
    OfferState,
    Volunteer,
)

CANCELLED = (AssignmentState.CANCELLED_EARLY, AssignmentState.CANCELLED_LATE)


def accept(session: Session, account_id: UUID | None, offer: Offer) -> Assignment:
    """First valid yes wins; saying yes twice is the same as once."""
    if offer.state == OfferState.ACCEPTED:
        assignment = _booked_by(session, offer)
        if assignment.state in CANCELLED:
            raise NotBooked(state=assignment.state)
        return assignment
    if offer.state != OfferState.PENDING:
        raise OfferAnswered(state=offer.state)
    if offer.expires_at <= now():
        raise OfferExpired
    booking.lock(session, offer.seat_id, offer.volunteer_id)
    if not _answer(session, offer, OfferState.ACCEPTED, account_id):
        session.refresh(offer)
        return accept(session, account_id, offer)
    assignment = booking.book(session, offer)
    audit.record(session, account_id, "offer.accept", offer, assignment=str(assignment.id))
    _tell_booked(session, assignment)
    session.flush()
    return assignment


def _booked_by(session: Session, offer: Offer) -> Assignment:
    return session.exec(select(Assignment).where(col(Assignment.offer_id) == offer.id)).one()


def _answer(session: Session, offer: Offer, state: OfferState, account_id: UUID | None) -> bool:
    done = session.exec(
        update(Offer)
        .where(col(Offer.id) == offer.id, col(Offer.state) == OfferState.PENDING)
        .values(state=state, answered_at=now(), answered_by=account_id, updated_at=now())
    )
    return bool(done.rowcount == 1)


def _tell_booked(session: Session, assignment: Assignment) -> None:
    volunteer = session.get_one(Volunteer, assignment.volunteer_id)
    read = assignment_reads(session, [assignment], contacts=True)[0]
    place = read.institution
    if read.contact and assignment.mode == "on_site":
        place = f"{place}, {read.contact.street}, {read.contact.postal_code} {read.contact.town}"
    time = texts.when(assignment.starts_at, assignment.ends_at)
    text = texts.booked(volunteer.given_name, time, place)
    telling.tell(
        session,
        assignment.sponsor_id,
        telling.volunteer(volunteer),
        Event.BOOKED,
        text,
        subject_id=assignment.id,
        starts_at=assignment.starts_at,
    )


def decline(session: Session, account_id: UUID | None, offer: Offer) -> Offer:
    """No is final and silent, and never lowers a ranking; saying no twice is the same as once."""
    if not _answer(session, offer, OfferState.DECLINED, account_id):
        session.refresh(offer)
        if offer.state != OfferState.DECLINED:
            raise OfferAnswered(state=offer.state)
        return offer
    audit.record(session, account_id, "offer.decline", offer)
    session.flush()
    session.refresh(offer)
    return offer


@jobs.task(EXPIRE)
def expire(engine: Engine, offer_id: UUID) -> None:
    """An offer nobody answered in time; running it again changes nothing."""
    with db.transaction(engine) as session:
        session.exec(
            update(Offer)
            .where(
                col(Offer.id) == offer_id,
                col(Offer.state) == OfferState.PENDING,
                col(Offer.expires_at) <= now(),
            )
            .values(state=OfferState.EXPIRED, updated_at=now())
        )
