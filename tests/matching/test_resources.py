from collections import Counter
from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Cap, Pin
from matching.candidates import Candidates, find_candidates
from matching.problem import ParentsDay
from matching.resources import PARENTS_DAY, resources
from matching.schedule import CapKey, Schedule
from tests.matching.cases import PERIODS, dilan, mirela, problem, seat, span, tight_week


def expected(candidates: Candidates) -> list[Counter[tuple[int, int, int, int]]]:
    """Give per pair the (volunteer, period, amount, left) of its caps that could bind."""
    schedule = Schedule(candidates, 10_000)
    needs = [schedule.needs(pair) for pair in range(len(candidates))]
    sums: Counter[CapKey] = Counter()
    for taken in needs:
        for key, amount, _ in taken:
            sums[key] += amount
    return [
        Counter(
            (key[0], PERIODS.index(key[1]) if key[1] in PERIODS else PARENTS_DAY, amount, left)
            for key, amount, left in taken
            if amount and sums[key] > left
        )
        for taken in needs
    ]


def given_by(candidates: Candidates) -> list[Counter[tuple[int, int, int, int]]]:
    table = resources(candidates)
    entries = list(
        zip(
            table.volunteer[table.key].tolist(),
            table.period[table.key].tolist(),
            table.amount.tolist(),
            table.left[table.key].tolist(),
            strict=True,
        )
    )
    bounds = table.first.tolist()
    return [Counter(entries[a:b]) for a, b in pairwise(bounds)]


@given(seed=st.integers(0, 10**6))
@settings(deadline=None, max_examples=40)
def test_resources_say_what_the_schedule_needs(seed: int) -> None:
    candidates = find_candidates(tight_week(seed))
    assert given_by(candidates) == expected(candidates)


@given(seed=st.integers(0, 10**6))
@settings(deadline=None, max_examples=20)
def test_one_key_stands_for_one_cap(seed: int) -> None:
    candidates = find_candidates(tight_week(seed))
    schedule, table = Schedule(candidates, 10_000), resources(candidates)
    sums: Counter[CapKey] = Counter()
    lefts: dict[CapKey, int] = {}
    for pair in range(len(candidates)):
        for key, amount, left in schedule.needs(pair):
            sums[key] += amount
            lefts[key] = left
    binding = sorted((total, lefts[key]) for key, total in sums.items() if total > lefts[key])
    totals = np.bincount(table.key, weights=table.amount, minlength=len(table.left)).astype(int)
    assert sorted(zip(totals.tolist(), table.left.tolist(), strict=True)) == binding


def test_caps_that_cannot_bind_are_left_out() -> None:
    person = dilan(caps=(Cap("day", None, "assignments", 2), Cap("week", 49, "minutes", 100)))
    table = resources(find_candidates(problem((person,), (seat("a", 9), seat("b", 12)))))
    assert table.left.tolist() == [100]
    assert table.period.tolist() == [1]
    assert table.first.tolist() == [0, 1, 2]
    assert table.amount.tolist() == [60, 60]


def test_accepted_work_takes_from_the_caps_too() -> None:
    person = dilan(caps=(Cap("day", None, "assignments", 1),))
    seats = (seat("a", 9), seat("b", 12))
    table = resources(find_candidates(problem((person,), seats, pins=(Pin("a", "dilan"),))))
    assert table.key.tolist() == [0, 0]
    assert table.left.tolist() == [1]


def test_nobody_with_long_days_is_held_to_a_parents_day() -> None:
    seats = tuple(seat(f"s{n}", spans=(span(14 + n / 4, 15),)) for n in range(13))
    day = (ParentsDay(tuple(s.id for s in seats)),)
    task = problem((dilan(), mirela(long_days=True)), seats, parents_days=day)
    table = resources(find_candidates(task))
    assert set(table.volunteer.tolist()) == {0}
    assert set(table.period.tolist()) == {PARENTS_DAY}


def test_problem_without_pairs_has_no_resources() -> None:
    table = resources(find_candidates(problem((), ())))
    assert table.first.tolist() == [0]
    assert len(table.key) == len(table.left) == 0
