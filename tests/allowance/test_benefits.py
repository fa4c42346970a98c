"""What comes in beside a benefit."""

from datetime import date

import pytest

from allowance import benefits

PAID = {
    date(2026, 1, 20): 20_000,
    date(2026, 1, 31): 6_000,
    date(2026, 2, 20): 25_000,
    date(2027, 1, 5): 1_000,
}


@pytest.mark.parametrize("key", ["asylblg", "alg1"])
def test_months_are_looked_at_one_by_one(key: str) -> None:
    found = [
        (one.first_day, one.received_cents, one.above_cents) for one in benefits.view(key, PAID)
    ]
    assert found == [
        (date(2026, 1, 1), 26_000, 1_000),
        (date(2026, 2, 1), 25_000, 0),
        (date(2027, 1, 1), 1_000, 0),
    ]


def test_income_support_looks_at_the_year() -> None:
    found = benefits.view("sgb2", PAID | {date(2026, 12, 31): 250_000})
    assert [(one.first_day, one.above_cents) for one in found] == [
        (date(2026, 1, 1), 1_000),
        (date(2027, 1, 1), 0),
    ]


def test_counter_booking_takes_back() -> None:
    found = benefits.view("asylblg", {date(2026, 1, 3): 26_000, date(2026, 1, 9): -2_000})
    assert [one.above_cents for one in found] == [0]


def test_unknown_benefit_is_refused() -> None:
    with pytest.raises(ValueError, match="'bafoeg'"):
        benefits.view("bafoeg", PAID)


def test_every_figure_names_its_source() -> None:
    assert all(
        one.source and one.status in ("verified", "unverified") for one in benefits.EXEMPTIONS
    )
