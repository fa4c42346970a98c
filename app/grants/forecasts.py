"""When the people of today will be too few for the Land, and who has to be asked before."""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from allowance import grants
from app.grants.monitor import Active
from app.tables import (
    Absence,
    Clearance,
    ClearanceKind,
    Enrolment,
    Sponsor,
    Volunteer,
    VolunteerRole,
)
from app.volunteers import papers

AWAY_DAYS = 42
"""An absence of so many days is no holiday any more: she does not count meanwhile."""
MONTHS_AHEAD = 12
NEEDED = (ClearanceKind.DECLARATION, ClearanceKind.CONDUCT)
"""Papers that everybody needs who is sent anywhere."""
AWAY, LISTING = "away", "listing"


@dataclass(frozen=True)
class Ending:
    """The first day from which somebody does not count any more, and what has to be renewed."""

    volunteer_id: UUID
    name: str
    what: str
    """A kind of paper, `listing` or `away`."""
    day: date


@dataclass(frozen=True)
class Forecast:
    """The first day on which a condition would be missed, and who has to be asked before."""

    code: str
    missed_on: date | None
    endings: list[Ending]


def forecasts(
    session: Session, sponsor: Sponsor, active: Sequence[Active], day: date
) -> list[Forecast]:
    """When the people of today will be too few, if nobody renews anything, within a year."""
    spans = _spans(session, sponsor.id, {one.volunteer_id for one in active}, day)
    last_day = grants.months_later(day, MONTHS_AHEAD)
    rule = grants.rule_on(day)

    def guides(people: Collection[Active]) -> bool:
        return len(people) >= rule.lump_sum_guides

    def pool(people: Collection[Active]) -> bool:
        tags = {tag for one in people for tag in one.languages}
        return grants.pool_condition(len(people), tags, day).met

    asked: tuple[tuple[str, VolunteerRole, Callable[[Collection[Active]], bool]], ...] = (
        ("lump_sum", VolunteerRole.GUIDE, guides),
        ("pool_condition", VolunteerRole.INTERPRETER, pool),
    )
    return [
        _forecast(code, [one for one in active if one.role == role], spans, enough, (day, last_day))
        for code, role, enough in asked
    ]


@dataclass(frozen=True)
class _Span:
    """Days on which somebody does not count, both included; without a last one from then on."""

    ending: Ending
    last_day: date | None = None

    def holds_on(self, day: date) -> bool:
        return self.ending.day <= day and (self.last_day is None or day <= self.last_day)


def _forecast(
    code: str,
    people: Sequence[Active],
    spans: dict[UUID, list[_Span]],
    enough: Callable[[Collection[Active]], bool],
    days: tuple[date, date],
) -> Forecast:
    """Looks at each day on which somebody begins to be missing."""
    first_day, last_day = days
    hers = [span for one in people for span in spans[one.volunteer_id]]
    looked_at = {first_day} | {max(first_day, span.ending.day) for span in hers}
    for day in sorted(day for day in looked_at if day <= last_day):
        there = [
            one for one in people if not any(span.holds_on(day) for span in spans[one.volunteer_id])
        ]
        if not enough(there):
            missing = [span.ending for span in hers if span.holds_on(day)]
            return Forecast(code, day, sorted(missing, key=lambda one: (one.day, one.name)))
    soon = [span.ending for span in hers if span.ending.day <= last_day]
    return Forecast(code, None, sorted(soon, key=lambda one: (one.day, one.name)))


def _spans(
    session: Session, sponsor_id: UUID, volunteer_ids: Collection[UUID], day: date
) -> dict[UUID, list[_Span]]:
    """From when each of these people does not count, unless something is renewed."""
    seen: dict[UUID, list[Clearance]] = defaultdict(list)
    of = col(Clearance.volunteer_id).in_(volunteer_ids)
    for paper in session.exec(select(Clearance).where(of)).all():
        seen[paper.volunteer_id].append(paper)
    query = (
        select(Enrolment, Volunteer)
        .join(Volunteer, col(Volunteer.id) == col(Enrolment.volunteer_id))
        .where(col(Enrolment.sponsor_id) == sponsor_id, col(Volunteer.id).in_(volunteer_ids))
    )
    names, spans = {}, defaultdict(list)
    for enrolment, person in session.exec(query).all():
        names[person.id] = name = f"{person.given_name} {person.surname}"
        until = {LISTING: papers.listed_until(enrolment.listing_renewed_on)} | {
            str(kind): papers.last_day(seen[person.id], kind, day) or day - timedelta(days=1)
            for kind in NEEDED
        }
        what, last = min(until.items(), key=lambda item: (item[1], item[0]))
        if last < papers.NO_END:
            spans[person.id].append(_Span(Ending(person.id, name, what, last + timedelta(days=1))))
    for absence in _long_absences(session, names, day):
        ending = Ending(absence.volunteer_id, names[absence.volunteer_id], AWAY, absence.first_day)
        spans[absence.volunteer_id].append(_Span(ending, absence.last_day))
    return spans


def _long_absences(session: Session, volunteer_ids: Collection[UUID], day: date) -> list[Absence]:
    query = select(Absence).where(
        col(Absence.volunteer_id).in_(volunteer_ids),
        col(Absence.last_day) >= day,
        col(Absence.start_minute) == 0,
        col(Absence.end_minute) == 24 * 60,
    )
    found = session.exec(query.order_by(col(Absence.first_day), col(Absence.id))).all()
    return [one for one in found if (one.last_day - one.first_day).days + 1 >= AWAY_DAYS]
