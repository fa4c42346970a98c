"""How a request is written: from the API, a list, a series or a parents' day."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session

from app.institutions.kinds import BY_SLUG
from app.pseudonyms import client_case
from app.requests import tasks
from app.requests.times import Slot
from app.tables import Institution, Request, RequestOption, RequestState, Seat
from scheduling import quiet

CHILD_KINDS_PRIORITY, URGENT_PRIORITY, NORMAL_PRIORITY = 2, 4, 1
Question = tuple[str, dict[str, str]]
"""A question's code and what its sentence needs."""


@dataclass(frozen=True)
class SeatSpec:
    """One seat as it was asked for; `language` is None when a question is open."""

    role: str
    language: str | None
    written: str = ""
    min_level: str | None = None
    mode: str = "on_site"
    gender: str | None = None
    gender_hard: bool = False
    slots: tuple[int, ...] = ()


@dataclass(frozen=True)
class NewRequest:
    """Everything that makes a request.

    Without a `kind` it is a team's when it has several seats, else a single one.
    """

    sponsor_id: UUID
    institution: Institution
    slots: tuple[Slot, ...]
    seats: tuple[SeatSpec, ...]
    received_at: datetime
    topic: str = ""
    note: str = ""
    case_number: str = ""
    same_person_wished: bool = False
    questions: tuple[Question, ...] = ()
    source_key: str | None = None
    more: dict[str, object] = field(default_factory=dict)
    kind: str | None = None
    series_id: UUID | None = None
    series_day: date | None = None
    parents_day_id: UUID | None = None
    follow_up_of_id: UUID | None = None
    client_case_id: UUID | None = None
    wished_volunteer_id: UUID | None = None
    urgent: bool = False


def priority(
    institution_kind: str, received_at: datetime, starts_at: datetime, *, urgent: bool = False
) -> int:
    """Urgent before child before normal; lead time counts from when it was asked."""
    if urgent or quiet.lead_time_class(received_at, starts_at) == "urgent":
        return URGENT_PRIORITY
    kind = BY_SLUG.get(institution_kind)
    if kind is not None and (kind.is_school or kind.is_daycare):
        return CHILD_KINDS_PRIORITY
    return NORMAL_PRIORITY


def store(session: Session, new: NewRequest, *, waits: bool = False) -> Request:
    """Write a request with its times, seats and questions; with `waits` questions follow."""
    return store_all(session, [new], waits=waits)[0]


def store_all(
    session: Session, news: Sequence[NewRequest], *, waits: bool = False
) -> list[Request]:
    """Write many requests with all that belongs to them, in as many statements as for one."""
    requests = [_row(session, new, waits=waits) for new in news]
    session.add_all(requests)
    session.flush()
    for request, new in zip(requests, news, strict=True):
        session.add_all(options(request, new.slots))
        session.add_all(_seat(request, place, seat) for place, seat in enumerate(new.seats))
        session.add_all(tasks.of(request, code, params) for code, params in new.questions)
    session.flush()
    return requests


def _row(session: Session, new: NewRequest, *, waits: bool) -> Request:
    case_id = new.client_case_id
    if new.case_number:
        case_id = client_case(session, new.sponsor_id, new.institution.id, new.case_number).id
    starts_at = new.slots[0].starts_at
    return Request(
        sponsor_id=new.sponsor_id,
        institution_id=new.institution.id,
        kind=new.kind or ("team" if len(new.seats) > 1 else "single"),
        state=RequestState.NEEDS_INFO if new.questions or waits else RequestState.OPEN,
        received_at=new.received_at,
        topic=new.topic,
        note=new.note,
        priority=priority(new.institution.kind, new.received_at, starts_at, urgent=new.urgent),
        lead_time=quiet.lead_time_class(new.received_at, starts_at),
        urgent=new.urgent,
        client_case_id=case_id,
        wished_volunteer_id=new.wished_volunteer_id,
        same_person_wished=new.same_person_wished,
        follow_up_of_id=new.follow_up_of_id,
        series_id=new.series_id,
        series_day=new.series_day,
        parents_day_id=new.parents_day_id,
        source_key=new.source_key,
        **new.more,  # type: ignore[arg-type]  # columns of the table
    )


def options(request: Request, slots: tuple[Slot, ...], first: int = 0) -> list[RequestOption]:
    """The rows of possible times; `first` is the position of the first of them."""
    return [
        RequestOption(
            sponsor_id=request.sponsor_id,
            request_id=request.id,
            position=position,
            day=time.day,
            start_minute=time.start_minute,
            duration_minutes=time.duration_minutes,
            starts_at=time.starts_at,
            ends_at=time.ends_at,
        )
        for position, time in enumerate(slots, first)
    ]


def _seat(request: Request, position: int, seat: SeatSpec) -> Seat:
    return Seat(
        sponsor_id=request.sponsor_id,
        request_id=request.id,
        position=position,
        role=seat.role,
        language=seat.language,
        language_written=seat.written,
        min_level=seat.min_level,
        mode=seat.mode,
        gender=seat.gender,
        gender_hard=seat.gender_hard,
        slots=list(seat.slots),
    )
