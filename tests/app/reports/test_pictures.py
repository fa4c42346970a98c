"""Pictures of reports: what is drawn is what is counted, for eyes, screen readers and printers."""

import struct
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
import typst
from hypothesis import given
from hypothesis import strategies as st

from app.reports import drawing, pictures, plots
from app.reports.pictures import Picture
from tests.app.reports.drawn import (
    SVG,
    TODAY,
    bars,
    boxes,
    grant,
    lengths,
    overlaps,
    root,
    words,
)

YEAR = [(date(2027, month, 1), 60 * month, 90 * month) for month in range(1, 13)]
HOSTILE = "<script>alert(\"1\")</script> & 'Dari'\x00\x1b\x85\ufffe\ud800"
LANGUAGES = [
    (f"Bosnisch, Kroatisch, Serbisch und Montenegrinisch {n}", 2 * n, n) for n in range(20)
]

Make = Callable[[str], Picture]


MAKES: dict[str, Make] = {
    "hours": lambda locale: pictures.hours_by_month(YEAR, locale),
    "hours of one month": lambda locale: pictures.hours_by_month(YEAR[4:5], locale),
    "hours of 15 months": lambda locale: pictures.hours_by_month(
        [(date(2026, 11, 1), 6, 0), (date(2028, 1, 1), 60_000, 9)], locale
    ),
    "no hours": lambda locale: pictures.hours_by_month([(TODAY, 0, 0)], locale),
    "very many hours": lambda locale: pictures.hours_by_month([(TODAY, 10**12, 1)], locale),
    "demand": lambda locale: pictures.demand_and_supply(LANGUAGES, locale),
    "no demand": lambda locale: pictures.demand_and_supply([("Dari", 0, 0)], locale),
    "very much demand": lambda locale: pictures.demand_and_supply([("Dari", 10**12, 1)], locale),
    "right to left": lambda locale: pictures.demand_and_supply([("دری (کابل)", 3, 1)], locale),
    "grant that ends": lambda locale: grant(12_000, locale=locale),
    "grant that lasts": lambda locale: grant(100_000, locale=locale),
    "grant overspent": lambda locale: grant(5_000, locale=locale),
    "grant of 5 EUR on its first day": lambda locale: grant(500, [], date(2027, 1, 1), locale),
    "nothing": lambda locale: pictures.hours_by_month([], locale),
}
EVERY = pytest.mark.parametrize("make", MAKES.values(), ids=MAKES)
BOTH = pytest.mark.parametrize("locale", ["de", "en"])


@EVERY
@BOTH
def test_picture_names_itself_to_those_who_do_not_see_it(make: Make, locale: str) -> None:
    picture = make(locale)
    drawn = root(picture)
    title, description = list(drawn)[:2]
    assert (title.tag, title.text) == (f"{SVG}title", picture.title)
    assert (description.tag, description.text) == (f"{SVG}desc", picture.description)
    assert drawn.attrib["role"] == "img"
    assert drawn.attrib["aria-labelledby"] == title.attrib["id"]
    assert drawn.attrib["aria-describedby"] == description.attrib["id"]
    assert drawn.attrib["lang"] == locale
    assert picture.title in words(picture)


@EVERY
@BOTH
def test_no_text_stands_on_another_or_outside(make: Make, locale: str) -> None:
    picture = make(locale)
    assert overlaps(picture) == []
    height = float(root(picture).attrib["viewBox"].split()[3])
    outside = [b for b in boxes(picture) if b[0] < 0 or b[2] > drawing.WIDTH or b[3] > height]
    assert outside == []


def test_control_without_left_out_months_their_names_would_overlap(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(plots, "_every", lambda *_: 1)
    assert overlaps(MAKES["hours of 15 months"]("de"))


@EVERY
def test_text_is_large_enough_on_a_phone(make: Make) -> None:
    drawn = root(make("de"))
    sizes = [float(node.attrib["font-size"]) for node in drawn.iter() if "font-size" in node.attrib]
    on_a_phone = min(sizes) * 320 / float(drawn.attrib["viewBox"].split()[2])
    assert on_a_phone >= 11.5


@EVERY
def test_picture_is_the_same_bytes_each_time_and_refers_to_nothing_outside(make: Make) -> None:
    picture = make("de")
    assert picture == make("de")
    own = {"defs", "desc", "g", "line", "pattern", "polygon", "polyline", "rect", "svg", "text"}
    assert {n.tag.removeprefix(SVG) for n in root(picture).iter()} <= own | {"title"}
    values = [value for node in root(picture).iter() for value in node.attrib.values()]
    assert [v for v in values if "//" in v or ("url(" in v and not v.startswith("url(#"))] == []


@EVERY
def test_what_is_referred_to_is_in_the_picture(make: Make) -> None:
    drawn = root(make("de"))
    ids = {node.attrib["id"] for node in drawn.iter() if "id" in node.attrib}
    fills = {node.attrib["fill"] for node in drawn.iter() if "fill" in node.attrib}
    assert {fill[5:-1] for fill in fills if fill.startswith("url(#")} <= ids


def brightness(colour: str) -> float:
    """Relative luminance by WCAG 2.2."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(
    ("colour", "least"), [(drawing.INK, 4.5), (drawing.BLUE, 3), (drawing.ORANGE, 3)]
)
def test_colours_stand_out_on_white(colour: str, least: float) -> None:
    assert 1.05 / (brightness(colour) + 0.05) >= least
    assert 1.05 / (brightness(drawing.FAINT) + 0.05) < least  # the measure tells them apart


def test_hours_are_stacked_in_proportion() -> None:
    picture = pictures.hours_by_month([(TODAY, 600, 300), (date(2027, 9, 1), 1200, 0)])
    assert lengths(picture, "solid", "height") == [95, 190]
    assert lengths(picture, "hatched", "height") == [47.5]
    top, foot = bars(picture, "hatched")[0].attrib, bars(picture, "solid")[0].attrib
    assert float(top["y"]) + float(top["height"]) == float(foot["y"])


def test_hours_say_their_sums_in_german_and_english() -> None:
    german, english = (pictures.hours_by_month(YEAR, locale) for locale in ("de", "en"))
    assert german.description == (
        "Stunden von Januar 2027 bis Dezember 2027: 195, davon Lotsinnen und Lotsen 78,"
        " Dolmetscherinnen und Dolmetscher 117. Am meisten sind es im Dezember 2027: 30."
    )
    assert english.description == (
        "Hours from January 2027 to December 2027: 195, of these guides 78, interpreters 117."
        " Most of them in December 2027: 30."
    )


def test_hours_of_one_month_are_written_with_decimals() -> None:
    days = [(date(2027, 5, 3), 60_000, 0), (date(2027, 5, 31), 45, 10)]
    assert pictures.hours_by_month(days).description == (
        "Stunden im Mai 2027: 1.000,92, davon Lotsinnen und Lotsen 1.000,75,"
        " Dolmetscherinnen und Dolmetscher 0,17."
    )
    assert "in May 2027: 1,000.92," in pictures.hours_by_month(days, "en").description


def test_a_month_without_hours_keeps_its_place() -> None:
    picture = pictures.hours_by_month([(date(2027, 1, 1), 60, 0), (date(2027, 4, 1), 60, 0)])
    left = [float(bar.attrib["x"]) for bar in bars(picture, "solid")]
    names = [node.text for node in root(picture).iter(f"{SVG}title")][1:]
    assert [str(name).split(":")[0] for name in names] == [
        "Januar 2027", "Februar 2027", "März 2027", "April 2027",
    ]  # fmt: skip
    assert left[1] - left[0] > 2 * float(bars(picture, "solid")[0].attrib["width"])


def test_axis_of_hours_has_round_steps_and_names() -> None:
    assert words(MAKES["hours"]("de"))[3:] == [
        "Stunden", "0", "10", "20", "30", "Jan", "2027", "Mär", "Mai", "Jul", "Sep", "Nov",
    ]  # fmt: skip
    assert {"Hours", "Mar", "May"} < set(words(MAKES["hours"]("en")))


def test_years_are_named_where_they_begin() -> None:
    shown = words(MAKES["hours of 15 months"]("de"))
    assert [word for word in shown if word.startswith("20")] == ["2026", "2027", "2028"]


@pytest.mark.parametrize("minutes", [(-1, 0), (0, -1)])
def test_negative_minutes_are_refused(minutes: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="Minutes are not below 0; one of them is -1"):
        pictures.hours_by_month([(TODAY, *minutes)])


def test_more_than_36_months_are_refused_in_a_sentence() -> None:
    first = date(2024, 1, 31)
    assert pictures.hours_by_month([(first, 1, 1), (date(2026, 12, 1), 1, 1)])
    with pytest.raises(ValueError, match="at most 36 months, not 37: give a shorter period"):
        pictures.hours_by_month([(first, 1, 1), (date(2027, 1, 1), 1, 1)])


def test_demand_shows_the_most_wanted_first_and_sums_the_rest() -> None:
    rows = [(f"Sprache {n:02}", n, n // 2) for n in range(1, 24)]
    picture = pictures.demand_and_supply(rows)
    figures = [word for word in words(picture) if " von " in word]
    assert figures[:2] == ["11 von 23", "11 von 22"]
    assert figures[-1] == f"{0 + 1 + 1 + 2} von {1 + 2 + 3 + 4}"
    assert len(figures) == 20
    assert "weitere (4)" in words(picture)
    assert "others (4)" in words(pictures.demand_and_supply(rows, "en"))
    asked = sum(int(figure.split()[2]) for figure in figures)
    assert picture.description.startswith(f"Anfragen: {asked}, davon erfüllt: 132; Sprachen: 23.")


def test_twenty_languages_are_all_shown() -> None:
    shown = words(pictures.demand_and_supply([(f"Sprache {n}", 5, 1) for n in range(20)]))
    assert {f"Sprache {n}" for n in range(20)} < set(shown)
    assert not any(word.startswith("weitere") for word in shown)


def test_demand_says_what_is_missing_most() -> None:
    rows = [("Dari", 1300, 1290), ("Tigrinya", 20, 3), ("Urdu", 5, 5)]
    assert pictures.demand_and_supply(rows).description == (
        "Anfragen: 1.325, davon erfüllt: 1.298; Sprachen: 3."
        " Am meisten fehlt Tigrinya: offen 17 von 20."
    )
    assert pictures.demand_and_supply(rows, "en").description == (
        "Requests: 1,325, of these served: 1,298; languages: 3."
        " Most is missing in Tigrinya: open 17 of 20."
    )
    assert pictures.demand_and_supply(rows[2:]).description.endswith("Sprachen: 1.")


def test_bars_of_demand_are_in_proportion() -> None:
    picture = pictures.demand_and_supply([("Dari", 200, 50), ("Urdu", 100, 0)])
    assert lengths(picture, "hatched", "width") == [348, 174]
    assert lengths(picture, "solid", "width") == [87]


def test_hostile_label_stays_a_label() -> None:
    picture = pictures.demand_and_supply([(HOSTILE, 2, 1)])
    label = "<script>alert(\"1\")</script> & 'Dari'"
    assert [node for node in root(picture).iter() if node.tag.endswith("script")] == []
    assert b"<script" not in picture.svg
    assert f"{label}: 1 von 2" in [node.text for node in root(picture).iter(f"{SVG}title")]
    assert label in picture.description


@given(st.text())
def test_any_label_gives_a_picture_that_can_be_read(label: str) -> None:
    picture = pictures.demand_and_supply([(label, 2, 1), ("Dari", 1, 1)])
    assert {"1 von 2", "1 von 1"} <= set(words(picture))
    assert root(picture).findtext(f"{SVG}desc") == picture.description


def test_long_label_is_shortened_and_whole_where_a_pointer_rests() -> None:
    picture = MAKES["demand"]("de")
    shown = [word for word in words(picture) if word.startswith("Bosnisch")]
    assert all(word.endswith("…") for word in shown)
    assert "Bosnisch, Kroatisch, Serbisch und Montenegrinisch 19: 19 von 38" in [
        node.text for node in root(picture).iter(f"{SVG}title")
    ]


def test_label_from_right_to_left_turns_nothing_around_it() -> None:
    picture = pictures.demand_and_supply([("\u202eدری", 3, 1), ("\u202eDari", 2, 1)])
    assert "\u2068دری\u2069" in words(picture)
    assert "Dari" in words(picture)
    assert root(picture).attrib["direction"] == "ltr"


@given(st.integers(-(10**15), 10**15), st.integers(-(10**15), 10**15), st.sampled_from([1, 6, 100]))
def test_ticks_hold_all_values_in_few_even_round_steps(low: int, high: int, unit: int) -> None:
    marks = drawing.ticks(min(low, high), max(low, high), unit)
    assert marks[0] <= min(low, high, 0)
    assert marks[-1] >= max(low, high, unit)
    assert 0 in marks
    assert 2 <= len(marks) <= 6
    steps = {b - a for a, b in pairwise(marks)}
    assert len(steps) == 1
    assert str(steps.pop() // unit).rstrip("0") in ("1", "2", "5")


@pytest.mark.parametrize(
    ("locale", "sentence"),
    [("de", "Keine Daten in diesem Zeitraum."), ("en", "No data in this period.")],
)
def test_no_data_is_a_sentence(locale: str, sentence: str) -> None:
    for picture in (
        pictures.hours_by_month([], locale),
        pictures.demand_and_supply([], locale),
        grant(0, [], locale=locale),
    ):
        assert picture.description == sentence
        assert words(picture) == [picture.title, sentence]


def size(png: bytes) -> tuple[int, int]:
    """Width and height in pixels, by the head of the file."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", png[16:24])
    return width, height


@EVERY
def test_png_is_as_wide_as_asked_and_the_same_bytes_each_time(make: Make) -> None:
    picture = make("de")
    height = float(root(picture).attrib["viewBox"].split()[3])
    made = pictures.png(picture, 540)
    wide, high = size(made)
    assert wide == 540
    assert abs(high - height * 1.5) <= 1
    assert pictures.png(picture, 540) == made


def test_png_is_1200_pixels_wide_unless_told_otherwise() -> None:
    assert size(pictures.png(MAKES["nothing"]("de")))[0] == 1200


@pytest.mark.parametrize("width", [99, 4001])
def test_width_of_a_png_has_limits(width: int) -> None:
    with pytest.raises(ValueError, match=f"100 to 4000 pixels wide, not {width}"):
        pictures.png(MAKES["nothing"]("de"), width)


def test_label_is_seen_in_the_png_and_the_description_is_not() -> None:
    one = pictures.demand_and_supply([("Dari", 2, 1)])
    other = pictures.demand_and_supply([("Urdu", 2, 1)])
    assert pictures.png(one) != pictures.png(other)
    told = one.description.encode()
    assert told in one.svg
    described = replace(one, svg=one.svg.replace(told, other.description.encode()))
    assert pictures.png(described) == pictures.png(one)


def test_label_is_seen_where_the_system_has_no_fonts() -> None:
    def bare(label: str) -> bytes:
        svg = pictures.demand_and_supply([(label, 2, 1)]).svg.decode()
        make: Any = typst.compile
        made: bytes = make(
            pictures.PAGE.encode(),
            format="png",
            sys_inputs={"svg": svg, "width": "360"},
            ignore_system_fonts=True,
        )
        return made

    assert bare("Dari") != bare("Urdu")
    assert bare("Dari") == bare("Dari")
