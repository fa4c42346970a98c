"""Reports."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response

from app import access
from app.access import SumReader
from app.db import SessionDep, UnitOfWork
from app.downloads import SHEETS, download
from app.errors import locale_of
from app.reports import period, registry
from app.reports import service as reports
from app.reports.schemas import ReportRead

router = APIRouter(route_class=UnitOfWork, tags=["reports"])


@router.get(
    "/reports/{name}",
    response_model=ReportRead,
    responses={200: {"description": "Data, or a file", "content": SHEETS}},
)
def get_report(
    name: Annotated[str, Path(max_length=40)],
    request: Request,
    session: SessionDep,
    actor: SumReader,
    first_day: Annotated[date, Query(alias="from", description="First day, included")],
    last_day: Annotated[date, Query(alias="to", description="Last day, included")],
    format: Literal["json", "csv", "xlsx"] = "json",
    sponsor_id: UUID | None = None,
) -> ReportRead | Response:
    """A report of one sponsor over at most 400 days.

    `hours`: per volunteer and month. `lending`: what was lent to and borrowed from each other pool,
    with the balance.
    """
    report = registry.named(name)
    days = period.checked(first_day, last_day)
    sponsor = access.sponsor_for(actor, sponsor_id)
    locale = locale_of(request)
    if format == "json":
        return reports.data(session, report, sponsor, days, locale=locale)
    table = reports.table(session, report, sponsor, days, locale=locale)
    return download(table, format, locale)
