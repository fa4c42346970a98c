"""`/s/{token}`: a volunteer says whether she stands by, by link alone."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from app import links
from app.bookings import standbys
from app.bookings.visits import Visit
from app.db import SessionDep
from app.errors import locale_of
from app.institutions import naming
from app.messages import opening
from app.pages import facts
from app.pages.booking_words import MISTAKE, STANDBY
from app.pages.facts import Facts
from app.pages.render import Answer, PageRoute, render
from app.tables import LinkPurpose, Standby, StandbyState

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/s/{token}")
def show_standby(token: str, request: Request, session: SessionDep) -> HTMLResponse:
    """What is asked, and the two answers. Only looking answers nothing."""
    link = links.open_link(session, LinkPurpose.ANSWER_STANDBY, token)
    standby = session.get_one(Standby, link.subject_id)
    page = _page(request, session, standby)
    opening.noted(request, page, standby.id, standby.volunteer_id)
    return page


@router.post("/s/{token}")
def answer_standby(
    token: str, request: Request, session: SessionDep, answer: Answer = ""
) -> HTMLResponse:
    """Yes or no; the same answer twice is one, and a yes may be taken back."""
    link = links.open_link(session, LinkPurpose.ANSWER_STANDBY, token)
    standby = session.get_one(Standby, link.subject_id)
    if answer not in ("yes", "no"):
        return _page(request, session, standby, status=422)
    account_id = standbys.about(session, standby).volunteer.account_id
    say = standbys.accept if answer == "yes" else standbys.decline
    say(session, account_id, standby)
    links.mark_used(session, link)
    session.flush()
    return _page(request, session, standby)


def _page(
    request: Request, session: SessionDep, standby: Standby, *, status: int = 200
) -> HTMLResponse:
    locale = locale_of(request)
    words: dict[str, Any] = STANDBY[locale]
    visit = standbys.about(session, standby)
    title, lead = words[standby.state]
    return render(
        request,
        "question.html",
        status=status,
        title=title,
        lead=lead.format(name=visit.volunteer.given_name),
        facts=_facts(locale, visit),
        yes=words["yes"] if standby.state == StandbyState.ASKED else "",
        no=words["no"] if standby.state in standbys.LIVE else "",
        hint=words["hint"],
        mistake=MISTAKE[locale] if status == 422 else "",
    )


def _facts(locale: str, visit: Visit) -> Facts:
    """Label and value: no address, no contact before she is called."""
    shown = facts.appointment(
        locale,
        visit.booking.starts_at,
        visit.booking.ends_at,
        where=naming.roughly(visit.institution, locale=locale),
        mode=visit.booking.mode,
        language=visit.seat.language,
    )
    return facts.labelled(locale, shown)
