"""A booked appointment gets another time: who is booked is asked first, nobody is just moved."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from uuid import UUID

from sqlmodel import Session, col, select, update

from app import audit
from app.access import Actor
from app.bookings import cancelling, informing, named_times, standbys, terms, texts, visits
from app.bookings.refusals import MovedTogether, NotAmongBooked, OnlyOffice
from app.bookings.schemas import Move
from app.bookings.terms import Why
from app.bookings.visits import Visit
from app.clock import now
from app.errors import ApiError
from app.offers import asking, booking, seeking
from app.offers.texts import when
from app.requests import editing, ending, offered, times
from app.requests import service as requests
from app.requests.times import Slot
from app.tables import (
    Assignment,
    Cause,
    Event,
    Institution,
    Offer,
    OfferState,
    Request,
    RequestOption,
    Search,
    SearchState,
    Seat,
    SeatState,
    Side,
)

CAUSE = "moved"
"""Why a search was begun: the appointment has another time."""


def move(session: Session, actor: Actor, request: Request, body: Move) -> None:
    """Give a locked request its new time, all seats together; the time it has is no change.

    Who `agreed` on the telephone is booked again at once, or nothing is moved. Who could come at
    the new time is asked first; for the others somebody else is sought.
    """
    ending.require_live(request)
    if request.parents_day_id is not None:
        raise MovedTogether
    if body.agreed and cancelling.side_at(actor, request.sponsor_id) != Side.OFFICE:
        raise OnlyOffice
    present = editing.options(session, request)
    slots = times.read_slots(body.times, body.duration_minutes or _minutes(present))
    if _is_there(present, slots):
        return
    named = offered.offers(session, request.id, slots)
    booked, waiting = _lock(session, request, [offer.volunteer_id for offer in named])
    counted = [*booked, *waiting]
    agreed = set(body.agreed)
    if agreed - {visit.volunteer.id for visit in counted}:
        raise NotAmongBooked
    before = _time(present)
    sought = _stop_searches(session, actor, request)
    _end(session, actor, booked, body)
    ending.withdraw(session, [request.id])
    standbys.release_all(session, [request.id])
    _give_time(session, request, present, slots)
    options = editing.options(session, request)
    for visit in (one for one in counted if one.volunteer.id in agreed):
        _book_again(session, actor, visit, options[0])
    left = [one for one in counted if one.volunteer.id not in agreed]
    for visit in left:
        _ask(session, actor, visit, options[:1] if agreed else options)
    besides = {(visit.seat.id, visit.volunteer.id) for visit in counted}
    named = [one for one in named if (one.seat_id, one.volunteer_id) not in besides]
    sought -= _ask_who_named(session, actor, named, options[:1] if agreed else options, sought)
    for seat_id in sorted(sought - {visit.seat.id for visit in counted}):
        seeking.open_again(session, seat_id)
    audit.record(session, actor.account_id, "request.move", request, people=len(counted))
    if counted and cancelling.side_at(actor, request.sponsor_id) == Side.OFFICE:
        text = texts.moved(counted[0], before, _time(options), kept=not left)
        informing.tell_place(session, counted[0], text)
    session.flush()
    ending.lock_all(session, [request.id])


def _minutes(present: Sequence[RequestOption]) -> int:
    return next((one for one in present if one.chosen), present[0]).duration_minutes


def _time(options: Sequence[RequestOption], locale: str = "de") -> str:
    """The chosen time in words, else every possible one."""
    chosen = [one for one in options if one.chosen] or options
    return " / ".join(when(one.starts_at, one.ends_at, locale) for one in chosen)


def _is_there(present: Sequence[RequestOption], slots: Sequence[Slot]) -> bool:
    """Whether the request has exactly these times already, or takes place at the only one."""
    chosen = [one for one in present if one.chosen] or present
    return [(one.starts_at, one.ends_at) for one in chosen] == [
        (slot.starts_at, slot.ends_at) for slot in slots
    ]


def _lock(
    session: Session, request: Request, others: Sequence[UUID]
) -> tuple[list[Visit], list[Visit]]:
    """Who is booked, and whose answer to an earlier move is missing; locked after the request.

    With them `others` who are to be asked.
    """
    people = [visit.volunteer.id for visit in visits.booked(session, [request.id])]
    waiting = _waiting(session, request)
    seats = session.exec(select(Seat.id).where(col(Seat.request_id) == request.id)).all()
    hers = [visit.volunteer.id for visit in waiting]
    booking.lock_all(session, seats, [*people, *hers, *others])
    return visits.booked(session, [request.id]), waiting


def _waiting(session: Session, request: Request) -> list[Visit]:
    """The last bookings of people who were booked and are being asked about another time."""
    asked = select(Offer.id).where(
        col(Offer.seat_id) == col(Assignment.seat_id),
        col(Offer.volunteer_id) == col(Assignment.volunteer_id),
        col(Offer.state) == OfferState.PENDING,
    )
    found = visits.load(
        session,
        col(Seat.request_id) == request.id,
        col(Assignment.cancel_cause) == Cause.MOVED,
        asked.exists(),
    )
    found.sort(key=lambda visit: visit.booking.created_at)
    return list({(visit.seat.id, visit.volunteer.id): visit for visit in found}.values())


def _end(session: Session, actor: Actor, booked: Sequence[Visit], body: Move) -> None:
    """The bookings at the old time end; a late move is worth something to who did not agree."""
    why = Why(
        side=cancelling.side_at(actor, booked[0].booking.sponsor_id) if booked else Side.OFFICE,
        cause=Cause.MOVED,
        reason=terms.kept(body.reason),
        account_id=actor.account_id,
    )
    together = [visit for visit in booked if visit.volunteer.id in body.agreed]
    cancelling.end(session, together, why)
    others = [visit for visit in booked if visit.volunteer.id not in body.agreed]
    cancelling.end(session, others, replace(why, falls_away=True))
    session.exec(
        update(Seat)
        .where(
            col(Seat.id).in_([visit.seat.id for visit in booked]),
            col(Seat.state) == SeatState.BOOKED,
        )
        .values(state=SeatState.OPEN, updated_at=now())
    )


def _give_time(
    session: Session, request: Request, present: Sequence[RequestOption], slots: Sequence[Slot]
) -> None:
    institution = session.get_one(Institution, request.institution_id)
    editing.move(session, request, institution, present, slots)
    if request.series_id is not None:
        request.series_exception = True
    session.add(request)
    session.flush()
    requests.settle_state(session, request.id)
    session.refresh(request)


def _book_again(session: Session, actor: Actor, old: Visit, option: RequestOption) -> None:
    """Book who agreed, at the new time; what speaks against it refuses the whole move."""
    booked = booking.book_seat(
        session,
        actor.account_id,
        old.seat.id,
        option.id,
        old.volunteer.id,
        mode=old.booking.mode,
        tells_her=False,
    )
    visit = visits.one(session, booked.id)
    url = informing.link(session, booked)
    text = texts.moved_with_her(old, visit, url)
    informing.tell_her(session, visit, Event.CHANGED, text)


def _ask(session: Session, actor: Actor, old: Visit, options: Sequence[RequestOption]) -> None:
    """Ask her whether the new time suits her; if it cannot, seek somebody else at once."""
    offer = next(filter(None, (_asked(session, actor, old, one) for one in options)), None)
    if offer is not None:
        _count_in(session, actor, old.seat, offer)
        return
    text = texts.moved_without_her(old, _time(options, old.volunteer.locale))
    informing.tell_her(session, old, Event.CANCELLED, text)
    seeking.open_again(session, old.seat.id)


def _ask_who_named(
    session: Session,
    actor: Actor,
    named: Sequence[Offer],
    options: Sequence[RequestOption],
    sought: AbstractSet[UUID],
) -> set[UUID]:
    """Ask those who named the new time; the seats for which somebody was asked.

    Where somebody was sought before, the question belongs to the search that goes on.
    """
    asked = set()
    for before in named:
        offer = named_times.ask(session, actor.account_id, before, options)
        if offer is None:
            continue
        asked.add(offer.seat_id)
        if offer.seat_id in sought or seeking.live(session, offer.seat_id):
            _count_in(session, actor, session.get_one(Seat, offer.seat_id), offer)
    return asked


def _count_in(session: Session, actor: Actor, seat: Seat, offer: Offer) -> None:
    """The question belongs to the search for the seat, which goes on when she says no."""
    search = seeking.live(session, seat.id)
    if search is None:
        seeking.begin(session, actor.account_id, seat, cause=CAUSE)
        return
    seeking.take_in(session, search, offer)


def _asked(session: Session, actor: Actor, old: Visit, option: RequestOption) -> Offer | None:
    """The question about one of the new times; None when something speaks against it."""
    new_time = when(option.starts_at, option.ends_at, old.volunteer.locale)
    try:
        offer, _ = asking.ask(
            session,
            actor.account_id,
            old.seat,
            option,
            volunteer_id=old.volunteer.id,
            mode=old.booking.mode,
            may_repeat=True,
            words=lambda until, url: texts.moved_may_she(old, new_time, until, url),
        )
    except ApiError:
        return None
    return offer


def _stop_searches(session: Session, actor: Actor, request: Request) -> set[UUID]:
    """Searches for the old time end; the seats they were for."""
    seats = select(Seat.id).where(col(Seat.request_id) == request.id)
    query = select(Search).where(
        col(Search.seat_id).in_(seats), col(Search.state).in_(seeking.LIVE)
    )
    found = session.exec(query).all()
    return {
        one.seat_id
        for one in found
        if seeking.end(session, actor.account_id, one, SearchState.STOPPED)
    }
