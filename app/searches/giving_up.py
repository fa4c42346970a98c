"""Nobody was found in time: the institution learns why, and somebody of the office looks."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from app import audit, books
from app.messages import telling
from app.offers import seeking
from app.offers import texts as offer_texts
from app.offers.seeking import LIVE
from app.planning import outlook
from app.requests import ending
from app.seam import build
from app.seam.asked import load_asked
from app.seam.people import Horizon
from app.searches import choosing, tasks, texts
from app.searches.standing import Standing
from app.tables import (
    Event,
    Institution,
    LedgerEntry,
    LedgerKind,
    Offer,
    OfferState,
    RequestOption,
    RequestState,
    Search,
    SearchState,
    Seat,
    SeatState,
    Sponsor,
)
from matching import Reason, explain

Reasons = list[dict[str, Any]]
DECLINED, TOO_LATE, BUDGET = "declined_by_all", "too_late", "budget"


def give_up(session: Session, seen: Standing) -> None:
    """End the search unfilled, and with it the request when nobody at all goes there.

    Where others are booked or still being sought the request stays: the appointment can take place
    without this one person, and the office decides.
    """
    search, request = seen.search, seen.request
    reasons = why(session, seen)
    if not seeking.end(session, None, search, SearchState.UNFILLED, reasons):
        return
    alone, why_not = not _others(session, seen), str(reasons[0]["code"])
    if alone:
        ending.end(session, request, RequestState.UNFILLED, texts.why(reasons))
        audit.record(session, None, "request.unfilled", request, reason=why_not)
    _book(session, seen, why_not)
    _tell(session, seen, reasons, alone=alone)
    session.flush()


def _book(session: Session, seen: Standing, why_not: str) -> None:
    """What was asked for in vain stands in the books, for the reports: each seat once, the last."""
    seat = (
        col(LedgerEntry.kind) == LedgerKind.UNFILLED,
        col(LedgerEntry.subject_id) == seen.seat.id,
    )
    books.back(session, *seat)
    place = session.get_one(Institution, seen.request.institution_id)
    books.unfilled(session, [(seen.seat, place, _first_time(session, seen).day)], why_not)


def _others(session: Session, seen: Standing) -> bool:
    """Whether somebody else goes there, or may still be found."""
    others = (col(Seat.request_id) == seen.request.id, col(Seat.id) != seen.seat.id)
    booked = select(Seat.id).where(*others, col(Seat.state).in_([SeatState.BOOKED, SeatState.DONE]))
    sought = (
        select(Seat.id)
        .join(Search, col(Search.seat_id) == col(Seat.id))
        .where(*others, col(Search.state).in_(LIVE))
    )
    asked = (
        select(Seat.id)
        .join(Offer, col(Offer.seat_id) == col(Seat.id))
        .where(*others, col(Offer.state) == OfferState.PENDING)
    )
    return any(session.exec(query).first() is not None for query in (booked, sought, asked))


def _tell(session: Session, seen: Standing, reasons: Reasons, *, alone: bool) -> None:
    row = session.get_one(Institution, seen.request.institution_id)
    institution, option = telling.institution(row), _first_time(session, seen)
    said, locale = texts.unfilled if alone else texts.one_missing, institution.locale
    when = offer_texts.when(option.starts_at, option.ends_at, locale)
    language = offer_texts.language_name(seen.seat.language, locale)
    telling.tell(
        session,
        seen.seat.sponsor_id,
        institution,
        Event.REQUEST,
        said(when, language, texts.why(reasons, locale), locale),
        subject_id=seen.request.id,
        starts_at=option.starts_at,
    )
    tasks.ask(session, seen.seat, tasks.UNFILLED if alone else tasks.ONE_MISSING, option, reasons)


def _first_time(session: Session, seen: Standing) -> RequestOption:
    query = select(RequestOption).where(col(RequestOption.request_id) == seen.request.id)
    options = session.exec(query.order_by(col(RequestOption.position))).all()
    return next((one for one in options if one.chosen), options[0])


def why(session: Session, seen: Standing) -> Reasons:
    """Why nobody was found, the plainest first: code and params, no names.

    Those who were asked and could not count as one; the others are looked at as a plan does.
    """
    asked = set(_asked(session, seen.seat.id))
    found = [Reason(DECLINED, {"volunteers": len(asked)})] if asked else []
    found += _of_the_others(session, seen, asked)
    return [{"code": one.code, "params": dict(one.params)} for one in found or [Reason(TOO_LATE)]]


def _asked(session: Session, seat_id: UUID) -> Sequence[UUID]:
    query = select(Offer.volunteer_id).where(
        col(Offer.seat_id) == seat_id, col(Offer.state).in_(choosing.SILENT)
    )
    return session.exec(query.distinct()).all()


def _of_the_others(session: Session, seen: Standing, asked: set[UUID]) -> list[Reason]:
    """What stands against everybody who was not asked; nothing when time has run out."""
    one = next(iter(load_asked(session, [seen.request])), None)
    if one is None:
        return []
    one.seats = [seat for seat in one.seats if seat.id == seen.seat.id]
    people = [v for v in choosing.pool(session, seen) if v.id not in asked]
    days = [option.day for option in one.options]
    problem = build.problem(
        session,
        session.get_one(Sponsor, seen.seat.sponsor_id),
        [one],
        people,
        Horizon.of(min(days), max(days)),
        with_grants=True,
    )
    if problem.at_most:
        return [Reason(BUDGET, {"at_most": problem.at_most[0].k})]
    if asked and not people:
        return []
    found = explain(problem, outlook.solution(problem, []), str(seen.seat.id), repairs=0)
    return [reason for reason in found.reasons if reason.code != "taken"]
