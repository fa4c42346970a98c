"""Half-open intervals of integers or of aware datetimes."""

from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise
from typing import TypeVar

Point = TypeVar("Point", int, datetime)


def merge(intervals: Iterable[tuple[Point, Point]]) -> tuple[tuple[Point, Point], ...]:
    """The same time as few intervals, sorted, touching ones joined, empty ones dropped.

    Parameters
    ----------
    intervals : iterable of (start, end)
        Half-open, in any order.

    Raises
    ------
    ValueError
        If an interval ends before it starts.
    """
    ordered = sorted(_checked(intervals))
    if not ordered:
        return ()
    merged: list[tuple[Point, Point]] = []
    begin, until = ordered[0]
    for start, end in ordered:
        if start > until:
            merged.append((begin, until))
            begin, until = start, end
        elif end > until:
            until = end
    merged.append((begin, until))
    return tuple(merged)


def subtract(
    intervals: Iterable[tuple[Point, Point]], removed: Iterable[tuple[Point, Point]]
) -> tuple[tuple[Point, Point], ...]:
    """What is left of the intervals outside of the removed ones, merged."""
    kept, cuts = merge(intervals), merge(removed)
    if not kept or not cuts:
        return kept
    left: list[tuple[Point, Point]] = []
    following = 0
    for start, end in kept:
        while following < len(cuts) and cuts[following][1] <= start:
            following += 1
        begin, at = start, following
        while at < len(cuts) and cuts[at][0] < end:
            if begin < cuts[at][0]:
                left.append((begin, cuts[at][0]))
            begin = cuts[at][1]
            at += 1
        if begin < end:
            left.append((begin, end))
    return tuple(left)


def intersect(
    first: Iterable[tuple[Point, Point]], second: Iterable[tuple[Point, Point]]
) -> tuple[tuple[Point, Point], ...]:
    """The time that lies in both, merged."""
    others = merge(second)
    shared = [
        (max(start, other_start), min(end, other_end))
        for start, end in merge(first)
        for other_start, other_end in others
    ]
    return merge((start, end) for start, end in shared if start < end)


def covers(intervals: Iterable[tuple[Point, Point]], wanted: tuple[Point, Point]) -> bool:
    """Whether the wanted interval lies inside of the intervals without a gap."""
    return any(start <= wanted[0] and wanted[1] <= end for start, end in merge(intervals))


def overlaps(first: tuple[Point, Point], second: tuple[Point, Point]) -> bool:
    """Whether two intervals share some time; touching ends and empty intervals do not."""
    return max(first[0], second[0]) < min(first[1], second[1])


def are_disjoint(intervals: Iterable[tuple[Point, Point]]) -> bool:
    """Whether no two of the intervals share time."""
    return all(first[1] <= second[0] for first, second in pairwise(sorted(_checked(intervals))))


def _checked(intervals: Iterable[tuple[Point, Point]]) -> list[tuple[Point, Point]]:
    found = list(intervals)
    kept = [(start, end) for start, end in found if start < end]
    if len(kept) < len(found):
        _refuse_backward(found)
    return kept


def _refuse_backward(intervals: list[tuple[Point, Point]]) -> None:
    for start, end in intervals:
        if end < start:
            raise ValueError(f"the interval from {start} ends before it starts, at {end}")
