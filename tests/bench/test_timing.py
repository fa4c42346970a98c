"""Questions are timed, and a drop-out is made good."""

import pytest

from bench.interactive import busy_volunteers, draw, drop_outs, explanations
from bench.timing import percentile, times
from matching import solve
from matching.generate import SIZES, generate


def test_percentile_is_a_value_that_was_seen() -> None:
    values = [float(number) for number in range(1, 101)]
    assert (percentile(values, 50), percentile(values, 95)) == (50.0, 95.0)
    assert percentile([7.0], 95) == 7.0
    with pytest.raises(ValueError, match="no value"):
        percentile([], 50)


def test_every_question_is_asked_once() -> None:
    asked: list[int] = []
    found = times("count", asked.append, [3, 1, 2])
    assert asked == [3, 1, 2]
    assert found.count == 3
    assert 0 <= found.p50 <= found.p95 <= found.longest


def test_drop_outs_are_told_apart_from_those_who_move_for_them() -> None:
    problem = generate(SIZES["small"], 2)
    plan = solve(problem)
    names = draw(busy_volunteers(plan), 3, seed=1)
    took, moved = drop_outs(problem, plan, names)
    assert took.count == len(names) == len(moved)
    assert all(0 <= count < len(plan.assignments) for count in moved)


def test_open_seats_are_asked_about_with_and_without_repairs() -> None:
    problem = generate(SIZES["small"], 2)
    plan = solve(problem)
    seats = [seat.seat for seat in plan.open]
    assert explanations(problem, plan, seats, repairs=0)[1] == 0
    took, cured = explanations(problem, plan, seats, repairs=1)
    assert took.count == len(seats)
    assert 0 <= cured <= len(seats)
