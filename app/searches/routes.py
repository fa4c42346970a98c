"""How somebody is sought: rules of the house, and the searches themselves."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from app import access
from app.access import Coordinator, Lead, Office
from app.db import SessionDep, UnitOfWork
from app.errors import locale_of
from app.etags import IfMatch, tagged
from app.paging import Cursor, Limit, Page, page_of
from app.searches import policies, reading
from app.searches import service as searches
from app.searches.schemas import (
    OfferPolicyRead,
    OfferPolicyWrite,
    SearchCreate,
    SearchDetail,
    SearchRead,
)
from app.tables import LeadTime, Search, SearchState

router = APIRouter(route_class=UnitOfWork, tags=["searches"])


@router.get("/offer-policies")
def list_offer_policies(session: SessionDep, actor: Office) -> list[OfferPolicyRead]:
    """How we ask at normal, short and urgent notice; where we have no rule, the default."""
    return policies.reads(session, actor)


@router.get("/offer-policies/{lead_time}")
def get_offer_policy(
    lead_time: LeadTime,
    response: Response,
    session: SessionDep,
    actor: Office,
    sponsor_id: UUID | None = None,
) -> OfferPolicyRead:
    """How we ask at this notice; `ETag` is what a change must bring along."""
    return tagged(response, policies.read(session, actor, lead_time, sponsor_id))


@router.put("/offer-policies/{lead_time}")
def put_offer_policy(
    lead_time: LeadTime,
    body: OfferPolicyWrite,
    response: Response,
    session: SessionDep,
    actor: Lead,
    if_match: IfMatch = None,
) -> OfferPolicyRead:
    """Ask one after another, in waves, or all at once. Searches that go on keep their way."""
    return tagged(response, policies.put(session, actor, lead_time, body, if_match))


@router.post("/seats/{seat_id}/searches", status_code=201)
def start_search(
    seat_id: UUID,
    body: SearchCreate,
    request: Request,
    response: Response,
    session: SessionDep,
    actor: Coordinator,
) -> SearchDetail:
    """Seek somebody for a seat: people are asked until one says yes or the last day has come."""
    made = searches.start(session, actor, seat_id, body)
    response.headers["Location"] = f"/api/v1/searches/{made.id}"
    return reading.detail(session, made, locale_of(request))


@router.get("/searches")
def list_searches(
    request: Request,
    session: SessionDep,
    actor: Coordinator,
    state: SearchState | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[SearchRead]:
    """The searches of our pool, oldest first."""
    rows, following = page_of(session, searches.filtered(actor, state), Search.id, limit, cursor)
    return Page(items=reading.reads(session, rows, locale_of(request)), next=following)


@router.get("/searches/{search_id}")
def get_search(
    search_id: UUID, request: Request, session: SessionDep, actor: Coordinator
) -> SearchDetail:
    """One search: who was asked in which wave, what they said, and what comes next."""
    found = access.load(session, access.visible_searches(actor), Search, search_id)
    return reading.detail(session, found, locale_of(request))


@router.post("/searches/{search_id}/stop")
def stop_search(
    search_id: UUID, request: Request, session: SessionDep, actor: Coordinator
) -> SearchDetail:
    """Ask nobody any more. Who was asked may still answer."""
    found = access.load(session, access.visible_searches(actor), Search, search_id)
    searches.stop(session, actor, found)
    return reading.detail(session, found, locale_of(request))
