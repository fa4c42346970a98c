"""Asking: one question to one volunteer for one seat at one time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from app import access, audit, jobs, links
from app.access import Actor
from app.clock import now
from app.errors import NotFound
from app.messages import telling
from app.offers import booking, seeking, texts
from app.offers.reading import reads
from app.offers.refusals import AlreadyOffered, MayNotGo, SeatTaken
from app.requests import service as requests
from app.requests import times
from app.tables import (
    Event,
    Lending,
    LinkPurpose,
    Offer,
    Request,
    RequestOption,
    Search,
    Seat,
    SeatState,
    Volunteer,
)
from scheduling import deadlines, quiet

EXPIRE = "offers.expire"
Words = Callable[[datetime, str], telling.Text]
"""What is said instead of the common question: until when to answer, and the address."""


@dataclass(frozen=True)
class Round:
    """In which search and wave somebody is asked, and until when she may answer."""

    search_id: UUID
    wave: int
    expires_at: datetime


def within(search: Search, starts_at: datetime, who: Volunteer, *, wave: int, rounds: int) -> Round:
    """Her place in a search with that many rounds ahead, and until when she may answer."""
    until = deadlines.answer_by(
        now(),
        starts_at,
        by=search.act_by,
        rounds=rounds,
        quiet=(who.quiet_from_minute, who.quiet_to_minute),
        slow=who.is_called,
    )
    return Round(search.id, wave, until)


def expiry(sent_at: datetime, starts_at: datetime, who: Volunteer) -> datetime:
    """Until when to answer a single question: a quarter of the lead time, 2 to 24 hours.

    Counted from the end of her quiet hours, never ending within them; twice that for somebody the
    office has to call.
    """
    hours = who.quiet_from_minute, who.quiet_to_minute
    return deadlines.answer_by(sent_at, starts_at, quiet=hours, slow=who.is_called)


def make(
    session: Session,
    actor_id: UUID | None,
    seat: Seat,
    option: RequestOption,
    *,
    volunteer_id: UUID,
    mode: str,
    plan_id: UUID | None = None,
    place: Round | None = None,
    words: Words | None = None,
    lending: Lending | None = None,
) -> tuple[Offer, str]:
    """Ask a volunteer: the offer, its link, and the message after the commit.

    Asked in her quiet hours, she hears of it when they are over. `words` say something else than
    the common question. Somebody who is lent (`lending`) hears of it from her own pool: the other
    one does not know her.
    """
    volunteer = session.get_one(Volunteer, volunteer_id)
    offer = Offer(
        sponsor_id=seat.sponsor_id,
        seat_id=seat.id,
        option_id=option.id,
        volunteer_id=volunteer_id,
        plan_id=plan_id,
        mode=mode,
        expires_at=place.expires_at if place else expiry(now(), option.starts_at, volunteer),
        search_id=place.search_id if place else None,
        wave=place.wave if place else 0,
        lending_id=lending.id if lending else None,
    )
    try:
        with session.begin_nested():
            session.add(offer)
    except IntegrityError as error:
        raise AlreadyOffered from error
    url = links.make(session, LinkPurpose.ANSWER_OFFER, offer, option.starts_at)
    read = reads(session, [offer])[0]
    text = texts.offer(
        volunteer.locale,
        volunteer.given_name,
        starts_at=read.starts_at,
        ends_at=read.ends_at,
        town=read.town,
        travel_minutes=read.travel_minutes,
        mode=mode,
        language=read.language,
        until=offer.expires_at,
        url=url,
    )
    if words is not None:
        text = words(offer.expires_at, url)
    telling.tell(
        session,
        lending.lender_id if lending else seat.sponsor_id,
        telling.volunteer(volunteer),
        Event.OFFER,
        text,
        subject_id=offer.id,
        starts_at=option.starts_at,
        due_at=quiet.next_allowed(now(), volunteer.quiet_from_minute, volunteer.quiet_to_minute),
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
    seat = booking.lock(session, seat.id, volunteer_id)
    return ask_besides(session, actor.account_id, seat, option, volunteer_id)


def ask_besides(
    session: Session, actor_id: UUID | None, seat: Seat, option: RequestOption, volunteer_id: UUID
) -> tuple[Offer, str]:
    """The office asks somebody; a search that is going on for the seat counts her in."""
    search = seeking.live(session, seat.id)
    place = None
    if search is not None:
        who, wave = session.get_one(Volunteer, volunteer_id), max(search.wave, seeking.FIRST)
        place = Round(search.id, wave, expiry(now(), option.starts_at, who))
    offer, url = ask(
        session,
        actor_id,
        seat,
        option,
        volunteer_id=volunteer_id,
        mode=seat.mode,
        may_repeat=True,
        place=place,
    )
    if search is not None:
        seeking.join(session, search, offer)
    return offer, url


def ask_within(
    session: Session,
    actor_id: UUID | None,
    search: Search,
    seat: Seat,
    option: RequestOption,
    *,
    volunteer_id: UUID,
    mode: str,
    plan_id: UUID | None = None,
) -> None:
    """Ask somebody in the present wave of a search, which counts her in."""
    times.refuse_past(option.starts_at)
    place = within(
        search,
        option.starts_at,
        session.get_one(Volunteer, volunteer_id),
        wave=max(search.wave, seeking.FIRST),
        rounds=seeking.rounds(search, option.starts_at),
    )
    offer, _ = ask(
        session,
        actor_id,
        seat,
        option,
        volunteer_id=volunteer_id,
        mode=mode,
        plan_id=plan_id,
        place=place,
    )
    seeking.join(session, search, offer)


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
    place: Round | None = None,
    words: Words | None = None,
    lending: Lending | None = None,
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
        raise MayNotGo.by(against)
    return make(
        session,
        actor_id,
        seat,
        option,
        volunteer_id=volunteer_id,
        mode=mode,
        plan_id=plan_id,
        place=place,
        words=words,
        lending=lending,
    )
