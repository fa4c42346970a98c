"""Changing a request: texts at any time, times and seats only while nobody counts on them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, delete, select, update

from app import audit, jobs
from app.access import Actor
from app.clock import now
from app.errors import Conflict, NotFound
from app.requests import ending, intake, storing, tasks
from app.requests.schemas import RequestUpdate, SeatUpdate, TextChange
from app.requests.times import Slot, read_slots
from app.sponsors import policies
from app.tables import (
    Assignment,
    Institution,
    Offer,
    OfferState,
    Proposal,
    Request,
    RequestOption,
    Seat,
    SeatState,
)
from scheduling import quiet

CHANGED = "bookings.changed"
"""A job on the id of a request: tell who is booked that something has changed."""
TOLD = frozenset({"room", "contact_name", "contact_phone", "note"})
"""Members of a request that the booked people have to know."""


class TimeBooked(Conflict):
    """The time of a booked appointment is not simply changed."""

    slug, title = "time-booked", "Somebody is booked"
    de = (
        "Für diese Anfrage ist schon jemand gebucht: Termin und Form lassen sich nicht mehr ändern."
        " Bitte absagen und neu anfragen."
    )
    en = (
        "Somebody is booked for this request: its time and form can no longer be changed."
        " Please cancel it and ask again."
    )


class TimeOffered(Conflict):
    """Somebody is being asked for this time at this moment."""

    slug, title = "time-offered", "Somebody is being asked"
    de = (
        "Gerade wird jemand für diese Anfrage gefragt: Termin und Form lassen sich erst ändern,"
        " wenn die Antwort da ist."
    )
    en = (
        "Somebody is being asked for this request: its time and form can be changed"
        " once the answer is there."
    )


class PartOfDay(Conflict):
    """The times of a parents' day are changed there."""

    slug, title = "part-of-parents-day", "Part of a parents' day"
    de = "Diese Anfrage gehört zu einem Elternsprechtag. Bitte die Zeiten dort ändern."
    en = "This request belongs to a parents' day. Please change its times there."


@dataclass(frozen=True)
class Standing:
    """Requests on which somebody counts: booked seats, and questions that wait for an answer."""

    booked: frozenset[UUID] = frozenset()
    offered: frozenset[UUID] = frozenset()

    def require_free(self, key: UUID) -> None:
        """Refuse what would pull an appointment from under somebody's feet."""
        if key in self.booked:
            raise TimeBooked
        if key in self.offered:
            raise TimeOffered


def standing(session: Session, request_ids: Sequence[UUID], *, of_seats: bool = False) -> Standing:
    """Who counts on these requests, by request or by seat; two statements."""
    key = col(Seat.id) if of_seats else col(Seat.request_id)
    taken = select(key).where(
        col(Seat.request_id).in_(request_ids),
        col(Seat.state).in_([SeatState.BOOKED, SeatState.DONE]),
    )
    asked = (
        select(key)
        .join(Offer, col(Offer.seat_id) == col(Seat.id))
        .where(col(Seat.request_id).in_(request_ids), col(Offer.state) == OfferState.PENDING)
    )
    return Standing(frozenset(session.exec(taken).all()), frozenset(session.exec(asked).all()))


def edit(session: Session, actor: Actor, request: Request, body: RequestUpdate) -> None:
    """Change what was sent about a locked request; one of a series goes its own way then."""
    ending.require_live(request)
    institution = session.get_one(Institution, request.institution_id)
    fields = change_texts(session, request, institution, body)
    if body.times is not None or body.duration_minutes is not None:
        require_free(session, request)
        present = options(session, request)
        move(session, request, institution, present, _slots(present, body))
        fields.append("times")
    if change_seats(session, request, body.seats):
        fields.append("seats")
    if body.critical is not None and body.critical != request.critical:
        intake.refuse_critical(actor, request.sponsor_id)
        request.critical = body.critical
        fields.append("critical")
    announce(session, [request.id], fields)
    if fields and request.series_id is not None:
        request.series_exception = True
    session.add(request)
    if fields:
        audit.record(session, actor.account_id, "request.edit", request, fields=sorted(fields))
    session.flush()
    session.refresh(request)


def announce(session: Session, request_ids: Iterable[UUID], fields: Iterable[str]) -> None:
    """Who is booked there learns after the commit what she has to know about the change."""
    if not TOLD.isdisjoint(fields):
        jobs.defer_many(session, [(CHANGED, request_id, None) for request_id in request_ids])


def require_free(session: Session, request: Request) -> None:
    """Refuse to change the time of what somebody counts on."""
    if request.parents_day_id is not None:
        raise PartOfDay
    standing(session, [request.id]).require_free(request.id)


def options(session: Session, request: Request) -> list[RequestOption]:
    """The possible times of a request in their order."""
    query = select(RequestOption).where(col(RequestOption.request_id) == request.id)
    return list(session.exec(query.order_by(col(RequestOption.position))).all())


def _slots(present: Sequence[RequestOption], body: RequestUpdate) -> tuple[Slot, ...]:
    minutes = body.duration_minutes or present[0].duration_minutes
    if body.times is not None:
        return read_slots(body.times, minutes)
    return tuple(_longer(option, minutes) for option in present)


def _longer(option: RequestOption, minutes: int) -> Slot:
    """The same start with another duration, also in the hour that comes twice."""
    ends_at = option.starts_at + timedelta(minutes=minutes)
    return Slot(option.day, option.start_minute, minutes, option.starts_at, ends_at)


def change_texts(
    session: Session, request: Request, institution: Institution, body: TextChange
) -> list[str]:
    """Set what was sent and differs; free texts are looked at again. Names of what changed."""
    sent = body.model_dump(include=set(TextChange.model_fields), exclude_none=True)
    changed = {name: v for name, v in sent.items() if getattr(request, name) != v}
    before = policies.topic_of(_words(request))
    for name, value in changed.items():
        setattr(request, name, value)
    if request.urgent and not request.urgency_reason and changed.keys() & _URGENCY:
        raise intake.UrgencyUnexplained
    if "urgent" in changed:
        _weigh(request, institution, options(session, request)[0].starts_at)
    if changed.keys() & tasks.FREE_TEXTS.keys():
        other_topic = policies.topic_of(_words(request)) != before
        _look_again(session, request, set(changed), institution if other_topic else None)
    session.add(request)
    return list(changed)


_URGENCY = {"urgent", "urgency_reason"}


def _words(request: Request) -> str:
    return " ".join(getattr(request, name) for name in tasks.FREE_TEXTS)


def _look_again(
    session: Session, request: Request, changed: set[str], institution: Institution | None
) -> None:
    """Ask anew about changed texts, and about the rules where the words mean another topic."""
    looked_at = changed & tasks.FREE_TEXTS.keys()
    questions = intake.personal_questions({name: getattr(request, name) for name in looked_at})
    about = {f"personal_data:{name}" for name in looked_at}
    if institution is not None:
        seats = select(Seat.role).where(col(Seat.request_id) == request.id)
        place = (session, request.sponsor_id, institution)
        roles = set(session.exec(seats).all())
        questions += intake.policy_questions(*place, roles, _words(request))
        about.add("policy")
    tasks.ask_anew(session, request, dict(questions), about)
    tasks.wait_or_open(session, request)


def _weigh(request: Request, institution: Institution, starts_at: datetime) -> None:
    """How urgent it is, for its first time."""
    received_at = request.received_at
    request.lead_time = quiet.lead_time_class(received_at, starts_at)
    request.priority = storing.priority(
        institution.kind, received_at, starts_at, urgent=request.urgent
    )


def move(
    session: Session,
    request: Request,
    institution: Institution,
    present: Sequence[RequestOption],
    slots: Sequence[Slot],
) -> None:
    """Give a request other times; old offers and proposals stay with what is there."""
    request.moved_at = now()
    for option, time in zip(present, slots, strict=False):
        option.day, option.start_minute = time.day, time.start_minute
        option.duration_minutes = time.duration_minutes
        option.starts_at, option.ends_at, option.chosen = time.starts_at, time.ends_at, False
    session.add_all(present)
    session.add_all(storing.options(request, tuple(slots[len(present) :]), len(present)))
    _drop(session, present[0].id, [option.id for option in present[len(slots) :]])
    _weigh(request, institution, slots[0].starts_at)
    session.add(request)


def _drop(session: Session, kept_id: UUID, option_ids: Sequence[UUID]) -> None:
    """Take alternative times away; what once pointed there points to the date."""
    if not option_ids:
        return
    for table in (Proposal, Offer, Assignment):
        session.exec(
            update(table)
            .where(col(table.option_id).in_(option_ids))
            .values(option_id=kept_id, updated_at=now())
        )
    session.exec(delete(RequestOption).where(col(RequestOption.id).in_(option_ids)))


def change_seats(session: Session, request: Request, seats: Sequence[SeatUpdate]) -> bool:
    """Change mode or wish of seats on which nobody counts; whether anything changed."""
    if not seats:
        return False
    query = select(Seat).where(col(Seat.request_id) == request.id)
    known = session.exec(query).all()
    changed = set_wishes(known, standing(session, [request.id], of_seats=True), seats)
    session.add_all(known)
    session.flush()
    return changed


def set_wishes(known: Sequence[Seat], counted: Standing, seats: Sequence[SeatUpdate]) -> bool:
    """Set mode or wish of seats that are loaded already; whether anything changed."""
    by_id = {seat.id: seat for seat in known}
    changed = [_change_seat(by_id, counted, body) for body in seats]
    return any(changed)


def _change_seat(known: dict[UUID, Seat], counted: Standing, body: SeatUpdate) -> bool:
    seat = known.get(body.id)
    if seat is None:
        raise NotFound
    sent: dict[str, Any] = body.model_dump(exclude={"id"}, exclude_unset=True)
    changed = {
        name: value
        for name, value in sent.items()
        if getattr(seat, name) != value and (value is not None or name == "gender")
    }
    if changed:
        counted.require_free(seat.id)
    for name, value in changed.items():
        setattr(seat, name, value)
    if seat.gender is None and changed.get("gender_hard"):
        raise intake.WishMissing
    seat.gender_hard = seat.gender_hard and seat.gender is not None
    return bool(changed)
