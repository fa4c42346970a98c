"""Which ways a plan may ask for."""

from collections.abc import Sequence
from typing import Any

import pytest

from app.routing import Point
from app.seam import needed as needing
from app.seam.needed import needed
from matching import Place, Problem, Travel
from matching import Seat as MatchingSeat
from matching import Transport as Means
from matching import Volunteer as MatchingVolunteer
from matching.problem import Busy, Span

CAR = {"car": Means(750, 130, 5), "foot": Means(75, 120, 0)}
HERE = Point(503_000, 87_000)


def _seat(number: int, where: int, day: int = 0) -> MatchingSeat:
    span = Span(day * 1440 + 600, day * 1440 + 660, day, 0, 2027)
    return MatchingSeat(str(number), str(number), "interpreter", (span,), place=where)


def _person(number: int, home: int, **changes: Any) -> MatchingVolunteer:
    values: dict[str, Any] = {"transport": "car"} | changes
    return MatchingVolunteer(f"v{number}", frozenset({"interpreter"}), home, **values)


def _problem(
    kilometres: Sequence[int], people: Sequence[MatchingVolunteer], seats: Sequence[MatchingSeat]
) -> tuple[Problem, list[Point]]:
    """Places along one road, each in a town of its own."""
    rows = [Place(far * 1000, 0, number) for number, far in enumerate(kilometres)]
    points = [HERE._replace(lon=HERE.lon + far * 140) for far in kilometres]
    return (
        Problem((), (), (), tuple(rows), Travel(CAR), tuple(people), tuple(seats)),
        points,
    )


ALL = frozenset(CAR)


def test_needed_are_the_ways_from_home_and_back() -> None:
    problem, points = _problem([0, 10, 20], [_person(0, 0)], [_seat(0, 1), _seat(1, 2, day=1)])
    assert sorted(needed(problem, points, ALL)) == [
        ("car", 0, 1), ("car", 0, 2), ("car", 1, 0), ("car", 2, 0),
    ]  # fmt: skip


def test_needed_are_the_ways_between_places_of_one_day() -> None:
    one_day, points = _problem([0, 10, 20], [_person(0, 0)], [_seat(0, 1), _seat(1, 2)])
    found = needed(one_day, points, ALL)
    assert {("car", 1, 2), ("car", 2, 1)} <= set(found)
    busy = _person(0, 0, busy=(Busy(700, 760, 2),))
    booked, points = _problem([0, 10, 20], [busy], [_seat(0, 1)])
    assert {("car", 1, 2), ("car", 2, 1)} <= set(needed(booked, points, ALL))
    assert ("car", 0, 2) not in needed(booked, points, ALL)


@pytest.mark.parametrize(
    "person",
    [
        _person(0, 0, modes=frozenset({"phone"})),
        _person(0, 0, transport="public_transport"),
        _person(0, 1),
    ],
)
def test_nothing_is_needed_where_nobody_travels(person: MatchingVolunteer) -> None:
    problem, points = _problem([0, 10], [person], [_seat(0, 1)])
    assert needed(problem, points, ALL) == []


def test_equal_points_are_not_asked_for() -> None:
    problem, points = _problem([0, 10], [_person(0, 0)], [_seat(0, 1)])
    assert needed(problem, [HERE, HERE], ALL) == []
    assert len(needed(problem, points, ALL)) == 2


def test_nobody_asks_for_ways_that_nobody_goes() -> None:
    walker = _person(0, 0, transport="foot")
    problem, points = _problem([0, 7, 8, 66, 67], [walker], [_seat(n, n) for n in range(1, 5)])
    assert ("foot", 0, 1) in needed(problem, points, ALL)
    assert ("foot", 0, 2) not in needed(problem, points, ALL)
    driver, points = _problem([0, 66, 67], [_person(0, 0)], [_seat(n, n) for n in (1, 2)])
    found = needed(driver, points, ALL)
    assert ("car", 0, 1) in found
    assert ("car", 0, 2) not in found


def test_of_too_many_ways_the_nearest_are_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(needing, "MOST_WAYS", 4)
    monkeypatch.setattr(needing, "CELLS", 2)
    seats = [_seat(n, n, day=n) for n in range(1, 6)]
    problem, points = _problem([0, 50, 40, 10, 20, 30], [_person(0, 0)], seats)
    assert sorted(needed(problem, points, ALL)) == [
        ("car", 0, 3), ("car", 0, 4), ("car", 3, 0), ("car", 4, 0),
    ]  # fmt: skip


def test_of_too_many_ways_those_from_home_come_before_nearer_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(needing, "MOST_WAYS", 4)
    problem, points = _problem([0, 50, 51], [_person(0, 0)], [_seat(1, 1), _seat(2, 2)])
    assert ("car", 1, 2) not in needed(problem, points, ALL)
    monkeypatch.setattr(needing, "MOST_WAYS", 6)
    assert ("car", 1, 2) in needed(problem, points, ALL)


def test_an_empty_week_needs_nothing() -> None:
    problem, points = _problem([], [], [])
    assert needed(problem, points, ALL) == []
