"""Booked appointments: looked at, given back, called off."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from sqlmodel import col

from app import access
from app.access import Answerer, Asker, Participant
from app.bodies import Moment
from app.bookings import cancelling
from app.bookings.schemas import Cancel
from app.db import SessionDep, UnitOfWork
from app.offers.reading import assignment_reads
from app.offers.schemas import AssignmentRead
from app.paging import Cursor, Limit, Page, page_of
from app.requests import service as requests
from app.requests.schemas import CancelRequest, RequestRead
from app.tables import Assignment, AssignmentState, Request

router = APIRouter(route_class=UnitOfWork, tags=["work"])


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
    items = assignment_reads(session, rows, contacts=True)
    return Page(items=items, next=following)


@router.get("/assignments/{assignment_id}")
def get_assignment(assignment_id: UUID, session: SessionDep, actor: Participant) -> AssignmentRead:
    """One booked appointment with address and contact."""
    visible = access.visible_assignments(actor)
    assignment = access.load(session, visible, Assignment, assignment_id)
    return assignment_reads(session, [assignment], contacts=True)[0]


@router.post("/assignments/{assignment_id}/cancel")
def cancel_assignment(
    assignment_id: UUID, body: Cancel, session: SessionDep, actor: Answerer
) -> AssignmentRead:
    """Give an appointment back; the seat is open again."""
    visible = access.visible_assignments(actor)
    assignment = access.load(session, visible, Assignment, assignment_id)
    cancelling.cancel_assignment(session, actor.account_id, assignment, body.reason)
    return assignment_reads(session, [assignment], contacts=False)[0]


@router.post("/requests/{request_id}/cancel")
def cancel_request(
    request_id: UUID, body: CancelRequest, session: SessionDep, actor: Asker
) -> RequestRead:
    """Call a request off; its bookings and open offers end with it."""
    request = access.load(session, access.visible_requests(actor), Request, request_id, lock=True)
    cancelling.cancel_request(session, actor, request, body.reason)
    return requests.read(session, request)
