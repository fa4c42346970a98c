"""The picture of a grant: what is left, and how the rest is expected to go."""

from datetime import date

import pytest

from app.reports.pictures import Picture
from tests.app.reports.drawn import LAST, STEADY, SVG, TODAY, grant, root, words

TO_THE_END = (LAST - TODAY).days


def points(picture: Picture, place: int) -> list[tuple[float, float]]:
    """Of the line of data (0) or of the estimate (1); those of the legend come first."""
    lines = [n.attrib["points"] for n in root(picture).iter(f"{SVG}polyline")]
    found = lines[len(lines) // 2 + place].split()
    return [(float(p.split(",")[0]), float(p.split(",")[1])) for p in found]


def zero_line(picture: Picture) -> float:
    """How far down nothing is left."""
    nodes = {n.text: n for n in root(picture).iter(f"{SVG}text")}
    return float(nodes["0"].attrib["y"]) - 4.5


def test_grant_that_is_used_up_is_marked_on_its_day() -> None:
    picture = grant(12_000)
    assert picture.description == (
        "Von 120,00 EUR sind am 01.08.2027 noch 30,00 EUR übrig."
        " Geht es weiter wie bisher, ist das Geld am 01.09.2027 aufgebraucht."
    )
    assert "aufgebraucht am 01.09.2027" in words(picture)
    start, end = points(picture, 1)
    assert start == points(picture, 0)[-1]
    assert end[1] == pytest.approx(zero_line(picture), abs=0.1)
    corners = [n.attrib["points"].split() for n in root(picture).iter(f"{SVG}polygon")]
    assert len(corners) == 2  # legend and day
    assert float(corners[1][0].split(",")[0]) == pytest.approx(end[0], abs=0.1)


def test_grant_that_lasts_says_what_it_leaves() -> None:
    picture = grant(9_000 + 100 * TO_THE_END + 777)
    assert picture.description.endswith("sind am 31.12.2027 noch 7,77 EUR übrig.")
    assert not any("aufgebraucht" in word for word in words(picture))
    assert points(picture, 1)[1][1] < zero_line(picture)
    english = grant(9_000 + 100 * TO_THE_END + 777, locale="en").description
    assert english == (
        "Of 249.77 EUR, 159.77 EUR are left on 2027-08-01."
        " At this pace 7.77 EUR are left on 2027-12-31."
    )


def test_bookings_above_the_pace_are_part_of_the_estimate() -> None:
    booked = [*STEADY, (date(2027, 10, 1), 600)]
    picture = grant(9_000 + 100 * TO_THE_END + 777, booked)
    assert picture.description == (
        "Von 249,77 EUR sind am 01.08.2027 noch 159,77 EUR übrig."
        " Geht es weiter wie bisher, sind am 31.12.2027 noch 2,77 EUR übrig."
    )


def test_line_of_a_grant_goes_down_in_steps_on_the_days_of_spending() -> None:
    picture = grant(10_000, [(date(2027, 3, 1), 2_500), (date(2027, 6, 1), 2_500)])
    drawn = points(picture, 0)
    unit = (zero_line(picture) - drawn[0][1]) / 4
    assert [round((zero_line(picture) - y) / unit) for _, y in drawn] == [4, 4, 3, 3, 2, 2]
    assert drawn[1][0] == drawn[2][0] < drawn[3][0] == drawn[4][0] < drawn[5][0]


def test_overspent_grant_goes_below_zero_without_an_estimate() -> None:
    picture = grant(5_000)
    assert picture.description == (
        "Bewilligt sind 50,00 EUR; bis zum 01.08.2027 sind 40,00 EUR mehr ausgegeben."
    )
    assert points(picture, 0)[-1][1] > zero_line(picture)
    assert not any("Schätzung" in word for word in words(picture))


def test_grant_of_a_past_year_has_no_estimate_and_no_today() -> None:
    picture = grant(12_000, today=date(2028, 2, 1))
    assert picture.description == "Von 120,00 EUR sind am 31.12.2027 noch 30,00 EUR übrig."
    assert "heute" not in words(picture)
    assert "heute" in words(grant(12_000))


def test_line_of_an_estimate_is_dashed_and_that_of_data_is_not() -> None:
    lines = list(root(grant(12_000)).iter(f"{SVG}polyline"))
    assert ["stroke-dasharray" in line.attrib for line in lines] == [False, True, False, True]


def test_negative_grant_is_refused() -> None:
    with pytest.raises(ValueError, match="Granted cents are not below 0"):
        grant(-1, [])
