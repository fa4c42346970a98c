"""Plans: asked for, solved in a job, looked at, released as offers."""

import hashlib
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Engine, null
from sqlmodel import Session, col, func, select, update

from app import access, audit, db, jobs
from app.access import Actor
from app.clock import now
from app.errors import Conflict, Invalid
from app.limits import PLAN_DAYS
from app.planning import admitting, kernels, notes, releasing, solver
from app.planning.admitting import UNFINISHED, in_range
from app.planning.failures import SolverFailed
from app.planning.progress import Diary
from app.planning.schemas import PlanCreate, ReasonRead
from app.planning.solver import Solved
from app.routing import Point
from app.seam import build, ways
from app.seam.asked import Asked, load_asked, near, without_offered
from app.seam.people import Horizon
from app.settings import get_settings
from app.tables import (
    Plan,
    PlanState,
    Proposal,
    Request,
    RequestState,
    Seat,
    SeatState,
    Sponsor,
    UnfilledReason,
    Volunteer,
)
from matching import Assignment as Placed
from matching import Problem
from matching.costs import pair_terms
from matching.files import write_problem
from scheduling import holidays

SOLVE = "planning.solve"

log = logging.getLogger(__name__)


class WrongDays(Invalid):
    """The last day is before the first, or the span is too long."""

    de = "Der letzte Tag muss nach dem ersten liegen, höchstens {days} Tage später."
    en = "The last day must come after the first, at most {days} days later."


class NotReady(Conflict):
    """Only a finished plan can be released."""

    slug, title = "plan-not-ready", "Plan not ready"
    de = "Der Plan ist nicht bereit zur Freigabe ({state})."
    en = "The plan is not ready to be released ({state})."


class NotRunning(Conflict):
    """Only a waiting or running plan can be called off."""

    slug, title = "plan-not-running", "Plan not running"
    de = "Der Plan läuft nicht mehr ({state})."
    en = "The plan is no longer running ({state})."


@dataclass(frozen=True)
class Week:
    """What a plan looks at: the problem, its requests, and how many wait for an answer.

    `points` are the problem's places in degrees, `notes` codes of what readers should know.
    """

    problem: Problem
    asked: tuple[Asked, ...]
    volunteers: tuple[Volunteer, ...]
    waiting: int
    points: tuple[Point, ...] = ()
    notes: tuple[str, ...] = ()


def check_days(first_day: date, last_day: date) -> None:
    """Refuse days that make no plan."""
    if not timedelta() <= last_day - first_day < timedelta(days=PLAN_DAYS):
        raise WrongDays(days=PLAN_DAYS)


def gather(
    session: Session,
    sponsor: Sponsor,
    first_day: date,
    last_day: date,
    *,
    as_of: datetime | None = None,
) -> Week:
    """Open seats whose first date lies in these days, and everybody in the pool.

    Seats that are being offered stay out: their volunteers' time counts as taken. So do times
    that have gone by at `as_of` (now), and alternatives far from these days.
    """
    requests = session.exec(
        in_range(sponsor.id, first_day, last_day)
        .where(col(Request.state) == RequestState.OPEN)
        .order_by(col(Request.id))
    ).all()
    asked = load_asked(session, requests)
    for one in asked:
        one.options = near(one.options, first_day, last_day)
    asked = without_offered(session, asked, after=as_of or now())
    last = max([last_day, *(o.day for one in asked for o in one.options)])
    first = min([first_day, *(o.day for one in asked for o in one.options)])
    volunteers = build.pool(session, sponsor.id)
    days = Horizon.of(first, last)
    made = build.built(session, sponsor, asked, volunteers, days, with_grants=True)
    unknown = made.seasonal and last > holidays.known_until()
    waiting = session.exec(
        select(func.count())
        .select_from(Seat)
        .join(Request, col(Request.id) == col(Seat.request_id))
        .where(
            col(Request.id).in_(
                in_range(sponsor.id, first_day, last_day)
                .where(col(Request.state) == RequestState.NEEDS_INFO)
                .with_only_columns(col(Request.id))
            ),
            col(Seat.state) == SeatState.OPEN,
        )
    ).one()
    return Week(
        problem=made.problem,
        asked=tuple(asked),
        volunteers=tuple(volunteers),
        waiting=waiting,
        points=made.points,
        notes=(notes.HOLIDAYS_UNKNOWN,) if unknown else (),
    )


def _with_ways(engine: Engine, week: Week) -> Week:
    """The week with what the routing service knows; a note where it gave no answer."""
    problem, complete = ways.with_asked(engine, week.problem, week.points)
    said = () if complete else (notes.SERVICE_FAILED,)
    return replace(week, problem=problem, notes=week.notes + said)


def create(session: Session, actor: Actor, body: PlanCreate) -> Plan:
    """Ask for a plan; it is solved in the background."""
    check_days(body.first_day, body.last_day)
    sponsor_id = access.sponsor_for(actor, body.sponsor_id)
    admitting.admit(session, sponsor_id, body.first_day, body.last_day)
    plan = Plan(
        sponsor_id=sponsor_id,
        first_day=body.first_day,
        last_day=body.last_day,
        seed=body.seed,
        requested_by=actor.account_id,
    )
    session.add(plan)
    session.flush()
    jobs.defer(session, SOLVE, plan.id)
    audit.record(session, actor.account_id, "plan.create", plan)
    session.flush()
    return plan


def _move(session: Session, plan_id: UUID, before: Sequence[PlanState], after: PlanState) -> bool:
    done = session.exec(
        update(Plan)
        .where(col(Plan.id) == plan_id, col(Plan.state).in_(before))
        .values(state=after, progress=null(), updated_at=now())
    )
    return bool(done.rowcount == 1)


@jobs.task(SOLVE)
def solve(engine: Engine, plan_id: UUID) -> None:
    """Solve one plan; run again it starts afresh, cancelled it stops.

    Whatever goes wrong is the plan's failure, so that it always comes to an end.
    """
    try:
        _solve(engine, plan_id)
    except solver.Cancelled:
        return
    except SolverFailed as error:
        log.warning("plan %s: %s, %s", plan_id, error.failure, error.said[-2000:])
        _fail(engine, plan_id, error.failure)
    except Exception as error:  # the office must see that there will be no plan
        log.exception("plan %s failed", plan_id)
        _fail(engine, plan_id, f"The plan could not be made: {type(error).__name__}.")


def _solve(engine: Engine, plan_id: UUID) -> None:
    with db.transaction(engine) as session:
        if not _move(session, plan_id, UNFINISHED, PlanState.RUNNING):
            return
        plan = session.get_one(Plan, plan_id)
        sponsor = session.get_one(Sponsor, plan.sponsor_id)
        week = gather(session, sponsor, plan.first_day, plan.last_day)
    week = _with_ways(engine, week)
    settings = get_settings()
    solved = solver.solve(
        week.problem,
        seconds=settings.plan_seconds,
        seed=plan.seed,
        memory_mb=settings.plan_memory_mb,
        compiled=kernels.folder(settings.var),
        watch=Diary(engine, plan_id, settings.plan_seconds).watch(),
    )
    with db.transaction(engine) as session:
        if _move(session, plan_id, (PlanState.RUNNING,), PlanState.READY):
            plan = session.get_one(Plan, plan_id)
            _store(session, plan, week, solved)
            audit.record(session, None, "plan.ready", plan, rule_version=f"weights:{plan.weights}")


def _fail(engine: Engine, plan_id: UUID, failure: str) -> None:
    with db.transaction(engine) as session:
        if _move(session, plan_id, UNFINISHED, PlanState.FAILED):
            plan = session.get_one(Plan, plan_id)
            plan.failure = failure[:300]
            session.add(plan)
            audit.record(session, None, "plan.fail", plan)


def _terms(problem: Problem, made: Placed) -> dict[str, int]:
    """What the cost of an assignment is made of, in points."""
    volunteer = problem.volunteers[problem.volunteer_index[made.volunteer]]
    seat = problem.seats[problem.seat_index[made.seat]]
    terms = pair_terms(problem, volunteer, seat, option=made.option, mode=made.mode)
    return {name: int(points) for name, points in terms.items() if points}


def _store(session: Session, plan: Plan, week: Week, solved: Solved) -> None:
    session.refresh(plan)
    solution = solved.plan
    content = json.dumps(write_problem(week.problem), sort_keys=True).encode()
    plan.input_hash = hashlib.sha256(content).hexdigest()
    plan.weights = week.problem.weights.name
    plan.seats = len(week.problem.seats)
    plan.filled = len(solution.assignments)
    plan.waiting = week.waiting
    plan.notes = list(week.notes)
    for name in ("method", "status", "objective", "bound", "gap", "gap_fill", "gap_cost"):
        setattr(plan, name, getattr(solution, name))
    plan.seconds = round(solution.seconds, 3)
    session.add(plan)
    options = {str(s.id): one.options for one in week.asked for s in one.seats}
    for made in solution.assignments:
        session.add(
            Proposal(
                sponsor_id=plan.sponsor_id,
                plan_id=plan.id,
                seat_id=UUID(made.seat),
                option_id=options[made.seat][made.option].id,
                volunteer_id=UUID(made.volunteer),
                mode=made.mode,
                cost=made.cost,
                price=solved.prices.get(made.seat),
                terms=_terms(week.problem, made),
            )
        )
    for seat in solution.open:
        for position, reason in enumerate(seat.reasons):
            session.add(
                UnfilledReason(
                    sponsor_id=plan.sponsor_id,
                    plan_id=plan.id,
                    seat_id=UUID(seat.seat),
                    position=position,
                    price=solved.prices.get(seat.seat),
                    code=reason.code,
                    params=dict(reason.params),
                )
            )


def cancel(session: Session, actor: Actor, plan: Plan) -> None:
    """Call a waiting or running plan off."""
    if not _move(session, plan.id, UNFINISHED, PlanState.CANCELLED):
        raise NotRunning(state=plan.state)
    audit.record(session, actor.account_id, "plan.cancel", plan)
    session.flush()
    session.refresh(plan)


def release(
    session: Session, actor: Actor, plan: Plan, seat_ids: list[UUID] | None, locale: str
) -> tuple[int, list[ReasonRead]]:
    """Turn proposals into offers; what no longer fits is skipped with its reason."""
    if not _move(session, plan.id, (PlanState.READY, PlanState.RELEASED), PlanState.RELEASED):
        raise NotReady(state=plan.state)
    made, skipped = releasing.offer_proposals(session, actor, plan.id, seat_ids, locale)
    rule = f"weights:{plan.weights}"
    audit.record(session, actor.account_id, "plan.release", plan, rule_version=rule, offers=made)
    session.flush()
    return made, skipped
