"""The timetable of a parents' day: a page to print, or a file."""

from typing import Literal
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from app import access
from app.access import Asker
from app.db import SessionDep, UnitOfWork
from app.downloads import SHEETS, download
from app.errors import locale_of
from app.offers.texts import DAYS, ENGLISH_DAYS
from app.pages.render import render
from app.pages.timetable_words import WORDS
from app.parents_days import reading, timetable
from app.parents_days.schemas import ParentsDayRead
from app.requests.near import shown
from app.tables import ParentsDay, RequestState

router = APIRouter(route_class=UnitOfWork, tags=["parents' days"])


@router.get(
    "/parents-days/{parents_day_id}/timetable",
    response_class=HTMLResponse,
    responses={200: {"description": "A page, or a file", "content": {"text/html": {}, **SHEETS}}},
)
def get_timetable(
    parents_day_id: UUID,
    request: Request,
    session: SessionDep,
    actor: Asker,
    format: Literal["html", "csv", "xlsx"] = "html",
) -> Response:
    """Who interprets when: to print, with room to write down families and rooms."""
    locale = locale_of(request)
    row = access.load(session, access.visible_parents_days(actor), ParentsDay, parents_day_id)
    day = reading.read(session, actor, row, locale)
    if format != "html":
        return download(timetable.table(day, locale), format, locale)
    return _page(request, day, locale)


def _page(request: Request, day: ParentsDayRead, locale: str) -> HTMLResponse:
    words = WORDS[locale]
    return render(
        request,
        "timetable.html",
        title=day.topic or words["title"],
        words=words,
        facts=_facts(day, locale),
        is_cancelled=day.state == RequestState.CANCELLED,
        sheets=timetable.sheets(day),
        empty=[need for need in day.needs if not need.people],
    )


def _facts(day: ParentsDayRead, locale: str) -> list[tuple[str, str]]:
    """Label and value of what stands above the tables."""
    words = WORDS[locale]
    place = ", ".join(filter(None, [day.institution, day.room]))
    facts = [("when", _when(day, locale)), ("where", place), ("note", day.note)]
    return [(words[key], value) for key, value in facts if value]


def _when(day: ParentsDayRead, locale: str) -> str:
    """`Donnerstag, 11.02.2027, 14:00–18:00 Uhr`."""
    weekday, date = day.day.weekday(), shown(day.day, locale)
    if locale == "en":
        return f"{ENGLISH_DAYS[weekday]}, {date}, {day.start}–{day.end}"
    return f"{DAYS[weekday]}, {date}, {day.start}–{day.end} Uhr"
