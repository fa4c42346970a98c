"""Searches: begun by the office, or because a booking was given back; stopped."""

from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session, col
from sqlmodel.sql.expression import SelectOfScalar

from app import access, db, jobs
from app.access import Actor
from app.errors import Conflict
from app.offers import asking, booking, seeking
from app.offers.refusals import SeatTaken
from app.offers.seeking import ADVANCE, SUBSTITUTE, Way
from app.requests import service as requests
from app.requests.times import InPast
from app.searches.schemas import SearchCreate
from app.tables import Request, Search, SearchState, Seat, SeatState


class NotSearching(Conflict):
    """Only a search that goes on can be stopped."""

    slug, title = "search-ended", "The search has ended"
    de = "Die Suche ist schon zu Ende ({state})."
    en = "The search has ended already ({state})."


def start(session: Session, actor: Actor, seat_id: UUID, body: SearchCreate) -> Search:
    """Seek somebody for a seat: those named are asked at once, the others in the background."""
    seat = access.load(session, access.visible_seats(actor), Seat, seat_id)
    booking.lock_all(session, [seat.id], body.first)
    requests.require_open(session, session.get_one(Request, seat.request_id))
    if seat.state != SeatState.OPEN:
        raise SeatTaken
    chosen = Way(body.strategy, body.wave_size) if body.strategy else None
    search = seeking.begin(session, actor.account_id, seat, cause="office", chosen=chosen)
    for volunteer_id in dict.fromkeys(body.first):
        asking.propose(session, actor, seat.id, volunteer_id, None)
    jobs.defer(session, ADVANCE, search.id)
    session.flush()
    return search


def stop(session: Session, actor: Actor, search: Search) -> None:
    """Ask nobody any more; who was asked may still answer."""
    booking.lock_all(session, [search.seat_id], [])
    if not seeking.end(session, actor.account_id, search, SearchState.STOPPED):
        session.refresh(search)
        raise NotSearching(state=search.state)
    session.flush()
    session.refresh(search)


def filtered(actor: Actor, state: SearchState | None) -> SelectOfScalar[Search]:
    """The searches of our pool."""
    query = access.visible_searches(actor)
    return query.where(col(Search.state) == state) if state else query


@jobs.task(SUBSTITUTE)
def substitute(engine: Engine, seat_id: UUID) -> None:
    """Seek somebody for a seat that was given back, by the rule for the notice that is left.

    Nobody else's booking is touched, and who gave it back is not asked again.
    """
    with db.transaction(engine) as session:
        booking.lock_all(session, [seat_id], [])
        seat = session.get(Seat, seat_id)
        if seat is None or seat.state != SeatState.OPEN:
            return
        search = seeking.live(session, seat_id)
        if search is None:
            try:
                search = seeking.begin(session, None, seat, cause="substitute")
            except InPast:
                return
        jobs.defer(session, ADVANCE, search.id)
