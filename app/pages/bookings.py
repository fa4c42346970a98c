"""`/b/{token}`: a booked person sees her appointment and says whether it stands, by link alone."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from app import links
from app.bookings import cancelling, confirming, visits
from app.bookings.terms import Why
from app.bookings.visits import Visit
from app.clock import now
from app.db import SessionDep
from app.errors import locale_of
from app.institutions import naming
from app.messages import opening
from app.offers.reading import assignment_reads
from app.offers.refusals import Begun, NotBooked
from app.pages import facts
from app.pages.booking_words import BOOKING, MISTAKE
from app.pages.facts import Facts
from app.pages.render import Answer, PageRoute, render
from app.seam.build import GIVEN_BACK
from app.tables import Assignment, AssignmentState, LinkPurpose, Side, SignedLink

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/b/{token}")
def show_booking(token: str, request: Request, session: SessionDep) -> HTMLResponse:
    """When and where, room and contact, and the two answers. Only looking answers nothing."""
    link = links.open_link(session, LinkPurpose.CONFIRM_BOOKING, token)
    visit = visits.one(session, link.subject_id)
    page = _page(request, session, visit)
    opening.noted(request, page, visit.booking.id, visit.volunteer.id)
    return page


@router.post("/b/{token}")
def answer_booking(
    token: str, request: Request, session: SessionDep, answer: Answer = ""
) -> HTMLResponse:
    """She comes, or she cannot; the same answer twice is one."""
    link = links.open_link(session, LinkPurpose.CONFIRM_BOOKING, token)
    visit = visits.one(session, link.subject_id)
    if answer not in ("yes", "no"):
        return _page(request, session, visit, status=422)
    try:
        _carry_out(session, link, visit, comes=answer == "yes")
        status = 200
    except (Begun, NotBooked) as error:
        status = error.status
    return _page(request, session, visits.one(session, visit.booking.id), status=status)


def _carry_out(session: SessionDep, link: SignedLink, visit: Visit, *, comes: bool) -> None:
    account_id = visit.volunteer.account_id
    if comes:
        confirming.reconfirm(session, account_id, visit.booking)
    else:
        why = Why(Side.VOLUNTEER, account_id=account_id)
        cancelling.cancel_assignment(session, visit.booking, why)
    links.mark_used(session, link)
    session.flush()


def _page(
    request: Request, session: SessionDep, visit: Visit, *, status: int = 200
) -> HTMLResponse:
    locale = locale_of(request)
    words: dict[str, Any] = BOOKING[locale]
    state = _state(visit.booking)
    title, lead = words[state]
    ahead = state in ("asked", "booked", "confirmed")
    return render(
        request,
        "question.html",
        status=status,
        title=title,
        lead=lead.format(name=visit.volunteer.given_name),
        facts=_facts(locale, session, visit),
        yes=words["yes"] if state == "asked" else "",
        no=words["no"] if ahead else "",
        hint=words["hint"],
        mistake=MISTAKE[locale] if status == 422 else "",
    )


def _state(booking: Assignment) -> str:
    """How the booking stands for the one who reads."""
    if booking.state in GIVEN_BACK:
        return "cancelled"
    if booking.state != AssignmentState.BOOKED or booking.starts_at <= now():
        return "begun"
    if booking.reconfirmed_at is not None:
        return "confirmed"
    return "asked" if booking.reminded_at is not None else "booked"


def _facts(locale: str, session: SessionDep, visit: Visit) -> Facts:
    """Label and value; address and contact as long as she is booked."""
    booking = visit.booking
    told = naming.is_told(booking.state, booking.ends_at)
    shown = facts.appointment(
        locale,
        booking.starts_at,
        booking.ends_at,
        where=naming.roughly(visit.institution, told=told, locale=locale),
        mode=booking.mode,
        language=visit.seat.language,
    )
    contact = assignment_reads(session, [booking], contacts=True)[0].contact
    keep = facts.kept(visit.institution, told=told, locale=locale)
    return facts.labelled(locale, [*shown, *facts.contact(contact), *keep])
