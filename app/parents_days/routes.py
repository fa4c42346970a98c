"""Parents' days: slots in a window become shifts of people with breaks."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from sqlmodel import Session

from app import access
from app.access import Actor, Asker
from app.db import SessionDep, UnitOfWork
from app.errors import locale_of
from app.etags import IfMatch, require_match, tagged
from app.paging import Cursor, Limit, Page, page_of
from app.parents_days import changing, reading
from app.parents_days import service as parents_days
from app.parents_days.schemas import (
    CancelParentsDay,
    NeedsWrite,
    ParentsDayPlan,
    ParentsDayRead,
    ParentsDayUpdate,
    ParentsDayWrite,
)
from app.tables import ParentsDay

router = APIRouter(route_class=UnitOfWork, tags=["parents' days"])
Locale = Annotated[str, Depends(locale_of)]


def _held(session: SessionDep, actor: access.Actor, parents_day_id: UUID) -> ParentsDay:
    """The parents' day, changed by nobody else until the commit."""
    visible = access.visible_parents_days(actor)
    return access.load(session, visible, ParentsDay, parents_day_id, lock=True)


@router.post("/parents-days", status_code=201)
def create_parents_day(
    body: ParentsDayWrite, response: Response, session: SessionDep, actor: Asker, locale: Locale
) -> ParentsDayRead:
    """Ask for a parents' day: as few people as possible, each at most 3 hours with a break."""
    day = parents_days.create(session, actor, body)
    response.headers["Location"] = f"/api/v1/parents-days/{day.id}"
    return _read(session, response, actor, day, locale)


@router.post("/parents-days/check")
def check_parents_day(
    body: ParentsDayWrite, session: SessionDep, actor: Asker, locale: Locale
) -> ParentsDayPlan:
    """How many people it takes and when, before anything is stored."""
    return parents_days.check(session, actor, body, locale)


@router.get("/parents-days")
def list_parents_days(
    session: SessionDep,
    actor: Asker,
    locale: Locale,
    institution_id: UUID | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[ParentsDayRead]:
    """Parents' days with their shifts."""
    query = parents_days.visible(actor, institution_id)
    rows, following = page_of(session, query, ParentsDay.id, limit, cursor)
    return Page(items=reading.reads(session, actor, rows, locale), next=following)


@router.get("/parents-days/{parents_day_id}")
def get_parents_day(
    parents_day_id: UUID, response: Response, session: SessionDep, actor: Asker, locale: Locale
) -> ParentsDayRead:
    """One parents' day: what is needed, who does which slots, what is open."""
    day = access.load(session, access.visible_parents_days(actor), ParentsDay, parents_day_id)
    return _read(session, response, actor, day, locale)


@router.patch("/parents-days/{parents_day_id}")
def update_parents_day(
    parents_day_id: UUID,
    body: ParentsDayUpdate,
    response: Response,
    session: SessionDep,
    actor: Asker,
    locale: Locale,
    if_match: IfMatch = None,
) -> ParentsDayRead:
    """Another room, topic, note or contact, for all shifts; only what is sent."""
    day = _held(session, actor, parents_day_id)
    require_match(if_match, reading.wordless(reading.read(session, actor, day, locale)))
    changing.change_texts(session, actor, day, body)
    return _read(session, response, actor, day, locale)


@router.put("/parents-days/{parents_day_id}/needs")
def replace_needs(
    parents_day_id: UUID,
    body: NeedsWrite,
    response: Response,
    session: SessionDep,
    actor: Asker,
    locale: Locale,
    if_match: IfMatch = None,
) -> ParentsDayRead:
    """Other languages or numbers: booked shifts stay, the others are laid out again."""
    day = _held(session, actor, parents_day_id)
    require_match(if_match, reading.wordless(reading.read(session, actor, day, locale)))
    changing.replace_needs(session, actor, day, body)
    return _read(session, response, actor, day, locale)


@router.post("/parents-days/{parents_day_id}/cancel")
def cancel_parents_day(
    parents_day_id: UUID, body: CancelParentsDay, session: SessionDep, actor: Asker, locale: Locale
) -> ParentsDayRead:
    """Call it off; everybody who is booked is told."""
    day = _held(session, actor, parents_day_id)
    parents_days.cancel(session, actor, day, body.reason)
    return reading.read(session, actor, day, locale)


def _read(
    session: Session, response: Response, actor: Actor, day: ParentsDay, locale: str
) -> ParentsDayRead:
    read = reading.read(session, actor, day, locale)
    tagged(response, reading.wordless(read))
    return read
