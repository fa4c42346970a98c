"""From yes to booked: everything is looked at again, under a lock on all it changes."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from uuid import UUID

from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import Session, col, select

from app import jobs
from app.clock import now
from app.db import as_system, constraint_of
from app.errors import NotFound
from app.offers import filling, seeking
from app.offers.refusals import MayNotGo, Overlap, SeatTaken
from app.requests import times
from app.requests.ending import ASKED_NO_MORE
from app.seam import build, days, lent, pair, quotas
from app.seam.asked import load_asked
from app.seam.pair import Held, Surroundings
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
    new_id,
)
from matching import Reason, eligibility

OVERLAP_GUARD = "ex_assignment_no_overlap"
SEAT_GUARD = "uq_assignment_seat_taken"
CONFIRM = "offers.confirm"
"""A job on the id of a booking: tell her that it stands."""


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
    may_repeat: bool = True,
) -> Sequence[Reason]:
    """Why this person may not be asked for this seat at this time; empty when she may.

    What else is being asked of her counts as work. A person of the office `may_repeat` a question
    to somebody who said no, and may ask beyond what can be paid; a plan may not. What speaks
    against a yes says `pair.objections`.
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
    lent_from = lent.lender(session, seat.id, volunteer_id)
    # What her own pool knows about her is behind the wall.
    with as_system(session) if lent_from else nullcontext():
        problem = build.problem(
            session,
            sponsor,
            [one],
            [volunteer],
            horizon,
            ignore_load_of=[seat.id],
            with_money=not may_repeat,
            lent_from=lent_from,
        )
    found = [
        reason
        for reason in eligibility.reasons(problem, problem.volunteers[0], problem.seats[0], 0)
        if reason.code != "blocked" or not may_repeat
    ]
    if quotas.per_client(session, [one]):
        found.append(Reason("client_cap"))
    if days.too_long(session, [one], [volunteer]):
        found.append(Reason("parents_day"))
    return found


def book(
    session: Session,
    account_id: UUID | None,
    held: Held,
    around: Surroundings,
    *,
    mode: str,
    via: str = "offer",
    accepted_via: str | None = None,
    tells_her: bool = True,
) -> Assignment:
    """Book what is held, or say why it cannot be; who else was asked learns it after the commit.

    `accepted_via` is how she said yes to the question, when she did.

    Raises
    ------
    SeatTaken, Overlap, MayNotGo
        When she cannot be booked.
    """
    _refuse(session, held, around)
    moment = now()
    booking = Assignment(
        id=new_id(),
        created_at=moment,
        updated_at=moment,
        sponsor_id=held.seat.sponsor_id,
        seat_id=held.seat.id,
        option_id=held.option.id,
        offer_id=held.offer.id if held.offer else None,
        volunteer_id=held.volunteer.id,
        role=held.seat.role,
        mode=mode,
        starts_at=held.option.starts_at,
        ends_at=held.option.ends_at,
        booked_via=via,
    )
    with guarded():
        lost = set(
            filling.write(session, account_id, booking, held, around, accepted_via=accepted_via)
        )
    asked: list[tuple[str, UUID, None]] = [(CONFIRM, booking.id, None)] if tells_her else []
    asked += [(ASKED_NO_MORE, offer_id, None) for offer_id in sorted(lost)]
    searches = {
        one.search_id
        for one in around.asked
        if one.id in lost and one.seat_id != held.seat.id and one.search_id
    }
    asked += [(seeking.ADVANCE, search_id, None) for search_id in sorted(searches)]
    if held.offer is not None and held.offer.lending_id is not None:
        asked.append((seeking.LENT, held.offer.lending_id, None))
    jobs.defer_many(session, asked)
    return booking


def _refuse(session: Session, held: Held, around: Surroundings) -> None:
    """Everything is looked at again."""
    if held.seat.state != SeatState.OPEN or held.request.state != RequestState.OPEN:
        raise SeatTaken
    if around.chosen and held.option.id not in around.chosen:
        raise SeatTaken
    against = pair.objections(session, held, around)
    if any(reason.code == "busy" for reason in against):
        raise Overlap
    if against:
        raise MayNotGo.by(against)


@contextmanager
def guarded() -> Iterator[None]:
    """What the database itself refuses is said like what was found before."""
    try:
        yield
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


def book_seat(
    session: Session,
    account_id: UUID | None,
    seat_id: UUID,
    option_id: UUID,
    volunteer_id: UUID,
    *,
    mode: str,
    via: str = "phone",
    tells_her: bool = True,
) -> Assignment:
    """Book somebody without a question, after a call: all that a yes looks at and does.

    Locks request, seat and volunteer itself, looks at everything again and withdraws what was
    asked for the seat; an open question to her is answered with yes. Who was asked is told, and so
    is she, unless the caller tells her himself (`tells_her`). He also writes the audit event.

    Raises
    ------
    NotFound, SeatTaken, Overlap, MayNotGo, InPast
        When she cannot be booked.
    """
    with as_system(session):
        held = pair.hold(session, seat_id, volunteer_id, option_id=option_id)
        around = pair.around(session, held) if held else None
    if held is None or around is None:
        raise NotFound
    times.refuse_past(held.option.starts_at)
    held = replace(held, offer=_open_question(session, held, around))
    return book(session, account_id, held, around, mode=mode, via=via, tells_her=tells_her)


def _open_question(session: Session, held: Held, around: Surroundings) -> Offer | None:
    """What she is being asked for this very seat and time, unless she answers at this moment."""
    this = held.seat.id, held.option.id, held.volunteer.id
    found = [q.id for q in around.asked if (q.seat_id, q.option_id, q.volunteer_id) == this]
    query = select(Offer).where(col(Offer.id).in_(found), col(Offer.state) == OfferState.PENDING)
    return session.exec(query.with_for_update(key_share=True)).one_or_none()
