"""Why a seat is open, and what would fill it: every repair is proven by a second decision."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from matching.codes import FunnelCode, RepairCode
from matching.explain import why_open
from matching.funnel import funnel
from matching.ideas import Idea, relaxations
from matching.look import Look, look_at
from matching.plan import Param, Plan, Reason
from matching.problem import Mode, Problem, Seat, Span, Volunteer
from matching.reach import neighbourhood
from matching.repair import Decision, Wish, repair
from matching.section import Patch
from matching.standing import Change, Standing
from matching.variants import variants

REPAIRS = 3
TRIED = 12
"""Ideas that are proven before an explanation has to do with fewer repairs."""
AROUND, WITH_A_TEAM = 40, 16
"""Seats that are decided again: to displace somebody, and beside a team with one idea."""
WORK = 0.3


@dataclass(frozen=True)
class Repair:
    """What would fill a seat.

    `price` are the points of asking plus those by which the cost of the whole plan rises, the
    seat's own included; no priority is lost. `changes` are what the plan does otherwise, `span`
    and `mode` say when and how the seat is served. `person` and `wanted` are the volunteer and
    the seat as they would be.
    """

    code: RepairCode
    volunteer: str
    option: int
    span: Span
    mode: Mode
    params: Mapping[str, Param]
    price: int
    changes: tuple[Change, ...]
    person: Volunteer
    wanted: Seat


@dataclass(frozen=True)
class Explanation:
    """Why a seat is open: how many are left after each question, the reasons, the repairs.

    Reasons and repairs (the cheapest first) are empty when somebody has the seat.
    """

    seat: str
    funnel: Mapping[FunnelCode, int]
    reasons: tuple[Reason, ...]
    repairs: tuple[Repair, ...]


def explain(
    problem: Problem,
    plan: Plan,
    seat: str,
    *,
    standing: Standing | None = None,
    repairs: int = REPAIRS,
) -> Explanation:
    """Explain why a seat is open in a plan.

    Parameters
    ----------
    seat
        Its id.
    standing
        The same problem and plan, laid out: then the answer is quick.
    repairs
        How many repairs are wanted at most; 0 leaves the second decisions out.

    Raises
    ------
    ValueError
        If there is no such seat.
    """
    standing = standing or Standing.of(problem, plan)
    row = standing.seat_row(seat)
    look = look_at(standing.candidates.tables, row)
    counts = funnel(standing, row, look)
    if row in standing.schedule.pair_of:
        return Explanation(seat, counts, (), ())
    reasons = why_open(standing.schedule, row)
    return Explanation(seat, counts, reasons, find_repairs(standing, row, look, repairs))


def find_repairs(standing: Standing, row: int, look: Look, most: int) -> tuple[Repair, ...]:
    """Give the cheapest repairs that a second decision proves, no volunteer twice for one code.

    Where nobody else moves an idea's estimate is never above its price, so the search ends when
    the next idea is dearer than enough repairs.
    """
    if most < 1:
        return ()
    found = list(rearranged(standing, row))
    tried = 0
    for idea in find_ideas(standing, row, look):
        found.sort(key=_price)
        enough = len(found) >= most and idea.estimate >= found[most - 1].price
        if enough or tried == TRIED:
            break
        if (idea.code, idea.volunteer.id) not in {(one.code, one.volunteer) for one in found}:
            tried += 1
            found.extend(_proven(standing, row, idea))
    return tuple(sorted(found, key=_price)[:most])


def _price(one: Repair) -> tuple[int, int, str, str]:
    return one.price, len(one.changes), one.code, one.volunteer


def find_ideas(standing: Standing, row: int, look: Look) -> list[Idea]:
    """Give single relaxations that may fill an open seat, the cheapest estimate first."""
    ideas = [
        *relaxations(standing, standing.problem.seats[row], look),
        *variants(standing, row, look),
    ]
    return sorted(ideas, key=lambda idea: (idea.estimate, idea.code, idea.volunteer.id))


def rearranged(standing: Standing, row: int) -> Iterator[Repair]:
    """Fill a seat without any relaxation: somebody is free, or others take what she has."""
    if not len(standing.candidates.of_seat(row)):
        return
    wish = Wish(must=standing.seat_id(row), work=WORK)
    decision = repair(standing, neighbourhood(standing, (row,), most=AROUND), wish)
    made = None if decision is None else _made(decision, wish.must)
    if decision is None or made is None or made.after is None:
        return
    code = RepairCode.DISPLACE if decision.moved else RepairCode.ASSIGN
    index = standing.problem.volunteer_index
    idea = Idea(
        code=code,
        params={"seats": decision.moved} if decision.moved else {},
        volunteer=standing.problem.volunteers[index[made.after.volunteer]],
        seat=standing.problem.seats[row],
        option=made.after.option,
        asking=0,
    )
    yield from _told(standing, idea, decision)


def _proven(standing: Standing, row: int, idea: Idea) -> Iterator[Repair]:
    """Decide again with the volunteer and the seat as they would be."""
    patch = Patch(volunteers=(idea.volunteer,), seats=(idea.seat,))
    wish = Wish(must=idea.seat.id, by=idea.volunteer.id, option=idea.option, work=WORK)
    free: tuple[int, ...] = (row,)
    if len(standing.bundle_of[row]) > 1:
        free = neighbourhood(standing, free, most=WITH_A_TEAM)
    decision = repair(standing, free, wish, patch)
    if decision is not None:
        yield from _told(standing, idea, decision)


def _told(standing: Standing, idea: Idea, decision: Decision) -> Iterator[Repair]:
    made = _made(decision, idea.seat.id)
    if made is not None and made.after is not None:
        yield Repair(
            code=idea.code,
            volunteer=idea.volunteer.id,
            option=idea.option,
            span=idea.seat.spans[idea.option],
            mode=made.after.mode,
            params=idea.params,
            price=idea.asking + standing.schedule.factor * decision.fill - decision.points,
            changes=decision.changes,
            person=idea.volunteer,
            wanted=idea.seat,
        )


def _made(decision: Decision, seat: str | None) -> Change | None:
    return next((change for change in decision.changes if change.seat == seat), None)


def apply_repair(problem: Problem, repair: Repair) -> Problem:
    """Give the problem as it would be after a repair: one volunteer or one seat is otherwise."""
    people = tuple(repair.person if v.id == repair.volunteer else v for v in problem.volunteers)
    if repair.volunteer not in problem.volunteer_index:
        people = (*people, repair.person)
    return replace(
        problem,
        volunteers=people,
        lendable=tuple(v for v in problem.lendable if v.id != repair.volunteer),
        seats=tuple(repair.wanted if s.id == repair.wanted.id else s for s in problem.seats),
    )
