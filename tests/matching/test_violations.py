"""Each rule alone: the planner does not know it, the checker names it; without it all is well."""

import ast
import inspect
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from itertools import product
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from matching import Assignment, OpenSeat, Plan, Problem, check, checker, solve
from matching.generate import Size, generate
from matching.validate import validate
from tests.matching import tightened
from tests.matching.cases import PERIODS, plan_of
from tests.matching.tightened import seat_of, span_of, with_seat

SIZE = Size(4, 20, 1, 2)
FACTOR = 10**7
Made = tuple[Assignment, ...]

OF_ONE: list[tuple[str, Callable[..., Problem | None]]] = [
    ("role", tightened.role),
    ("language", tightened.language),
    ("language", tightened.consent),
    ("language", tightened.level),
    ("gender", tightened.gender),
    ("papers", tightened.missing_paper),
    ("papers", tightened.expired_paper),
    ("excluded", tightened.excluded),
    ("only_kinds", tightened.only_kinds),
    ("open_question", tightened.open_question),
    ("blocked", tightened.blocked),
    ("mode", tightened.mode),
    ("mode", tightened.mode_nobody_wished),
    ("unavailable", tightened.unavailable),
    ("too_far", tightened.too_far),
    ("busy", tightened.busy),
    ("busy", tightened.busy_elsewhere),
    ("pin", tightened.pin),
]
OF_TWO: list[tuple[str, Callable[..., Problem | None]]] = [
    ("overlap", tightened.overlap),
    ("parents_day", tightened.whole_parents_day),
    ("parents_day", tightened.parents_day_without_break),
]
CAPS = list(product(PERIODS, ("assignments", "minutes", "cents"), (True, False)))
FIGURES: list[tuple[str, Callable[[Plan], dict[str, Any]]]] = [
    ("fill", lambda plan: {"fill": plan.fill + 1}),
    ("total", lambda plan: {"cost": plan.cost - 1}),
    ("objective", lambda plan: {"objective": plan.objective + 1}),
    ("bound", lambda plan: {"bound": plan.objective - 1}),
    ("status", lambda plan: {"status": "optimal"}),
    ("status", lambda plan: {"status": "optimal", "bound": plan.objective + 1}),
    ("cost", lambda plan: {"assignments": _dearer(plan)}),
    ("factor", lambda plan: {"factor": 1, "objective": plan.fill - plan.cost}),
    ("factor", lambda plan: _other_factor(plan, plan.factor + 1)),
]
NAMES: list[tuple[str, Callable[[Plan], dict[str, Any]]]] = [
    ("seat_missing", lambda plan: {"assignments": plan.assignments[1:]}),
    ("seat_twice", lambda plan: {"open": (*plan.open, OpenSeat(plan.assignments[0].seat, ()))}),
    ("unknown_seat", lambda plan: {"open": (*plan.open, OpenSeat("nothing", ()))}),
    ("unknown_volunteer", lambda plan: {"assignments": _first(plan, volunteer="nobody")}),
    ("option", lambda plan: {"assignments": _first(plan, option=99)}),
    ("option", lambda plan: {"assignments": _first(plan, option=-1)}),
    ("mode", lambda plan: {"assignments": _first(plan, mode="pigeon")}),
]
GROUPS = {"cap", "at_most", "all_or_none", "same_option"}
seeds = st.integers(0, 400)


def _first(plan: Plan, **changes: Any) -> Made:
    return (replace(plan.assignments[0], **changes), *plan.assignments[1:])


def _dearer(plan: Plan) -> Made:
    return _first(plan, cost=plan.assignments[0].cost + 1)


def _other_factor(plan: Plan, factor: int) -> dict[str, Any]:
    return {"factor": factor, "objective": factor * plan.fill - plan.cost}


@cache
def planned(seed: int) -> tuple[Problem, Made]:
    """Give a week and its best plan."""
    task = generate(SIZE, seed, clock_change=seed % 3 == 0)
    return task, solve(task, method="exact").assignments


def new_work(task: Problem, plan: Made) -> list[Assignment]:
    pinned = {pin.seat for pin in task.pins}
    return [made for made in plan if made.seat not in pinned]


def pairs(task: Problem, plan: Made) -> Iterator[tuple[Assignment, Assignment]]:
    """Give new work of one person that follows each other."""
    by_start = sorted(new_work(task, plan), key=lambda made: span_of(task, made).start)
    for one, two in product(by_start, by_start):
        if one.volunteer == two.volunteer and span_of(task, one).end <= span_of(task, two).start:
            yield one, two


def codes(task: Problem, plan: Made) -> set[str]:
    return {fault.code for fault in check(task, plan_of(task, plan, FACTOR))}


def breaks(code: str, task: Problem, stricter: Problem | None, plan: Made) -> None:
    """The plan holds, but for the one rule; and who knows the rule keeps to it."""
    assume(stricter is not None)
    assert stricter is not None
    assert codes(task, plan) == set()
    assert codes(stricter, plan) == {code}
    validate(stricter)
    assert check(stricter, solve(stricter, method="greedy")) == []


@pytest.mark.parametrize(("code", "tighten"), OF_ONE)
@given(seed=seeds, which=st.integers(0, 99))
@settings(deadline=None, max_examples=8)
def test_rule_for_one_seat_is_missed(
    code: str, tighten: Callable[..., Problem | None], seed: int, which: int
) -> None:
    task, plan = planned(seed)
    mine = new_work(task, plan)
    assume(mine)
    breaks(code, task, tighten(task, mine[which % len(mine)]), plan)


@pytest.mark.parametrize(("code", "tighten"), OF_TWO)
@given(seed=seeds, which=st.integers(0, 99))
@settings(deadline=None, max_examples=8)
def test_rule_for_two_seats_of_one_person_is_missed(
    code: str, tighten: Callable[..., Problem | None], seed: int, which: int
) -> None:
    task, plan = planned(seed)
    found = list(pairs(task, plan))
    assume(found)
    breaks(code, task, tighten(task, *found[which % len(found)]), plan)


@pytest.mark.parametrize(("period", "unit", "own"), CAPS)
@given(seed=seeds, which=st.integers(0, 99))
@settings(deadline=None, max_examples=4)
def test_every_kind_of_cap_is_missed(
    period: Any, unit: Any, own: bool, seed: int, which: int
) -> None:
    task, plan = planned(seed)
    mine = new_work(task, plan)
    assume(mine)
    made = mine[which % len(mine)]
    breaks("cap", task, tightened.cap(period, unit, own=own)(task, made, plan), plan)


@given(seed=seeds, which=st.integers(0, 99))
@settings(deadline=None, max_examples=8)
def test_rules_for_sets_of_seats_are_missed(seed: int, which: int) -> None:
    task, plan = planned(seed)
    pinned = {pin.seat for pin in task.pins}
    filled = {made.seat for made in plan}
    empty = [s.id for s in task.seats if s.id not in filled | pinned]
    mine = new_work(task, plan)
    assume(mine and empty)
    breaks("at_most", task, tightened.at_most(task, plan), plan)
    made, left = mine[which % len(mine)], empty[which % len(empty)]
    breaks("all_or_none", task, tightened.all_or_none(task, made, left), plan)


@given(seed=seeds, which=st.integers(0, 99))
@settings(deadline=None, max_examples=8)
def test_common_date_is_missed(seed: int, which: int) -> None:
    task, plan = planned(seed)
    grouped = {name for names in task.same_option for name in names}
    mine = [m for m in new_work(task, plan) if m.seat not in grouped]
    assume(len(mine) > 1)
    made, other = mine[which % len(mine)], mine[which % len(mine) - 1]
    first = replace(task.seats[0].spans[0], day=99)
    later = with_seat(task, made, spans=(first, *seat_of(task, made).spans))
    moved = tuple(replace(m, option=m.option + 1) if m is made else m for m in plan)
    apart = (made.seat, other.seat)
    assume(other.option != made.option + 1)
    assert codes(later, moved) == set()
    assert codes(replace(later, same_option=(*later.same_option, apart)), moved) == {"same_option"}


@pytest.mark.parametrize(("code", "change"), FIGURES + NAMES)
@given(seed=seeds)
@settings(deadline=None, max_examples=6)
def test_wrong_figure_or_name_is_found(
    code: str, change: Callable[[Plan], dict[str, Any]], seed: int
) -> None:
    task, made = planned(seed)
    assume(made)
    plan = plan_of(task, made, FACTOR)
    assert check(task, plan) == []
    assert {fault.code for fault in check(task, replace(plan, **change(plan)))} == {code}


def test_every_code_of_the_checker_has_a_row_here() -> None:
    rows = {code for code, _ in [*OF_ONE, *OF_TWO, *FIGURES, *NAMES]} | GROUPS
    assert set(codes_in(inspect.getsource(checker))) == rows


def codes_in(source: str) -> Iterator[str]:
    """Give the codes a checker's source names: first words of violations, keys of its tables."""
    for node in ast.walk(ast.parse(source)):
        words: list[ast.expr | None] = []
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            words = [*node.args[:1]] if node.func.id == "Violation" else []
        elif isinstance(node, ast.Dict):
            words = list(node.keys)
        for word in words:
            if isinstance(word, ast.Constant) and isinstance(word.value, str):
                yield word.value
