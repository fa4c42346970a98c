"""How long the way takes by the built-in estimate."""

import pytest

from scheduling import TRANSPORTS, Spot, Transport, minutes_for, travel_minutes

SCHOOL = Spot(50.3353, 8.7553, "Friedberg", "schulstr 1")
KITA = Spot(50.3353, 8.7553, "Friedberg", "am markt 2")
NAUHEIM = Spot(50.3647, 8.7386, "Bad Nauheim")
BUEDINGEN = Spot(50.2906, 9.1128, "Büdingen")


def test_inside_a_building_there_is_no_way() -> None:
    upstairs = Spot(50.3353, 8.7553, "Friedberg", "schulstr 1")
    assert travel_minutes(SCHOOL, upstairs, "foot") == 0


def test_inside_a_town_the_way_is_flat() -> None:
    for transport in TRANSPORTS:
        assert travel_minutes(SCHOOL, KITA, transport) == 20


def test_a_building_that_is_not_known_is_never_the_same() -> None:
    nowhere = Spot(50.3353, 8.7553, "Friedberg")
    assert travel_minutes(nowhere, nowhere, "car") == 20


def test_another_town_is_never_nearer_than_the_own() -> None:
    assert travel_minutes(SCHOOL, NAUHEIM, "car") == 20


def test_farther_ways_take_their_time() -> None:
    ways = {name: travel_minutes(SCHOOL, BUEDINGEN, name) for name in TRANSPORTS}
    assert ways == {"car": 50, "public_transport": 106, "bicycle": 132, "foot": 414}


def test_minutes_are_rounded_up() -> None:
    means = Transport(100, 100, 3)
    assert [minutes_for(metres, means) for metres in (0, 1, 100, 101)] == [3, 4, 4, 5]


def test_an_unknown_means_of_transport_is_refused() -> None:
    with pytest.raises(ValueError, match="broom"):
        travel_minutes(SCHOOL, NAUHEIM, "broom")


@pytest.mark.parametrize("wrong", [(0, 100, 0), (10, 99, 0), (10, 100, -1)])
def test_a_means_of_transport_must_make_sense(wrong: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="speed above 0"):
        Transport(*wrong)
