"""Answers: the first valid yes is booked; no is final and silent; silence expires.

A yes that comes too late is kept: what `accept` gives back then is the refusal to be told, so that
the note beside it is committed and not rolled back.
"""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select, update

from app import access, audit, db, jobs
from app.access import Actor
from app.clock import now
from app.errors import NotFound
from app.messages import telling
from app.offers import booking, reading, seeking
from app.offers.asking import EXPIRE
from app.offers.refusals import LateYes, NotBooked, OfferAnswered, Overlap
from app.offers.schemas import AssignmentRead
from app.prepared import settled
from app.requests import tasks
from app.requests.ending import ASKED_NO_MORE
from app.seam import build, pair
from app.tables import (
    TIME_TAKEN,
    Assignment,
    Event,
    Offer,
    OfferState,
    Request,
    RequestOption,
    RequestState,
    Seat,
    SeatState,
)

TO_BE_BOOKED = (OfferState.PENDING, OfferState.EXPIRED)
"""States in which a yes may still count."""
_BOOKED_THEN = settled(
    select(col(Assignment.id))
    .join(RequestOption, col(RequestOption.id) == col(Offer.option_id))
    .where(
        col(Assignment.volunteer_id) == col(Offer.volunteer_id),
        col(Assignment.state).in_(TIME_TAKEN),
        col(Assignment.starts_at) < col(RequestOption.ends_at),
        col(Assignment.ends_at) > col(RequestOption.starts_at),
    )
    .correlate(Offer)
    .exists()
)
"""Whether the person of an offer is booked at its time."""


class Via(StrEnum):
    """By which way an answer came."""

    APP = "app"
    LINK = "link"
    OFFICE = "office"


def accept(
    session: Session, account_id: UUID | None, offer: Offer, *, via: Via = Via.APP
) -> AssignmentRead | LateYes:
    """First valid yes wins; saying yes twice is the same as once.

    Nobody waits for a lock to learn that it is too late. After the time to answer a yes still
    counts as long as the seat is open at the time she was asked about and nobody else is being
    asked for it; not of somebody who was to be lent, for her pool is no longer asked then.

    Raises
    ------
    OfferAnswered
        She said no before.
    NotBooked
        The booking that her yes made has ended.
    SeatTaken, Overlap, MayNotGo
        Something speaks against it; the offer stays open.
    """
    if offer.state == OfferState.ACCEPTED:
        return _again(session, offer)
    if offer.state == OfferState.DECLINED:
        raise OfferAnswered(state=offer.state)
    if offer.state == OfferState.WITHDRAWN:
        return _late(session, account_id, offer, via)
    with db.as_system(session):
        held = pair.hold(session, offer.seat_id, offer.volunteer_id, offer_id=offer.id)
        still = held is not None and offer.state in TO_BE_BOOKED
        around = pair.around(session, held) if held and still else None
    if held is None:
        raise NotFound
    if around is None:
        return accept(session, account_id, offer, via=via)
    others_asked = any(one.seat_id == offer.seat_id and one.id != offer.id for one in around.asked)
    if not _counts(offer, held.seat, held.request, held.option, others_asked=others_asked):
        return _late(session, account_id, offer, via)
    made = booking.book(session, account_id, held, around, mode=offer.mode, accepted_via=via)
    booked = reading.Booked(made, held.volunteer, held.seat, held.request, held.institution)
    return reading.booked_reads(session, [booked], contacts=True)[0]


def load(session: Session, actor: Actor, offer_id: UUID) -> Offer:
    """An offer the actor sees and wants to say yes to.

    Who is booked at that time learns it here and waits for nobody: this only refuses early, what
    counts is looked at again under the locks. Of what the second wall hides nothing is said here.

    Raises
    ------
    NotFound, Overlap
    """
    query = access.visible_offers(actor).where(col(Offer.id) == offer_id)
    found = session.execute(query.add_columns(_BOOKED_THEN.label("booked"))).one_or_none()
    if found is None:
        raise NotFound
    offer: Offer = found[0]
    if found.booked and _in_time(offer):
        raise Overlap
    return offer


def _in_time(offer: Offer) -> bool:
    """Whether the time to answer still runs."""
    return offer.state == OfferState.PENDING and offer.expires_at > now()


def moved_since(offer: Offer, request: Request) -> bool:
    """Whether she was asked about another time than the one that holds now."""
    return request.moved_at is not None and offer.created_at < request.moved_at


def is_open(session: Session, offer: Offer) -> bool:
    """Whether a yes would still count, for who looks at the question; a yes itself looks again."""
    other = aliased(Offer)
    others = select(other.id).where(
        other.seat_id == offer.seat_id, other.id != offer.id, other.state == OfferState.PENDING
    )
    query = (
        select(Seat, Request, RequestOption, others.exists())
        .join(Request, col(Request.id) == col(Seat.request_id))
        .join(RequestOption, col(RequestOption.id) == offer.option_id)
        .where(col(Seat.id) == offer.seat_id)
    )
    seat, request, option, is_asked = session.exec(query).one()
    return _counts(offer, seat, request, option, others_asked=is_asked)


def _counts(
    offer: Offer, seat: Seat, request: Request, option: RequestOption, *, others_asked: bool
) -> bool:
    """Whether a yes can still be one."""
    if offer.state not in TO_BE_BOOKED or option.starts_at <= now():
        return False
    if seat.state != SeatState.OPEN or request.state != RequestState.OPEN:
        return False
    if _in_time(offer):
        return True
    is_other_question = moved_since(offer, request) or offer.lending_id is not None
    return not (is_other_question or others_asked)


def _again(session: Session, offer: Offer) -> AssignmentRead:
    booked = session.exec(select(Assignment).where(col(Assignment.offer_id) == offer.id)).one()
    if booked.state in build.GIVEN_BACK:
        raise NotBooked(state=booked.state)
    return reading.assignment_reads(session, [booked], contacts=True)[0]


def _late(session: Session, account_id: UUID | None, offer: Offer, via: Via) -> LateYes:
    """Keep the first late yes as "would have"."""
    if offer.late_yes_at is not None:
        return LateYes(state=shown(offer))
    kept = session.exec(
        update(Offer)
        .where(col(Offer.id) == offer.id, col(Offer.late_yes_at).is_(None))
        .values(late_yes_at=now(), updated_at=now())
    )
    if kept.rowcount:
        audit.record(session, shown_by(account_id, offer), "offer.late_yes", offer, via=via)
        session.flush()
    return LateYes(state=shown(offer))


def shown_by(account_id: UUID | None, offer: Offer) -> UUID | None:
    """Who answered, for the audit of the pool that asked: not who is lent and does not go."""
    return None if offer.lending_id else account_id


def shown(offer: Offer) -> str:
    """A question that nobody answered in time has expired, also before its job has run."""
    return OfferState.EXPIRED if offer.state == OfferState.PENDING else offer.state


def decline(
    session: Session, account_id: UUID | None, offer: Offer, *, via: Via = Via.APP
) -> Offer:
    """No is final and silent, and never lowers a ranking; saying no twice is the same as once.

    After the time to answer it is a no as well; one to what was withdrawn changes nothing.

    Raises
    ------
    OfferAnswered
        She said yes before: a booking is given back instead.
    """
    if _close(session, offer, OfferState.DECLINED, account_id):
        audit.record(session, shown_by(account_id, offer), "offer.decline", offer, via=via)
        telling.drop(session, offer.id, Event.OFFER)
        with db.as_system(session):
            tasks.close_about_offers(session, col(Offer.id) == offer.id)
        seeking.answered(session, offer)
        session.flush()
    elif offer.state == OfferState.ACCEPTED:
        raise OfferAnswered(state=offer.state)
    return offer


def withdraw(session: Session, account_id: UUID | None, offer: Offer) -> Offer:
    """The office takes a question back; who had got it already is told.

    Raises
    ------
    OfferAnswered
        She has answered.
    """
    if _close(session, offer, OfferState.WITHDRAWN, None):
        audit.record(session, account_id, "offer.withdraw", offer)
        telling.drop(session, offer.id, Event.OFFER)
        jobs.defer(session, ASKED_NO_MORE, offer.id)
        seeking.answered(session, offer)
        session.flush()
    elif offer.state in (OfferState.ACCEPTED, OfferState.DECLINED):
        raise OfferAnswered(state=offer.state)
    return offer


def _close(session: Session, offer: Offer, state: OfferState, account_id: UUID | None) -> bool:
    """End an open question; whether this was what ended it. The offer is then read again.

    A no also ends one that has expired: a late yes could still count for it.
    """
    answered = {"answered_at": now(), "answered_by": account_id}
    ended = TO_BE_BOOKED if state == OfferState.DECLINED else (OfferState.PENDING,)
    done = session.exec(
        update(Offer)
        .where(col(Offer.id) == offer.id, col(Offer.state).in_(ended))
        .values(state=state, updated_at=now(), **(answered if state == OfferState.DECLINED else {}))
    )
    session.refresh(offer)
    return bool(done.rowcount)


@jobs.task(EXPIRE)
def expire(engine: Engine, offer_id: UUID) -> None:
    """An offer nobody answered in time; running it again changes nothing."""
    with db.transaction(engine) as session:
        done = session.exec(
            update(Offer)
            .where(
                col(Offer.id) == offer_id,
                col(Offer.state) == OfferState.PENDING,
                col(Offer.expires_at) <= now(),
            )
            .values(state=OfferState.EXPIRED, updated_at=now())
        )
        if done.rowcount:
            offer = session.get_one(Offer, offer_id)
            telling.drop(session, offer_id, Event.OFFER)
            audit.record(session, None, "offer.expire", offer)
            seeking.answered(session, offer)
