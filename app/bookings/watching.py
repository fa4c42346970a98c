"""What the office should see to in time: papers that run out, and nobody who stands by."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from app import db, jobs
from app.bookings import confirming, standbys, visits
from app.bookings.visits import Visit
from app.clock import local_day, now
from app.requests import tasks
from app.requests.ending import ENDED
from app.seam import papers
from app.seam.clock import MINUTE, Calendar
from app.tables import (
    Assignment,
    AssignmentState,
    EnrolmentState,
    Request,
    RequestOption,
    Sponsor,
    Standby,
    StandbyState,
    Task,
    TaskState,
)
from app.volunteers import dossiers
from app.volunteers.dossiers import Dossier
from app.volunteers.papers import NAMES
from app.volunteers.service import PAPER_SEEN

STANDBY_WITHIN = timedelta(days=3)
"""So long before a critical appointment somebody must stand by."""
PAPER_ENDS = "paper_ends"
AT_A_TIME = 200


@dataclass(frozen=True)
class Ending:
    """A paper that does not hold until the end of an appointment."""

    visit: Visit
    paper: str
    last_day: date

    @property
    def code(self) -> str:
        """The code of the question about it."""
        return f"{PAPER_ENDS}:{self.paper}"


@jobs.periodic("bookings.papers", every=timedelta(days=1))
def look_at_papers(engine: Engine) -> None:
    """Look at the papers of everybody who is booked; again changes nothing."""
    after = UUID(int=0)
    while True:
        with db.transaction(engine) as session:
            ids = session.exec(
                select(Assignment.id)
                .where(
                    col(Assignment.state) == AssignmentState.BOOKED,
                    col(Assignment.starts_at) > now(),
                    col(Assignment.id) > after,
                )
                .order_by(col(Assignment.id))
                .limit(AT_A_TIME)
            ).all()
            _check(session, visits.load(session, col(Assignment.id).in_(ids)))
        if len(ids) < AT_A_TIME:
            return
        after = ids[-1]


@jobs.task(PAPER_SEEN)
def look_at_hers(engine: Engine, volunteer_id: UUID) -> None:
    """The same for one person, once a new paper of hers was seen."""
    with db.transaction(engine) as session:
        hers = visits.load(
            session,
            col(Assignment.volunteer_id) == volunteer_id,
            col(Assignment.state) == AssignmentState.BOOKED,
            col(Assignment.starts_at) > now(),
        )
        _check(session, hers)


def _check(session: Session, booked: Sequence[Visit]) -> None:
    """Ask about papers that end too early, once each; close what no longer holds."""
    found = {(one.visit.booking.id, one.code): one for one in _endings(session, booked)}
    ids = [visit.booking.id for visit in booked]
    query = select(Task).where(
        col(Task.subject_id).in_(ids), col(Task.code).startswith(f"{PAPER_ENDS}:")
    )
    known = session.exec(query).all()
    for task in known:
        if task.state == TaskState.OPEN and (task.subject_id, task.code) not in found:
            task.state, task.resolved_at = TaskState.RESOLVED, now()
            session.add(task)
    asked = {(task.subject_id, task.code) for task in known}
    session.add_all(_question(one) for key, one in found.items() if key not in asked)
    session.flush()


def _question(one: Ending) -> Task:
    german, english = NAMES[one.paper]
    until = f"{one.last_day:%d.%m.%Y}"
    return confirming.question(one.visit, one.code, paper=german, paper_en=english, until=until)


def _endings(session: Session, booked: Sequence[Visit]) -> Iterable[Ending]:
    """Papers that end before an appointment is over, sponsor by sponsor."""
    by_sponsor = sorted(booked, key=lambda visit: visit.booking.sponsor_id)
    for sponsor_id, together in groupby(by_sponsor, key=lambda visit: visit.booking.sponsor_id):
        group = list(together)
        sponsor = session.get_one(Sponsor, sponsor_id)
        people = {visit.volunteer.id: visit.volunteer for visit in group}
        files = dossiers.load(session, people.values(), sponsor_ids=frozenset({sponsor_id}))
        by_id = {file.volunteer.id: file for file in files}
        for visit in group:
            file = by_id[visit.volunteer.id]
            enrolment = file.enrolment_at(sponsor_id)
            # The papers of somebody who is lent are for her own pool to see.
            if enrolment is None or enrolment.state != EnrolmentState.LENT:
                yield from _of(visit, sponsor, file)


def _of(visit: Visit, sponsor: Sponsor, file: Dossier) -> Iterable[Ending]:
    day = local_day(visit.booking.starts_at)
    calendar = Calendar.from_day(day)
    held = papers.papers(file, sponsor, calendar, day)
    end = calendar.span(visit.booking.starts_at, visit.booking.ends_at).end
    measles = papers.asks_measles(sponsor, visit.institution)
    for name in papers.needed(visit.seat.role, measles=measles):
        if name in NAMES and held.get(name, end) < end:
            over = calendar.start + held[name] * MINUTE - MINUTE
            yield Ending(visit, name, local_day(over))


@jobs.periodic("bookings.standby", every=timedelta(hours=1))
def look_at_standbys(engine: Engine) -> None:
    """Let go who is not needed any more, and ask the office where nobody stands by."""
    with db.transaction(engine) as session:
        over = (
            select(Standby.id)
            .join(RequestOption, col(RequestOption.id) == col(Standby.option_id))
            .join(Request, col(Request.id) == col(RequestOption.request_id))
            .where(
                col(Standby.state).in_(standbys.LIVE),
                (col(RequestOption.ends_at) <= now()) | col(Request.state).in_(ENDED),
            )
        )
        standbys.release(session, session.exec(over).all())
    with db.transaction(engine) as session:
        _ask_for_standbys(session)


def _ask_for_standbys(session: Session) -> None:
    """A question for each critical booking that is near, once; closed where it holds no more."""
    near = visits.load(
        session,
        col(Request.critical).is_(True),
        col(Assignment.state) == AssignmentState.BOOKED,
        col(Assignment.starts_at) > now(),
        col(Assignment.starts_at) <= now() + STANDBY_WITHIN,
    )
    seats = [visit.seat.id for visit in near]
    covered = set(
        session.exec(
            select(Standby.seat_id).where(
                col(Standby.seat_id).in_(seats), col(Standby.state) == StandbyState.READY
            )
        ).all()
    )
    missing = {visit.booking.id: visit for visit in near if visit.seat.id not in covered}
    query = select(Task.subject_id).where(
        col(Task.code) == standbys.MISSING,
        (col(Task.state) == TaskState.OPEN) | col(Task.subject_id).in_(list(missing)),
    )
    asked = set(session.exec(query).all())
    tasks.close_all(session, list(asked - missing.keys()), standbys.MISSING)
    session.add_all(
        confirming.question(visit, standbys.MISSING)
        for booking_id, visit in missing.items()
        if booking_id not in asked
    )
