"""Regions by official key and day."""

from datetime import date

import pytest

from scheduling.regions import region_of, regions

_BEFORE, _AFTER = date(2025, 12, 31), date(2026, 1, 1)


def _name(ags: str, day: date = _AFTER) -> str | None:
    region = region_of(ags, day)
    return None if region is None else region.name


def test_the_longest_prefix_wins() -> None:
    assert _name("06531005") == "Gießen (Stadt)"
    assert _name("06531006") == "Gießen (Landkreis)"
    assert _name("06440") == "Wetteraukreis"


def test_hanau_leaves_its_kreis_with_the_year_2026() -> None:
    assert _name("06435014", _BEFORE) == "Hanau"
    assert _name("06415", _BEFORE) is None
    assert _name("06415", _AFTER) == "Hanau"
    assert _name("06415000", _AFTER) == "Hanau"


def test_an_ended_key_does_not_fall_back_to_the_old_kreis() -> None:
    assert _name("06435014", _AFTER) is None
    assert _name("06435015", _AFTER) == "Main-Kinzig-Kreis"


def test_a_regional_key_belongs_to_its_commune() -> None:
    assert _name("065310005005") == "Gießen (Stadt)"


def test_a_key_outside_of_hessen_has_no_region() -> None:
    assert _name("09671000") is None


@pytest.mark.parametrize("ags", ["6435", "6435014", "", "Kassel", "0643501", "16055000"])
def test_text_that_is_no_key_is_refused(ags: str) -> None:
    with pytest.raises(ValueError, match="AGS"):
        region_of(ags, _AFTER)


def test_keys_are_unique_on_each_day_and_towns_lie_inside_their_kreis() -> None:
    for day in (_BEFORE, _AFTER):
        found = regions(day)
        assert len({region.ags for region in found}) == len(found)
        for region in found:
            assert region.parent_ags is None or region.ags.startswith(region.parent_ags)


def test_hessen_has_one_more_independent_town_from_2026_on() -> None:
    counts = [
        sum(region.kind == "kreisfreie Stadt" for region in regions(day))
        for day in (_BEFORE, _AFTER)
    ]
    assert counts == [5, 6]


def test_hessen_has_its_kreise_in_three_districts() -> None:
    found = [region for region in regions(_BEFORE) if region.parent_ags is None]
    assert len(found) == 26
    counts = dict.fromkeys(("Darmstadt", "Gießen", "Kassel"), 0)
    for region in found:
        counts[region.regierungsbezirk] += 1
    assert counts == {"Darmstadt": 14, "Gießen": 5, "Kassel": 7}


def test_the_digit_of_the_key_is_that_of_the_district() -> None:
    digits = {"4": "Darmstadt", "5": "Gießen", "6": "Kassel"}
    for region in (*regions(_BEFORE), *regions(_AFTER)):
        assert digits[region.ags[2]] == region.regierungsbezirk


@pytest.mark.parametrize("name", ["Kassel", "Gießen", "Fulda", "Offenbach"])
def test_some_names_mean_a_town_and_a_kreis(name: str) -> None:
    keys = {region.ags for region in regions(_AFTER) if region.name.startswith(name)}
    assert len(keys) >= 2


def test_a_key_of_a_kreis_is_never_the_one_of_a_town_inside_it() -> None:
    assert _name("06435", _BEFORE) == _name("06435", _AFTER) == "Main-Kinzig-Kreis"
    assert _name("06435014", date(1990, 1, 1)) == "Hanau"
