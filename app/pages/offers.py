"""`/a/{token}`: a volunteer answers an offer without an account."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse
from sqlmodel import col, select

from app import links
from app.clock import ZONE, now
from app.db import SessionDep
from app.errors import locale_of
from app.messages import opening
from app.offers import answering, texts
from app.offers.answering import Via
from app.offers.reading import assignment_reads, reads
from app.offers.refusals import LateYes, NotBooked, OfferAnswered
from app.offers.schemas import AssignmentRead, OfferRead
from app.pages.offer_words import STATES, WORDS
from app.pages.render import PageRoute, render
from app.tables import Assignment, LinkPurpose, Offer, OfferState, Volunteer
from scheduling import languages

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/a/{token}")
def show_offer(token: str, request: Request, session: SessionDep) -> HTMLResponse:
    """What is asked, and the two answers. Only looking answers nothing."""
    link = links.open_link(session, LinkPurpose.ANSWER_OFFER, token)
    offer = session.get_one(Offer, link.subject_id)
    page = _page(request, session, offer)
    opening.noted(request, page, offer.id, offer.volunteer_id)
    return page


@router.post("/a/{token}")
def answer_offer(
    token: str,
    request: Request,
    session: SessionDep,
    answer: Annotated[str, Form(max_length=10)] = "",
) -> HTMLResponse:
    """Yes or no; the same answer twice is one."""
    link = links.open_link(session, LinkPurpose.ANSWER_OFFER, token)
    offer = session.get_one(Offer, link.subject_id)
    if answer not in ("yes", "no"):
        return _page(request, session, offer, status=422)
    links.mark_used(session, link)
    return _page(request, session, offer, status=_carry_out(session, offer, yes=answer == "yes"))


def _carry_out(session: SessionDep, offer: Offer, *, yes: bool) -> int:
    """Answer; the status of the page. Who answered differently before sees what stands."""
    account_id = session.get_one(Volunteer, offer.volunteer_id).account_id
    try:
        if not yes:
            answering.decline(session, account_id, offer, via=Via.LINK)
            return 200
        answer = answering.accept(session, account_id, offer, via=Via.LINK)
    except (OfferAnswered, NotBooked) as error:
        return error.status
    if isinstance(answer, LateYes):
        session.refresh(offer)
        return answer.status
    return 200


def _page(
    request: Request, session: SessionDep, offer: Offer, *, status: int = 200
) -> HTMLResponse:
    locale = locale_of(request)
    words = WORDS[locale]
    read = reads(session, [offer])[0]
    booked = _booked(session, offer)
    open_still = answering.is_open(session, offer)
    state = None if open_still else STATES[locale][_state(read, booked)]
    late = open_still and read.expires_at <= now()
    volunteer = session.get_one(Volunteer, offer.volunteer_id)
    return render(
        request,
        "offer.html",
        status=status,
        title=state[0] if state else words["title"],
        words=words,
        answered=state[1] if state else "",
        lead=words["late_lead" if late else "lead"].format(name=volunteer.given_name),
        facts=_facts(locale, read, booked),
        mistake=words["answer_error"] if status == 422 else "",
    )


def _state(read: OfferRead, booked: AssignmentRead | None) -> str:
    """How the offer stands for the one who reads; late is expired, given back is cancelled."""
    if booked is not None and booked.state in answering.CANCELLED:
        return "cancelled"
    if read.late_yes_at is not None and read.state not in (
        OfferState.ACCEPTED,
        OfferState.DECLINED,
    ):
        return "late"
    return OfferState.EXPIRED if read.state == OfferState.PENDING else read.state


def _booked(session: SessionDep, offer: Offer) -> AssignmentRead | None:
    row = session.exec(select(Assignment).where(col(Assignment.offer_id) == offer.id)).one_or_none()
    return assignment_reads(session, [row], contacts=True)[0] if row else None


def _facts(locale: str, read: OfferRead, booked: AssignmentRead | None) -> list[tuple[str, str]]:
    """Label and value; address and contact only once it is booked."""
    words, shown = WORDS[locale], booked or read
    known = languages.catalogue().get(read.language or "")
    spoken = (known.english if locale == "en" else known.german) if known else ""
    facts = [
        ("when", texts.when(shown.starts_at, shown.ends_at, locale)),
        ("where", f"{read.institution}, {read.town}"),
        ("mode", words[read.mode]),
        ("language", spoken),
        ("topic", read.topic),
    ]
    if booked is not None and booked.contact is not None:
        place = booked.contact
        address = f"{place.street}, {place.postal_code} {place.town}"
        facts.append(("address", ", ".join(filter(None, [address, place.room]))))
        facts.append(("contact", ", ".join(filter(None, [place.name, place.phone]))))
        facts.append(("note", place.note))
    if booked is None and read.state == OfferState.PENDING and read.expires_at > now():
        facts.append(("until", f"{read.expires_at.astimezone(ZONE):%d.%m.%Y, %H:%M}"))
    return [(words[key], value) for key, value in facts if value]
