"""No bound is below the best plan there is, and no plan above it."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from matching import Budget, Problem, Weights, check, solve
from matching.candidates import find_candidates
from matching.engine import METHODS, choose_factor
from matching.generate import SIZES, Size, generate
from tests.matching.brute import optimum
from tests.matching.cases import tight_week, tired_crowd, varied_week

WAYS = ("auto", *METHODS)
CROWDS = (Size(30, 12, 1, 1), Size(30, 12, 1, 1, mix="full"), Size(25, 9, 1, 2, mix="plain"))


def small(seed: int) -> Problem:
    return generate(SIZES["small"], seed, clock_change=seed % 3 == 0)


def crowd(seed: int) -> Problem:
    """Give few seats and many who could go."""
    return generate(CROWDS[seed % len(CROWDS)], seed)


def compare(problem: Problem, best: int, seed: int) -> None:
    for method in WAYS:
        plan = solve(problem, method=method, seed=seed, budget=Budget(600, iterations=12))
        assert check(problem, plan) == []
        assert plan.objective <= best, method
        assert plan.bound is not None
        assert plan.bound >= best, method
        assert plan.status == "feasible" or plan.objective == best, method


def best_of(problem: Problem) -> int:
    plan = solve(problem, method="exact", seconds=60)
    assert plan.status == "optimal"
    return plan.objective


@pytest.mark.parametrize("seed", range(40))
def test_every_method_keeps_on_its_side_of_the_best_tiny_week(seed: int) -> None:
    problem = generate(SIZES["tiny"], seed, clock_change=seed % 3 == 0)
    compare(problem, optimum(problem, choose_factor(find_candidates(problem))), seed)


@pytest.mark.parametrize(
    ("week", "seed"),
    [
        *((small, seed) for seed in range(20)),
        *((tight_week, seed) for seed in range(10)),
        *((varied_week, seed) for seed in range(10)),
        *((crowd, seed) for seed in range(9)),
        *((tired_crowd, seed) for seed in range(9)),
    ],
)
def test_every_method_keeps_on_its_side_of_the_best_week(
    week: Callable[[int], Problem], seed: int
) -> None:
    problem = week(seed)
    compare(problem, best_of(problem), seed)


@pytest.mark.parametrize("seed", range(6))
def test_every_method_keeps_on_its_side_when_fewest_people_are_wanted(seed: int) -> None:
    problem = replace(generate(SIZES["tiny"], seed), weights=Weights(opening=3_000))
    compare(problem, optimum(problem, choose_factor(find_candidates(problem))), seed)


@pytest.mark.parametrize("seed", range(10))
def test_trying_everything_and_the_program_find_the_same(seed: int) -> None:
    problem = generate(Size(5, 8, 2, 2), seed)
    assert optimum(problem, choose_factor(find_candidates(problem))) == best_of(problem)
