"""Institutions that ask for help."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from sqlmodel import col

from app import access
from app.access import Asker, Coordinator
from app.bodies import Typed
from app.db import SessionDep, UnitOfWork
from app.errors import locale_of
from app.etags import IfMatch, require_match, tagged
from app.institutions import kinds
from app.institutions import service as institutions
from app.institutions.schemas import (
    InstitutionCreate,
    InstitutionRead,
    InstitutionUpdate,
    TopicRead,
)
from app.paging import Cursor, Limit, Page, page_of
from app.tables import Institution

router = APIRouter(route_class=UnitOfWork, tags=["people"])


@router.get("/institutions")
def list_institutions(
    request: Request,
    session: SessionDep,
    actor: Asker,
    q: Annotated[str | None, Query(max_length=100), Typed] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[InstitutionRead]:
    """Our partners, by part of the name."""
    query = access.visible_institutions(actor)
    if q:
        query = query.where(col(Institution.name).icontains(q, autoescape=True))
    rows, following = page_of(session, query, Institution.id, limit, cursor)
    items = [institutions.read(row, locale_of(request)) for row in rows]
    return Page(items=items, next=following)


@router.post("/institutions", status_code=201)
def create_institution(
    body: InstitutionCreate,
    request: Request,
    response: Response,
    session: SessionDep,
    actor: Coordinator,
) -> InstitutionRead:
    """A new partner with its agreement."""
    institution = institutions.create(session, actor, body)
    response.headers["Location"] = f"/api/v1/institutions/{institution.id}"
    tagged(response, institutions.read(institution))
    return institutions.read(institution, locale_of(request))


@router.get("/institutions/{institution_id}")
def get_institution(
    institution_id: UUID,
    request: Request,
    response: Response,
    session: SessionDep,
    actor: Asker,
) -> InstitutionRead:
    """One partner."""
    visible = access.visible_institutions(actor)
    institution = access.load(session, visible, Institution, institution_id)
    tagged(response, institutions.read(institution))
    return institutions.read(institution, locale_of(request))


@router.patch("/institutions/{institution_id}")
def update_institution(
    institution_id: UUID,
    body: InstitutionUpdate,
    request: Request,
    response: Response,
    session: SessionDep,
    actor: Asker,
    if_match: IfMatch = None,
) -> InstitutionRead:
    """Change address, region or contact."""
    visible = access.visible_institutions(actor)
    institution = access.load(session, visible, Institution, institution_id, lock=True)
    require_match(if_match, institutions.read(institution))
    institutions.update(session, actor, institution, body)
    tagged(response, institutions.read(institution))
    return institutions.read(institution, locale_of(request))


@router.get("/topics")
def list_topics() -> list[TopicRead]:
    """The kinds of institutions, always in the same order: what can be asked for, or declined."""
    return [
        TopicRead(kind=kind.slug, german=kind.label, english=kinds.called(kind.slug, "en"))
        for kind in kinds.KINDS
    ]
