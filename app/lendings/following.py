"""How a lending goes on by itself: she answers, the seat is filled, or nobody is needed."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session, col, or_, select, update

from app import audit, db, jobs
from app.clock import now
from app.lendings import places, telling
from app.messages import telling as messages
from app.offers.seeking import LENT
from app.seam.build import GIVEN_BACK
from app.tables import (
    Assignment,
    Event,
    Lending,
    LendingState,
    Offer,
    OfferState,
    Request,
    RequestOption,
    RequestState,
    Seat,
    SeatState,
)

EVERY = timedelta(minutes=5)
AFTER = {
    OfferState.ACCEPTED: LendingState.BOOKED,
    OfferState.DECLINED: LendingState.DECLINED,
    OfferState.EXPIRED: LendingState.DECLINED,
    OfferState.WITHDRAWN: LendingState.WITHDRAWN,
}
"""What becomes of a lending after her answer, or the end of the question."""
ACTIONS = {
    LendingState.BOOKED: "lending.book",
    LendingState.DECLINED: "lending.decline",
    LendingState.WITHDRAWN: "lending.withdraw",
}


def move(
    session: Session,
    lending: Lending,
    states: Sequence[LendingState],
    state: LendingState,
    **values: Any,
) -> bool:
    """Change the state if it is one of these; whether that was the call that did it."""
    session.flush()
    done = session.exec(
        update(Lending)
        .where(col(Lending.id) == lending.id, col(Lending.state).in_(states))
        .values(state=state, updated_at=now(), **values)
    )
    session.refresh(lending)
    return bool(done.rowcount)


def note(
    session: Session,
    lending: Lending,
    action: str,
    *,
    borrower: UUID | None = None,
    lender: UUID | None = None,
) -> None:
    """Write it into the audit of both pools; each reads only who of its own did it."""
    audit.record(session, borrower, action, lending)
    audit.record_on(session, lender, action, ("lending", lending.id), lending.lender_id)


@jobs.task(LENT)
def follow(engine: Engine, lending_id: UUID) -> None:
    """Let a lending follow what became of the question; running it again changes nothing."""
    with db.transaction(engine) as session:
        lending = session.get(Lending, lending_id)
        if lending is not None:
            _follow(session, lending)


def _follow(session: Session, lending: Lending) -> None:
    if lending.state == LendingState.AGREED:
        _by_offer(session, lending)
    elif lending.state == LendingState.ASKED and not _is_needed(session, lending):
        _end(session, lending, LendingState.ASKED, LendingState.WITHDRAWN, None)
    elif lending.state == LendingState.BOOKED and not _goes(session, lending):
        _end(session, lending, LendingState.BOOKED, LendingState.WITHDRAWN, None)


def _by_offer(session: Session, lending: Lending) -> None:
    query = (
        select(Offer, RequestOption)
        .join(RequestOption, col(RequestOption.id) == col(Offer.option_id))
        .where(col(Offer.lending_id) == lending.id)
        .order_by(col(Offer.id).desc())
    )
    found = session.exec(query).first()
    if found is None or found[0].state == OfferState.PENDING:
        return
    offer, option = found
    messages.drop(session, offer.id, Event.OFFER)
    _end(session, lending, LendingState.AGREED, AFTER[OfferState(offer.state)], option)


def _end(
    session: Session,
    lending: Lending,
    before: LendingState,
    after: LendingState,
    option: RequestOption | None,
) -> None:
    if move(session, lending, (before,), after):
        note(session, lending, ACTIONS[after])
        telling.close(session, lending)
        telling.tell_borrower(session, lending, option)


def _is_needed(session: Session, lending: Lending) -> bool:
    """Whether the seat is open at a time that is still to come."""
    query = (
        select(Seat.id)
        .join(Request, col(Request.id) == col(Seat.request_id))
        .join(RequestOption, col(RequestOption.request_id) == col(Request.id))
        .where(
            col(Seat.id) == lending.seat_id,
            col(Seat.state) == SeatState.OPEN,
            col(Request.state) == RequestState.OPEN,
            col(RequestOption.starts_at) > now(),
        )
    )
    return session.exec(query).first() is not None


def _goes(session: Session, lending: Lending) -> bool:
    """Whether she is booked there, was there, or is asked about another time of it."""
    hers = (
        col(Assignment.seat_id) == lending.seat_id,
        col(Assignment.volunteer_id) == lending.volunteer_id,
    )
    booked = select(Assignment.id).where(*hers, col(Assignment.state).not_in(GIVEN_BACK))
    asked = select(Offer.id).where(
        col(Offer.seat_id) == lending.seat_id,
        col(Offer.volunteer_id) == lending.volunteer_id,
        col(Offer.state) == OfferState.PENDING,
    )
    return session.exec(booked).first() is not None or session.exec(asked).first() is not None


@jobs.periodic("lendings.watch", EVERY)
def watch(engine: Engine) -> None:
    """Follow what was left lying; end the places of people of whom nothing is under way."""
    with db.transaction(engine, read_only=True) as session:
        ahead = select(Seat.id).where(
            col(Seat.id) == col(Lending.seat_id), col(Seat.state) == SeatState.OPEN
        )
        query = select(Lending.id).where(
            or_(
                col(Lending.state).in_([LendingState.ASKED, LendingState.AGREED]),
                (col(Lending.state) == LendingState.BOOKED) & ahead.exists(),
            )
        )
        found = session.exec(query.order_by(col(Lending.id))).all()
    for lending_id in found:
        follow(engine, lending_id)
    with db.transaction(engine) as session:
        places.end_idle(session)
