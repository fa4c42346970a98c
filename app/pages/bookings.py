"""`/b/{token}`: a booked person sees her appointment and says whether it stands, by link alone."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse

from app import links
from app.bookings import cancelling, confirming, visits
from app.bookings.terms import Why
from app.bookings.visits import Visit
from app.clock import now
from app.db import SessionDep
from app.errors import locale_of
from app.messages import opening
from app.offers import texts
from app.offers.reading import assignment_reads
from app.offers.refusals import Begun, NotBooked
from app.pages.booking_words import BOOKING, FACTS
from app.pages.render import PageRoute, render
from app.seam.build import GIVEN_BACK
from app.tables import Assignment, AssignmentState, LinkPurpose, Mode, Side, SignedLink

router = APIRouter(route_class=PageRoute, include_in_schema=False)
Answer = Annotated[str, Form(max_length=10)]


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
        return _page(request, session, visit, mistake=True)
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
    request: Request,
    session: SessionDep,
    visit: Visit,
    *,
    status: int = 200,
    mistake: bool = False,
) -> HTMLResponse:
    locale = locale_of(request)
    words: dict[str, Any] = BOOKING[locale]
    state = _state(visit.booking)
    title, lead = words[state]
    ahead = state in ("asked", "booked", "confirmed")
    return render(
        request,
        "question.html",
        status=422 if mistake else status,
        title=title,
        lead=lead.format(name=visit.volunteer.given_name),
        facts=_facts(locale, session, visit),
        yes=words["yes"] if state == "asked" else "",
        no=words["no"] if ahead else "",
        hint=words["hint"],
        mistake=FACTS[locale]["answer_error"] if mistake else "",
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


def _facts(locale: str, session: SessionDep, visit: Visit) -> list[tuple[str, str]]:
    """Label and value; address and contact as long as she is booked."""
    words, booking = FACTS[locale], visit.booking
    contact = assignment_reads(session, [booking], contacts=True)[0].contact
    facts = [
        ("when", texts.when(booking.starts_at, booking.ends_at, locale)),
        ("where", f"{visit.institution.name}, {visit.institution.town}"),
        ("mode", texts.MODES[locale][Mode(booking.mode)]),
        ("language", texts.language_name(visit.seat.language, locale)),
    ]
    if contact is not None:
        address = f"{contact.street}, {contact.postal_code} {contact.town}"
        facts.append(("address", ", ".join(filter(None, [address, contact.room]))))
        facts.append(("contact", ", ".join(filter(None, [contact.name, contact.phone]))))
        facts.append(("note", contact.note))
    return [(words[key], value) for key, value in facts if value]
