"""Parents' days as people read them: what is needed, who does which slots, what is open."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any
from uuid import UUID

from sqlalchemy import func, literal, union_all
from sqlmodel import Session, col, select

from app.access import Actor
from app.parents_days.schemas import NeedRead, ParentsDayRead, ShiftRead, TimeRead
from app.parents_days.warnings import uncovered, warnings
from app.requests.ending import ENDED
from app.requests.times import clock
from app.tables import (
    TIME_TAKEN,
    Assignment,
    Institution,
    LeadTime,
    Offer,
    OfferState,
    ParentsDay,
    Request,
    RequestOption,
    RequestState,
    Seat,
    SeatState,
    Task,
    TaskState,
    Volunteer,
)
from scheduling import languages
from scheduling.parents_days import REST_MINUTES

UNCLEAR = (RequestState.SUBMITTED, RequestState.NEEDS_INFO)
BOOKED, ASKED, QUESTION = "booked", "asked", "question"


@dataclass(frozen=True)
class Row:
    """One shift: its request, time and seat, and the institution's name."""

    request: Request
    option: RequestOption
    seat: Seat
    institution: str

    @property
    def span(self) -> tuple[int, int]:
        """From when to when, in local minutes."""
        start = self.option.start_minute
        return start, start + self.option.duration_minutes

    @property
    def is_live(self) -> bool:
        """Whether it still takes place, or has."""
        return self.request.state not in ENDED or self.seat.state == SeatState.DONE


@dataclass
class Said:
    """Who is booked and asked by seat, and which questions are open by request."""

    booked: dict[UUID, str] = field(default_factory=dict)
    asked: dict[UUID, list[str]] = field(default_factory=lambda: defaultdict(list))
    questions: dict[UUID, list[str]] = field(default_factory=lambda: defaultdict(list))


def rows(session: Session, days: Sequence[ParentsDay]) -> dict[UUID, list[Row]]:
    """The shifts of parents' days by day, in one statement; first those that begin first."""
    query = (
        select(Request, RequestOption, Seat, Institution.name)
        .join(RequestOption, col(RequestOption.request_id) == col(Request.id))
        .join(Seat, col(Seat.request_id) == col(Request.id))
        .join(Institution, col(Institution.id) == col(Request.institution_id))
        .where(col(Request.parents_day_id).in_([day.id for day in days]))
        .order_by(col(RequestOption.start_minute), col(Request.id))
        .execution_options(populate_existing=True)
    )
    found: dict[UUID, list[Row]] = defaultdict(list)
    for request, option, seat, name in session.exec(query).all():
        if request.parents_day_id:
            found[request.parents_day_id].append(Row(request, option, seat, name))
    return found


def _said(session: Session, shifts: Sequence[Row]) -> Said:
    """Names and questions of all shifts in one statement."""
    seats, requests = [row.seat.id for row in shifts], [row.request.id for row in shifts]
    called = func.coalesce(func.nullif(col(Volunteer.given_name), ""), col(Volunteer.surname))
    query = union_all(
        select(col(Assignment.seat_id), literal(BOOKED), called)
        .join(Volunteer, col(Volunteer.id) == col(Assignment.volunteer_id))
        .where(col(Assignment.seat_id).in_(seats), col(Assignment.state).in_(TIME_TAKEN)),
        select(col(Offer.seat_id), literal(ASKED), called)
        .join(Volunteer, col(Volunteer.id) == col(Offer.volunteer_id))
        .where(col(Offer.seat_id).in_(seats), col(Offer.state) == OfferState.PENDING),
        select(col(Task.subject_id), literal(QUESTION), col(Task.code)).where(
            col(Task.subject_id).in_(requests), col(Task.state) == TaskState.OPEN
        ),
    )
    said = Said()
    for about, kind, text in sorted(session.execute(query).all(), key=lambda row: row[2]):
        if kind == BOOKED:
            said.booked[about] = text
        else:
            (said.asked if kind == ASKED else said.questions)[about].append(text)
    return said


def reads(
    session: Session, actor: Actor, days: Sequence[ParentsDay], locale: str
) -> list[ParentsDayRead]:
    """Parents' days with their shifts, in two statements."""
    by_day = rows(session, days)
    said = _said(session, [row for found in by_day.values() for row in found])
    return [
        _read(
            day, by_day[day.id], said, in_office=day.sponsor_id in actor.sponsor_ids, locale=locale
        )
        for day in days
    ]


def read(session: Session, actor: Actor, day: ParentsDay, locale: str) -> ParentsDayRead:
    """One parents' day with its shifts."""
    return reads(session, actor, [day], locale)[0]


def wordless(read: ParentsDayRead) -> ParentsDayRead:
    """The same without words of a language: its tag is the same for every reader."""
    needs = [need.model_copy(update={"name": ""}) for need in read.needs]
    return read.model_copy(update={"needs": needs, "warnings": []})


def _read(
    day: ParentsDay, found: Sequence[Row], said: Said, *, in_office: bool, locale: str
) -> ParentsDayRead:
    # A day that was called off as a whole still shows what it was.
    shown = [row for row in found if row.is_live] or list(found)
    first = shown[0]
    questions = dict.fromkeys(code for row in shown for code in said.questions[row.request.id])
    urgent = any(row.request.lead_time == LeadTime.URGENT for row in shown)
    state = _state(shown)
    needs = [_need(need, of_need(need, shown), locale) for need in day.needs]
    return ParentsDayRead(
        **day.model_dump(include={"id", "sponsor_id", "institution_id", "day", "slot_minutes"}),
        institution=first.institution,
        start=clock(day.start_minute),
        end=clock(day.end_minute),
        pause_minutes=pause_of(day),
        topic=first.request.topic,
        room=first.request.room,
        note=first.request.note,
        contact_name=first.request.contact_name,
        contact_phone=first.request.contact_phone,
        state=state,
        needs=needs,
        shifts=_shifts(day, shown, said, in_office=in_office),
        warnings=[*warnings(day.day, locale, urgent=urgent), *_uncovered(needs, state, locale)],
        open_questions=list(questions),
    )


def _uncovered(needs: Sequence[NeedRead], state: str, locale: str) -> list[str]:
    """Slots for which nobody is planned, because a shift was called off alone."""
    short = [need for need in needs if need.slots > need.planned_slots and state not in ENDED]
    return [uncovered(need.name, need.slots - need.planned_slots, locale) for need in short]


def _state(shown: Sequence[Row]) -> str:
    """Called off when all of it is, else what is most in need of somebody."""
    states = {_state_of(row) for row in shown}
    for state in (*UNCLEAR, RequestState.OPEN, RequestState.BOOKED, RequestState.DONE):
        if state in states:
            return state
    return next(iter(states)) if len(states) == 1 else RequestState.CANCELLED


def _state_of(row: Row) -> str:
    is_open = row.request.state == RequestState.OPEN
    return row.seat.state if is_open else row.request.state


def of_need(need: Mapping[str, Any], shown: Sequence[Row]) -> list[Row]:
    """The shifts of one need: by what was written, or by what it means."""
    names = {need["written"], need["language"]}
    return [r for r in shown if (r.seat.language_written or r.seat.language) in names]


def tag_of(need: Mapping[str, Any], own: Sequence[Row]) -> str | None:
    """Which language a need means; that may have been asked and answered since."""
    return next((row.seat.language for row in own if row.seat.language), need["language"])


def slots_of(own: Sequence[Row]) -> int:
    """How many slots these shifts have together."""
    return sum(len(row.seat.slots) for row in own)


def pause_of(day: ParentsDay) -> int:
    """The way from one slot to the next, in minutes."""
    return max((int(need.get("pause_minutes", 0)) for need in day.needs), default=0)


def _need(need: Mapping[str, Any], own: Sequence[Row], locale: str) -> NeedRead:
    tag = tag_of(need, own)
    known = languages.catalogue().get(str(tag))
    booked = [row for row in own if row.seat.state in (SeatState.BOOKED, SeatState.DONE)]
    name = (known.english if locale == "en" else known.german) if known else str(need["written"])
    return NeedRead(
        **{**need, "language": tag},
        name=name,
        own_name=known.own_name if known else "",
        people=len(own),
        planned_slots=slots_of(own),
        booked_slots=slots_of(booked),
    )


def _shifts(
    day: ParentsDay, shown: Sequence[Row], said: Said, *, in_office: bool
) -> list[ShiftRead]:
    """The shifts need by need, numbered within each; whom the office asks, only it sees."""
    shifts = [
        _shift(day, row, said, written=need["written"], number=number)
        for need in day.needs
        for number, row in enumerate(of_need(need, shown), start=1)
    ]
    return shifts if in_office else [shift.model_copy(update={"asked": []}) for shift in shifts]


def _shift(day: ParentsDay, row: Row, said: Said, *, written: str, number: int) -> ShiftRead:
    asked = said.asked.get(row.seat.id, [])
    state = _state_of(row)
    start = row.option.start_minute
    return ShiftRead(
        request_id=row.request.id,
        seat_id=row.seat.id,
        language=row.seat.language,
        written=written,
        number=number,
        start=clock(start),
        end=clock(start + row.option.duration_minutes),
        slots=times(row.seat.slots, day.slot_minutes),
        breaks=breaks(row.seat.slots, day.slot_minutes),
        state="asked" if state == SeatState.OPEN and asked else state,
        who=said.booked.get(row.seat.id, ""),
        asked=asked,
    )


def times(begins: Sequence[int], minutes: int) -> list[TimeRead]:
    """Slots of so many minutes as from and to."""
    return [TimeRead(start=clock(begin), end=clock(begin + minutes)) for begin in begins]


def breaks(begins: Sequence[int], minutes: int) -> list[TimeRead]:
    """The gaps between slots that are long enough for a rest."""
    return [
        TimeRead(start=clock(one + minutes), end=clock(following))
        for one, following in pairwise(begins)
        if following - one - minutes >= REST_MINUTES
    ]
