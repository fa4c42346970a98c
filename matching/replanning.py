"""The plan that changes least after somebody dropped out or seats were added."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from matching.checker import check
from matching.explain import open_seats
from matching.plan import Assignment, Plan
from matching.problem import Busy, Problem, Span, Volunteer, Window
from matching.reach import neighbourhood
from matching.repair import Decision, Wish, repair
from matching.section import NOTHING, Patch
from matching.standing import Change, Standing, assignment, find_pair
from matching.teams import drop_partial_teams, strict_teams

Absent = Collection[str] | Mapping[str, tuple[Window, ...]]
Times = tuple[Window, ...] | None


@dataclass(frozen=True)
class Replanned:
    """What changes, and the new plan with the problem it holds for.

    `fill` is the rise of filled priority against the old plan and `points` that of the objective,
    both below zero when something could not be made good. `plan` and `problem` are None when the
    question was put to a standing: then only the difference is told.
    """

    changes: tuple[Change, ...]
    fill: int
    points: int
    plan: Plan | None = None
    problem: Problem | None = None


def replan(
    problem: Problem,
    plan: Plan,
    *,
    absent: Absent = (),
    touch: int | None = None,
    confirmed: frozenset[str] = frozenset(),
    seed: int = 0,
    standing: Standing | None = None,
) -> Replanned:
    """Make good what was lost, and fill seats the plan does not know, with the fewest changes.

    Every assignment that does not stay as it is weighs `weights.change` points, beside those of
    people who are absent.

    Parameters
    ----------
    problem
        As it is now: seats may be new, and assignments that it no longer allows count as lost.
    absent
        Ids of volunteers who dropped out; or id → windows in which they cannot go.
    confirmed, touch
        Seats whose people have confirmed, and how many of these may go to somebody else.
    standing
        The same problem and plan, laid out: then the answer is quick and holds the difference
        alone.

    Raises
    ------
    ValueError
        If an absent volunteer is unknown.
    RuntimeError
        If the independent checker finds a fault in the new plan.
    """
    wish = Wish(confirmed=confirmed, touch=touch, seed=seed)
    if standing is not None:
        return difference(standing, absent_patch(standing, absent), wish)
    changed = without_absent(problem, absent)
    return replanned(Standing.of(changed, plan), plan, wish)


def difference(
    standing: Standing, patch: Patch, wish: Wish, seeds: Iterable[int] = ()
) -> Replanned:
    """Answer from a standing: repair what the patch breaks, and tell what changes.

    `seeds` are seats (rows) around which something may be better now.
    """
    index = standing.problem.seat_index
    broken = [index[made.seat] for made in standing.lost if made.seat in index]
    seeds = [*standing.fresh, *broken, *seeds]
    if not seeds and patch == NOTHING:
        return Replanned((), 0, 0)
    lost = [index[name] for name in sorted(patch.lost)]
    schedule = standing.schedule
    fill, points = schedule.fill, schedule.objective
    with standing.without(lost):
        fill, points = schedule.fill - fill, schedule.objective - points
    free = neighbourhood(standing, seeds, lost=frozenset(lost))
    made = repair(standing, free, wish, patch) or Decision((), 0, 0)
    return Replanned(made.changes, fill + made.fill, points + made.points)


def replanned(standing: Standing, plan: Plan, wish: Wish, seeds: Iterable[int] = ()) -> Replanned:
    """Give the changed plan as a whole, checked; the standing holds it afterwards."""
    _take_over(standing, difference(standing, NOTHING, wish, seeds).changes)
    new = _plan(standing, plan)
    faults = check(standing.problem, new)
    if faults:
        raise RuntimeError(f"the plan does not hold: {faults[0].code}, {faults[0].detail}")
    return Replanned(
        changes=_changes(plan, new),
        fill=new.fill - plan.fill,
        points=new.objective - (new.factor * plan.fill - plan.cost),
        plan=new,
        problem=standing.problem,
    )


def _take_over(standing: Standing, changes: Iterable[Change]) -> None:
    schedule, index = standing.schedule, standing.problem.seat_index
    for change in changes:
        if index[change.seat] in schedule.pair_of:
            schedule.remove(schedule.pair_of[index[change.seat]])
    for change in changes:
        pair = None if change.after is None else find_pair(standing.candidates, change.after)
        if pair is not None:
            schedule.add(pair)
    drop_partial_teams(schedule, strict_teams(standing.problem))


def _plan(standing: Standing, plan: Plan) -> Plan:
    schedule = standing.schedule
    return replace(
        plan,
        assignments=tuple(
            assignment(standing.candidates, pair) for _, pair in sorted(schedule.pair_of.items())
        ),
        open=open_seats(schedule),
        method="lns",
        status="feasible",
        objective=schedule.objective,
        fill=schedule.fill,
        cost=schedule.cost,
        factor=schedule.factor,
        bound=None,
        gap=None,
        gap_fill=None,
        gap_cost=None,
    )


def _changes(before: Plan, after: Plan) -> tuple[Change, ...]:
    old: dict[str, Assignment] = {made.seat: made for made in before.assignments}
    new: dict[str, Assignment] = {made.seat: made for made in after.assignments}
    return tuple(
        Change(seat, old.get(seat), new.get(seat))
        for seat in dict.fromkeys((*old, *new))
        if _where(old.get(seat)) != _where(new.get(seat))
    )


def _where(made: Assignment | None) -> tuple[str, int] | None:
    return None if made is None else (made.volunteer, made.option)


def without_absent(problem: Problem, absent: Absent) -> Problem:
    """Give the problem as it is when some volunteers are absent: their accepted work is open."""
    windows = _windows(absent)
    people = {name: _away(problem, name, times) for name, times in windows.items()}
    return replace(
        problem,
        volunteers=tuple(people.get(v.id, v) for v in problem.volunteers),
        pins=tuple(
            pin
            for pin in problem.pins
            if pin.volunteer not in windows
            or not _is_away(windows[pin.volunteer], _span(problem, pin.seat, pin.option))
        ),
    )


def absent_patch(standing: Standing, absent: Absent) -> Patch:
    """Give what is otherwise when some volunteers are absent."""
    problem, windows = standing.problem, _windows(absent)
    people = {name: _away(problem, name, times) for name, times in windows.items()}
    lost = frozenset(
        made.seat
        for name, times in windows.items()
        for seat in standing.seats_of(problem.volunteer_index[name])
        if (made := standing.assignment(seat)) is not None
        and _is_away(times, _span(problem, made.seat, made.option))
    )
    return Patch(
        volunteers=tuple(people[name] for name, times in windows.items() if times is not None),
        gone=frozenset(name for name, times in windows.items() if times is None),
        lost=lost,
    )


def _span(problem: Problem, seat: str, option: int) -> Span:
    return problem.seats[problem.seat_index[seat]].spans[option]


def _windows(absent: Absent) -> dict[str, Times]:
    if isinstance(absent, Mapping):
        return dict(absent)
    return dict.fromkeys(absent)


def _away(problem: Problem, name: str, windows: Times) -> Volunteer:
    """Give a volunteer with the time of her absence taken; None stands for all of it."""
    if name not in problem.volunteer_index:
        raise ValueError(f"there is no volunteer {name!r}")
    volunteer = problem.volunteers[problem.volunteer_index[name]]
    if windows is None:
        return replace(volunteer, windows=(), soft_windows=())
    away = tuple(Busy(window.start, window.end) for window in windows)
    return replace(volunteer, busy=volunteer.busy + away)


def _is_away(windows: Times, span: Span) -> bool:
    """Tell whether work falls into an absence; other reasons do not end it."""
    if windows is None:
        return True
    return any(window.start < span.end and span.start < window.end for window in windows)
