"""What people write about days on which they are away."""

from datetime import date

import pytest

from scheduling.phrases import Absence, read_absence


@pytest.mark.parametrize(
    ("remark", "first", "last"),
    [
        ("Urlaub 18.01.-22.01.", date(2027, 1, 18), date(2027, 1, 22)),
        ("Urlaub 18.-22.01.", date(2027, 1, 18), date(2027, 1, 22)),
        ("Urlaub vom 18.1. bis 22.1.2027", date(2027, 1, 18), date(2027, 1, 22)),
        ("nur Kita; Urlaub: 01.02.–03.02.", date(2027, 2, 1), date(2027, 2, 3)),
        ("Urlaub 28.12.-03.01.", date(2027, 12, 28), date(2028, 1, 3)),
        ("Urlaub 10.01.-20.01.", date(2027, 1, 10), date(2027, 1, 20)),
        ("Urlaub 02.01.-05.01.", date(2028, 1, 2), date(2028, 1, 5)),
        ("Urlaub 29.02.-01.03.", date(2028, 2, 29), date(2028, 3, 1)),
        ("Urlaub 20.12.26 - 3.1.27", date(2026, 12, 20), date(2027, 1, 3)),
        ("verreist am 5.2.", date(2027, 2, 5), date(2027, 2, 5)),
        ("18.1.-22.1. verreist", date(2027, 1, 18), date(2027, 1, 22)),
        ("vom 18.1. bis 22.1. bin ich nicht da", date(2027, 1, 18), date(2027, 1, 22)),
        ("am 20.1. nicht verfügbar", date(2027, 1, 20), date(2027, 1, 20)),
        ("KW 3 nicht", date(2027, 1, 18), date(2027, 1, 24)),
        ("KW 2 Urlaub", date(2027, 1, 11), date(2027, 1, 17)),
        ("in KW 1 nicht da", date(2028, 1, 3), date(2028, 1, 9)),
        ("KW 3-4 Urlaub", date(2027, 1, 18), date(2027, 1, 31)),
        ("Urlaub KW 52 bis KW 1", date(2027, 12, 27), date(2028, 1, 9)),
        ("KW 53/2026 Urlaub", date(2026, 12, 28), date(2027, 1, 3)),
    ],
)
def test_an_absence_is_read_at_its_next_occurrence(remark: str, first: date, last: date) -> None:
    assert read_absence(remark, date(2027, 1, 16)) == Absence(first, last)


@pytest.mark.parametrize(
    "remark",
    [
        "",
        "kein Auto",
        "Urlaub",
        "Urlaub 31.02.-03.03.",
        "Urlaub 22.1.2027-18.1.2027",
        "18.1.-22.1.",
        "kein Urlaub 18.1.-22.1.",
        "Urlaub 18.1.-22.1. und 3.2.",
        "Urlaub 18.1.-22.1. ab 14 Uhr",
        "18.1.-22.1. ab 14 Uhr nicht da",
        "Urlaub am 20.1. ab mittags",
        "Urlaub 20.1. 14 Uhr",
        "am 20.1. ab 25 Uhr nicht da",
        "20.1. von 14 bis 12 Uhr nicht da",
        "Urlaub ab 18.1.",
        "KW 53 nicht",
        "KW 60 nicht",
        "KW 3 nicht mittwochs",
    ],
)
def test_a_remark_without_a_clear_absence_gives_none(remark: str) -> None:
    assert read_absence(remark, date(2027, 1, 16)) is None


def test_an_absence_over_new_year_is_found_after_new_year() -> None:
    absence = read_absence("Urlaub 28.12.-03.01.", date(2027, 1, 1))
    assert absence == Absence(date(2026, 12, 28), date(2027, 1, 3))


@pytest.mark.parametrize(
    ("remark", "start", "end"),
    [
        ("am 20.1. ab 14 Uhr nicht da", 840, 1440),
        ("nicht da am 20.1. ab 14:30 Uhr", 870, 1440),
        ("Urlaub am 20.01. bis 12 Uhr", 0, 720),
        ("20.01. von 9 bis 12 Uhr nicht da", 540, 720),
        ("20.1. 9-12 Uhr keine Zeit", 540, 720),
        ("20.1. vormittags nicht da", 0, 720),
        ("am 20.1. nachmittags nicht verfügbar", 720, 1080),
    ],
)
def test_a_part_of_one_day_is_read(remark: str, start: int, end: int) -> None:
    day = date(2027, 1, 20)
    assert read_absence(remark, date(2027, 1, 16)) == Absence(day, day, start, end)
