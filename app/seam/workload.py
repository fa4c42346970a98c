"""What volunteers already carry: booked and asked time, load by day and week.

Bookings count across sponsors: another pool's work is seen as busy time and nothing else. What a
volunteer's own calendar says is taken is busy time as well, and no load.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from statistics import median
from uuid import UUID

from sqlmodel import Session, col, select

from app import db
from app.seam.clock import Calendar, week
from app.tables import (
    TIME_TAKEN,
    Assignment,
    BusySpan,
    ClaimLine,
    Institution,
    Mode,
    Offer,
    OfferState,
    Request,
    RequestOption,
    Seat,
    ServiceRecord,
    Volunteer,
)
from matching import Busy
from scheduling import wall_time

QUARTER = timedelta(days=91)


@dataclass
class Workload:
    """One volunteer's load as the engine needs it."""

    busy: tuple[Busy, ...] = ()
    day_assignments: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    day_minutes: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    week_minutes: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    lead_minutes: int = 0


@dataclass(frozen=True)
class Taken:
    """One booking or open offer: whose, when, where (None by phone), in which role.

    Without a role it is time that her own calendar says is taken: no load, no money.
    """

    volunteer_id: UUID
    starts_at: datetime
    ends_at: datetime
    role: str
    institution: Institution | None
    sponsor_id: UUID | None = None
    """Which pool pays for it, where that matters."""
    done_minutes: int | None = None
    """What its service record says."""
    is_claimed: bool = False
    """Whether it stands in a claim, which then says what it pays."""
    is_question: bool = False
    """Whether she is only being asked."""

    @property
    def worked_minutes(self) -> int:
        """What was done, or will be as booked."""
        return self.minutes if self.done_minutes is None else self.done_minutes

    @property
    def minutes(self) -> int:
        """Real minutes."""
        return int((self.ends_at - self.starts_at).total_seconds()) // 60

    @property
    def day(self) -> date:
        """The local day on which it starts."""
        return wall_time.local(self.starts_at).date()


def taken_by(
    session: Session,
    volunteer_ids: Sequence[UUID],
    since: datetime,
    until: datetime,
    *,
    without_seats: Iterable[UUID] = (),
    with_private: bool = True,
) -> list[Taken]:
    """Bookings and open offers of these people, in every pool, and what their calendars say.

    Of their own calendars only what begins before `until` is read, and nothing without
    `with_private`.
    """
    left_out = list(without_seats)
    with db.as_system(session):
        booked = session.exec(
            select(Assignment, Institution, ServiceRecord.minutes, ClaimLine.id)
            .join(Seat, col(Seat.id) == col(Assignment.seat_id))
            .join(Request, col(Request.id) == col(Seat.request_id))
            .join(Institution, col(Institution.id) == col(Request.institution_id))
            .outerjoin(ServiceRecord, col(ServiceRecord.assignment_id) == col(Assignment.id))
            .outerjoin(
                ClaimLine,
                (col(ClaimLine.service_record_id) == col(ServiceRecord.id))
                & col(ClaimLine.counts).is_(True),
            )
            .where(
                col(Assignment.volunteer_id).in_(volunteer_ids),
                col(Assignment.state).in_(TIME_TAKEN),
                col(Assignment.ends_at) > since,
                col(Assignment.seat_id).not_in(left_out),
            )
        ).all()
        offered = session.exec(
            select(Offer, RequestOption, Seat, Institution)
            .join(RequestOption, col(RequestOption.id) == col(Offer.option_id))
            .join(Seat, col(Seat.id) == col(Offer.seat_id))
            .join(Request, col(Request.id) == col(Seat.request_id))
            .join(Institution, col(Institution.id) == col(Request.institution_id))
            .where(
                col(Offer.volunteer_id).in_(volunteer_ids),
                col(Offer.state) == OfferState.PENDING,
                col(Offer.seat_id).not_in(left_out),
            )
        ).all()
        private = _private(session, volunteer_ids, since, until) if with_private else []
    return (
        [
            Taken(
                a.volunteer_id,
                a.starts_at,
                a.ends_at,
                a.role,
                _where(a.mode, place),
                sponsor_id=a.sponsor_id,
                done_minutes=done,
                is_claimed=line_id is not None,
            )
            for a, place, done, line_id in booked
        ]
        + [
            Taken(
                o.volunteer_id,
                option.starts_at,
                option.ends_at,
                seat.role,
                _where(o.mode, place),
                sponsor_id=seat.sponsor_id,
                is_question=True,
            )
            for o, option, seat, place in offered
        ]
        + [Taken(volunteer_id, start, end, "", None) for volunteer_id, start, end in private]
    )


def _private(
    session: Session, volunteer_ids: Sequence[UUID], since: datetime, until: datetime
) -> Sequence[tuple[UUID, datetime, datetime]]:
    query = select(BusySpan.volunteer_id, BusySpan.starts_at, BusySpan.ends_at)
    return session.exec(
        query.where(
            col(BusySpan.volunteer_id).in_(volunteer_ids),
            col(BusySpan.ends_at) > since,
            col(BusySpan.starts_at) < until,
        )
    ).all()


def _where(mode: str, institution: Institution) -> Institution | None:
    return institution if mode == Mode.ON_SITE else None


def horizon_start(first: date) -> datetime:
    """From when on bookings matter: what is paid in the year, and the quarter before the plan.

    Work of December is paid in January, so that the tax year begins a month before the grant year.
    """
    year = datetime(first.year - 1, 12, 1, tzinfo=UTC) - timedelta(days=1)
    quarter = datetime(first.year, first.month, first.day, tzinfo=UTC) - QUARTER
    return min(year, quarter)


def workloads(
    volunteers: Sequence[Volunteer],
    taken: Sequence[Taken],
    calendar: Calendar,
    *,
    place_of: Mapping[UUID, int],
) -> dict[UUID, Workload]:
    """The load of each volunteer."""
    found = {v.id: Workload() for v in volunteers}
    quarter: dict[UUID, int] = defaultdict(int)
    busy: dict[UUID, list[Busy]] = defaultdict(list)
    for one in taken:
        if one.role:
            load = found[one.volunteer_id]
            load.day_assignments[one.day.toordinal()] += 1
            load.day_minutes[one.day.toordinal()] += one.minutes
            load.week_minutes[week(one.day)] += one.minutes
            if one.starts_at >= calendar.start - QUARTER:
                quarter[one.volunteer_id] += one.minutes
        if one.ends_at > calendar.start:
            place = place_of[one.institution.id] if one.institution else None
            span = calendar.span(one.starts_at, one.ends_at)
            busy[one.volunteer_id].append(Busy(span.start, span.end, place))
    middle = int(median(quarter[v.id] for v in volunteers)) if volunteers else 0
    for v in volunteers:
        load = found[v.id]
        load.busy = tuple(sorted(busy[v.id], key=lambda b: (b.start, b.end)))
        load.lead_minutes = max(0, quarter[v.id] - middle)
    return found
