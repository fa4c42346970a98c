"""Public and school holidays of Hessen."""

from datetime import date

import pytest

from scheduling.holidays import (
    is_public_holiday,
    is_school_holiday,
    is_working_day,
    known_until,
    public_holidays,
    school_holiday_warning,
    school_holidays,
)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 6, 4), True),
        (date(2026, 10, 3), True),
        (date(2027, 3, 26), True),
        (date(2026, 10, 31), False),
        (date(2027, 1, 6), False),
        (date(2040, 12, 25), True),
    ],
)
def test_public_holidays_are_those_of_hessen(day: date, expected: bool) -> None:
    assert is_public_holiday(day) is expected


def test_a_working_day_is_neither_weekend_nor_holiday() -> None:
    assert is_working_day(date(2026, 6, 3))
    assert not is_working_day(date(2026, 6, 4))
    assert not is_working_day(date(2026, 6, 6))


def test_public_holidays_have_german_names() -> None:
    found = public_holidays(date(2026, 12, 1), date(2027, 1, 31))
    assert [name for _, name in found] == [
        "Erster Weihnachtstag",
        "Zweiter Weihnachtstag",
        "Neujahr",
    ]


def test_school_holidays_over_new_year_are_one_period() -> None:
    (period,) = school_holidays(date(2027, 1, 1), date(2027, 1, 2))
    assert period.name == "Weihnachtsferien"
    assert period.first.year == 2026
    assert period.last.year == 2027


def test_school_holidays_beyond_the_known_years_are_unknown_and_not_absent() -> None:
    assert is_school_holiday(known_until()) is True
    assert is_school_holiday(date(2027, 9, 1)) is False
    assert is_school_holiday(date(known_until().year + 2, 7, 20)) is None


def test_a_range_beyond_the_known_years_carries_a_warning() -> None:
    late = date(known_until().year + 1, 7, 1)
    german = school_holiday_warning(date(2027, 1, 1), late)
    assert german is not None
    assert "bitte prüfen" in german
    assert "please check" in (school_holiday_warning(late, late, "en") or "")
    assert school_holiday_warning(date(2027, 1, 1), date(2027, 12, 31)) is None


def test_days_in_the_wrong_order_are_refused() -> None:
    with pytest.raises(ValueError, match="before"):
        school_holidays(date(2027, 2, 1), date(2027, 1, 1))
