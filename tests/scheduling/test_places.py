"""Postal codes, distances and travel."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.places import (
    coordinates,
    distance_m,
    distance_to_hessen_m,
    is_in_hessen,
    read_postal_code,
    to_metres,
)
from scheduling.travel import TRANSPORTS, Spot, Transport, travel_minutes

_POINTS = st.tuples(st.floats(49.4, 51.7), st.floats(7.8, 10.2))
_FRIEDBERG = Spot(50.335, 8.755, town="Friedberg", building="Kreishaus")
_NIDDA = Spot(50.413, 9.009, town="Nidda")


@pytest.mark.parametrize("written", ["61118", " 61118 ", "D-61118", "DE-61118", "d - 61118"])
def test_a_postal_code_is_read(written: str) -> None:
    assert read_postal_code(written) == "61118"


@pytest.mark.parametrize(
    "written", ["6365", "611180", "", "61118 Bad Vilbel", "61118.0", "6111B", "٦١١١٨", "CH-8001"]
)
def test_a_postal_code_without_five_digits_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="postal code"):
        read_postal_code(written)


def test_four_digits_are_named_in_the_sentence() -> None:
    with pytest.raises(ValueError, match="has 4"):
        read_postal_code("6365")


def test_a_known_postal_code_has_coordinates() -> None:
    point = coordinates("61118")
    assert point is not None
    assert point == pytest.approx((50.18, 8.74), abs=0.05)
    assert coordinates("00000") is None


@pytest.mark.parametrize(
    ("code", "inside"),
    [("61118", True), ("34117", True), ("65185", True), ("55116", False), ("63739", False)],
)
def test_hessen_is_known_by_postal_code(code: str, inside: bool) -> None:
    assert is_in_hessen(code) is inside


def test_the_distance_to_hessen_tells_near_from_far() -> None:
    assert distance_to_hessen_m("61118") == 0
    near, far = distance_to_hessen_m("55116"), distance_to_hessen_m("80331")
    assert near is not None
    assert far is not None
    assert near < 20_000 < 200_000 < far
    assert distance_to_hessen_m("00000") is None


@given(_POINTS, _POINTS)
def test_the_plane_agrees_with_the_sphere(
    first: tuple[float, float], second: tuple[float, float]
) -> None:
    (x_1, y_1), (x_2, y_2) = to_metres(*first), to_metres(*second)
    assert math.hypot(x_2 - x_1, y_2 - y_1) == pytest.approx(
        distance_m(first, second), rel=0.001, abs=3
    )


def test_a_point_that_is_not_on_earth_is_refused() -> None:
    with pytest.raises(ValueError, match="earth"):
        distance_m((91.0, 8.0), (50.0, 8.0))
    with pytest.raises(ValueError, match="earth"):
        to_metres(math.nan, 8.0)


def test_the_same_building_takes_no_time_and_the_same_town_twenty_minutes() -> None:
    office = Spot(50.335, 8.755, town="Friedberg", building="Kreishaus")
    school = Spot(50.34, 8.76, town="Friedberg")
    assert travel_minutes(_FRIEDBERG, office, "car") == 0
    assert travel_minutes(_FRIEDBERG, school, "foot") == 20


def test_travel_between_towns_is_distance_with_detour_and_fixed_minutes() -> None:
    metres = distance_m((_FRIEDBERG.lat, _FRIEDBERG.lon), (_NIDDA.lat, _NIDDA.lon))
    slow = {"cart": Transport(metres_per_minute=100, detour_percent=150, fixed_minutes=3)}
    expected = 3 + math.ceil(metres * 1.5 / 100)
    assert travel_minutes(_FRIEDBERG, _NIDDA, "cart", transports=slow) == expected


def test_an_unknown_transport_is_refused() -> None:
    with pytest.raises(ValueError, match="balloon"):
        travel_minutes(_FRIEDBERG, _NIDDA, "balloon")
    with pytest.raises(ValueError, match="speed"):
        Transport(0, 130, 5)


@settings(deadline=None)
@given(_POINTS, _POINTS)
def test_travel_is_the_same_both_ways_and_slowest_on_foot(
    first: tuple[float, float], second: tuple[float, float]
) -> None:
    here, there = Spot(*first), Spot(*second)
    for transport in TRANSPORTS:
        assert travel_minutes(here, there, transport) == travel_minutes(there, here, transport)
    if distance_m(first, second) > 3_000:
        assert max(TRANSPORTS, key=lambda mode: travel_minutes(here, there, mode)) == "foot"
