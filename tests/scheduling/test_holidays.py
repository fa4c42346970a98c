"""Public and school holidays of Hessen."""

import itertools
from datetime import date, timedelta

import pytest

from scheduling.holidays import (
    is_public_holiday,
    is_school_holiday,
    is_working_day,
    known_from,
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


_DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("Oster-/Frühjahrsferien", date(2026, 3, 30), date(2026, 4, 10)),
        ("Sommerferien", date(2026, 6, 29), date(2026, 8, 7)),
        ("Herbstferien", date(2026, 10, 5), date(2026, 10, 17)),
        ("Weihnachtsferien", date(2026, 12, 23), date(2027, 1, 12)),
        ("Oster-/Frühjahrsferien", date(2027, 3, 22), date(2027, 4, 2)),
    ],
)
def test_school_holidays_have_their_first_and_last_day(name: str, first: date, last: date) -> None:
    (period,) = school_holidays(first, last)
    assert (period.name, period.first, period.last) == (name, first, last)
    assert is_school_holiday(first)
    assert is_school_holiday(last)
    assert not is_school_holiday(first - _DAY)
    assert not is_school_holiday(last + _DAY)


def test_periods_do_not_touch_each_other_and_are_none_beyond_the_known_days() -> None:
    periods = school_holidays(known_from(), known_until())
    for before, after in itertools.pairwise(periods):
        assert before.last + _DAY < after.first
    assert periods[-1].last == known_until()
    assert school_holidays(known_until() + _DAY, known_until() + 400 * _DAY) == ()


def test_nothing_is_known_before_the_first_year_and_after_the_last_holidays() -> None:
    assert is_school_holiday(known_from()) is not None
    assert is_school_holiday(known_from() - _DAY) is None
    assert is_school_holiday(known_until() + _DAY) is None


def test_the_last_known_day_needs_no_warning_and_the_next_one_does() -> None:
    last = known_until()
    assert school_holiday_warning(last, last) is None
    assert f"nur bis zum {last:%d.%m.%Y}" in (school_holiday_warning(last, last + _DAY) or "")


def test_days_before_the_first_known_year_carry_a_warning_of_their_own() -> None:
    first = known_from()
    german = school_holiday_warning(first - _DAY, first) or ""
    assert f"erst ab dem {first:%d.%m.%Y}" in german
    assert first.isoformat() in (school_holiday_warning(first - _DAY, first, "en") or "")


def test_public_holidays_of_a_year_are_the_ten_of_hessen() -> None:
    found = public_holidays(date(2027, 1, 1), date(2027, 12, 31))
    assert [f"{day:%d.%m.}" for day, _ in found] == [
        "01.01.",
        "26.03.",
        "29.03.",
        "01.05.",
        "06.05.",
        "17.05.",
        "27.05.",
        "03.10.",
        "25.12.",
        "26.12.",
    ]


def test_the_environment_does_not_change_the_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "th")
    monkeypatch.setenv("LC_ALL", "th_TH.UTF-8")
    assert dict(public_holidays(date(2011, 1, 1), date(2011, 1, 2)))[date(2011, 1, 1)] == "Neujahr"
