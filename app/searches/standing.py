"""How a search stands, and what it has to do next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlmodel import Session, col, or_, select

from app.clock import now
from app.offers.seeking import LIVE
from app.requests import ending, tasks
from app.seam.asked import pending_options
from app.tables import (
    Offer,
    OfferState,
    Request,
    RequestOption,
    RequestState,
    Search,
    Seat,
    SeatState,
    Volunteer,
)
from scheduling import deadlines


class Step(StrEnum):
    """What a search has to do next."""

    FILL = "fill"
    """Somebody is booked."""
    STOP = "stop"
    """The seat is no longer asked for."""
    WAIT = "wait"
    """For answers, or until a question about the request is settled."""
    ASK = "ask"
    """The next one, or the next wave."""
    GIVE_UP = "give_up"
    """The institution must know now."""


@dataclass(frozen=True)
class Standing:
    """A search with its seat, the times that are still possible, and everybody who was asked.

    `asked` are all questions of this search, and open ones for the seat; `slow` are people whom
    somebody has to call. `settled` says that no question about the request is open, `gone` that its
    last time has begun.
    """

    search: Search
    seat: Seat
    request: Request
    options: Sequence[RequestOption]
    asked: Sequence[Offer]
    slow: frozenset[UUID]
    settled: bool
    gone: bool

    @property
    def pending(self) -> list[Offer]:
        """Questions that may still be answered."""
        return [o for o in self.asked if o.state == OfferState.PENDING and o.expires_at > now()]

    @property
    def holds(self) -> bool:
        """Whether the present wave goes on: whoever must be called keeps nobody else waiting."""
        wave = [offer for offer in self.asked if offer.wave == self.search.wave]
        quick = [offer for offer in wave if offer.volunteer_id not in self.slow]
        return any(offer in self.pending for offer in quick or wave)

    @property
    def step(self) -> Step:
        """What is to be done; the same question again gives the same answer."""
        if self.seat.state in (SeatState.BOOKED, SeatState.DONE):
            return Step.FILL
        if self.seat.state == SeatState.CANCELLED or self.request.state in ending.ENDED:
            return Step.STOP
        if not self.settled:
            return Step.STOP if self.gone else Step.WAIT
        if not self.options:
            return Step.WAIT if self.pending else Step.GIVE_UP
        due = self.search.next_at is None or self.search.next_at <= now()
        return Step.WAIT if self.search.wave and self.holds and not due else Step.ASK


def look(session: Session, search_id: UUID) -> Standing | None:
    """How a search that goes on stands now; None when it has ended."""
    found = session.exec(
        select(Search, Seat, Request)
        .join(Seat, col(Seat.id) == col(Search.seat_id))
        .join(Request, col(Request.id) == col(Seat.request_id))
        .where(col(Search.id) == search_id, col(Search.state).in_(LIVE))
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        return None
    search, seat, request = found
    asked = session.exec(
        select(Offer, Volunteer)
        .join(Volunteer, col(Volunteer.id) == col(Offer.volunteer_id))
        .where(
            col(Offer.seat_id) == seat.id,
            or_(col(Offer.search_id) == search.id, col(Offer.state) == OfferState.PENDING),
        )
        .order_by(col(Offer.id))
        .execution_options(populate_existing=True)
    ).all()
    query = select(RequestOption).where(col(RequestOption.request_id) == request.id)
    options = session.exec(query.order_by(col(RequestOption.position))).all()
    questions = tasks.open_codes(session, [request.id])[request.id]
    return Standing(
        search=search,
        seat=seat,
        request=request,
        options=_possible(session, search, seat, options),
        asked=[offer for offer, _ in asked],
        slow=frozenset(who.id for _, who in asked if who.is_called),
        settled=request.state == RequestState.OPEN and not questions,
        gone=all(option.starts_at <= now() for option in options),
    )


def _possible(
    session: Session, search: Search, seat: Seat, options: Sequence[RequestOption]
) -> list[RequestOption]:
    """The times for which somebody may still be asked.

    The chosen one, or those at which the others of the request are being asked, or all; each as
    long as its institution need not act yet.
    """
    options = [one for one in options if one.chosen] or options
    offered = pending_options(session, [seat.request_id])[seat.request_id]
    others = [times for seat_id, times in offered.items() if seat_id != seat.id]
    kept = set.intersection(*others) if others else {one.id for one in options}
    return [one for one in options if one.id in kept and act_by(search, one) > now()]


def act_by(search: Search, option: RequestOption) -> datetime:
    """Until when the institution must know about one of the times."""
    if option.starts_at <= search.created_at:
        return option.starts_at
    return deadlines.act_by(search.created_at, option.starts_at)
