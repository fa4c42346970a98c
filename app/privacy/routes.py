"""What the law gives people over their data, and what proves that it was done."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Request

from app import access
from app.access import Auditor, Eraser, Exporter, KeyKeeper, Lead
from app.db import SessionDep, UnitOfWork
from app.errors import locale_of
from app.paging import Cursor, Limit, Page, page_of
from app.privacy import erasing, exporting, files, keys
from app.privacy.schemas import (
    EraseAsk,
    Erased,
    ErasureRead,
    ExportAsk,
    ExportRead,
    KeyDestroyed,
    KeyRead,
    KeyRotate,
    RetentionRunRead,
)
from app.tables import Erasure, RetentionRun

router = APIRouter(route_class=UnitOfWork, tags=["privacy"])
_FILES: dict[str, dict[str, str]] = {"application/pdf": {}, "application/zip": {}}
Version = Annotated[int, Path(ge=0, le=10_000)]


@router.post(
    "/privacy/export",
    response_model=ExportRead,
    responses={200: {"description": "Data, or a file", "content": _FILES}},
)
def export_person(
    body: ExportAsk,
    request: Request,
    session: SessionDep,
    actor: Exporter,
    format: Literal["json", "pdf", "zip"] = "json",
) -> Any:
    """Everything that is held about a person (Art. 15 GDPR), as data, to read, or both as a ZIP.

    Without an id one's own, from all pools. The lead of a pool gets its part about somebody who is
    or was in it. Nothing of it is stored.
    """
    export = exporting.ask(session, actor, body.volunteer_id)
    return files.answer(export, format, locale_of(request))


@router.post("/privacy/erase")
def erase_person(body: EraseAsk, session: SessionDep, actor: Eraser) -> Erased:
    """Forget a volunteer (Art. 17 GDPR): without an id oneself, in every pool.

    The lead of a pool erases somebody there; with her last pool the person goes altogether. What
    accounts need is held until its day. Refused while there are bookings or money is owed.
    """
    found = erasing.ask(
        session,
        actor,
        volunteer_id=body.volunteer_id,
        reason=body.reason,
        without_pay=body.without_pay,
    )
    return Erased(items=[ErasureRead(**one.model_dump()) for one in found])


@router.get("/privacy/erasures")
def list_erasures(
    session: SessionDep, actor: Auditor, limit: Limit = 50, cursor: Cursor = None
) -> Page[ErasureRead]:
    """Who was erased, by number, and what is still held."""
    query = access.visible_erasures(actor)
    rows, following = page_of(session, query, Erasure.id, limit, cursor)
    return Page(items=[ErasureRead(**row.model_dump()) for row in rows], next=following)


@router.get("/privacy/retention-runs")
def list_retention_runs(
    session: SessionDep, actor: Auditor, limit: Limit = 50, cursor: Cursor = None
) -> Page[RetentionRunRead]:
    """What was kept long enough and went: the proof of deletion."""
    query = access.visible_retention_runs(actor)
    rows, following = page_of(session, query, RetentionRun.id, limit, cursor)
    return Page(items=[RetentionRunRead(**row.model_dump()) for row in rows], next=following)


@router.get("/privacy/pseudonym-keys")
def list_pseudonym_keys(
    session: SessionDep, actor: Lead, sponsor_id: UUID | None = None
) -> list[KeyRead]:
    """The keys of the pseudonyms of client cases, without the keys themselves."""
    return keys.listed(session, access.sponsor_for(actor, sponsor_id))


@router.post("/privacy/pseudonym-keys/rotate", status_code=201)
def rotate_pseudonym_key(body: KeyRotate, session: SessionDep, actor: KeyKeeper) -> KeyRead:
    """A new key for new cases; known case numbers are still found under the keys before."""
    return keys.rotate(session, actor.account_id, access.sponsor_for(actor, body.sponsor_id))


@router.post("/privacy/pseudonym-keys/{version}/destroy")
def destroy_pseudonym_key(
    version: Version, body: KeyRotate, session: SessionDep, actor: KeyKeeper
) -> KeyDestroyed:
    """Erase a key that makes no new cases: its cases match no case number any more, for ever."""
    sponsor_id = access.sponsor_for(actor, body.sponsor_id)
    return keys.destroy(session, actor.account_id, sponsor_id, version)
