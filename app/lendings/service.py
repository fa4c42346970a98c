"""Asking another pool for somebody, and answering. What follows an answer of hers: `following`."""

from collections import defaultdict
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from app import access, audit, db
from app.access import Actor
from app.clock import now
from app.lendings import candidates, following, places, telling
from app.lendings.candidates import Candidate
from app.lendings.refusals import (
    CannotBeLent,
    LendingAnswered,
    NobodyToLend,
    OtherSide,
    PoolAsked,
)
from app.lendings.schemas import Refusal
from app.offers import answering, asking, booking
from app.offers.refusals import SeatTaken
from app.requests import ending
from app.requests import service as requests
from app.tables import (
    Enrolment,
    Lending,
    LendingState,
    Offer,
    OfferState,
    Request,
    Seat,
    SeatState,
    Sponsor,
    Volunteer,
)

OPEN = (LendingState.ASKED, LendingState.AGREED)


def wish(session: Session, actor: Actor, enrolment: Enrolment, *, lendable: bool) -> None:
    """She says whether other pools may ask for her; a no ends what she is being asked for them."""
    enrolment.lendable = lendable
    session.add(enrolment)
    audit.record(session, actor.account_id, "enrolment.lendable", enrolment, lendable=lendable)
    session.flush()
    if not lendable:
        with db.as_system(session):
            _withdraw_hers(session, actor, enrolment)


def _withdraw_hers(session: Session, actor: Actor, enrolment: Enrolment) -> None:
    query = select(Lending).where(
        col(Lending.volunteer_id) == enrolment.volunteer_id,
        col(Lending.lender_id) == enrolment.sponsor_id,
        col(Lending.state) == LendingState.AGREED,
    )
    for lending in session.exec(query.order_by(col(Lending.id))).all():
        offer = question(session, lending)
        if offer is None or offer.state == OfferState.ACCEPTED:
            continue
        if following.move(session, lending, (LendingState.AGREED,), LendingState.WITHDRAWN):
            answering.decline(session, actor.account_id, offer)
            following.note(session, lending, "lending.withdraw", lender=actor.account_id)
            telling.tell_borrower(session, lending, None)


def lenders(session: Session, seat: Seat) -> list[tuple[Sponsor, list[Candidate]]]:
    """Pools that could help for a seat, by name, with what they have."""
    found: dict[UUID, list[Candidate]] = defaultdict(list)
    for candidate in candidates.find(session, seat):
        found[candidate.lender_id].append(candidate)
    with db.as_system(session):
        query = select(Sponsor).where(col(Sponsor.id).in_(found))
        pools = session.exec(query.order_by(col(Sponsor.name))).all()
    return [(pool, found[pool.id]) for pool in pools]


def ask(session: Session, actor: Actor, seat_id: UUID, lender_id: UUID) -> Lending:
    """Ask another pool for a seat for which somebody is still needed.

    Raises
    ------
    SeatTaken, NobodyToLend, PoolAsked
    """
    seat = access.load(session, access.visible_seats(actor), Seat, seat_id)
    request = ending.lock(session, seat.request_id)
    seat = access.load(session, access.visible_seats(actor), Seat, seat_id, lock=True)
    requests.require_open(session, request)
    if seat.state != SeatState.OPEN:
        raise SeatTaken
    found = candidates.find(session, seat, lender_id=lender_id)
    if not found:
        raise NobodyToLend
    lending = Lending(
        sponsor_id=seat.sponsor_id,
        lender_id=lender_id,
        seat_id=seat.id,
        travel_minutes=found[0].travel_minutes,
        asked_by=actor.account_id,
    )
    try:
        with session.begin_nested():
            session.add(lending)
    except IntegrityError as error:
        raise PoolAsked from error
    with db.as_system(session):
        following.note(session, lending, "lending.ask", borrower=actor.account_id)
        town = telling.town_of(session, request.institution_id)
        first = min(found[0].options, key=lambda option: option.starts_at)
        telling.ask_office(session, lending, seat, first, town)
    return lending


def agree(session: Session, actor: Actor, lending_id: UUID, volunteer_id: UUID) -> Lending:
    """Lend somebody: she is asked, in the name of the other pool.

    Raises
    ------
    NotFound, OtherSide, LendingAnswered, CannotBeLent, SeatTaken
    """
    access.load(session, access.visible_volunteers(actor), Volunteer, volunteer_id)
    lending = _of_lender(session, actor, lending_id)
    with db.as_system(session):
        seat = booking.lock(session, lending.seat_id, volunteer_id)
        chosen = _chosen(session, lending, seat, volunteer_id)
        values = {
            "volunteer_id": volunteer_id,
            "travel_minutes": chosen.travel_minutes,
            "answered_by": actor.account_id,
            "answered_at": now(),
        }
        asked = (LendingState.ASKED,)
        if not following.move(session, lending, asked, LendingState.AGREED, **values):
            raise LendingAnswered(state=lending.state)
        places.give(session, volunteer_id, lending.sponsor_id)
        _ask_her(session, lending, seat, chosen)
        following.note(session, lending, "lending.agree", lender=actor.account_id)
        telling.close(session, lending)
        telling.tell_borrower(session, lending, chosen.options[0])
    return lending


def _chosen(session: Session, lending: Lending, seat: Seat, volunteer_id: UUID) -> Candidate:
    session.refresh(lending)
    if lending.state != LendingState.ASKED:
        raise LendingAnswered(state=lending.state)
    if seat.state != SeatState.OPEN:
        raise SeatTaken
    for candidate in candidates.find(session, seat, lender_id=lending.lender_id):
        if candidate.volunteer.id == volunteer_id:
            return candidate
    raise CannotBeLent


def _ask_her(session: Session, lending: Lending, seat: Seat, chosen: Candidate) -> None:
    request = session.get_one(Request, seat.request_id)
    option, mode = chosen.options[0], chosen.mode
    town = telling.town_of(session, request.institution_id)
    said = telling.words(session, lending, seat, option, town=town, mode=mode)
    asking.ask(
        session,
        None,
        seat,
        option,
        volunteer_id=chosen.volunteer.id,
        mode=mode,
        words=said,
        lending=lending,
    )


def decline(session: Session, actor: Actor, lending_id: UUID, reason: Refusal) -> Lending:
    """Lend nobody, also when she was asked already and has not said yes.

    Raises
    ------
    OtherSide, LendingAnswered, OfferAnswered
    """
    lending = _of_lender(session, actor, lending_id)
    said = {"reason": reason, "answered_by": actor.account_id, "answered_at": now()}
    with db.as_system(session):
        _close(session, lending, LendingState.DECLINED, **said)
        following.note(session, lending, "lending.decline", lender=actor.account_id)
        telling.tell_borrower(session, lending, None)
    return lending


def withdraw(session: Session, actor: Actor, lending_id: UUID) -> Lending:
    """Ask no more; she is told, if she was asked already.

    Raises
    ------
    OtherSide, LendingAnswered, OfferAnswered
    """
    lending = access.load(session, access.visible_lendings(actor), Lending, lending_id)
    if lending.sponsor_id not in actor.sponsor_ids:
        raise OtherSide
    with db.as_system(session):
        _close(session, lending, LendingState.WITHDRAWN)
        following.note(session, lending, "lending.withdraw", borrower=actor.account_id)
    return lending


def _close(session: Session, lending: Lending, state: LendingState, **values: object) -> None:
    """End a lending and the question that hangs on it, with the seat held as a yes holds it."""
    hers = [lending.volunteer_id] if lending.volunteer_id else []
    booking.lock_all(session, [lending.seat_id], hers)
    session.refresh(lending)
    if not following.move(session, lending, OPEN, state, **values):
        raise LendingAnswered(state=lending.state)
    offer = question(session, lending)
    if offer is not None:
        answering.withdraw(session, None, offer)
    telling.close(session, lending)


def question(session: Session, lending: Lending) -> Offer | None:
    """What she was asked, if anybody was."""
    query = select(Offer).where(col(Offer.lending_id) == lending.id)
    return session.exec(
        query.order_by(col(Offer.id).desc()).execution_options(populate_existing=True)
    ).first()


def _of_lender(session: Session, actor: Actor, lending_id: UUID) -> Lending:
    lending = access.load(session, access.visible_lendings(actor), Lending, lending_id)
    if lending.lender_id not in actor.sponsor_ids:
        raise OtherSide
    return lending
