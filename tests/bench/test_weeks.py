"""Random weeks are solved and judged, and what is wrong is counted."""

from dataclasses import replace

import pytest

from bench.weeks import KINDS, attempt, compare, run, trial
from matching import solve
from matching.generate import SIZES, generate


def test_random_weeks_have_nothing_wrong() -> None:
    total = run(range(1, 9), proven=4)
    assert (total["weeks"], total["compared with the optimum"]) == (8, 4)
    assert total["filled"] > 0
    wrong = ("violations", "worse steps", "bounds below it", "plans above it", "not proven")
    assert [total[name] for name in wrong] == [0] * len(wrong)


def test_bound_below_the_optimum_and_plan_above_it_are_counted() -> None:
    problem = generate(SIZES["tiny"], 1)
    plan = solve(problem, method="exact")
    low = replace(plan, bound=plan.objective - 1)
    high = replace(plan, objective=plan.objective + 1, bound=plan.objective + 2)
    assert compare(problem, low, 1)["bounds below it"] == 1
    assert compare(problem, high, 1)["plans above it"] == 1


def test_weeks_take_turns_in_size_calendar_and_method() -> None:
    trials = [trial(seed) for seed in range(300)]
    combinations = {(t.size, t.clock_change, t.method, t.seed % 2) for t in trials}
    assert len(combinations) >= len(KINDS) * 2 * 2


def test_week_of_a_seed_is_solved_the_same_way_every_time() -> None:
    assert attempt(trial(5), prove=False) == attempt(trial(5), prove=False)


@pytest.mark.parametrize("seed", [7, 14])
def test_week_in_which_clocks_change_is_another_one(seed: int) -> None:
    assert generate(SIZES["tiny"], seed) != generate(SIZES["tiny"], seed, clock_change=True)
