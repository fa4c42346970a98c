"""Offers: made by the office, answered by volunteers."""

from uuid import UUID

from fastapi import APIRouter, Request, Response
from sqlmodel import col

from app import access
from app.access import Actor, Answerer, Coordinator
from app.db import SessionDep, UnitOfWork
from app.errors import locale_of, refusal
from app.offers import answering, asking, otherwise, paying
from app.offers.answering import Via
from app.offers.reading import reads
from app.offers.refusals import LateYes
from app.offers.schemas import (
    AssignmentRead,
    OfferCreate,
    OfferCreated,
    OfferRead,
    OtherTimes,
)
from app.paging import Cursor, Limit, Page, page_of
from app.tables import Offer, OfferState

router = APIRouter(route_class=UnitOfWork, tags=["work"])


@router.get("/offers")
def list_offers(
    request: Request,
    session: SessionDep,
    actor: Answerer,
    state: OfferState | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[OfferRead]:
    """Offers: volunteers see their own, the office those of its pool."""
    query = access.visible_offers(actor)
    if state:
        query = query.where(col(Offer.state) == state)
    rows, following = page_of(session, query, Offer.id, limit, cursor)
    return Page(items=reads(session, rows, actor, locale_of(request)), next=following)


@router.post("/offers", status_code=201)
def create_offer(
    body: OfferCreate, request: Request, session: SessionDep, actor: Coordinator
) -> OfferCreated:
    """Ask one volunteer for one seat, without a plan.

    `warnings` say when it goes beyond what she can still be paid: her time counts all the same.
    """
    offer, url = asking.propose(session, actor, body.seat_id, body.volunteer_id, body.option_id)
    ids, locale = (offer.seat_id, offer.option_id, offer.volunteer_id), locale_of(request)
    warnings = paying.warnings(session, *ids, locale)
    read = reads(session, [offer], actor, locale)[0]
    return OfferCreated(**read.model_dump(), answer_url=url, warnings=warnings)


@router.get("/offers/{offer_id}")
def get_offer(offer_id: UUID, request: Request, session: SessionDep, actor: Answerer) -> OfferRead:
    """One offer: a question, not a booking."""
    offer = access.load(session, access.visible_offers(actor), Offer, offer_id)
    return reads(session, [offer], actor, locale_of(request))[0]


@router.post("/offers/{offer_id}/accept", response_model=AssignmentRead)
def accept_offer(
    offer_id: UUID, request: Request, session: SessionDep, actor: Answerer
) -> AssignmentRead | Response:
    """Say yes: the first valid yes is booked. The office may answer for somebody on the phone.

    A yes that comes too late is kept and told so, with 409 and `/problems/late-yes`.
    """
    offer = answering.load(session, actor, offer_id)
    answer = answering.accept(session, actor.account_id, offer, via=_via(actor, offer))
    return refusal(request, answer) if isinstance(answer, LateYes) else answer


@router.post("/offers/{offer_id}/decline")
def decline_offer(
    offer_id: UUID, request: Request, session: SessionDep, actor: Answerer
) -> OfferRead:
    """Say no: without a reason, and without any disadvantage."""
    offer = access.load(session, access.visible_offers(actor), Offer, offer_id)
    answering.decline(session, actor.account_id, offer, via=_via(actor, offer))
    return reads(session, [offer], actor, locale_of(request))[0]


@router.post("/offers/{offer_id}/other-time")
def offer_other_time(
    offer_id: UUID, body: OtherTimes, request: Request, session: SessionDep, actor: Answerer
) -> OfferRead:
    """Say that one cannot at that time, but at these; the question stays open until it expires.

    The office sees to it, and the institution reads the times without a name. Called again, it
    replaces what was said before.
    """
    offer = access.load(session, access.visible_offers(actor), Offer, offer_id)
    otherwise.name_times(session, actor.account_id, offer, body, via=_via(actor, offer))
    return reads(session, [offer], actor, locale_of(request))[0]


@router.post("/offers/{offer_id}/call-me")
def ask_for_call(
    offer_id: UUID, request: Request, session: SessionDep, actor: Answerer
) -> OfferRead:
    """Ask to be called about an offer before one answers; the office gets a task, once."""
    offer = access.load(session, access.visible_offers(actor), Offer, offer_id)
    otherwise.ask_for_call(session, actor.account_id, offer, via=_via(actor, offer))
    return reads(session, [offer], actor, locale_of(request))[0]


@router.post("/offers/{offer_id}/withdraw")
def withdraw_offer(
    offer_id: UUID, request: Request, session: SessionDep, actor: Coordinator
) -> OfferRead:
    """Take a question back; who had got it already is told that nobody is needed any more."""
    offer = access.load(session, access.visible_offers(actor), Offer, offer_id)
    withdrawn = answering.withdraw(session, actor.account_id, offer)
    return reads(session, [withdrawn], actor, locale_of(request))[0]


def _via(actor: Actor, offer: Offer) -> Via:
    return Via.APP if offer.volunteer_id == actor.volunteer_id else Via.OFFICE
