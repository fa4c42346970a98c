"""Besides yes and no: times at which she could come instead, and that she would like a call.

The question stays open meanwhile, and the office sees to it.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, col, select, update

from app import audit, db, freetext
from app.clock import ZONE, now
from app.offers import answering, texts
from app.offers.answering import TO_BE_BOOKED, Via
from app.offers.refusals import OfferAnswered, SameTimeTwice
from app.offers.schemas import OtherTimes
from app.requests import tasks, times
from app.tables import (
    Institution,
    Lending,
    Offer,
    OfferedTime,
    OfferState,
    Request,
    RequestOption,
    Seat,
    Task,
    TaskState,
    Volunteer,
)


def name_times(
    session: Session, account_id: UUID | None, offer: Offer, body: OtherTimes, *, via: Via = Via.APP
) -> Offer:
    """Keep the times at which she could come, in place of those she named before.

    Raises
    ------
    OfferAnswered
        The question is not open any more.
    InPast, TooFarAhead, SameTimeTwice, NamesSomebody
        A time or the note cannot be kept.
    """
    _refuse_impossible(body)
    if not _hold(session, offer):
        raise OfferAnswered(state=answering.shown(offer))
    session.exec(delete(OfferedTime).where(col(OfferedTime.offer_id) == offer.id))
    session.add_all(
        OfferedTime(
            sponsor_id=offer.sponsor_id,
            offer_id=offer.id,
            starts_at=time.starts_at,
            ends_at=time.ends_at,
            note=body.note,
        )
        for time in body.times
    )
    _note(session, account_id, offer, "offer.other_time", via, times=len(body.times))
    _ask_office(session, offer, tasks.OTHER_TIME, _said(body))
    return offer


def _refuse_impossible(body: OtherTimes) -> None:
    freetext.require_plain(body.note)
    starts = [time.starts_at for time in body.times]
    if len(set(starts)) < len(starts):
        raise SameTimeTwice
    for start in starts:
        times.refuse_past(start)
        times.refuse_far(start.astimezone(ZONE).date())


def _hold(session: Session, offer: Offer) -> bool:
    """Hold the question until the commit, if it is still open; it is then read again."""
    held = session.exec(
        update(Offer)
        .where(
            col(Offer.id) == offer.id,
            col(Offer.state) == OfferState.PENDING,
            col(Offer.expires_at) > now(),
        )
        .values(updated_at=now())
    )
    session.refresh(offer)
    return bool(held.rowcount)


def ask_for_call(
    session: Session, account_id: UUID | None, offer: Offer, *, via: Via = Via.APP
) -> Offer:
    """She would like to talk before she answers; twice is once.

    Raises
    ------
    OfferAnswered
        There is nothing left to talk about.
    """
    asked = session.exec(
        update(Offer)
        .where(
            col(Offer.id) == offer.id,
            col(Offer.state).in_(TO_BE_BOOKED),
            col(Offer.call_asked_at).is_(None),
        )
        .values(call_asked_at=now(), updated_at=now())
    )
    session.refresh(offer)
    if asked.rowcount:
        _note(session, account_id, offer, "offer.call_me", via)
        _ask_office(session, offer, tasks.CALL, {})
    elif offer.call_asked_at is None:
        raise OfferAnswered(state=answering.shown(offer))
    return offer


def _note(
    session: Session, account_id: UUID | None, offer: Offer, action: str, via: Via, **more: Any
) -> None:
    who = answering.shown_by(account_id, offer)
    audit.record(session, who, action, offer, via=via, **more)


def _said(body: OtherTimes) -> dict[str, str]:
    """The times, and what she wrote to them, in German and English."""
    ordered = sorted(body.times, key=lambda time: time.starts_at)
    spans = [(time.starts_at, time.ends_at) for time in ordered]
    return {
        "times": "; ".join(texts.when(*span) for span in spans),
        "times_en": "; ".join(texts.when(*span, locale="en") for span in spans),
        "note": f" Dazu: „{body.note}“." if body.note else "",
        "note_en": f" Note: “{body.note}”." if body.note else "",
    }


def _ask_office(session: Session, offer: Offer, code: str, said: dict[str, str]) -> None:
    """One open question to the office about this offer, which says what she said last.

    The caller holds the offer. Somebody who is lent is called by her own office.
    """
    with db.as_system(session):
        query = select(Task).where(
            col(Task.subject_id) == offer.id,
            col(Task.code) == code,
            col(Task.state) == TaskState.OPEN,
        )
        task = session.exec(query).one_or_none() or Task(
            sponsor_id=_office_of(session, offer),
            code=code,
            subject_type="offer",
            subject_id=offer.id,
        )
        task.params = _about(session, offer) | said
        session.add(task)


def _office_of(session: Session, offer: Offer) -> UUID:
    """The pool that speaks with her."""
    if offer.lending_id is None:
        return offer.sponsor_id
    return session.get_one(Lending, offer.lending_id).lender_id


def _about(session: Session, offer: Offer) -> dict[str, str]:
    """Who said it, and about which appointment; who lends her does not know the place."""
    option, place, her = session.exec(
        select(RequestOption, Institution, Volunteer)
        .select_from(Seat)
        .join(Request, col(Request.id) == col(Seat.request_id))
        .join(Institution, col(Institution.id) == col(Request.institution_id))
        .join(RequestOption, col(RequestOption.id) == offer.option_id)
        .join(Volunteer, col(Volunteer.id) == offer.volunteer_id)
        .where(col(Seat.id) == offer.seat_id)
    ).one()
    start = option.starts_at.astimezone(ZONE)
    return {
        "volunteer": f"{her.given_name} {her.surname}",
        "place": place.town if offer.lending_id else place.name,
        "day": f"{start:%d.%m.%Y}",
        "start": f"{start:%H:%M}",
    }
