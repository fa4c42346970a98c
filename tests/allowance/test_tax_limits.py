"""What is left under tax limits and caps, and which year counts."""

from datetime import date

import pytest

from allowance import (
    TAX_LIMITS,
    assignments_within,
    catalogue,
    client_assignments_left,
    grant_year,
    headroom,
    minutes_within,
    payment_year,
    plan_for,
    tax_limit,
    tax_year,
    year_minutes_left,
)

DAY = date(2026, 3, 2)
GUIDE = plan_for(catalogue(), "guide", DAY)
COORDINATING = plan_for(catalogue(), "guide", DAY, coordinating=True)
INTERPRETER = plan_for(catalogue(), "interpreter", DAY)
STARTED = plan_for(catalogue(), "interpreter", DAY, funding_line="wetterau")


@pytest.mark.parametrize(
    ("limit", "year", "cents"),
    [
        ("26a", 2013, 72_000),
        ("26a", 2020, 72_000),
        ("26a", 2021, 84_000),
        ("26a", 2025, 84_000),
        ("26a", 2026, 96_000),
        ("26", 2020, 240_000),
        ("26", 2025, 300_000),
        ("26", 2026, 330_000),
    ],
)
def test_limit_is_that_of_the_tax_year(limit: str, year: int, cents: int) -> None:
    assert tax_limit(limit, year) == cents


def test_limits_leave_no_year_open_and_none_twice() -> None:
    for key in ("26", "26a"):
        for year in range(2013, 2031):
            assert sum(entry.key == key and entry.holds_in(year) for entry in TAX_LIMITS) == 1


def test_960_euros_in_2026_are_192_guide_hours_or_48_assignments() -> None:
    left = headroom("26a", 2026, 0)
    assert left == 96_000
    assert minutes_within(GUIDE, left) == 192 * 60
    assert assignments_within(INTERPRETER, left) == 48


def test_headroom_shrinks_to_zero_and_no_further() -> None:
    assert headroom("26a", 2026, 95_999) == 1
    assert headroom("26a", 2026, 96_000) == 0
    assert headroom("26a", 2026, 100_000) == 0


def test_counter_bookings_do_not_lift_the_limit() -> None:
    assert headroom("26a", 2026, -2_000) == 96_000


@pytest.mark.parametrize(("limit", "year"), [("26a", 2012), ("26b", 2026)])
def test_unknown_limit_is_refused(limit: str, year: int) -> None:
    with pytest.raises(ValueError, match="No tax limit"):
        headroom(limit, year, 0)


def test_december_assignment_paid_in_january_counts_for_two_years() -> None:
    assert grant_year(date(2025, 12, 15)) == 2025
    assert tax_year(date(2026, 1, 20)) == 2026


def test_year_minutes_left_stop_at_the_cap() -> None:
    assert year_minutes_left(GUIDE, 0) == 16_560
    assert year_minutes_left(GUIDE, 16_500) == 60
    assert year_minutes_left(GUIDE, 17_000) == 0
    assert year_minutes_left(COORDINATING, 16_560) == 138 * 60
    assert year_minutes_left(INTERPRETER, 9_999) is None


def test_client_assignments_left_stop_at_the_cap_and_grow_with_a_grant() -> None:
    assert client_assignments_left(INTERPRETER, 4) == 1
    assert client_assignments_left(INTERPRETER, 6) == 0
    assert client_assignments_left(INTERPRETER, 6, granted=3) == 2
    assert client_assignments_left(GUIDE, 6) is None


def test_amount_pays_for_whole_units_only() -> None:
    assert minutes_within(GUIDE, 8) == 0
    assert minutes_within(GUIDE, 9) == 1
    assert minutes_within(STARTED, 3_100) == 120
    assert minutes_within(INTERPRETER, 3_100) is None
    assert assignments_within(INTERPRETER, 3_999) == 1
    assert assignments_within(GUIDE, 3_999) is None
    assert assignments_within(INTERPRETER, -1) == 0


def test_negative_use_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be negative"):
        year_minutes_left(GUIDE, -1)
    with pytest.raises(ValueError, match="cannot be negative"):
        client_assignments_left(INTERPRETER, -1)


@pytest.mark.parametrize(
    ("day", "year"),
    [(date(2026, 1, 1), 2026), (date(2026, 11, 30), 2026), (date(2026, 12, 1), 2027)],
)
def test_work_of_december_will_be_paid_in_the_year_after(day: date, year: int) -> None:
    assert payment_year(day) == year
