"""One building, however its address is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling import building_key

HERE = ("61169", "Friedberg")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Schulstr. 1", "Schulstraße 1"),
        ("Schulstr.1", "SCHULSTRASSE 1"),
        ("Schul-Str. 1", " schulstrasse  1 "),
        ("Schulstraße 1", "Schulstraße 1, Raum 5"),
        ("Schulstraße 1", "Schulstraße Nr. 1"),
        ("Schulstraße 1", "Schulstraße 1 (Eingang B)"),
        ("Schulstraße 12 A", "Schulstr. 12a"),
        ("Europaplatz 1 - 3", "Europapl. 1\N{EN DASH}3"),
        ("Mühlweg 4", "Mu\N{COMBINING DIAERESIS}hlweg 4"),
        ("Mühlweg 4", "Muehlweg 4"),
    ],
)
def test_spellings_of_one_address_are_one_building(one: str, other: str) -> None:
    assert building_key(one, *HERE) == building_key(other, *HERE) is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Schulstr. 1", "Schulstr. 2"),
        ("Schulstr. 1", "Schulstr. 11"),
        ("Schulstr. 1", "Schulstr. 1a"),
        ("Schulstr. 1", "Schulweg 1"),
        ("Straße des 17. Juni 1", "Straße des 17. Juni 17"),
    ],
)
def test_different_numbers_and_streets_are_different_buildings(one: str, other: str) -> None:
    assert building_key(one, *HERE) != building_key(other, *HERE)


def test_the_same_street_in_another_village_is_another_building() -> None:
    here = building_key("Hauptstr. 1", "61169", "Friedberg")
    assert here != building_key("Hauptstr. 1", "61169", "Ockstadt")
    assert here != building_key("Hauptstr. 1", "61231", "Friedberg")
    assert here == building_key("Hauptstr. 1", " 61169", "Friedberg (Hessen)")


@pytest.mark.parametrize("street", ["", " ", "Am Markt", "12", "Platz am 8. Mai", "?", ", 5"])
def test_without_street_or_number_nobody_can_tell(street: str) -> None:
    assert building_key(street, *HERE) is None


@given(st.text(max_size=40), st.text(max_size=10), st.text(max_size=20))
def test_any_text_has_a_key_or_none(street: str, postal_code: str, town: str) -> None:
    key = building_key(street, postal_code, town)
    assert key == building_key(street, postal_code, town)
    assert key is None or any(c.isdigit() for c in key)
