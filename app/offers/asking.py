"""Asking: one question to one volunteer for one seat at one time."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from app import access, audit, jobs, links
from app.access import Actor
from app.clock import ZONE, now
from app.errors import NotFound
from app.messages import telling
from app.offers import booking, texts
from app.offers.reading import reads
from app.offers.refusals import AlreadyOffered, MayNotGo, SeatTaken
from app.requests import service as requests
from app.requests import times
from app.tables import (
    Event,
    LinkPurpose,
    Offer,
    Request,
    RequestOption,
    Seat,
    SeatState,
    Volunteer,
)
from scheduling import quiet

EXPIRE = "offers.expire"


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
    telling.tell(
        session,
        seat.sponsor_id,
        telling.volunteer(volunteer),
        Event.OFFER,
        text,
        subject_id=offer.id,
        starts_at=option.starts_at,
    )
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
        raise SeatTaken
    times.refuse_past(option.starts_at)
    against = booking.objections(session, seat, option, volunteer_id, may_repeat=may_repeat)
    if against:
        raise MayNotGo(reasons=", ".join(reason.code for reason in against))
    return make(
        session, actor_id, seat, option, volunteer_id=volunteer_id, mode=mode, plan_id=plan_id
    )
