"""Grants of the Land, their budgets and deadlines, and the conditions they hang on."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from app import access
from app.access import SumReader, Treasury
from app.bodies import Day, Moment
from app.clock import today
from app.db import SessionDep, UnitOfWork
from app.errors import locale_of
from app.etags import IfMatch, require_match, tagged
from app.grants import answers, deadlines
from app.grants import service as grants
from app.grants.schemas import (
    BudgetRead,
    DeadlineRead,
    MonitorRead,
    NoticeApply,
    NoticeCreate,
    NoticeEnd,
    NoticeGrant,
    NoticeProof,
    NoticeRead,
    NoticeUpdate,
    Year,
)
from app.paging import Cursor, Limit, Page, page_of
from app.tables import GrantNotice

router = APIRouter(route_class=UnitOfWork, tags=["money"])


@router.post("/grant-notices", status_code=201)
def create_grant_notice(body: NoticeCreate, session: SessionDep, actor: Treasury) -> NoticeRead:
    """Plan a grant: one for each funding line, year and purpose."""
    return grants.read(actor, grants.create(session, actor, body))


@router.get("/grant-notices")
def list_grant_notices(
    session: SessionDep,
    actor: SumReader,
    year: Year | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[NoticeRead]:
    """The grants of my sponsors, of one year or of all."""
    query = grants.visible(actor, year)
    rows, following = page_of(session, query, GrantNotice.id, limit, cursor)
    return Page(items=[grants.read(actor, row) for row in rows], next=following)


@router.get("/grant-notices/{notice_id}")
def get_grant_notice(
    notice_id: UUID, response: Response, session: SessionDep, actor: SumReader
) -> NoticeRead:
    """A grant; whether it runs, has ended or its proof is due goes by today."""
    return tagged(response, grants.read(actor, grants.load(session, actor, notice_id)))


@router.patch("/grant-notices/{notice_id}")
def update_grant_notice(
    notice_id: UUID,
    body: NoticeUpdate,
    response: Response,
    session: SessionDep,
    actor: Treasury,
    if_match: IfMatch = None,
) -> NoticeRead:
    """Change a grant. Once it is granted, sums and days are changed by a reason only."""
    notice = grants.load(session, actor, notice_id, lock=True)
    require_match(if_match, grants.read(actor, notice))
    grants.change(session, actor, notice, body)
    return tagged(response, grants.read(actor, notice))


@router.delete("/grant-notices/{notice_id}", status_code=204)
def remove_grant_notice(
    notice_id: UUID, session: SessionDep, actor: Treasury, if_match: IfMatch = None
) -> None:
    """Take back a grant that was planned wrongly or refused; the audit keeps that there was one.

    Refused once it is granted.
    """
    notice = grants.load(session, actor, notice_id, lock=True)
    require_match(if_match, grants.read(actor, notice))
    grants.remove(session, actor, notice)


@router.post("/grant-notices/{notice_id}/apply")
def apply_for_grant(
    notice_id: UUID, body: NoticeApply, session: SessionDep, actor: Treasury
) -> NoticeRead:
    """Say that a planned grant was applied for."""
    notice = grants.load(session, actor, notice_id, lock=True)
    grants.apply(session, actor, notice, body)
    return grants.read(actor, notice)


@router.post("/grant-notices/{notice_id}/grant")
def enter_grant(
    notice_id: UUID, body: NoticeGrant, session: SessionDep, actor: Treasury
) -> NoticeRead:
    """Enter what the notice says. From its first day on the grant runs by itself."""
    notice = grants.load(session, actor, notice_id, lock=True)
    grants.grant(session, actor, notice, body)
    return grants.read(actor, notice)


@router.post("/grant-notices/{notice_id}/end")
def end_grant(notice_id: UUID, body: NoticeEnd, session: SessionDep, actor: Treasury) -> NoticeRead:
    """End a running grant early; on its last day it ends by itself."""
    notice = grants.load(session, actor, notice_id, lock=True)
    grants.end(session, actor, notice, body)
    return grants.read(actor, notice)


@router.post("/grant-notices/{notice_id}/proof-sent")
def enter_proof(
    notice_id: UUID, body: NoticeProof, session: SessionDep, actor: Treasury
) -> NoticeRead:
    """Say that the proof of use was sent: the paid claims of its year become reported."""
    notice = grants.load(session, actor, notice_id, lock=True)
    grants.prove(session, actor, notice, body.sent_on)
    return grants.read(actor, notice)


@router.post("/grant-notices/{notice_id}/close")
def close_grant(notice_id: UUID, session: SessionDep, actor: Treasury) -> NoticeRead:
    """Close a grant whose proof was sent, once the Land has nothing more to ask."""
    notice = grants.load(session, actor, notice_id, lock=True)
    grants.close(session, actor, notice)
    return grants.read(actor, notice)


@router.get("/grant-notices/{notice_id}/budget")
def get_grant_budget(
    notice_id: UUID,
    request: Request,
    session: SessionDep,
    actor: SumReader,
    as_of: Annotated[
        Moment | None, Query(description="As the books stood then; bookings ahead are left out")
    ] = None,
) -> BudgetRead:
    """What of a grant is paid, approved, committed, planned and left, and how long it lasts.

    Hours belong to nobody: `minutes_left` may move between people, each up to her own year cap.
    """
    notice = grants.load(session, actor, notice_id)
    return answers.of_budget(session, actor, notice, as_of, locale_of(request))


@router.get("/deadlines")
def list_deadlines(
    request: Request,
    session: SessionDep,
    actor: SumReader,
    year: Annotated[
        Year | None, Query(description="Of the grants; last year, this and the next one")
    ] = None,
) -> list[DeadlineRead]:
    """By which day something has to be sent to the Land, and whether that was done."""
    years = [year] if year is not None else deadlines.around(today())
    sponsors = sorted(actor.sponsor_ids)
    return answers.of_deadlines(session, sponsors, years, locale_of(request))


@router.get("/threshold-monitor")
def get_threshold_monitor(
    request: Request,
    session: SessionDep,
    actor: SumReader,
    on: Annotated[Day | None, Query(description="The key date; today")] = None,
    sponsor_id: UUID | None = None,
) -> MonitorRead:
    """Active guides and interpreters on a day, the conditions of the Land, and a forecast.

    Active is who was released at the end of that day. The forecast asks until when enough of them
    may be sent if no paper and no listing is renewed.
    """
    sponsor = access.sponsor_for(actor, sponsor_id)
    return answers.of_monitor(session, actor, sponsor, on or today(), locale_of(request))
