"""No bound is below the best plan there is, and no plan above it."""

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


def compare(problem: Problem, best: int, seed: int) -> None:
    for method in WAYS:
        plan = solve(problem, method=method, seed=seed, budget=Budget(60, iterations=12))
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


@pytest.mark.parametrize("seed", range(20))
def test_every_method_keeps_on_its_side_of_the_best_small_week(seed: int) -> None:
    problem = generate(SIZES["small"], seed, clock_change=seed % 3 == 0)
    compare(problem, best_of(problem), seed)


@pytest.mark.parametrize("seed", range(10))
def test_every_method_keeps_on_its_side_where_caps_are_tight(seed: int) -> None:
    problem = tight_week(seed)
    compare(problem, best_of(problem), seed)


@pytest.mark.parametrize("seed", range(10))
def test_every_method_keeps_on_its_side_with_every_way_to_travel(seed: int) -> None:
    problem = varied_week(seed)
    compare(problem, best_of(problem), seed)


@pytest.mark.parametrize("seed", range(9))
def test_every_method_keeps_on_its_side_where_many_could_go(seed: int) -> None:
    problem = generate(CROWDS[seed % len(CROWDS)], seed)
    compare(problem, best_of(problem), seed)


@pytest.mark.parametrize("seed", range(9))
def test_no_proof_rests_on_the_few_who_look_cheapest(seed: int) -> None:
    problem = tired_crowd(seed)
    compare(problem, best_of(problem), seed)


@pytest.mark.parametrize("seed", range(6))
def test_every_method_keeps_on_its_side_when_fewest_people_are_wanted(seed: int) -> None:
    problem = replace(generate(SIZES["tiny"], seed), weights=Weights(opening=3_000))
    compare(problem, optimum(problem, choose_factor(find_candidates(problem))), seed)


@pytest.mark.parametrize("seed", range(10))
def test_trying_everything_and_the_program_find_the_same(seed: int) -> None:
    problem = generate(Size(5, 8, 2, 2), seed)
    assert optimum(problem, choose_factor(find_candidates(problem))) == best_of(problem)
