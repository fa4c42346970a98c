"""Plans with their proof; candidates for one seat."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from app import access
from app.access import Coordinator
from app.db import SessionDep, UnitOfWork
from app.errors import locale_of
from app.paging import Cursor, Limit, Page, page_of
from app.planning import explaining, scarcity, supposing, views
from app.planning import service as planning
from app.planning.inquiries import AgainstRead, ExplanationRead, ScarcityRead, WhatIf, WhatIfRead
from app.planning.schemas import (
    CandidatesRead,
    PlanCreate,
    PlanRead,
    ProposalRead,
    Release,
    Released,
)
from app.tables import Plan, Seat

router = APIRouter(route_class=UnitOfWork, tags=["planning"])


@router.post("/plans", status_code=202)
def create_plan(
    body: PlanCreate,
    request: Request,
    response: Response,
    session: SessionDep,
    actor: Coordinator,
) -> PlanRead:
    """Ask for a plan of these days; look at `Location` until its state is `ready`."""
    plan = planning.create(session, actor, body)
    response.headers["Location"] = f"/api/v1/plans/{plan.id}"
    return views.plan(plan, locale_of(request))


@router.get("/plans")
def list_plans(
    request: Request,
    session: SessionDep,
    actor: Coordinator,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[PlanRead]:
    """The plans of our pool, oldest first."""
    rows, following = page_of(session, access.visible_plans(actor), Plan.id, limit, cursor)
    return Page(items=[views.plan(row, locale_of(request)) for row in rows], next=following)


@router.get("/plans/{plan_id}")
def get_plan(plan_id: UUID, request: Request, session: SessionDep, actor: Coordinator) -> PlanRead:
    """One plan: how far it is, how many seats are filled, how good it is against its bound."""
    plan = access.load(session, access.visible_plans(actor), Plan, plan_id)
    return views.plan(plan, locale_of(request))


@router.get("/plans/{plan_id}/proposals")
def list_proposals(
    plan_id: UUID, request: Request, session: SessionDep, actor: Coordinator
) -> list[ProposalRead]:
    """Every seat of the plan: who is proposed, or why nobody is."""
    plan = access.load(session, access.visible_plans(actor), Plan, plan_id)
    return views.proposals(session, plan, locale_of(request))


@router.get("/plans/{plan_id}/scarcity")
def list_scarcity(
    plan_id: UUID,
    request: Request,
    session: SessionDep,
    actor: Coordinator,
    limit: Annotated[int, Query(ge=1, le=200)] = 20,
) -> list[ScarcityRead]:
    """Which language, where and on which weekday one more volunteer would help most.

    Looks at what is still open of the plan; the most helpful first.
    """
    plan = access.load(session, access.visible_plans(actor), Plan, plan_id)
    return scarcity.of_plan(session, plan, limit, locale_of(request))


@router.post("/plans/what-if")
def ask_what_if(body: WhatIf, session: SessionDep, actor: Coordinator) -> WhatIfRead:
    """What would change in a plan if people were absent, or more were needed or there.

    The fewest changes that make good what is lost and fill what is open. Bookings of people who are
    absent count as open again. Nothing is stored.
    """
    return supposing.ask(session, actor, body)


@router.post("/plans/{plan_id}/release")
def release_plan(
    plan_id: UUID, body: Release, request: Request, session: SessionDep, actor: Coordinator
) -> Released:
    """Send the proposals out as offers; what no longer fits is skipped with its reason."""
    plan = access.load(session, access.visible_plans(actor), Plan, plan_id)
    made, skipped = planning.release(session, actor, plan, body.seat_ids, locale_of(request))
    return Released(offers=made, skipped=skipped)


@router.post("/plans/{plan_id}/cancel")
def cancel_plan(
    plan_id: UUID, request: Request, session: SessionDep, actor: Coordinator
) -> PlanRead:
    """Call a waiting or running plan off: it ends at once."""
    plan = access.load(session, access.visible_plans(actor), Plan, plan_id)
    planning.cancel(session, actor, plan)
    return views.plan(plan, locale_of(request))


@router.get("/seats/{seat_id}/candidates")
def list_candidates(
    seat_id: UUID,
    request: Request,
    session: SessionDep,
    actor: Coordinator,
    limit: Annotated[int, Query(ge=1, le=50)] = 10,
) -> CandidatesRead:
    """The best people for one seat, and why the others are not among them."""
    seat = access.load(session, access.visible_seats(actor), Seat, seat_id)
    return views.candidates(session, seat, limit, locale_of(request))


@router.get("/seats/{seat_id}/candidates/{volunteer_id}")
def explain_candidate(
    seat_id: UUID, volunteer_id: UUID, request: Request, session: SessionDep, actor: Coordinator
) -> AgainstRead:
    """Why one volunteer of the pool is not proposed for a seat in the newest plan."""
    seat = access.load(session, access.visible_seats(actor), Seat, seat_id)
    return explaining.ask_about(session, seat, volunteer_id, locale_of(request))


@router.get("/seats/{seat_id}/explanation")
def explain_seat(
    seat_id: UUID, request: Request, session: SessionDep, actor: Coordinator
) -> ExplanationRead:
    """Why a seat is open in the newest plan, and the three cheapest ways to fill it."""
    seat = access.load(session, access.visible_seats(actor), Seat, seat_id)
    return explaining.ask(session, seat, locale_of(request))
