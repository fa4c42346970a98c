"""Importing a pool's lists."""

from uuid import UUID

from fastapi import APIRouter, Request
from sqlmodel import col

from app import access, limits
from app.access import Coordinator
from app.db import SessionDep, UnitOfWork
from app.errors import Invalid, locale_of
from app.imports import batches, report, undoing
from app.imports import service as imports
from app.imports.lists import read_files
from app.imports.refusals import ListError
from app.imports.schemas import BatchRead, ImportRead
from app.paging import Cursor, Limit, Page, page_of
from app.tables import ImportBatch, Sponsor
from app.uploads import Uploaded

router = APIRouter(route_class=UnitOfWork, tags=["imports"])


@router.post("/imports", max_body_size=limits.body_bytes("/api/v1/imports"))
def import_lists(
    uploaded: Uploaded,
    request: Request,
    session: SessionDep,
    actor: Coordinator,
    dry_run: bool = False,
    sponsor_id: UUID | None = None,
) -> ImportRead:
    """Read volunteers, institutions and requests (CSV or XLSX). Nothing is stored twice.

    Each row is accepted, asked about (stored, a task is opened), rejected (nothing stored) or
    unchanged (stored before, left alone), and says how its cells were read. With `dry_run` nothing
    is stored at all.
    """
    locale = locale_of(request)
    sponsor = access.load(
        session,
        access.visible_sponsors(actor).where(col(Sponsor.id).in_(actor.sponsor_ids)),
        Sponsor,
        access.sponsor_for(actor, sponsor_id),
    )
    try:
        lists = read_files(uploaded)
    except ListError as error:
        raise Invalid(sentence=error.sentence(locale)) from error
    judged = imports.verdicts(session, sponsor.id, lists)
    target = imports.Target(session, sponsor, actor.account_id, lists.sources)
    stored = imports.Stored() if dry_run else imports.store(target, judged)
    return ImportRead(
        id=stored.batch_id,
        dry_run=dry_run,
        outcome=judged.as_json(),
        rows=report.rows(judged, locale),
        new_volunteers=stored.volunteers,
        new_institutions=stored.institutions,
        new_requests=stored.requests,
        ignored=list(lists.ignored),
    )


@router.get("/imports")
def list_imports(
    session: SessionDep, actor: Coordinator, limit: Limit = 50, cursor: Cursor = None
) -> Page[BatchRead]:
    """Imports that stored something: who, when, from which files, and whether taken back."""
    query = batches.visible(actor)
    rows, following = page_of(session, query, ImportBatch.id, limit, cursor)
    return Page(items=batches.reads(session, rows), next=following)


@router.get("/imports/{batch_id}")
def get_import(batch_id: UUID, session: SessionDep, actor: Coordinator) -> BatchRead:
    """One import with its figures."""
    batch = access.load(session, batches.visible(actor), ImportBatch, batch_id)
    return batches.reads(session, [batch])[0]


@router.post("/imports/{batch_id}/undo")
def undo_import(batch_id: UUID, session: SessionDep, actor: Coordinator) -> BatchRead:
    """Take back everything this import wrote, all of it or nothing.

    Refused with `import-in-use` when something hangs on it: an offer, a booking, a plan's proposal,
    an answered question, a later change, another pool.
    """
    access.load(session, batches.visible(actor), ImportBatch, batch_id)
    batch = undoing.undo(session, actor.account_id, batch_id)
    return batches.reads(session, [batch])[0]
