"""Sums for whoever looks after the state programme."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

from app.access import Programme
from app.db import SessionDep, UnitOfWork
from app.downloads import SHEETS, download
from app.errors import locale_of
from app.programme import quarters
from app.programme import service as programme
from app.programme.schemas import AggregatesRead, By

router = APIRouter(route_class=UnitOfWork, tags=["reports"])


@router.get(
    "/programme/aggregates",
    response_model=AggregatesRead,
    responses={200: {"description": "Data, or a file", "content": SHEETS}},
)
def get_aggregates(
    request: Request,
    session: SessionDep,
    _actor: Programme,
    first_day: Annotated[date, Query(alias="from", description="First day of a quarter")],
    last_day: Annotated[date, Query(alias="to", description="Its last day")],
    by: By = "region",
    format: Literal["json", "csv", "xlsx"] = "json",
) -> AggregatesRead | Response:
    """Sums of one quarter across all sponsors, 30 days after its end; no persons, no sponsors.

    Cells from fewer than 5 volunteers or fewer than 3 sponsors are hidden, and others with them, so
    that no hidden number can be computed from the ones that are shown.
    """
    locale = locale_of(request)
    period = quarters.checked(first_day, last_day)
    read = programme.aggregates(session, period, by.split(","), locale)
    if format == "json":
        return read
    return download(programme.sheet(read, locale), format, locale)
