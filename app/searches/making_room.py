"""Nobody is left for a seat: who waits for another question could go, if somebody else steps in.

Bookings stay as they are. Only questions that nobody has answered are put differently, as few as
possible, and only when every seat keeps somebody who is asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session, col, select, update

from app import audit, db, jobs
from app.clock import now
from app.errors import ApiError, Conflict
from app.offers import asking, booking, seeking
from app.offers.seeking import LIVE
from app.planning import outlook, supposing
from app.requests.ending import ASKED_NO_MORE
from app.seam import build
from app.seam.asked import Asked
from app.seam.people import Horizon
from app.searches import choosing, standing
from app.searches.advancing import MAKE_ROOM
from app.searches.standing import Standing, Step
from app.tables import (
    Institution,
    Offer,
    OfferState,
    Request,
    RequestOption,
    RequestState,
    Search,
    SearchState,
    Seat,
    SeatState,
    Sponsor,
)
from matching import Assignment as Placed
from matching import Problem, replan

AROUND = timedelta(days=1)
"""Questions about other times that far from the seat's own are left alone."""
MOST = 200
"""Other seats that are looked at."""


class _Overtaken(Conflict):
    """Somebody answered meanwhile: nothing is changed."""


@dataclass(frozen=True)
class Held:
    """A seat for which one person is being asked by a search of its own."""

    offer: Offer
    option: RequestOption
    seat: Seat
    request: Request


@dataclass(frozen=True)
class Move:
    """Somebody is asked for a seat, in place of whoever is being asked in `instead_of`."""

    seat_id: UUID
    option_id: UUID
    volunteer_id: UUID
    mode: str
    instead_of: UUID | None


@jobs.task(MAKE_ROOM)
def make_room(engine: Engine, search_id: UUID) -> None:
    """Put open questions differently so that somebody can be asked for a seat without candidates.

    Run again, or when somebody has answered meanwhile, it changes nothing.
    """
    with db.transaction(engine, read_only=True) as session:
        seen = standing.look(session, search_id)
        moves = find(session, seen) if seen is not None and _is_stuck(seen) else ()
    if not moves:
        return
    try:
        with db.transaction(engine) as session:
            carry_out(session, search_id, moves)
    except ApiError:
        # Somebody was faster; the search looks again at its own time.
        return


def _is_stuck(seen: Standing) -> bool:
    return seen.search.state == SearchState.EXHAUSTED and seen.step == Step.ASK and not seen.pending


def find(session: Session, seen: Standing) -> Sequence[Move]:
    """The fewest questions to be put differently; none when it cannot be done without a loss."""
    held = _held(session, seen)
    if not held:
        return ()
    asked = _asked(session, seen, held)
    problem = _problem(session, seen, asked, held)
    made = [outlook.placed(h.seat.id, h.offer.volunteer_id, 0, h.offer.mode) for h in held]
    plan = supposing.settled(problem, outlook.solution(problem, made))
    # What a plan does not know is filled with the fewest changes.
    changes = replan(problem, replace(plan, open=())).changes
    if not any(change.seat == str(seen.seat.id) for change in changes):
        return ()
    if any(change.after is None for change in changes):
        return ()
    return _moves(asked, held, [change.after for change in changes if change.after])


def _held(session: Session, seen: Standing) -> list[Held]:
    """Other seats around that time for which a search waits for one person's answer."""
    first = min(option.starts_at for option in seen.options) - AROUND
    last = max(option.ends_at for option in seen.options) + AROUND
    rows = session.exec(
        select(Offer, RequestOption, Seat, Request)
        .join(RequestOption, col(RequestOption.id) == col(Offer.option_id))
        .join(Seat, col(Seat.id) == col(Offer.seat_id))
        .join(Request, col(Request.id) == col(Seat.request_id))
        .join(Search, col(Search.id) == col(Offer.search_id))
        .where(
            col(Offer.sponsor_id) == seen.seat.sponsor_id,
            col(Offer.state) == OfferState.PENDING,
            col(Offer.expires_at) > now(),
            col(Search.state).in_(LIVE),
            col(Seat.state) == SeatState.OPEN,
            col(Request.state) == RequestState.OPEN,
            col(Request.id) != seen.request.id,
            col(RequestOption.starts_at) < last,
            col(RequestOption.ends_at) > first,
        )
        .order_by(col(Offer.id))
        .limit(MOST)
    ).all()
    found = [Held(*row) for row in rows]
    counts = {one.seat.id: 0 for one in found}
    for one in found:
        counts[one.seat.id] += 1
    return [one for one in found if counts[one.seat.id] == 1]


def _asked(session: Session, seen: Standing, held: Sequence[Held]) -> list[Asked]:
    """The seat at its possible times, and each of the others at the time that is asked for."""
    ids = {seen.request.institution_id, *(one.request.institution_id for one in held)}
    rows = session.exec(select(Institution).where(col(Institution.id).in_(ids))).all()
    spots = {row.id: row for row in rows}
    own = Asked(seen.request, spots[seen.request.institution_id], list(seen.options), [seen.seat])
    others = [
        Asked(one.request, spots[one.request.institution_id], [one.option], [one.seat])
        for one in held
    ]
    return [own, *others]


def _problem(
    session: Session, seen: Standing, asked: Sequence[Asked], held: Sequence[Held]
) -> Problem:
    """All these seats as if nobody were being asked for them yet."""
    days = [option.day for one in asked for option in one.options]
    return build.problem(
        session,
        session.get_one(Sponsor, seen.seat.sponsor_id),
        asked,
        choosing.pool(session, seen),
        Horizon.of(min(days), max(days)),
        ignore_load_of=[one.seat.id for one in held],
        with_grants=True,
    )


def _moves(asked: Sequence[Asked], held: Sequence[Held], placings: Sequence[Placed]) -> list[Move]:
    options = {str(one.seats[0].id): one.options for one in asked}
    offers = {str(one.seat.id): one.offer.id for one in held}
    return [
        Move(
            seat_id=UUID(one.seat),
            option_id=options[one.seat][one.option].id,
            volunteer_id=UUID(one.volunteer),
            mode=one.mode,
            instead_of=offers.get(one.seat),
        )
        for one in placings
    ]


def carry_out(session: Session, search_id: UUID, moves: Sequence[Move]) -> None:
    """Take the old questions back and put the new ones: all of them or, with an error, none.

    Raises
    ------
    ApiError
        When somebody answered meanwhile, or may not be asked any more.
    """
    replaced = [move.instead_of for move in moves if move.instead_of is not None]
    query = select(Offer.volunteer_id).where(col(Offer.id).in_(replaced))
    before = session.exec(query).all()
    seats = [move.seat_id for move in moves]
    booking.lock_all(session, seats, [*before, *(move.volunteer_id for move in moves)])
    seen = standing.look(session, search_id)
    if seen is None or not _is_stuck(seen):
        return
    _take_back(session, replaced)
    for move in moves:
        _ask(session, move)
    audit.record(session, None, "search.make_room", seen.search, questions=len(moves))


def _take_back(session: Session, offer_ids: Sequence[UUID]) -> None:
    done = session.exec(
        update(Offer)
        .where(
            col(Offer.id).in_(offer_ids),
            col(Offer.state) == OfferState.PENDING,
            col(Offer.expires_at) > now(),
        )
        .values(state=OfferState.WITHDRAWN, updated_at=now())
    )
    if done.rowcount != len(offer_ids):
        raise _Overtaken
    jobs.defer_many(session, [(ASKED_NO_MORE, offer_id, None) for offer_id in offer_ids])


def _ask(session: Session, move: Move) -> None:
    search = seeking.live(session, move.seat_id)
    if search is None:
        raise _Overtaken
    asking.ask_within(
        session,
        None,
        search,
        session.get_one(Seat, move.seat_id),
        session.get_one(RequestOption, move.option_id),
        volunteer_id=move.volunteer_id,
        mode=move.mode,
    )
