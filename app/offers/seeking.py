"""Words to the search for a seat, a layer above: seek somebody, a question was answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select, update

from app import audit, jobs
from app.clock import now
from app.errors import Conflict
from app.requests import times
from app.requests.ending import ADVANCE as ADVANCE
from app.requests.ending import LIVE as LIVE
from app.tables import (
    LeadTime,
    Offer,
    OfferPolicy,
    OfferState,
    RequestOption,
    Search,
    SearchState,
    Seat,
    Strategy,
)
from scheduling import deadlines, quiet

SUBSTITUTE = "searches.substitute"
"""A job on the id of a seat: somebody gave it back, seek somebody else at once."""
LENT = "lendings.follow"
"""A job on the id of a lending: a question to somebody who is lent was answered, or has ended."""
FIRST = 1
"""The number of the first wave."""
DEFAULTS = {
    LeadTime.NORMAL: Strategy.SEQUENCE,
    LeadTime.SHORT: Strategy.WAVES,
    LeadTime.URGENT: Strategy.ALL,
}


class SoughtAlready(Conflict):
    """Somebody is being sought for this seat already."""

    slug, title = "sought-already", "Sought already"
    de = "Für diesen Platz läuft schon eine Suche."
    en = "A search is running for this seat already."


@dataclass(frozen=True)
class Way:
    """How many are asked at a time; without `wave_size` as few as the answer rates allow."""

    strategy: str
    wave_size: int | None = None


def own_rule(
    session: Session, sponsor_id: UUID, lead_time: str, *, lock: bool = False
) -> OfferPolicy | None:
    """The rule that a sponsor has made for such notice."""
    query = select(OfferPolicy).where(
        col(OfferPolicy.sponsor_id) == sponsor_id, col(OfferPolicy.lead_time) == lead_time
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.exec(query).one_or_none()


def way(session: Session, sponsor_id: UUID, lead_time: str) -> Way:
    """How a sponsor asks at such notice: its own rule, else the default."""
    own = own_rule(session, sponsor_id, lead_time)
    if own is not None:
        return Way(own.strategy, own.wave_size)
    return Way(DEFAULTS[LeadTime(lead_time)])


def live(session: Session, seat_id: UUID) -> Search | None:
    """The search that is going on for a seat."""
    return session.exec(
        select(Search).where(col(Search.seat_id) == seat_id, col(Search.state).in_(LIVE))
    ).one_or_none()


def begin(
    session: Session,
    account_id: UUID | None,
    seat: Seat,
    *,
    cause: str,
    chosen: Way | None = None,
) -> Search:
    """Seek somebody for a seat whose row is locked; questions that are open already belong to it.

    Without a `chosen` way the sponsor's rule holds for the notice that is left. Nobody else is
    asked yet: that is the first step of the job ADVANCE.

    Raises
    ------
    InPast
        If none of its times is still to come.
    SoughtAlready
        If a search is going on.
    """
    starts = times_left(session, seat.request_id)
    notice = quiet.lead_time_class(now(), starts[0])
    found = chosen or way(session, seat.sponsor_id, notice)
    search = Search(
        sponsor_id=seat.sponsor_id,
        seat_id=seat.id,
        strategy=found.strategy,
        wave_size=found.wave_size,
        cause=cause,
        act_by=deadlines.act_by(now(), starts[-1]),
    )
    try:
        with session.begin_nested():
            session.add(search)
    except IntegrityError as error:
        raise SoughtAlready from error
    audit.record(
        session,
        account_id,
        "search.begin",
        search,
        reason=cause,
        rule_version="" if chosen else f"offer_policy:{notice}",
        cause=cause,
        strategy=found.strategy,
    )
    _take_over(session, search)
    return search


def end(
    session: Session,
    account_id: UUID | None,
    search: Search,
    state: SearchState,
    reasons: Sequence[dict[str, Any]] = (),
) -> bool:
    """End a search that goes on; whether this was the call that did it."""
    done = session.exec(
        update(Search)
        .where(col(Search.id) == search.id, col(Search.state).in_(LIVE))
        .values(state=state, ended_at=now(), next_at=None, reasons=list(reasons), updated_at=now())
    )
    if done.rowcount:
        why: dict[str, Any] = {"reasons": [reason["code"] for reason in reasons]} if reasons else {}
        audit.record(session, account_id, f"search.{state}", search, **why)
    return bool(done.rowcount)


def times_left(session: Session, request_id: UUID) -> list[datetime]:
    """When a request may still begin, the earliest first; the chosen time alone if there is one.

    Raises
    ------
    InPast
        If none of its times is still to come.
    """
    query = select(RequestOption).where(col(RequestOption.request_id) == request_id)
    options = session.exec(query.order_by(col(RequestOption.starts_at))).all()
    options = [one for one in options if one.chosen] or options
    if not any(one.starts_at > now() for one in options):
        times.refuse_past(options[-1].starts_at)
    return [one.starts_at for one in options if one.starts_at > now()]


def _take_over(session: Session, search: Search) -> None:
    """Open questions for the seat become the first wave of its search.

    Not those to people of other pools: who reads about a search does not know them.
    """
    query = select(Offer).where(
        col(Offer.seat_id) == search.seat_id,
        col(Offer.state) == OfferState.PENDING,
        col(Offer.lending_id).is_(None),
    )
    for offer in session.exec(query).all():
        take_in(session, search, offer)


def take_in(session: Session, search: Search, offer: Offer) -> None:
    """A question that is open already becomes part of the present wave of a search."""
    offer.search_id, offer.wave = search.id, max(search.wave, FIRST)
    session.add(offer)
    join(session, search, offer)


def join(session: Session, search: Search, offer: Offer) -> None:
    """Somebody was asked besides what the search itself asks: it counts her in.

    One after another waits for her answer; a wave that was not asked yet is asked at once.
    """
    waits = search.strategy == Strategy.SEQUENCE or search.state == SearchState.EXHAUSTED
    if waits:
        search.wave = max(search.wave, FIRST)
        search.state = SearchState.RUNNING
        search.next_at = max(filter(None, [search.next_at, offer.expires_at]))
        jobs.defer(session, ADVANCE, search.id, due_at=search.next_at)
    elif not search.wave:
        jobs.defer(session, ADVANCE, search.id)
    session.add(search)
    session.flush()


def rounds(search: Search, starts_at: datetime) -> int:
    """How many rounds are still ahead until the institution must know."""
    if search.strategy == Strategy.ALL:
        return 1
    return deadlines.rounds_until(now(), starts_at, search.act_by)


def share_of_usual(search: Search, starts_at: datetime, rounds: int) -> float:
    """How much of the usual time to answer each has with so many rounds ahead; at most 1."""
    return deadlines.share_of_usual(now(), starts_at, search.act_by, rounds)


def answered(session: Session, offer: Offer) -> None:
    """An offer was declined or has expired: its search goes on, and so does its lending."""
    if offer.search_id is not None:
        jobs.defer(session, ADVANCE, offer.search_id)
    if offer.lending_id is not None:
        jobs.defer(session, LENT, offer.lending_id)


def open_again(session: Session, seat_id: UUID) -> None:
    """A booked seat was given back."""
    jobs.defer(session, SUBSTITUTE, seat_id)
