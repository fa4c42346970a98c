"""Offers: asked, answered, expired; bookings: made and cancelled."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select, update

from app import access, audit, db, jobs, links, mail
from app.access import Actor
from app.clock import ZONE, now
from app.errors import Conflict, NotFound
from app.offers import booking, texts
from app.offers.schemas import AssignmentRead, ContactRead, OfferRead
from app.requests import ending, tasks, times
from app.requests import service as requests
from app.tables import (
    Assignment,
    AssignmentState,
    Institution,
    LinkPurpose,
    Offer,
    OfferState,
    Request,
    RequestOption,
    RequestState,
    Seat,
    SeatState,
    Volunteer,
)
from scheduling import quiet

LATE = timedelta(hours=24)
CONTACT_KEPT = timedelta(days=7)
EXPIRE = "offers.expire"
CANCELLED = (AssignmentState.CANCELLED_EARLY, AssignmentState.CANCELLED_LATE)


class OfferExpired(Conflict):
    """The time to answer has passed."""

    slug, title = "offer-expired", "Offer expired"
    de = "Die Zeit für diese Antwort ist abgelaufen. Danke trotzdem!"
    en = "The time for this answer has passed. Thank you all the same!"


class OfferAnswered(Conflict):
    """The offer was answered differently, or withdrawn."""

    slug, title = "offer-answered", "Answered already"
    de = "Dieses Angebot ist schon beantwortet oder zurückgezogen ({state})."
    en = "This offer is answered or withdrawn already ({state})."


class AlreadyOffered(Conflict):
    """This volunteer is being asked for this seat already."""

    slug, title = "already-offered", "Asked already"
    de = "Diese Person ist für diesen Platz schon gefragt."
    en = "This person is being asked for this seat already."


class NotBooked(Conflict):
    """The appointment was cancelled, or is over."""

    slug, title = "not-booked", "Not booked"
    de = "Dieser Termin ist nicht mehr gebucht ({state})."
    en = "This appointment is no longer booked ({state})."


class Begun(Conflict):
    """An appointment that has begun is reported, not cancelled."""

    slug, title = "appointment-begun", "Begun already"
    de = "Dieser Termin hat schon begonnen. Bitte am Einsatznachweis angeben, was daraus wurde."
    en = "This appointment has begun. Please say in the service record what became of it."


def expiry(sent_at: datetime, starts_at: datetime, who: Volunteer) -> datetime:
    """Until when to answer: a quarter of the lead time, 2 to 24 hours, not in her quiet hours."""
    until = quiet.offer_expiry(sent_at, starts_at)
    return min(quiet.next_allowed(until, who.quiet_from_minute, who.quiet_to_minute), starts_at)


def make(
    session: Session,
    actor_id: UUID | None,
    seat: Seat,
    option: RequestOption,
    *,
    volunteer_id: UUID,
    mode: str,
    plan_id: UUID | None = None,
) -> tuple[Offer, str]:
    """Ask a volunteer: the offer, its link, and the mail after the commit."""
    volunteer = session.get_one(Volunteer, volunteer_id)
    offer = Offer(
        sponsor_id=seat.sponsor_id,
        seat_id=seat.id,
        option_id=option.id,
        volunteer_id=volunteer_id,
        plan_id=plan_id,
        mode=mode,
        expires_at=expiry(now(), option.starts_at, volunteer),
    )
    try:
        with session.begin_nested():
            session.add(offer)
    except IntegrityError as error:
        raise AlreadyOffered from error
    url = links.make(session, LinkPurpose.ANSWER_OFFER, offer, option.starts_at)
    read = reads(session, [offer])[0]
    text = texts.offer(
        volunteer.given_name,
        texts.when(read.starts_at, read.ends_at),
        f"{read.town} ({texts.MODES[mode]})",
        language=texts.language_name(read.language),
        until=f"{offer.expires_at.astimezone(ZONE):%d.%m. %H:%M} Uhr",
        url=url,
    )
    mail.queue(session, seat.sponsor_id, volunteer.email, text)
    jobs.defer(session, EXPIRE, offer.id, due_at=offer.expires_at)
    audit.record(session, actor_id, "offer.make", offer)
    session.flush()
    return offer, url


def propose(
    session: Session, actor: Actor, seat_id: UUID, volunteer_id: UUID, option_id: UUID | None
) -> tuple[Offer, str]:
    """A coordinator asks one person for one seat, without a plan."""
    seat = access.load(session, access.visible_seats(actor), Seat, seat_id)
    access.load(session, access.visible_volunteers(actor), Volunteer, volunteer_id)
    query = select(RequestOption).where(col(RequestOption.request_id) == seat.request_id)
    options = session.exec(query.order_by(col(RequestOption.position))).all()
    options = [option for option in options if option.chosen] or options
    option = next((o for o in options if option_id in (None, o.id)), None)
    if option is None:
        raise NotFound
    return ask(
        session,
        actor.account_id,
        booking.lock(session, seat.id, volunteer_id),
        option,
        volunteer_id=volunteer_id,
        mode=seat.mode,
        may_repeat=True,
    )


def ask(
    session: Session,
    actor_id: UUID | None,
    seat: Seat,
    option: RequestOption,
    *,
    volunteer_id: UUID,
    mode: str,
    plan_id: UUID | None = None,
    may_repeat: bool = False,
) -> tuple[Offer, str]:
    """Ask a volunteer for a seat whose rows are locked, unless something speaks against it."""
    request = session.get(Request, seat.request_id)
    if request is None:
        raise NotFound
    requests.require_open(session, request)
    if seat.state != SeatState.OPEN:
        raise booking.SeatTaken
    times.refuse_past(option.starts_at)
    against = booking.objections(session, seat, option, volunteer_id, may_repeat=may_repeat)
    if against:
        raise booking.MayNotGo(reasons=", ".join(reason.code for reason in against))
    return make(
        session, actor_id, seat, option, volunteer_id=volunteer_id, mode=mode, plan_id=plan_id
    )


def reads(session: Session, offers: Sequence[Offer]) -> list[OfferRead]:
    """Offers as their volunteers see them: place name, no address, no contact."""
    rows = session.exec(
        select(RequestOption, Seat, Request, Institution)
        .select_from(Offer)
        .join(RequestOption, col(RequestOption.id) == col(Offer.option_id))
        .join(Seat, col(Seat.id) == col(Offer.seat_id))
        .join(Request, col(Request.id) == col(Seat.request_id))
        .join(Institution, col(Institution.id) == col(Request.institution_id))
        .where(col(Offer.id).in_([o.id for o in offers]))
    ).all()
    found = {(row[0].id, row[1].id): row for row in rows}
    result = []
    for offer in offers:
        option, seat, request, institution = found[offer.option_id, offer.seat_id]
        result.append(
            OfferRead(
                **offer.model_dump(include=set(OfferRead.model_fields)),
                starts_at=option.starts_at,
                ends_at=option.ends_at,
                role=seat.role,
                language=seat.language,
                topic=request.topic,
                institution=institution.name,
                town=institution.town,
            )
        )
    return result


def accept(session: Session, account_id: UUID | None, offer: Offer) -> Assignment:
    """First valid yes wins; saying yes twice is the same as once."""
    if offer.state == OfferState.ACCEPTED:
        assignment = _booked_by(session, offer)
        if assignment.state in CANCELLED:
            raise NotBooked(state=assignment.state)
        return assignment
    if offer.state != OfferState.PENDING:
        raise OfferAnswered(state=offer.state)
    if offer.expires_at <= now():
        raise OfferExpired
    booking.lock(session, offer.seat_id, offer.volunteer_id)
    if not _answer(session, offer, OfferState.ACCEPTED, account_id):
        session.refresh(offer)
        return accept(session, account_id, offer)
    assignment = booking.book(session, offer)
    audit.record(session, account_id, "offer.accept", offer, assignment=str(assignment.id))
    _tell_booked(session, assignment)
    session.flush()
    return assignment


def _booked_by(session: Session, offer: Offer) -> Assignment:
    return session.exec(select(Assignment).where(col(Assignment.offer_id) == offer.id)).one()


def _answer(session: Session, offer: Offer, state: OfferState, account_id: UUID | None) -> bool:
    done = session.exec(
        update(Offer)
        .where(col(Offer.id) == offer.id, col(Offer.state) == OfferState.PENDING)
        .values(state=state, answered_at=now(), answered_by=account_id, updated_at=now())
    )
    return bool(done.rowcount == 1)


def _tell_booked(session: Session, assignment: Assignment) -> None:
    volunteer = session.get_one(Volunteer, assignment.volunteer_id)
    read = assignment_reads(session, [assignment], contacts=True)[0]
    place = read.institution
    if read.contact and assignment.mode == "on_site":
        place = f"{place}, {read.contact.street}, {read.contact.postal_code} {read.contact.town}"
    time = texts.when(assignment.starts_at, assignment.ends_at)
    text = texts.booked(volunteer.given_name, time, place)
    mail.queue(session, assignment.sponsor_id, volunteer.email, text)


def decline(session: Session, account_id: UUID | None, offer: Offer) -> Offer:
    """No is final and silent, and never lowers a ranking; saying no twice is the same as once."""
    if not _answer(session, offer, OfferState.DECLINED, account_id):
        session.refresh(offer)
        if offer.state != OfferState.DECLINED:
            raise OfferAnswered(state=offer.state)
        return offer
    audit.record(session, account_id, "offer.decline", offer)
    session.flush()
    session.refresh(offer)
    return offer


@jobs.task(EXPIRE)
def expire(engine: Engine, offer_id: UUID) -> None:
    """An offer nobody answered in time; running it again changes nothing."""
    with db.transaction(engine) as session:
        session.exec(
            update(Offer)
            .where(
                col(Offer.id) == offer_id,
                col(Offer.state) == OfferState.PENDING,
                col(Offer.expires_at) <= now(),
            )
            .values(state=OfferState.EXPIRED, updated_at=now())
        )


def assignment_reads(
    session: Session, assignments: Sequence[Assignment], *, contacts: bool
) -> list[AssignmentRead]:
    """Bookings; the contact is shown from acceptance until 7 days after the date."""
    rows = session.exec(
        select(Assignment.id, Volunteer, Request, Institution)
        .join(Volunteer, col(Volunteer.id) == col(Assignment.volunteer_id))
        .join(Seat, col(Seat.id) == col(Assignment.seat_id))
        .join(Request, col(Request.id) == col(Seat.request_id))
        .join(Institution, col(Institution.id) == col(Request.institution_id))
        .where(col(Assignment.id).in_([a.id for a in assignments]))
    ).all()
    found = {row[0]: row[1:] for row in rows}
    result = []
    for assignment in assignments:
        volunteer, request, institution = found[assignment.id]
        shown = contacts and assignment.ends_at + CONTACT_KEPT > now()
        live = assignment.state in (AssignmentState.BOOKED, AssignmentState.PERFORMED)
        result.append(
            AssignmentRead(
                **assignment.model_dump(include=set(AssignmentRead.model_fields)),
                volunteer=f"{volunteer.given_name} {volunteer.surname}",
                institution=institution.name,
                contact=_contact(request, institution) if shown and live else None,
            )
        )
    return result


def _contact(request: Request, institution: Institution) -> ContactRead:
    return ContactRead(
        street=institution.street,
        postal_code=institution.postal_code,
        town=institution.town,
        room=request.room,
        name=request.contact_name or institution.contact_name,
        phone=request.contact_phone or institution.phone,
        note=request.note,
    )


def cancel_assignment(
    session: Session, account_id: UUID | None, assignment: Assignment, reason: str
) -> Assignment:
    """Give a booking back; inside 24 hours it is late. The seat is open again."""
    seat = session.get_one(Seat, assignment.seat_id)
    booking.lock(session, seat.id, assignment.volunteer_id)
    _cancel(session, account_id, assignment, reason)
    _free_time(session, seat.request_id)
    requests.settle_state(session, seat.request_id)
    volunteer = session.get_one(Volunteer, assignment.volunteer_id)
    is_own = account_id is not None and account_id == volunteer.account_id
    _tell(session, assignment, texts.given_back if is_own else texts.taken_off)
    session.flush()
    session.refresh(assignment)
    return assignment


def _cancel(session: Session, account_id: UUID | None, assignment: Assignment, reason: str) -> None:
    """End a booking that has not begun, and open its seat."""
    if assignment.state == AssignmentState.BOOKED and assignment.starts_at <= now():
        raise Begun
    late = assignment.starts_at - now() < LATE
    state = AssignmentState.CANCELLED_LATE if late else AssignmentState.CANCELLED_EARLY
    done = session.exec(
        update(Assignment)
        .where(col(Assignment.id) == assignment.id, col(Assignment.state) == AssignmentState.BOOKED)
        .values(state=state, cancel_reason=reason, updated_at=now())
    )
    if done.rowcount != 1:
        session.refresh(assignment)
        raise NotBooked(state=assignment.state)
    session.exec(
        update(Seat)
        .where(col(Seat.id) == assignment.seat_id, col(Seat.state) == SeatState.BOOKED)
        .values(state=SeatState.OPEN, updated_at=now())
    )
    tasks.close(session, assignment.id)
    audit.record(session, account_id, "assignment.cancel", assignment, state=state)


def _tell(
    session: Session, assignment: Assignment, words: Callable[[str, str], tuple[str, str]]
) -> None:
    volunteer = session.get_one(Volunteer, assignment.volunteer_id)
    text = words(volunteer.given_name, texts.when(assignment.starts_at, assignment.ends_at))
    mail.queue(session, assignment.sponsor_id, volunteer.email, text)


def _free_time(session: Session, request_id: UUID) -> None:
    """Without a booking left the request may take any of its times again."""
    booked = session.exec(
        select(Seat.id).where(
            col(Seat.request_id) == request_id,
            col(Seat.state).in_([SeatState.BOOKED, SeatState.DONE]),
        )
    ).first()
    if booked is None:
        session.exec(
            update(RequestOption)
            .where(col(RequestOption.request_id) == request_id)
            .values(chosen=False, updated_at=now())
        )


def cancel_request(session: Session, actor: Actor, request: Request, reason: str) -> None:
    """The institution or the office calls it off: bookings and open offers end with it."""
    ending.lock(session, request.id)
    ending.require_live(request)
    seats = select(Seat.id).where(col(Seat.request_id) == request.id)
    booked = select(Assignment).where(
        col(Assignment.seat_id).in_(seats), col(Assignment.state) == AssignmentState.BOOKED
    )
    for assignment in session.exec(booked).all():
        _cancel(session, actor.account_id, assignment, reason)
        _tell(session, assignment, texts.cancelled)
    ending.end(session, request, RequestState.CANCELLED, reason)
    audit.record(session, actor.account_id, "request.cancel", request)
    session.flush()
    session.refresh(request)
