"""Lending between pools: who could help, asking, answering."""

from uuid import UUID

from fastapi import APIRouter, Response
from sqlmodel import col

from app import access
from app.access import Coordinator, Herself
from app.db import SessionDep, UnitOfWork
from app.etags import IfMatch, require_match, tagged
from app.lendings import reading
from app.lendings import service as lendings
from app.lendings.schemas import (
    Direction,
    LenderRead,
    LendingAgree,
    LendingCreate,
    LendingDecline,
    LendingDetail,
    LendingRead,
    LendingWish,
)
from app.paging import Cursor, Limit, Page, page_of
from app.tables import Enrolment, Lending, LendingState, Seat
from app.volunteers import keeping
from app.volunteers.schemas import EnrolmentRead

router = APIRouter(route_class=UnitOfWork, tags=["lending"])


@router.patch("/enrolments/{enrolment_id}/lending")
def set_lendable(
    enrolment_id: UUID,
    body: LendingWish,
    response: Response,
    session: SessionDep,
    actor: Herself,
    if_match: IfMatch = None,
) -> EnrolmentRead:
    """Say whether other pools may ask for me; only I say so, and I may take it back at any time.

    Who agrees is named to nobody before a yes. But other pools read that my pool has somebody with
    my language: where few people speak it, that alone can show who I am. What I am being asked for
    other pools ends with a no. What is booked stays booked.
    """
    visible = access.visible_enrolments(actor)
    enrolment = access.load(session, visible, Enrolment, enrolment_id)
    keeping.hold(session, enrolment.volunteer_id)
    enrolment = access.load(session, visible, Enrolment, enrolment_id, lock=True)
    require_match(if_match, EnrolmentRead(**enrolment.model_dump()))
    lendings.wish(session, actor, enrolment, lendable=body.lendable)
    return tagged(response, EnrolmentRead(**enrolment.model_dump()))


@router.get("/seats/{seat_id}/lenders")
def list_lenders(seat_id: UUID, session: SessionDep, actor: Coordinator) -> list[LenderRead]:
    """Which other pools could help for an open seat: language, times and minutes of travel.

    Only people who want to be lent are looked at, and nobody is named.
    """
    seat = access.load(session, access.visible_seats(actor), Seat, seat_id)
    return [reading.lender(pool, found) for pool, found in lendings.lenders(session, seat)]


@router.post("/seats/{seat_id}/lendings", status_code=201)
def create_lending(
    seat_id: UUID,
    body: LendingCreate,
    response: Response,
    session: SessionDep,
    actor: Coordinator,
) -> LendingRead:
    """Ask another pool for somebody. It learns time, town and language, and not the institution."""
    made = lendings.ask(session, actor, seat_id, body.lender_id)
    response.headers["Location"] = f"/api/v1/lendings/{made.id}"
    return reading.reads(session, actor, [made])[0]


@router.get("/lendings")
def list_lendings(
    session: SessionDep,
    actor: Coordinator,
    direction: Direction | None = None,
    state: LendingState | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[LendingRead]:
    """What we borrow from other pools, and what they ask of us."""
    query = access.visible_lendings(actor)
    if direction is not None:
        side = Lending.sponsor_id if direction == Direction.BORROWING else Lending.lender_id
        query = query.where(col(side).in_(actor.sponsor_ids))
    if state is not None:
        query = query.where(col(Lending.state) == state)
    rows, following = page_of(session, query, Lending.id, limit, cursor)
    return Page(items=reading.reads(session, actor, rows), next=following)


@router.get("/lendings/{lending_id}")
def get_lending(lending_id: UUID, session: SessionDep, actor: Coordinator) -> LendingDetail:
    """One lending; when we are asked, with those of our own people who could go."""
    row = access.load(session, access.visible_lendings(actor), Lending, lending_id)
    return reading.detail(session, actor, row)


@router.post("/lendings/{lending_id}/agree")
def agree_to_lending(
    lending_id: UUID, body: LendingAgree, session: SessionDep, actor: Coordinator
) -> LendingRead:
    """Lend somebody: she is asked, and may say no. The other pool learns who it is by her yes."""
    row = lendings.agree(session, actor, lending_id, body.volunteer_id)
    return reading.reads(session, actor, [row])[0]


@router.post("/lendings/{lending_id}/decline")
def decline_lending(
    lending_id: UUID, body: LendingDecline, session: SessionDep, actor: Coordinator
) -> LendingRead:
    """Lend nobody; as long as she has not said yes also after having agreed."""
    row = lendings.decline(session, actor, lending_id, body.reason)
    return reading.reads(session, actor, [row])[0]


@router.post("/lendings/{lending_id}/withdraw")
def withdraw_lending(lending_id: UUID, session: SessionDep, actor: Coordinator) -> LendingRead:
    """Ask the other pool no more; who was asked already is told."""
    row = lendings.withdraw(session, actor, lending_id)
    return reading.reads(session, actor, [row])[0]
