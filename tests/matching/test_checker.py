from dataclasses import replace

import pytest

from matching import Assignment, Cap, OpenSeat, Pin, Plan, Problem, Quota, check, solve
from tests.matching.cases import NEXT_TOWN, dilan, mirela, plan_of, problem, seat, span

FIRST = Assignment("a", "dilan", 0, "on_site", 0)
SECOND = Assignment("b", "dilan", 0, "on_site", 0)


def codes(task: Problem, *made: Assignment) -> set[str]:
    return {fault.code for fault in check(task, plan_of(task, made, 10_000))}


TWO = (seat("a", 9), seat("b", 10.25))
LATER = (seat("a", 9), seat("b", 10.25, place=NEXT_TOWN))
DATES = (seat("a", spans=(span(9), span(12))), seat("b", spans=(span(10.25), span(14))))
MOVED = replace(SECOND, option=1)


@pytest.mark.parametrize(
    ("task", "made", "code"),
    [
        (problem((dilan(),), LATER), (FIRST, SECOND), "overlap"),
        (problem((dilan(),), (seat("a"), seat("b", 9.5))), (FIRST, SECOND), "overlap"),
        (
            problem((dilan(caps=(Cap("day", 0, "assignments", 1),)),), TWO),
            (FIRST, SECOND),
            "cap",
        ),
        (problem((dilan(),), TWO, all_or_none=(("a", "b"),)), (FIRST,), "all_or_none"),
        (problem((dilan(),), DATES, same_option=(("a", "b"),)), (FIRST, MOVED), "same_option"),
        (problem((dilan(),), TWO, at_most=(Quota(("a", "b"), 1),)), (FIRST, SECOND), "at_most"),
        (problem((dilan(),), TWO, pins=(Pin("b", "dilan"),)), (FIRST,), "pin"),
        (problem((dilan(),), TWO, blocks=frozenset((("dilan", "a"),))), (FIRST,), "blocked"),
    ],
)
def test_each_broken_constraint_is_found(
    task: Problem, made: tuple[Assignment, ...], code: str
) -> None:
    assert codes(task, *made) == {code}


def test_the_same_plan_without_the_constraint_holds() -> None:
    assert codes(problem((dilan(),), TWO), FIRST, SECOND) == set()
    assert codes(problem((dilan(),), DATES), FIRST, MOVED) == set()


def good() -> tuple[Problem, Plan]:
    task = problem((dilan(), mirela()), (seat("a", place=NEXT_TOWN), seat("b", language=2)))
    return task, solve(task)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"objective": 1}, "objective"),
        ({"fill": 2}, "fill"),
        ({"cost": 1}, "total"),
        ({"factor": 5_000}, "factor"),
        ({"bound": 1}, "bound"),
        ({"bound": None}, "status"),
    ],
)
def test_each_wrong_figure_is_found(changes: dict[str, int | None], code: str) -> None:
    task, plan = good()
    assert check(task, plan) == []
    found = check(task, replace(plan, **changes))  # type: ignore[arg-type]
    assert code in {fault.code for fault in found}


def test_wrong_cost_of_one_assignment_is_found() -> None:
    task, plan = good()
    cheaper = replace(plan.assignments[0], cost=0)
    assert "cost" in {f.code for f in check(task, replace(plan, assignments=(cheaper,)))}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"open": ()}, "seat_missing"),
        ({"open": (OpenSeat("b", ()), OpenSeat("a", ()))}, "seat_twice"),
        ({"open": (OpenSeat("b", ()), OpenSeat("z", ()))}, "unknown_seat"),
        ({"assignments": (replace(FIRST, volunteer="nobody"),)}, "unknown_volunteer"),
        ({"assignments": (replace(FIRST, option=3),)}, "option"),
        ({"assignments": (replace(FIRST, option=-1),)}, "option"),
        ({"assignments": (replace(FIRST, mode="phone"),)}, "mode"),
    ],
)
def test_plan_that_names_the_wrong_things_is_refused(changes: dict[str, object], code: str) -> None:
    task, plan = good()
    found = check(task, replace(plan, **changes))  # type: ignore[arg-type]
    assert code in {fault.code for fault in found}
