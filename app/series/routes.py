"""Series: requests that come back."""

from uuid import UUID

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from app import access
from app.access import Asker
from app.db import SessionDep, UnitOfWork
from app.errors import locale_of
from app.etags import IfMatch, require_match, tagged
from app.paging import Cursor, Limit, Page, page_of
from app.series import previewing, reading
from app.series import service as series
from app.series.schemas import (
    SeriesCancel,
    SeriesChange,
    SeriesCreate,
    SeriesDetail,
    SeriesRead,
    SeriesUpdate,
)
from app.tables import Series

router = APIRouter(route_class=UnitOfWork, tags=["requests"])


@router.post("/series", status_code=201)
def create_series(
    body: SeriesCreate, request: Request, response: Response, session: SessionDep, actor: Asker
) -> SeriesDetail:
    """Ask for something that comes back: 2 to 104 dates, each a request of its own."""
    made = series.create(session, actor, body)
    response.headers["Location"] = f"/api/v1/series/{made.id}"
    return _read(session, response, made, locale_of(request))


@router.get("/series")
def list_series(
    request: Request, session: SessionDep, actor: Asker, limit: Limit = 50, cursor: Cursor = None
) -> Page[SeriesRead]:
    """Series without their dates."""
    visible = access.visible_series(actor)
    rows, following = page_of(session, visible, Series.id, limit, cursor)
    return Page(items=reading.reads(session, rows, locale_of(request)), next=following)


@router.get("/series/{series_id}")
def get_series(
    series_id: UUID, request: Request, response: Response, session: SessionDep, actor: Asker
) -> SeriesDetail:
    """One series: its rule, its dates with their states, and the days that were left out."""
    found = access.load(session, access.visible_series(actor), Series, series_id)
    return _read(session, response, found, locale_of(request))


@router.patch("/series/{series_id}")
def update_series(
    series_id: UUID,
    body: SeriesUpdate,
    request: Request,
    session: SessionDep,
    actor: Asker,
    if_match: IfMatch = None,
) -> SeriesChange:
    """Change one date, the following ones or all; with `preview` only say what would happen.

    Dates on which somebody counts keep their time and are listed under `kept`.
    """
    found = access.load(session, access.visible_series(actor), Series, series_id, lock=True)
    require_match(if_match, reading.detail(session, found))
    return previewing.change(session, actor, found, body, locale_of(request))


@router.post("/series/{series_id}/cancel")
def cancel_series(
    series_id: UUID, body: SeriesCancel, request: Request, session: SessionDep, actor: Asker
) -> SeriesChange:
    """Call off one date, the following ones or all that have not begun."""
    found = access.load(session, access.visible_series(actor), Series, series_id, lock=True)
    outcome = series.cancel(session, actor, found, body)
    return previewing.told(session, outcome, locale_of(request))


def _read(session: Session, response: Response, row: Series, locale: str) -> SeriesDetail:
    read = tagged(response, reading.detail(session, row))
    return reading.worded(row, read, locale)
