"""The same seed gives the same plan, byte for byte, wherever and however it is worked out."""

import json
import os
import subprocess
import sys
from dataclasses import replace

import pytest

from matching import Budget, Problem, solve
from matching.files import write_plan
from matching.generate import SIZES, Size, generate

ITERATIONS = 10
PROGRAM = """
import sys
from tests.matching.test_reproducible import CASES, answer
print(answer(CASES[int(sys.argv[1])]))
"""
CASES = [
    generate(SIZES["tiny"], 1),
    generate(SIZES["small"], 4),
    generate(Size(40, 90, 3, 5), 6),
    generate(Size(40, 90, 3, 5, mix="full"), 7, clock_change=True),
]


def answer(problem: Problem, *, method: str = "prices", workers: int = 2) -> str:
    budget = Budget(600, iterations=ITERATIONS)
    plan = solve(problem, seed=3, method=method, budget=budget, workers=workers)
    return json.dumps(write_plan(replace(plan, seconds=0.0)))


@pytest.mark.parametrize("method", ["auto", "exact", "greedy", "prices"])
@pytest.mark.parametrize("case", CASES[:2])
def test_same_seed_gives_the_same_plan_twice(case: Problem, method: str) -> None:
    assert answer(case, method=method) == answer(case, method=method)


@pytest.mark.parametrize("case", CASES)
def test_number_of_workers_does_not_change_the_plan(case: Problem) -> None:
    assert answer(case, workers=1) == answer(case, workers=2) == answer(case, workers=4)


@pytest.mark.parametrize(
    ("number", "surroundings"),
    [
        (3, {"PYTHONHASHSEED": "1"}),
        (3, {"PYTHONHASHSEED": "2"}),
        (0, {"NUMBA_DISABLE_JIT": "1"}),
        (1, {"NUMBA_DISABLE_JIT": "1"}),
    ],
    ids=["one hash seed", "another hash seed", "plain kernels", "plain kernels, larger"],
)
def test_another_process_finds_the_same_plan(number: int, surroundings: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(number)],
        env={**os.environ, **surroundings},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == answer(CASES[number])
