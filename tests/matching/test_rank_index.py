"""The index gives exactly what the plain ranking gives, whatever was booked and removed."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Assignment, Plan, Problem, RankIndex, Window, rank, solve
from matching.generate import SIZES, generate
from tests.matching.cases import (
    NEXT_TOWN,
    dilan,
    mirela,
    plan_of,
    problem,
    seat,
    span,
    varied_week,
)


def agrees(task: Problem, plan: Plan, index: RankIndex) -> None:
    """Every seat, with and without a limit."""
    for wanted in task.seats:
        for limit in (1, 3, 99):
            plain = rank(task, wanted.id, limit=limit, plan=plan)
            assert index.rank(wanted.id, limit) == plain, wanted.id


@pytest.mark.parametrize("seed", range(6))
def test_index_ranks_as_the_plain_loop_does(seed: int) -> None:
    task = generate(SIZES["small"], seed)
    plan = solve(task, method="greedy")
    agrees(task, plan, RankIndex.of(task, plan))


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_index_ranks_alike_with_every_way_to_travel(seed: int) -> None:
    task = varied_week(seed)
    plan = solve(task, method="greedy")
    agrees(task, plan, RankIndex.of(task, plan))


@pytest.mark.parametrize("seed", range(3))
def test_index_follows_what_is_booked_and_removed(seed: int) -> None:
    task = varied_week(seed, 12, 20)
    plan = solve(task, method="greedy")
    index, random = RankIndex.of(task, plan), np.random.default_rng(seed)
    made = {one.seat: one for one in plan.assignments}
    for name in random.permutation(sorted(made))[:6].tolist():
        index.remove(name)
        one = made.pop(name)
        left = plan_of(task, tuple(made.values()), plan.factor)
        agrees(task, left, index)
        if random.random() < 0.5:
            index.book(one)
            made[name] = one
    agrees(task, plan_of(task, tuple(made.values()), plan.factor), index)


def test_index_without_a_plan_ranks_the_whole_pool() -> None:
    task = generate(SIZES["small"], 3)
    index = RankIndex.of(task)
    for wanted in task.seats:
        assert index.rank(wanted.id, 99) == rank(task, wanted.id, limit=99)


def test_a_seat_that_the_problem_does_not_have_is_ranked() -> None:
    task = problem((dilan(), mirela(papers={"measles": 9_999}, roles=frozenset(("guide",)))), ())
    index = RankIndex.of(task)
    new = seat("new", 10, place=NEXT_TOWN, wished_level=6)
    whole = replace(task, seats=(new,))
    assert index.rank(new) == rank(whole, "new")
    guided = replace(new, role="guide", papers=("measles",))
    assert [one.volunteer for one in index.rank(guided)] == ["mirela"]
    assert index.rank(replace(new, role="driver")) == ()
    assert index.rank(replace(new, papers=("unheard of",))) == ()
    index.book(Assignment("new", "dilan", 0, "on_site", 0), new)
    assert index.rank(replace(new, id="other")) == ()


def test_work_that_leaves_no_time_for_the_way_drops_a_volunteer() -> None:
    task = problem((dilan(),), (seat(), seat("b", 10, place=NEXT_TOWN), seat("c", 11)))
    index = RankIndex.of(task)
    index.book(Assignment("a", "dilan", 0, "on_site", 0))
    assert index.rank("b") == ()
    assert [one.volunteer for one in index.rank("c")] == ["dilan"]


def test_equal_costs_stand_in_the_order_of_the_pool() -> None:
    people = tuple(dilan(id=name) for name in ("z", "b", "m"))
    task = problem(people, (seat(spans=(span(9), span(12))),))
    assert [one.volunteer for one in RankIndex.of(task).rank("a")] == ["z", "b", "m"]


def test_the_best_date_of_each_volunteer_counts() -> None:
    people = dilan(windows=(Window(700, 1_000),)), mirela()
    task = problem(people, (seat(spans=(span(9), span(12))),))
    found = RankIndex.of(task).rank("a")
    assert [(one.volunteer, one.option) for one in found] == [("mirela", 0), ("dilan", 1)]


def test_what_cannot_be_is_refused() -> None:
    index = RankIndex.of(problem((dilan(),), (seat(),)))
    made = Assignment("a", "dilan", 0, "on_site", 0)
    with pytest.raises(ValueError, match="no seat 'z'"):
        index.rank("z")
    with pytest.raises(ValueError, match="no volunteer 'z'"):
        index.book(replace(made, volunteer="z"))
    with pytest.raises(ValueError, match="nobody has"):
        index.remove("a")
    index.book(made)
    with pytest.raises(ValueError, match="already"):
        index.book(made)


def test_an_empty_pool_has_no_candidates() -> None:
    assert RankIndex.of(problem((), (seat(),))).rank("a") == ()
