"""The walk from day to day is a fair reference: it finds the same hours."""

from datetime import date

import pytest

from bench.availability import pool, report


@pytest.mark.parametrize("first", [date(2027, 1, 4), date(2026, 10, 12)])
def test_the_walk_finds_the_same_hours(first: date) -> None:
    people = pool(60, first, seed=2)
    table = report(people, first, date(first.year + 1, 1, 31), sample=60)
    assert "measured range" in table
    assert "peak memory" in table


def test_the_same_seed_draws_the_same_pool() -> None:
    first = date(2027, 1, 4)
    assert pool(5, first, seed=3) == pool(5, first, seed=3) != pool(5, first, seed=4)
