"""Why one volunteer is not proposed for one seat."""

import pytest

from matching import (
    Assignment,
    Cap,
    Pin,
    Problem,
    Quota,
    Standing,
    Window,
    eligibility,
    solve,
    why_not,
)
from matching.generate import SIZES, generate
from matching.problem import ParentsDay
from tests.matching.cases import NEXT_TOWN, dilan, mirela, plan_of, problem, seat, span


def told(task: Problem, *made: tuple[str, str], option: int = 0) -> list[tuple[str, object]]:
    """Ask about Dilan and seat a, with some assignments in the plan."""
    work = tuple(Assignment(name, person, option, "on_site", 0) for name, person in made)
    plan = plan_of(task, work, 10_000)
    return [(one.code, dict(one.params)) for one in why_not(task, plan, "a", "dilan")]


def test_eligibility_comes_first() -> None:
    task = problem((dilan(windows=(), languages={}),), (seat(),))
    assert [code for code, _ in told(task)] == ["language", "unavailable"]


def test_she_is_proposed() -> None:
    task = problem((dilan(),), (seat(),))
    assert told(task, ("a", "dilan")) == [("proposed", {})]


def test_the_seat_is_accepted_work_of_somebody_else() -> None:
    task = problem((dilan(), mirela()), (seat(),), pins=(Pin("a", "mirela"),))
    assert told(task, ("a", "mirela")) == [("pinned", {"volunteer": "mirela"})]


def test_other_work_clashes() -> None:
    task = problem((dilan(),), (seat(), seat("b", 10, place=NEXT_TOWN)))
    assert told(task, ("b", "dilan")) == [("clash", {"seat": "b"})]


def test_other_work_uses_up_a_cap() -> None:
    person = dilan(caps=(Cap("day", None, "assignments", 1),))
    task = problem((person,), (seat(), seat("b", 12)))
    cap = {"period": "day", "unit": "assignments", "left": 1}
    assert told(task, ("b", "dilan")) == [("cap_used", cap)]


def test_other_slots_use_up_a_parents_day() -> None:
    seats = seat("a", 12), seat("b", spans=(span(8, 120),))
    task = problem((dilan(),), seats, parents_days=(ParentsDay(("a", "b"), 120, 15, 120),))
    assert told(task, ("b", "dilan")) == [("parents_day", {"left": 120})]


def test_the_quota_is_used_up() -> None:
    task = problem((dilan(), mirela()), (seat(), seat("b", 12)), at_most=(Quota(("a", "b"), 1),))
    assert told(task, ("b", "mirela")) == [("budget", {"at_most": 1})]


def test_another_date_is_settled() -> None:
    spans = span(9), span(18)
    seats = seat("a", spans=spans), seat("b", spans=spans)
    late = mirela(windows=(Window(1_080, 1_140),))
    task = problem((dilan(), late), seats, same_option=(("a", "b"),))
    assert told(task, ("b", "mirela"), option=1) == [("other_date", {"option": 1})]


def test_somebody_else_costs_less() -> None:
    task = problem((dilan(home=NEXT_TOWN), mirela()), (seat(),))
    cost = {"cost": 800, "volunteer": "mirela", "volunteer_cost": 0}
    assert told(task, ("a", "mirela")) == [("dearer", cost)]


def test_she_could_go() -> None:
    assert told(problem((dilan(),), (seat(),))) == [("could_go", {"cost": 0})]


def test_unknown_names_are_refused() -> None:
    task = problem((dilan(),), (seat(),))
    plan = solve(task)
    with pytest.raises(ValueError, match="no volunteer 'x'"):
        why_not(task, plan, "a", "x")
    with pytest.raises(ValueError, match="no seat 'x'"):
        why_not(task, plan, "x", "dilan")


@pytest.mark.parametrize("seed", range(4))
def test_everybody_has_a_reason_for_every_seat(seed: int) -> None:
    task = generate(SIZES["small"], seed)
    plan = solve(task, method="greedy")
    standing = Standing.of(task, plan)
    objective = standing.schedule.objective
    for wanted in task.seats:
        for person in task.volunteers:
            found = why_not(task, plan, wanted.id, person.id, standing=standing)
            assert found
            able = any(
                not eligibility.reasons(task, person, wanted, option)
                for option in range(len(wanted.spans))
            )
            assert able or found[0].code not in ("could_go", "dearer", "clash")
    assert standing.schedule.objective == objective
