"""Half-open intervals."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.intervals import are_disjoint, covers, intersect, merge, overlaps, subtract

_LISTS = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 30)).map(lambda pair: (min(pair), max(pair))),
    max_size=6,
)


def _points(intervals: tuple[tuple[int, int], ...] | list[tuple[int, int]]) -> set[int]:
    return {point for start, end in intervals for point in range(start, end)}


@given(_LISTS)
def test_merging_keeps_the_time_and_leaves_gaps(intervals: list[tuple[int, int]]) -> None:
    merged = merge(intervals)
    assert _points(merged) == _points(intervals)
    assert all(first[1] < second[0] for first, second in pairwise(merged))


@given(_LISTS, _LISTS)
def test_subtracting_and_intersecting_split_the_time(
    first: list[tuple[int, int]], second: list[tuple[int, int]]
) -> None:
    assert _points(subtract(first, second)) == _points(first) - _points(second)
    assert _points(intersect(first, second)) == _points(first) & _points(second)
    assert merge([*subtract(first, second), *intersect(first, second)]) == merge(first)


@given(_LISTS, st.integers(0, 30), st.integers(1, 5))
def test_covering_means_every_point(
    intervals: list[tuple[int, int]], start: int, length: int
) -> None:
    wanted = (start, start + length)
    assert covers(intervals, wanted) == (_points([wanted]) <= _points(intervals))


@given(_LISTS, _LISTS)
def test_what_is_left_has_gaps(first: list[tuple[int, int]], second: list[tuple[int, int]]) -> None:
    left = subtract(first, second)
    assert all(start < end for start, end in left)
    assert all(before[1] < after[0] for before, after in pairwise(left))


def test_nothing_taken_away_leaves_all() -> None:
    assert subtract([(0, 5), (5, 9)], []) == ((0, 9),)
    assert subtract([], [(0, 5)]) == ()


def test_touching_intervals_do_not_overlap() -> None:
    assert not overlaps((0, 5), (5, 9))
    assert overlaps((0, 6), (5, 9))
    assert not overlaps((3, 3), (0, 9))


def test_disjoint_intervals_may_touch() -> None:
    assert are_disjoint([(5, 9), (0, 5)])
    assert not are_disjoint([(4, 9), (0, 5)])


def test_moments_work_like_numbers() -> None:
    nine, ten, noon = (datetime(2026, 1, 5, hour, tzinfo=UTC) for hour in (9, 10, 12))
    assert subtract([(nine, noon)], [(nine, ten)]) == ((ten, noon),)


def test_an_interval_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="ends before it starts"):
        merge([(5, 3)])
    with pytest.raises(ValueError, match="from 5 ends"):
        subtract([(0, 9)], [(4, 4), (5, 3)])
