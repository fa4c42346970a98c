"""What stands behind each cell, counted in one statement across all sponsors."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from app import db
from app.clock import midnight
from app.programme import quarters
from app.programme.suppression import Cell
from app.reports.period import Period
from app.tables import (
    HOURS_STAND,
    TIME_TAKEN,
    Assignment,
    Institution,
    Request,
    RequestOption,
    RequestState,
    Seat,
    SeatState,
    ServiceRecord,
    Sponsor,
)

UNKNOWN = ""


@dataclass(frozen=True)
class Share:
    """What one volunteer, or nobody, did for one sponsor in one cell."""

    key: tuple[str, ...]
    sponsor_id: UUID
    volunteer_id: UUID | None
    language: str
    appointments: int
    filled: int
    minutes: int


@dataclass
class _Sums:
    appointments: int = 0
    filled: int = 0
    minutes: int = 0
    volunteers: set[UUID] = field(default_factory=set)
    sponsors: set[UUID] = field(default_factory=set)
    languages: set[str] = field(default_factory=set)

    def add(self, share: Share) -> None:
        self.appointments += share.appointments
        self.filled += share.filled
        self.minutes += share.minutes
        self.sponsors.add(share.sponsor_id)
        if share.volunteer_id is not None:
            self.volunteers.add(share.volunteer_id)
        if share.language:
            self.languages.add(share.language)

    def cell(self) -> Cell:
        return Cell(
            appointments=self.appointments,
            filled=self.filled,
            minutes=self.minutes,
            volunteers=len(self.volunteers),
            sponsors=len(self.sponsors),
            languages=len(self.languages),
        )


def cells(
    shares: Iterable[Share], key: Callable[[Share], tuple[str, ...]]
) -> dict[tuple[str, ...], Cell]:
    """The cells by their key, in order."""
    sums: dict[tuple[str, ...], _Sums] = defaultdict(_Sums)
    for share in shares:
        sums[key(share)].add(share)
    return {one: sums[one].cell() for one in sorted(sums)}


def _month(period: Period) -> ColumnElement[str]:
    """The local month of an appointment, as `2027-01`."""
    starts_at = col(RequestOption.starts_at)
    first, second, third = quarters.months(period)
    return case(
        (starts_at < midnight(second), literal(f"{first:%Y-%m}")),
        (starts_at < midnight(third), literal(f"{second:%Y-%m}")),
        else_=literal(f"{third:%Y-%m}"),
    )


def _dimension(name: str, period: Period) -> ColumnElement[str]:
    found: dict[str, Any] = {
        "sponsor_kind": col(Sponsor.kind),
        # The Kreis; towns of a Kreis have eight digits.
        "region": func.substr(func.coalesce(col(Institution.region_ags), UNKNOWN), 1, 5),
        "language": func.coalesce(col(Seat.language), UNKNOWN),
        "institution_kind": col(Institution.kind),
    }
    made: ColumnElement[str] = _month(period) if name == "month" else found[name]
    return made


def shares(session: Session, period: Period, by: Sequence[str]) -> list[Share]:
    """Everything that was asked for in the period, behind all walls; nobody is named."""
    dimensions = [_dimension(name, period) for name in by]
    keys = [*dimensions, col(Seat.sponsor_id), col(Assignment.volunteer_id), col(Seat.language)]
    chosen = aliased(RequestOption)
    settled = (
        select(col(chosen.id))
        .where(col(chosen.request_id) == col(Request.id), col(chosen.chosen).is_(True))
        .correlate(Request)
        .exists()
    )
    taken = and_(col(Assignment.seat_id) == col(Seat.id), col(Assignment.state).in_(TIME_TAKEN))
    counted = and_(
        col(ServiceRecord.assignment_id) == col(Assignment.id),
        col(ServiceRecord.state).in_(HOURS_STAND),
    )
    query: Any = (
        select(
            *keys,
            func.count(col(Seat.id)),
            func.count(col(Assignment.id)),
            func.coalesce(func.sum(col(ServiceRecord.minutes)), 0),
        )
        .select_from(Seat)
        .join(Request, col(Request.id) == col(Seat.request_id))
        .join(Institution, col(Institution.id) == col(Request.institution_id))
        .join(Sponsor, col(Sponsor.id) == col(Seat.sponsor_id))
        .join(RequestOption, col(RequestOption.request_id) == col(Request.id))
        .outerjoin(Assignment, taken)
        .outerjoin(ServiceRecord, counted)
        .where(
            or_(col(RequestOption.chosen), and_(col(RequestOption.position) == 0, ~settled)),
            col(RequestOption.starts_at) >= period.starts_at,
            col(RequestOption.starts_at) < period.ends_at,
            col(Request.state).not_in([RequestState.REJECTED, RequestState.CANCELLED]),
            col(Seat.state) != SeatState.CANCELLED,
        )
        .group_by(*keys)
    )
    with db.as_system(session):
        found = session.execute(query).all()
    return [_share(row, len(by)) for row in found]


def _share(row: Any, width: int) -> Share:
    sponsor_id, volunteer_id, language, appointments, filled, minutes = row[width:]
    return Share(
        key=tuple(str(value) for value in row[:width]),
        sponsor_id=sponsor_id,
        volunteer_id=volunteer_id,
        language=language or UNKNOWN,
        appointments=int(appointments),
        filled=int(filled),
        minutes=int(minutes),
    )
