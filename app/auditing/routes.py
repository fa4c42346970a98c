"""The audit: who did what, how far the chain is, and who read my record."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request

from app import access, errors
from app.access import Anyone, Auditor
from app.auditing import lag
from app.auditing import service as auditing
from app.auditing.schemas import AnchorRead, AuditRead, ChainRead, MyAuditRead
from app.bodies import Moment, Typed
from app.db import SessionDep, UnitOfWork
from app.paging import Cursor, Limit, Page, page_of
from app.tables import AuditAnchor, AuditEvent

router = APIRouter(route_class=UnitOfWork, tags=["audit"])
Word = Annotated[str | None, Query(max_length=60), Typed]


@router.get("/audit")
def list_audit(
    session: SessionDep,
    actor: Auditor,
    subject_type: Word = None,
    subject_id: UUID | None = None,
    action: Word = None,
    account_id: UUID | None = None,
    since: Annotated[Moment | None, Query(alias="from")] = None,
    until: Annotated[Moment | None, Query(alias="to")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[AuditRead]:
    """Who did what on what, the oldest first; `from` is included, `to` is not.

    The lead reads who it was by name, the auditor by role.
    """
    wanted = auditing.Filters(subject_type, subject_id, action, account_id, since, until)
    query = auditing.find(actor, wanted)
    rows, following = page_of(session, query, AuditEvent.id, limit, cursor)
    return Page(items=auditing.reads(session, actor, rows), next=following)


@router.get("/audit/chain")
def get_chains(session: SessionDep, actor: Auditor) -> list[ChainRead]:
    """How far the chain of each of my sponsors is.

    An entry gets its place some seconds after it was written. `lotsenwerk audit verify` says
    whether all are as they were written.
    """
    found = lag.standings(session, actor.sponsor_ids)
    return [ChainRead.model_validate(one, from_attributes=True) for one in found]


@router.get("/audit/anchors")
def list_anchors(
    session: SessionDep, actor: Auditor, limit: Limit = 50, cursor: Cursor = None
) -> Page[AnchorRead]:
    """How long the chain was each day and how it ended: keep them where we cannot write."""
    query = access.visible_anchors(actor)
    rows, following = page_of(session, query, AuditAnchor.id, limit, cursor)
    items = [AnchorRead(**row.model_dump(exclude={"updated_at"})) for row in rows]
    return Page(items=items, next=following)


@router.get("/me/audit")
def list_my_audit(
    request: Request, session: SessionDep, actor: Anyone, limit: Limit = 50, cursor: Cursor = None
) -> Page[MyAuditRead]:
    """Who read or changed my details as a volunteer, the oldest first; empty for all others.

    Reading means my whole record; a list with name and town is not noted. The same person's reading
    is noted once an hour.
    """
    query = auditing.about_me(actor)
    rows, following = page_of(session, query, AuditEvent.id, limit, cursor)
    locale = errors.locale_of(request)
    return Page(items=auditing.my_reads(session, actor, rows, locale), next=following)
