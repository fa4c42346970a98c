"""Cents are rounded in one place and written as people read them."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allowance import euro, round_half_up


@pytest.mark.parametrize(
    ("cents", "german", "english"),
    [
        (500, "5,00 EUR", "5.00 EUR"),
        (0, "0,00 EUR", "0.00 EUR"),
        (7, "0,07 EUR", "0.07 EUR"),
        (138_000, "1.380,00 EUR", "1,380.00 EUR"),
        (123_456_789, "1.234.567,89 EUR", "1,234,567.89 EUR"),
        (-550, "-5,50 EUR", "-5.50 EUR"),
    ],
)
def test_amounts_read_german_and_english(cents: int, german: str, english: str) -> None:
    assert euro(cents, "de") == german
    assert euro(cents, "en") == english


def test_unknown_language_reads_german() -> None:
    assert euro(500, "uk") == euro(500, "de")


@given(st.integers(-(10**12), 10**12), st.integers(1, 10_000))
@settings(deadline=None)
def test_rounding_agrees_with_decimal_arithmetic(numerator: int, denominator: int) -> None:
    exact = Fraction(numerator, denominator)
    rounded = round_half_up(numerator, denominator)
    assert abs(exact - rounded) <= Fraction(1, 2)
    if denominator % 10 == 0 and denominator in (10, 100, 1000):
        decimal = (Decimal(numerator) / denominator).quantize(Decimal(1), ROUND_HALF_UP)
        assert rounded == decimal


@pytest.mark.parametrize(("numerator", "rounded"), [(1, 1), (3, 2), (-1, -1), (-3, -2), (0, 0)])
def test_half_goes_away_from_zero(numerator: int, rounded: int) -> None:
    assert round_half_up(numerator, 2) == rounded


def test_fraction_without_positive_denominator_is_refused() -> None:
    with pytest.raises(ValueError, match="positive denominator"):
        round_half_up(1, 0)
