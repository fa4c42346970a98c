"""The loop over all volunteers is a fair reference: it ranks as the package does."""

import pytest

from bench.ranking import TOP, by_loop
from matching import rank
from matching.generate import SIZES, generate


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_loop_gives_the_same_costs_as_rank(seed: int) -> None:
    problem = generate(SIZES["small"], seed)
    for seat in problem.seats:
        found = rank(problem, seat.id, limit=TOP)
        assert [cost for cost, _ in by_loop(problem, seat.id)] == [one.cost for one in found]
