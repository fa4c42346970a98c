"""The plan that changes least, and never more confirmed people than allowed."""

from dataclasses import replace

import pytest

from matching import Assignment, Pin, Plan, Problem, Standing, Window, check, replan, solve
from matching.generate import SIZES, generate
from tests.matching.cases import dilan, mirela, plan_of, problem, seat, varied_week


def planned(task: Problem, *made: tuple[str, str]) -> Plan:
    work = tuple(Assignment(name, person, 0, "on_site", 0) for name, person in made)
    return plan_of(task, work, 10_000)


def goes(plan: Plan | None) -> dict[str, str]:
    assert plan is not None
    return {one.seat: one.volunteer for one in plan.assignments}


def test_somebody_else_goes_where_a_volunteer_drops_out() -> None:
    task = problem((dilan(), mirela()), (seat(), seat("b", 12)))
    plan = planned(task, ("a", "dilan"), ("b", "mirela"))
    found = replan(task, plan, absent=("dilan",))
    assert goes(found.plan) == {"a": "mirela", "b": "mirela"}
    assert [change.seat for change in found.changes] == ["a"]
    assert found.fill == 0


def test_a_seat_stays_open_when_nobody_else_can() -> None:
    task = problem((dilan(), mirela(windows=())), (seat(priority=4),))
    found = replan(task, planned(task, ("a", "dilan")), absent=("dilan",))
    assert goes(found.plan) == {}
    assert found.fill == -4


def test_absence_of_some_hours_leaves_other_work() -> None:
    task = problem((dilan(), mirela()), (seat(), seat("b", 12)))
    plan = planned(task, ("a", "dilan"), ("b", "dilan"))
    found = replan(task, plan, absent={"dilan": (Window(480, 620),)})
    assert goes(found.plan) == {"a": "mirela", "b": "dilan"}


def test_accepted_work_of_the_absent_is_made_good() -> None:
    task = problem((dilan(), mirela()), (seat(),), pins=(Pin("a", "dilan"),))
    found = replan(task, planned(task, ("a", "dilan")), absent=("dilan",))
    assert goes(found.plan) == {"a": "mirela"}
    assert found.problem is not None
    assert found.problem.pins == ()


def chained() -> tuple[Problem, Plan]:
    """Only Mirela can take over from Dilan, and only if Noor takes what Mirela has."""
    people = dilan(), mirela(languages={0: 7, 2: 7}), dilan(id="noor", languages={2: 7})
    task = problem(people, (seat(priority=4), seat("b", language=2, priority=4)))
    return task, planned(task, ("a", "dilan"), ("b", "mirela"))


def test_confirmed_people_stay_when_none_may_be_touched() -> None:
    task, plan = chained()
    free = replan(task, plan, absent=("dilan",))
    assert goes(free.plan) == {"a": "mirela", "b": "noor"}
    kept = replan(task, plan, absent=("dilan",), confirmed=frozenset("b"), touch=0)
    assert goes(kept.plan) == {"b": "mirela"}
    one = replan(task, plan, absent=("dilan",), confirmed=frozenset("b"), touch=1)
    assert goes(one.plan) == goes(free.plan)


def test_new_seats_are_filled() -> None:
    task = problem((dilan(),), (seat(),))
    plan = planned(task, ("a", "dilan"))
    more = replace(task, seats=(*task.seats, seat("b", 12)))
    assert goes(replan(more, plan).plan) == {"a": "dilan", "b": "dilan"}


def test_seats_that_were_withdrawn_are_gone() -> None:
    task = problem((dilan(),), (seat(), seat("b", 12)))
    plan = planned(task, ("a", "dilan"), ("b", "dilan"))
    found = replan(replace(task, seats=task.seats[:1]), plan)
    assert goes(found.plan) == {"a": "dilan"}


def test_nothing_changes_when_nothing_happened() -> None:
    task = generate(SIZES["small"], 2)
    plan = solve(task, method="greedy")
    found = replan(task, plan)
    assert (found.changes, found.fill, found.points) == ((), 0, 0)


def test_unknown_volunteer_cannot_be_absent() -> None:
    task = problem((dilan(),), (seat(),))
    for standing in (None, Standing.of(task, planned(task))):
        with pytest.raises(ValueError, match="no volunteer"):
            replan(task, planned(task), absent=("z",), standing=standing)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("touch", [0, 1, 3])
def test_no_more_confirmed_people_are_touched_than_allowed(seed: int, touch: int) -> None:
    task = varied_week(seed, 14, 26) if seed % 2 else generate(SIZES["small"], seed)
    plan = solve(task, method="greedy")
    confirmed = frozenset(one.seat for one in plan.assignments[::2])
    standing = Standing.of(task, plan)
    for person in dict.fromkeys(one.volunteer for one in plan.assignments):
        asked = {"absent": (person,), "touch": touch, "confirmed": confirmed}
        found = replan(task, plan, **asked)  # type: ignore[arg-type]
        assert found.plan is not None
        assert found.problem is not None
        assert not check(found.problem, found.plan)
        assert person not in goes(found.plan).values()
        lost = {one.seat for one in plan.assignments if one.volunteer == person}
        broken = {name for team in task.all_or_none if lost & set(team) for name in team}
        touched = [
            change.seat
            for change in found.changes
            if change.seat in confirmed - lost and (change.after or change.seat not in broken)
        ]
        assert len(touched) <= touch
        quick = replan(task, plan, standing=standing, **asked)  # type: ignore[arg-type]
        assert quick == replan(task, plan, standing=standing, **asked)  # type: ignore[arg-type]
        assert quick.fill == found.fill
