"""The open seats of some days as they are now, beside the plan made for them: for questions."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import cast
from uuid import UUID

from sqlmodel import Session, col, or_, select

from app.clock import ZONE, now
from app.offers.refusals import SeatTaken
from app.planning.admitting import in_range
from app.seam import build
from app.seam.asked import Asked, load_asked, near, without_offered
from app.seam.people import Horizon
from app.tables import (
    Assignment,
    AssignmentState,
    Institution,
    Plan,
    PlanState,
    Proposal,
    Request,
    RequestOption,
    RequestState,
    Seat,
    Sponsor,
    UnfilledReason,
    Volunteer,
)
from matching import Assignment as Placed
from matching import OpenSeat, Problem
from matching import Plan as Solution
from matching.problem import Mode

Days = tuple[date, date]
DONE = (PlanState.READY, PlanState.RELEASED)


@dataclass(frozen=True)
class Outlook:
    """A problem with its plan, and how its volunteers and seats are called."""

    problem: Problem
    solution: Solution
    names: Mapping[str, str]
    asked: tuple[Asked, ...]
    horizon: Horizon


def of_plan(
    session: Session,
    plan: Plan,
    *,
    absent_ids: Collection[UUID] = (),
    supposed: Sequence[Asked] = (),
) -> Outlook:
    """What a plan looked at, as far as it is still open.

    Bookings of people who are absent count as open again; `supposed` is asked for besides.
    """
    days = plan.first_day, plan.last_day
    lost = _bookings(session, plan.sponsor_id, absent_ids, days)
    asked = _asked(session, plan.sponsor_id, days) + [one for one, _ in lost] + list(supposed)
    made = _proposed(session, plan, asked) + [booked for _, booked in lost]
    left_out = [seat.id for one, _ in lost for seat in one.seats]
    return _outlook(session, plan.sponsor_id, days, asked, made, left_out=left_out)


def of_seat(session: Session, seat: Seat) -> tuple[Plan | None, Outlook]:
    """The days around an open seat with the newest plan for it; without one nobody is placed.

    The seat counts as open, also while somebody is being asked.
    """
    asked = load_asked(session, [session.get_one(Request, seat.request_id)])
    if not any(seat.id == other.id for one in asked for other in one.seats):
        raise SeatTaken
    plan = _newest(session, seat.id)
    first = asked[0].options[0].day
    monday = first - timedelta(days=first.weekday())
    days = (plan.first_day, plan.last_day) if plan else (monday, monday + timedelta(days=6))
    others = _asked(session, seat.sponsor_id, days, without=seat.request_id)
    made = _proposed(session, plan, asked + others) if plan else []
    seen = _outlook(session, seat.sponsor_id, days, asked + others, made, left_out=[seat.id])
    return plan, seen


def _newest(session: Session, seat_id: UUID) -> Plan | None:
    proposed = select(Proposal.plan_id).where(col(Proposal.seat_id) == seat_id)
    unfilled = select(UnfilledReason.plan_id).where(col(UnfilledReason.seat_id) == seat_id)
    query = select(Plan).where(
        or_(col(Plan.id).in_(proposed), col(Plan.id).in_(unfilled)), col(Plan.state).in_(DONE)
    )
    return session.exec(query.order_by(col(Plan.id).desc()).limit(1)).one_or_none()


def _asked(
    session: Session,
    sponsor_id: UUID,
    days: Days,
    *,
    without: UUID | None = None,
) -> list[Asked]:
    query = in_range(sponsor_id, *days).where(col(Request.state) == RequestState.OPEN)
    if without is not None:
        query = query.where(col(Request.id) != without)
    requests = session.exec(query.order_by(col(Request.id))).all()
    return without_offered(session, load_asked(session, requests), after=now())


def _bookings(
    session: Session, sponsor_id: UUID, volunteer_ids: Collection[UUID], days: Days
) -> list[tuple[Asked, Placed]]:
    """What these people are booked for in these days: each seat for itself, at its time."""
    if not volunteer_ids:
        return []
    query = (
        select(Assignment, Seat, Request, RequestOption)
        .join(Seat, col(Seat.id) == col(Assignment.seat_id))
        .join(Request, col(Request.id) == col(Seat.request_id))
        .join(RequestOption, col(RequestOption.id) == col(Assignment.option_id))
        .where(
            col(Assignment.sponsor_id) == sponsor_id,
            col(Assignment.volunteer_id).in_(volunteer_ids),
            col(Assignment.state) == AssignmentState.BOOKED,
            col(RequestOption.day).between(*days),
            col(Assignment.starts_at) > now(),
        )
        .order_by(col(Assignment.id))
    )
    rows = session.exec(query).all()
    spots = _institutions(session, {request.institution_id for _, _, request, _ in rows})
    return [
        (
            Asked(request, spots[request.institution_id], [option], [seat]),
            placed(seat.id, booked.volunteer_id, 0, booked.mode),
        )
        for booked, seat, request, option in rows
    ]


def _institutions(session: Session, ids: Collection[UUID]) -> dict[UUID, Institution]:
    found = session.exec(select(Institution).where(col(Institution.id).in_(ids))).all()
    return {one.id: one for one in found}


def _proposed(session: Session, plan: Plan, asked: Sequence[Asked]) -> list[Placed]:
    """The proposals of a plan for what is still asked for."""
    query = select(Proposal).where(col(Proposal.plan_id) == plan.id).order_by(col(Proposal.id))
    found = {row.seat_id: row for row in session.exec(query).all()}
    return [
        placed(seat.id, row.volunteer_id, number, row.mode, row.cost)
        for one in asked
        for seat in one.seats
        if (row := found.get(seat.id)) is not None
        for number, option in enumerate(one.options)
        if option.id == row.option_id
    ]


def _outlook(
    session: Session,
    sponsor_id: UUID,
    days: Days,
    asked: Sequence[Asked],
    made: Sequence[Placed],
    *,
    left_out: Sequence[UUID],
) -> Outlook:
    for one in asked:
        one.options = near(one.options, *days) or one.options[:1]
    dates = [*days, *(option.day for one in asked for option in one.options)]
    horizon = Horizon.of(min(dates), max(dates))
    volunteers = build.pool(session, sponsor_id)
    problem = build.problem(
        session,
        session.get_one(Sponsor, sponsor_id),
        asked,
        volunteers,
        horizon,
        ignore_load_of=left_out,
        with_grants=True,
    )
    return Outlook(
        problem=problem,
        solution=solution(problem, made),
        names=names(volunteers) | labels(asked),
        asked=tuple(asked),
        horizon=horizon,
    )


def names(volunteers: Sequence[Volunteer]) -> dict[str, str]:
    """How volunteers are called, by id."""
    return {str(v.id): f"{v.given_name} {v.surname}" for v in volunteers}


def labels(asked: Sequence[Asked]) -> dict[str, str]:
    """How seats are called, by id: where and when."""
    found = {}
    for one in asked:
        start = one.options[0].starts_at.astimezone(ZONE)
        for seat in one.seats:
            found[str(seat.id)] = f"{one.institution.name}, {start:%d.%m.%Y %H:%M}"
    return found


def placed(seat_id: UUID, volunteer_id: UUID, option: int, mode: str, cost: int = 0) -> Placed:
    """Somebody on a seat, at one of its dates."""
    return Placed(str(seat_id), str(volunteer_id), option, cast(Mode, mode), cost)


def solution(problem: Problem, made: Sequence[Placed]) -> Solution:
    """The placings as a plan; its figures are not needed for questions."""
    filled = {one.seat for one in made}
    rest = tuple(OpenSeat(s.id, ()) for s in problem.seats if s.id not in filled)
    return Solution(
        assignments=tuple(made),
        open=rest,
        method="greedy",
        status="feasible",
        objective=0,
        fill=0,
        cost=0,
        factor=problem.weights.factor,
        bound=None,
        gap=None,
        gap_fill=None,
        gap_cost=None,
        seconds=0.0,
        seed=0,
    )
