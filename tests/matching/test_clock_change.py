"""Weeks in which the clocks change: minutes that pass are counted, free time is by the clock."""

from collections import defaultdict
from dataclasses import replace
from itertools import pairwise

import pytest

from matching import Budget, Problem, Window, check, solve
from matching.candidates import find_candidates
from matching.generate import SIZES, Size, generate
from tests.matching.cases import DAY, dilan, problem, seat, span

BACK, FORWARD = 2, 3
SUNDAY = 3
SIZE = Size(12, 40, 2, 2, mix="full")


@pytest.mark.parametrize("method", ["exact", "greedy", "prices"])
@pytest.mark.parametrize("seed", range(10))
def test_plans_of_weeks_in_which_the_clocks_change_hold(seed: int, method: str) -> None:
    for size in (SIZES["small"], SIZE):
        task = generate(size, seed, clock_change=True)
        plan = solve(task, method=method, seed=seed, budget=Budget(600, iterations=8))
        assert check(task, plan) == []
        assert plan.assignments


def midnights(task: Problem) -> dict[int, int]:
    """Give per day number the hours at which its seats begin at the earliest."""
    found: defaultdict[int, list[int]] = defaultdict(list)
    for wanted in task.seats:
        for when in wanted.spans:
            found[when.day].append(when.start)
    return {day: min(starts) for day, starts in found.items()}


@pytest.mark.parametrize("seed", [BACK, FORWARD])
def test_days_after_the_change_lie_an_hour_later_or_earlier(seed: int) -> None:
    shift = 60 if seed == BACK else -60
    task = generate(Size(5, 400, 2, 2, mix="plain"), seed, clock_change=True)
    first = midnights(task)
    for day, start in first.items():
        by_the_clock = start - day * DAY - (shift if day > SUNDAY else 0)
        late = shift if day == SUNDAY else 0
        assert 6 * 60 <= by_the_clock - late <= 14 * 60
    assert {when.week for s in task.seats for when in s.spans} == (
        {43, 44} if seed == BACK else {13, 14}
    )


@pytest.mark.parametrize("seed", [BACK, FORWARD])
def test_free_time_of_a_day_is_as_long_as_on_any_other(seed: int) -> None:
    task = generate(Size(40, 20, 2, 2), seed, clock_change=True)
    for person in task.volunteers:
        opens = sorted((*person.windows, *person.soft_windows), key=lambda w: (w.start, w.end))
        assert all(window.start < window.end for window in opens)
        assert all(a.end <= b.start for a, b in pairwise(opens))


def test_an_hour_that_comes_twice_holds_two_appointments() -> None:
    """From two to four by the clock are three hours when it is set back at three."""
    night = Window(120, 300)
    seats = tuple(seat(f"s{hour}", hour) for hour in (2, 3, 4))
    task = problem((dilan(windows=(night,)),), seats)
    assert len(solve(task).assignments) == 3
    short = replace(task, volunteers=(dilan(windows=(Window(120, 180),)),))
    assert [made.seat for made in solve(short).assignments] == ["s2"]


def test_day_of_25_hours_counts_as_one_day_and_weeks_end_where_they_are_said_to() -> None:
    late = replace(span(24.5), day=0)
    person = dilan(windows=(Window(0, 2_000),))
    task = problem((person,), (seat("a", 9), seat("b", spans=(late,))))
    found = find_candidates(task)
    assert found.tables.slots.day.tolist() == [0, 0]
    assert len(solve(task).assignments) == 2
