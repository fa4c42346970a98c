"""`/a/{token}`: a volunteer answers an offer without an account."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlmodel import col, select

from app import links
from app.clock import now
from app.db import SessionDep
from app.errors import locale_of
from app.institutions import naming
from app.messages import opening
from app.offers import answering, otherwise, texts
from app.offers.answering import Via
from app.offers.reading import assignment_reads, reads
from app.offers.refusals import LateYes, NotBooked, OfferAnswered
from app.offers.schemas import AssignmentRead, OfferRead
from app.pages import facts
from app.pages.facts import Facts
from app.pages.offer_words import STATES, WORDS
from app.pages.render import Answer, PageRoute, render
from app.seam.build import GIVEN_BACK
from app.tables import (
    Assignment,
    Institution,
    LinkPurpose,
    Offer,
    OfferState,
    Seat,
    Volunteer,
)
from app.tables import Request as RequestRow

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
    token: str, request: Request, session: SessionDep, answer: Answer = ""
) -> HTMLResponse:
    """Yes, no, or a wish to be called; the same answer twice is one."""
    link = links.open_link(session, LinkPurpose.ANSWER_OFFER, token)
    offer = session.get_one(Offer, link.subject_id)
    if answer not in ("yes", "no", "call"):
        return _page(request, session, offer, status=422)
    links.mark_used(session, link)
    return _page(request, session, offer, status=_carry_out(session, offer, answer))


def _carry_out(session: SessionDep, offer: Offer, said: str) -> int:
    """Answer; the status of the page. Who answered differently before sees what stands."""
    account_id = session.get_one(Volunteer, offer.volunteer_id).account_id
    try:
        if said != "yes":
            other = answering.decline if said == "no" else otherwise.ask_for_call
            other(session, account_id, offer, via=Via.LINK)
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
    volunteer = session.get_one(Volunteer, offer.volunteer_id)
    lead = words["late_lead" if read.expires_at <= now() else "lead"]
    return render(
        request,
        "question.html",
        status=status,
        title=state[0] if state else words["title"],
        lead=state[1] if state else lead.format(name=volunteer.given_name),
        facts=_facts(locale, read, booked, _place(session, offer)),
        yes="" if state else words["yes"],
        no="" if state else words["no"],
        hint=words["no_hint"],
        call="" if state or read.call_asked_at else words["call"],
        call_hint=words["call_hint"],
        called="" if state else words["called"],
        mistake=words["answer_error"] if status == 422 else "",
    )


def _state(read: OfferRead, booked: AssignmentRead | None) -> str:
    """How the offer stands for the one who reads; late is expired, given back is cancelled."""
    if booked is not None and booked.state in GIVEN_BACK:
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


def _place(session: SessionDep, offer: Offer) -> Institution:
    return session.exec(
        select(Institution)
        .join(RequestRow, col(RequestRow.institution_id) == col(Institution.id))
        .join(Seat, col(Seat.request_id) == col(RequestRow.id))
        .where(col(Seat.id) == offer.seat_id)
    ).one()


def _facts(
    locale: str, read: OfferRead, booked: AssignmentRead | None, place: Institution
) -> Facts:
    """Label and value; address and contact only once it is booked."""
    told = booked is not None and naming.is_told(booked.state, booked.ends_at)
    times = booked or read
    shown = facts.appointment(
        locale,
        times.starts_at,
        times.ends_at,
        where=naming.roughly(place, told=told, locale=locale),
        mode=read.mode,
        language=read.language,
        travel_minutes=read.travel_minutes,
    )
    shown.append(("topic", read.topic))
    if booked is not None:
        shown += facts.contact(booked.contact) + facts.kept(place, told=told, locale=locale)
    elif read.state == OfferState.PENDING and read.expires_at > now():
        shown.append(("until", texts.by(read.expires_at, locale)))
    return facts.labelled(locale, shown)
