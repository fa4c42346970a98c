"""From yes to booked: everything is looked at again, under a lock on all it changes."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import Session, col, select, update

from app.clock import now
from app.db import as_system, constraint_of
from app.errors import NotFound
from app.offers.refusals import MayNotGo, Overlap, SeatTaken
from app.requests import service as requests
from app.seam import build, days, quotas
from app.seam.asked import load_asked
from app.seam.people import Horizon
from app.tables import (
    Assignment,
    Offer,
    OfferState,
    Request,
    RequestOption,
    RequestState,
    Seat,
    SeatState,
    Sponsor,
    Volunteer,
)
from matching import Reason, eligibility

OVERLAP_GUARD = "ex_assignment_no_overlap"
SEAT_GUARD = "uq_assignment_seat_taken"


def lock(session: Session, seat_id: UUID, volunteer_id: UUID) -> Seat:
    """Lock the hot rows of one offer."""
    lock_all(session, [seat_id], [volunteer_id])
    seat = session.get(Seat, seat_id)
    if seat is None:
        raise NotFound
    return seat


def lock_all(session: Session, seat_ids: Sequence[UUID], volunteer_ids: Sequence[UUID]) -> None:
    """Lock requests, then seats, then volunteers, each in order: nobody waits in a circle."""
    of_seats = select(Seat.request_id).where(col(Seat.id).in_(seat_ids))
    for table, found in (
        (Request, col(Request.id).in_(of_seats)),
        (Seat, col(Seat.id).in_(seat_ids)),
        (Volunteer, col(Volunteer.id).in_(volunteer_ids)),
    ):
        session.exec(
            select(table)
            .where(found)
            .order_by(col(table.id))
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        ).all()


def objections(
    session: Session,
    seat: Seat,
    option: RequestOption,
    volunteer_id: UUID,
    *,
    answers: bool = False,
    may_repeat: bool = True,
) -> Sequence[Reason]:
    """Why this person may not take this seat at this time; empty when she may.

    When she `answers`, only bookings count: what else is being asked takes no time, and what her
    own calendar says is hers to judge (it may be this very appointment). A person of the office
    `may_repeat` a question to somebody who said no, a plan may not.
    """
    sponsor = session.get_one(Sponsor, seat.sponsor_id)
    asked = load_asked(session, [session.get_one(Request, seat.request_id)])
    if not asked:
        raise SeatTaken
    one = asked[0]
    one.options, one.seats = [option], [s for s in one.seats if s.id == seat.id]
    if not one.seats:
        raise SeatTaken
    volunteer = session.get_one(Volunteer, volunteer_id)
    horizon = Horizon.of(option.day, option.day)
    uncounted = [seat.id, *(_asked_for(session, volunteer_id) if answers else ())]
    problem = build.problem(
        session,
        sponsor,
        [one],
        [volunteer],
        horizon,
        ignore_load_of=uncounted,
        with_private=not answers,
    )
    found = [
        reason
        for reason in eligibility.reasons(problem, problem.volunteers[0], problem.seats[0], 0)
        if reason.code != "blocked" or not (answers or may_repeat)
    ]
    if quotas.per_client(session, [one], with_offers=not answers):
        found.append(Reason("client_cap"))
    if days.too_long(session, [one], [volunteer], with_offers=not answers):
        found.append(Reason("parents_day"))
    return found


def _asked_for(session: Session, volunteer_id: UUID) -> Sequence[UUID]:
    """Seats for which she is being asked in any pool: a question takes no time, a yes does."""
    with as_system(session):
        return session.exec(
            select(Offer.seat_id).where(
                col(Offer.volunteer_id) == volunteer_id, col(Offer.state) == OfferState.PENDING
            )
        ).all()


def _choose_option(session: Session, seat: Seat, option: RequestOption) -> None:
    """All seats of a request take the same time: the first booking chooses it."""
    chosen = session.exec(
        select(RequestOption).where(
            col(RequestOption.request_id) == seat.request_id, col(RequestOption.chosen).is_(True)
        )
    ).one_or_none()
    if chosen is not None and chosen.id != option.id:
        raise SeatTaken
    session.exec(
        update(RequestOption)
        .where(col(RequestOption.id) == option.id)
        .values(chosen=True, updated_at=now())
    )


def book(session: Session, offer: Offer) -> Assignment:
    """Book the seat for the offered person, or say why it cannot be."""
    seat = lock(session, offer.seat_id, offer.volunteer_id)
    request = session.get_one(Request, seat.request_id)
    option = session.get_one(RequestOption, offer.option_id)
    if seat.state != SeatState.OPEN or request.state != RequestState.OPEN:
        raise SeatTaken
    against = objections(session, seat, option, offer.volunteer_id, answers=True)
    if any(reason.code == "busy" for reason in against):
        raise Overlap
    if against:
        raise MayNotGo(reasons=", ".join(reason.code for reason in against))
    _choose_option(session, seat, option)
    assignment = Assignment(
        sponsor_id=seat.sponsor_id,
        seat_id=seat.id,
        option_id=option.id,
        offer_id=offer.id,
        volunteer_id=offer.volunteer_id,
        role=seat.role,
        mode=offer.mode,
        starts_at=option.starts_at,
        ends_at=option.ends_at,
    )
    session.add(assignment)
    _flush_guarded(session)
    seat.state = SeatState.BOOKED
    session.add(seat)
    session.exec(
        update(Offer)
        .where(
            col(Offer.seat_id) == seat.id,
            col(Offer.id) != offer.id,
            col(Offer.state) == OfferState.PENDING,
        )
        .values(state=OfferState.WITHDRAWN, updated_at=now())
    )
    session.flush()
    requests.settle_state(session, seat.request_id)
    return assignment


def _flush_guarded(session: Session) -> None:
    try:
        session.flush()
    except IntegrityError as error:
        constraint = constraint_of(error)
        if OVERLAP_GUARD in constraint:
            raise Overlap from error
        if SEAT_GUARD in constraint or "assignment.seat_id" in constraint:
            raise SeatTaken from error
        raise
    except DBAPIError as error:
        if OVERLAP_GUARD in str(error.orig):
            raise Overlap from error
        raise
