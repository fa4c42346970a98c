"""Who of other pools could take a seat: people who want to be lent, and nobody else is looked at.

The rules are those of a plan and of a yes: `matching.eligibility`, with her own pool's enrolment.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from app import db
from app.clock import now
from app.seam import build, journeys, quotas
from app.seam.asked import Asked, load_asked, near, pending_options
from app.seam.people import Horizon
from app.tables import (
    Enrolment,
    EnrolmentState,
    LanguageSkill,
    Mode,
    Request,
    RequestOption,
    Seat,
    Sponsor,
    Volunteer,
    taken_in,
)
from matching import Problem, eligibility
from matching import Volunteer as Person
from matching.travel import minutes
from scheduling import languages

BANDS = (None, "A", "A", "B", "B", "C", "C", "native")
"""How well somebody speaks, by the rank of her level."""
AGREED = (col(Enrolment.lendable).is_(True), col(Enrolment.state) == EnrolmentState.RELEASED)
"""Who agreed to be lent, and may be sent anywhere at all."""


@dataclass(frozen=True)
class Candidate:
    """Somebody who could go, and what another pool may know of her."""

    lender_id: UUID
    volunteer: Volunteer
    language: str | None
    level: str | None
    travel_minutes: int | None
    options: tuple[RequestOption, ...]
    mode: str

    @property
    def order(self) -> tuple[int, str, UUID]:
        """The nearest first."""
        return self.travel_minutes or 0, self.level or "", self.volunteer.id


def find(session: Session, seat: Seat, *, lender_id: UUID | None = None) -> list[Candidate]:
    """Everybody of other pools, or of one, who could take an open seat; the nearest first."""
    with db.as_system(session):
        asked = _asked(session, seat)
        if asked is None or quotas.per_client(session, [asked]):
            return []
        borrower = session.get_one(Sponsor, seat.sponsor_id)
        found = [
            candidate
            for lender, people in sorted(_lendable(session, seat, lender_id).items())
            for candidate in _fit(session, borrower, asked, lender, people)
        ]
    return sorted(found, key=lambda candidate: candidate.order)


def _asked(session: Session, seat: Seat) -> Asked | None:
    """The seat alone, at the times that are still possible."""
    for one in load_asked(session, [session.get_one(Request, seat.request_id)]):
        one.seats = [other for other in one.seats if other.id == seat.id]
        offered = pending_options(session, [seat.request_id])[seat.request_id]
        others = [times for seat_id, times in offered.items() if seat_id != seat.id]
        kept = set.intersection(*others) if others else {option.id for option in one.options}
        ahead = [o for o in one.options if o.id in kept and o.starts_at > now()]
        if one.seats and ahead:
            one.options = near(ahead, ahead[0].day, ahead[0].day)
            return one
    return None


def _lendable(session: Session, seat: Seat, lender_id: UUID | None) -> dict[UUID, list[Volunteer]]:
    """By pool who agreed to be lent and might understand the language.

    Nobody whom the borrowing pool has, or had, itself.
    """
    own = select(Enrolment.volunteer_id).where(
        col(Enrolment.sponsor_id) == seat.sponsor_id, taken_in()
    )
    query = (
        select(Enrolment.sponsor_id, Volunteer)
        .join(Volunteer, col(Volunteer.id) == col(Enrolment.volunteer_id))
        .where(
            *AGREED,
            col(Enrolment.sponsor_id) != seat.sponsor_id,
            col(Volunteer.id).not_in(own),
            col(Volunteer.erased_at).is_(None),
        )
        .order_by(col(Volunteer.id))
    )
    if lender_id is not None:
        query = query.where(col(Enrolment.sponsor_id) == lender_id)
    if seat.language is not None:
        tags = [tag for tag in languages.catalogue() if languages.substitution(seat.language, tag)]
        speakers = select(LanguageSkill.volunteer_id).where(col(LanguageSkill.language).in_(tags))
        query = query.where(col(Volunteer.id).in_(speakers))
    found: dict[UUID, list[Volunteer]] = defaultdict(list)
    for pool, volunteer in session.exec(query).all():
        found[pool].append(volunteer)
    return found


def _fit(
    session: Session, borrower: Sponsor, asked: Asked, lender_id: UUID, people: Sequence[Volunteer]
) -> list[Candidate]:
    """Those of one pool who may go at one of the times."""
    days = [option.day for option in asked.options]
    horizon = Horizon.of(min(days), max(days))
    problem = build.problem(session, borrower, [asked], people, horizon, lent_from=lender_id)
    found = []
    for row, person in zip(people, problem.volunteers, strict=True):
        candidate = _candidate(problem, asked, lender_id, row, person)
        if candidate is not None:
            found.append(candidate)
    return found


def _candidate(
    problem: Problem, asked: Asked, lender_id: UUID, row: Volunteer, person: Person
) -> Candidate | None:
    seat = problem.seats[0]
    free = [
        number
        for number in range(len(asked.options))
        if not eligibility.reasons(problem, person, seat, number)
    ]
    if not free:
        return None
    mode = eligibility.choose_mode(problem, person, seat, free[0]) or seat.modes[0]
    way = None
    if mode == Mode.ON_SITE.value and seat.place is not None:
        way = minutes(problem, person.transport, person.home, seat.place)
    language, level = _spoken(problem, person, seat.language)
    return Candidate(
        lender_id=lender_id,
        volunteer=row,
        language=language,
        level=level,
        travel_minutes=None if way is None else journeys.rounded(way),
        options=tuple(asked.options[number] for number in free),
        mode=mode,
    )


def _spoken(problem: Problem, person: Person, wanted: int | None) -> tuple[str | None, str | None]:
    """What she would speak there, and how well, in bands."""
    if wanted is None:
        return None, None
    costs = problem.substitution[wanted]
    tag = min(
        (tag for tag in person.languages if costs[tag] >= 0),
        key=lambda tag: (costs[tag], -person.languages[tag]),
    )
    return problem.languages[tag], BANDS[person.languages[tag]]
