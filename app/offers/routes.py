"""Offers and bookings."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from sqlmodel import col

from app import access
from app.access import Answerer, Asker, Coordinator, Participant
from app.bodies import Moment
from app.db import SessionDep, UnitOfWork
from app.offers import service as offers
from app.offers.schemas import AssignmentRead, Cancel, OfferCreate, OfferCreated, OfferRead
from app.paging import Cursor, Limit, Page, page_of
from app.requests import service as requests
from app.requests.schemas import CancelRequest, RequestRead
from app.tables import Assignment, AssignmentState, Offer, OfferState, Request

router = APIRouter(route_class=UnitOfWork, tags=["work"])


@router.get("/offers")
def list_offers(
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
    return Page(items=offers.reads(session, rows), next=following)


@router.post("/offers", status_code=201)
def create_offer(body: OfferCreate, session: SessionDep, actor: Coordinator) -> OfferCreated:
    """Ask one volunteer for one seat, without a plan."""
    offer, url = offers.propose(session, actor, body.seat_id, body.volunteer_id, body.option_id)
    return OfferCreated(**offers.reads(session, [offer])[0].model_dump(), answer_url=url)


@router.get("/offers/{offer_id}")
def get_offer(offer_id: UUID, session: SessionDep, actor: Answerer) -> OfferRead:
    """One offer: a question, not a booking."""
    offer = access.load(session, access.visible_offers(actor), Offer, offer_id)
    return offers.reads(session, [offer])[0]


@router.post("/offers/{offer_id}/accept")
def accept_offer(offer_id: UUID, session: SessionDep, actor: Answerer) -> AssignmentRead:
    """Say yes: the first valid yes is booked. The office may answer for somebody on the phone."""
    offer = access.load(session, access.visible_offers(actor), Offer, offer_id)
    assignment = offers.accept(session, actor.account_id, offer)
    return offers.assignment_reads(session, [assignment], contacts=True)[0]


@router.post("/offers/{offer_id}/decline")
def decline_offer(offer_id: UUID, session: SessionDep, actor: Answerer) -> OfferRead:
    """Say no: without a reason, and without any disadvantage."""
    offer = access.load(session, access.visible_offers(actor), Offer, offer_id)
    return offers.reads(session, [offers.decline(session, actor.account_id, offer)])[0]


@router.get("/assignments")
def list_assignments(
    session: SessionDep,
    actor: Participant,
    state: AssignmentState | None = None,
    since: Annotated[Moment | None, Query(alias="from")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[AssignmentRead]:
    """Booked appointments: one's own, one's institution's, or the pool's."""
    query = access.visible_assignments(actor)
    if state:
        query = query.where(col(Assignment.state) == state)
    if since:
        query = query.where(col(Assignment.starts_at) >= since)
    rows, following = page_of(session, query, Assignment.id, limit, cursor)
    items = offers.assignment_reads(session, rows, contacts=True)
    return Page(items=items, next=following)


@router.get("/assignments/{assignment_id}")
def get_assignment(assignment_id: UUID, session: SessionDep, actor: Participant) -> AssignmentRead:
    """One booked appointment with address and contact."""
    visible = access.visible_assignments(actor)
    assignment = access.load(session, visible, Assignment, assignment_id)
    return offers.assignment_reads(session, [assignment], contacts=True)[0]


@router.post("/assignments/{assignment_id}/cancel")
def cancel_assignment(
    assignment_id: UUID, body: Cancel, session: SessionDep, actor: Answerer
) -> AssignmentRead:
    """Give an appointment back; the seat is open again."""
    visible = access.visible_assignments(actor)
    assignment = access.load(session, visible, Assignment, assignment_id)
    offers.cancel_assignment(session, actor.account_id, assignment, body.reason)
    return offers.assignment_reads(session, [assignment], contacts=False)[0]


@router.post("/requests/{request_id}/cancel")
def cancel_request(
    request_id: UUID, body: CancelRequest, session: SessionDep, actor: Asker
) -> RequestRead:
    """Call a request off; its bookings and open offers end with it."""
    request = access.load(session, access.visible_requests(actor), Request, request_id, lock=True)
    offers.cancel_request(session, actor, request, body.reason)
    return requests.read(session, request)
