"""What would be if: somebody falls ill, somebody more is needed, somebody more were there."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count
from uuid import UUID

from sqlmodel import Session

from app import access, geo
from app.access import Actor
from app.clock import now
from app.errors import NotFound
from app.planning import changes, outlook
from app.planning.inquiries import (
    Absent,
    SupposedSeat,
    SupposedVolunteer,
    WhatIf,
    WhatIfRead,
)
from app.planning.outlook import Outlook
from app.requests.times import minute_of, slot
from app.seam.asked import Asked
from app.seam.clock import FOREVER
from app.tables import Institution, Plan, Request, RequestOption, Seat
from app.volunteers.service import checked_language
from matching import OpenSeat, Place, Problem, Standing, Window, what_if
from matching import Plan as Solution
from matching import Seat as MatchingSeat
from matching import Volunteer as MatchingVolunteer
from scheduling import languages, places, wall_time

ROLES = frozenset({"guide", "interpreter"})
TRANSPORT = "car"

Times = Mapping[str, tuple[Window, ...] | None]


@dataclass(frozen=True)
class Question:
    """All that is needed for an answer, without the database.

    `problem` and `plan` are as they are, `seats` and `volunteers` those supposed besides.
    """

    seen: Outlook
    problem: Problem
    plan: Solution
    absent: Times
    seats: tuple[MatchingSeat, ...]
    volunteers: tuple[MatchingVolunteer, ...]

    def answer(self) -> WhatIfRead:
        """The difference with the fewest changes."""
        found = what_if(
            self.problem,
            settled(self.problem, self.plan),
            absent=self.absent,
            seats=self.seats,
            volunteers=self.volunteers,
        )
        after = sum(change.after is not None for change in found.changes)
        before = sum(change.before is not None for change in found.changes)
        return WhatIfRead(
            filled=after - before,
            priority=found.fill,
            points=found.points,
            changes=changes.reads(
                self.seen.problem,
                self.seen.names,
                found.changes,
                supposed=frozenset(seat.id for seat in self.seats),
            ),
        )


def settled(problem: Problem, plan: Solution) -> Solution:
    """A plan without what no longer holds, with its figures as they are now."""
    standing = Standing.of(problem, plan)
    schedule, rows = standing.schedule, range(len(problem.seats))
    return replace(
        plan,
        assignments=tuple(made for row in rows if (made := standing.assignment(row)) is not None),
        open=tuple(OpenSeat(standing.seat_id(r), ()) for r in rows if r not in schedule.pair_of),
        objective=schedule.objective,
        fill=schedule.fill,
        cost=schedule.cost,
        factor=schedule.factor,
    )


def ask(session: Session, actor: Actor, body: WhatIf) -> WhatIfRead:
    """What would change against a plan; nothing is stored."""
    question = _question(session, actor, body)
    # The answer takes a moment: nobody who writes has to wait for it.
    session.rollback()
    return question.answer()


def _question(session: Session, actor: Actor, body: WhatIf) -> Question:
    plan = access.load(session, access.visible_plans(actor), Plan, body.plan_id)
    spots = _institutions(session, actor, body.seats)
    for one in body.volunteers:
        for tag in one.languages:
            checked_language(tag)
    supposed = [_asked(plan, spots[seat.institution_id], seat) for seat in body.seats]
    absent_ids = [one.volunteer_id for one in body.absent]
    seen = outlook.of_plan(session, plan, absent_ids=absent_ids, supposed=supposed)
    new = {str(seat.id) for one in supposed for seat in one.seats}
    homes, people = _people(seen, body.volunteers)
    problem = replace(
        seen.problem,
        places=(*seen.problem.places, *homes),
        seats=tuple(seat for seat in seen.problem.seats if seat.id not in new),
    )
    rest = tuple(one for one in seen.solution.open if one.seat not in new)
    return Question(
        seen=seen,
        problem=problem,
        plan=replace(seen.solution, open=rest),
        absent=_times(seen, body.absent),
        seats=tuple(seat for seat in seen.problem.seats if seat.id in new),
        volunteers=people,
    )


def _institutions(
    session: Session, actor: Actor, seats: Iterable[SupposedSeat]
) -> dict[UUID, Institution]:
    visible = access.visible_institutions(actor)
    ids = dict.fromkeys(seat.institution_id for seat in seats)
    return {one: access.load(session, visible, Institution, one) for one in ids}


def _asked(plan: Plan, institution: Institution, seat: SupposedSeat) -> Asked:
    """A seat that only seems to be asked for; its rows never reach the database."""
    if seat.language is not None:
        checked_language(seat.language)
    time = slot(seat.day, minute_of(seat.start), seat.duration_minutes)
    request = Request(
        sponsor_id=plan.sponsor_id, institution_id=institution.id, received_at=now(), topic=""
    )
    option = RequestOption(
        sponsor_id=plan.sponsor_id,
        request_id=request.id,
        position=0,
        day=time.day,
        start_minute=time.start_minute,
        duration_minutes=time.duration_minutes,
        starts_at=time.starts_at,
        ends_at=time.ends_at,
    )
    row = Seat(
        sponsor_id=plan.sponsor_id,
        request_id=request.id,
        role=str(seat.role),
        language=seat.language,
        mode=str(seat.mode),
    )
    return Asked(request, institution, [option], [row])


def _times(seen: Outlook, absent: Sequence[Absent]) -> Times:
    """When each of them cannot go; None is always."""
    unknown = {str(one.volunteer_id) for one in absent} - set(seen.problem.volunteer_index)
    if unknown:
        raise NotFound
    minute = seen.horizon.calendar.minute
    found: dict[str, tuple[Window, ...] | None] = {}
    for one in absent:
        if one.first_day is None and one.last_day is None:
            found[str(one.volunteer_id)] = None
            continue
        first = one.first_day or seen.horizon.first
        last = (one.last_day or seen.horizon.last) + timedelta(days=1)
        start, end = (minute(wall_time.nearest_utc(day, 0)) for day in (first, last))
        found[str(one.volunteer_id)] = (Window(start, max(start + 1, end)),)
    return found


def _people(
    seen: Outlook, supposed: Sequence[SupposedVolunteer]
) -> tuple[list[Place], tuple[MatchingVolunteer, ...]]:
    """Homes and volunteers who are supposed to be there besides."""
    problem, end = seen.problem, seen.horizon.calendar.end_of_day(seen.horizon.last)
    towns = count(1 + max((place.town for place in problem.places), default=0))
    homes = [
        Place(*places.to_metres(*geo.coordinates(one.postal_code)), next(towns)) for one in supposed
    ]
    papers = {paper: FOREVER for seat in problem.seats for paper in seat.papers}
    known = {tag: number for number, tag in enumerate(problem.languages)}
    people = tuple(
        MatchingVolunteer(
            id=f"{changes.SUPPOSED}{number + 1}",
            roles=ROLES,
            home=len(problem.places) + number,
            transport=TRANSPORT,
            languages={
                known[tag]: languages.level_rank(one.level) for tag in one.languages if tag in known
            },
            papers=papers,
            windows=(Window(0, end),),
        )
        for number, one in enumerate(supposed)
    )
    return homes, people
