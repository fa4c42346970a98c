"""A week that has gone by, as if it had been planned, asked and booked in time; for the demo."""

from uuid import UUID

from sqlmodel import Session, col, select, update

from app import books
from app.imports import service as imports
from app.imports.judging import Judged
from app.planning import service as planning
from app.planning.service import Week
from app.requests import ending
from app.seam.asked import Asked
from app.tables import (
    Assignment,
    Institution,
    Offer,
    OfferState,
    Request,
    RequestOption,
    RequestState,
    Seat,
    SeatState,
    Sponsor,
)
from matching import Assignment as Placed
from matching import solve
from matching.plan import Plan as Solution
from scheduling import wall_time

SOLVE_SECONDS = 10.0


def book_week(session: Session, sponsor: Sponsor, judged: Judged) -> None:
    """Store a week of lists, plan it, and book what the plan proposes."""
    imports.store(imports.Target(session, sponsor), judged)
    days = [v.draft.day for v in judged.requests if v.draft is not None]
    start = wall_time.to_utc(min(days), 0)
    week = planning.gather(session, sponsor, min(days), max(days), as_of=start)
    solution = solve(week.problem, seconds=SOLVE_SECONDS)
    for made in solution.assignments:
        _book(session, week, made)
    session.flush()
    _note_unfilled(session, week, solution)
    _close_the_rest(session, sponsor)


def _of_seat(week: Week, seat_id: str) -> tuple[Asked, Seat]:
    return next((one, s) for one in week.asked for s in one.seats if str(s.id) == seat_id)


def _note_unfilled(session: Session, week: Week, solution: Solution) -> None:
    """What nobody could take stands in the books, with the first reason."""
    for left in solution.open:
        one, seat = _of_seat(week, left.seat)
        place = session.get_one(Institution, one.request.institution_id)
        books.unfilled(session, [(seat, place, one.options[0].day)], left.reasons[0].code)


def _book(session: Session, week: Week, made: Placed) -> None:
    one, seat = _of_seat(week, made.seat)
    option = one.options[made.option]
    offer = Offer(
        sponsor_id=seat.sponsor_id,
        seat_id=seat.id,
        option_id=option.id,
        volunteer_id=UUID(made.volunteer),
        mode=made.mode,
        state=OfferState.ACCEPTED,
        expires_at=option.starts_at,
        answered_at=one.request.received_at,
    )
    session.add(offer)
    session.flush()
    session.add(
        Assignment(
            sponsor_id=seat.sponsor_id,
            seat_id=seat.id,
            option_id=option.id,
            offer_id=offer.id,
            volunteer_id=offer.volunteer_id,
            role=seat.role,
            mode=made.mode,
            starts_at=option.starts_at,
            ends_at=option.ends_at,
        )
    )
    session.exec(
        update(RequestOption).where(col(RequestOption.id) == option.id).values(chosen=True)
    )
    seat.state, one.request.state = SeatState.BOOKED, RequestState.BOOKED
    session.add_all([seat, one.request])


def _close_the_rest(session: Session, sponsor: Sponsor) -> None:
    """What nobody could take has ended unfilled; what was never clear was rejected."""
    ends = {
        RequestState.OPEN: RequestState.UNFILLED,
        RequestState.NEEDS_INFO: RequestState.REJECTED,
    }
    query = select(Request).where(
        col(Request.sponsor_id) == sponsor.id, col(Request.state).in_(list(ends))
    )
    for request in session.exec(query).all():
        ending.end(session, request, ends[RequestState(request.state)], "Vergangene Woche")
