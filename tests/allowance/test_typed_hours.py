"""Hours as people type them, and the rule of two confirmations."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allowance import agreed_minutes, read_hours


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("7,5", 450),
        ("7.5", 450),
        ("7:30", 450),
        (" 7:30 h ", 450),
        ("1,5 Std", 90),
        ("1,5 Std.", 90),
        ("2 Stunden", 120),
        ("1,25", 75),
        ("0,33", 20),
        ("1.75", 105),
        ("1 Std. 30 Min.", 90),
        ("1h30", 90),
        ("90 min", 90),
        ("90 Minuten", 90),
        ("10 min", 10),
        ("45", 45),
        ("120", 120),
        ("23:59", 1439),
        ("٤٥", 45),
    ],
)
def test_typed_hours_become_minutes(typed: str, minutes: int) -> None:
    assert read_hours(typed) == minutes


@pytest.mark.parametrize(
    "typed", ["0", "0,0", "0:00", "0 min", "24 h", "24:00", "24,0", "1440", "25 h"]
)
def test_nothing_and_a_whole_day_are_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="more than 0 and less than 24"):
        read_hours(typed)


@pytest.mark.parametrize("typed", ["-1", "-7,5", "−2 h", "-0:30"])
def test_negative_hours_are_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="more than 0"):
        read_hours(typed)


@pytest.mark.parametrize("typed", ["8", "24", "1"])
def test_whole_number_that_could_be_hours_is_asked_about(typed: str) -> None:
    with pytest.raises(ValueError, match="hours or minutes"):
        read_hours(typed)


def test_half_past_with_a_dot_is_asked_about() -> None:
    with pytest.raises(ValueError, match="7:30 or a decimal"):
        read_hours("7.30")


@pytest.mark.parametrize("typed", ["", "abc", "7,5,5", "1e3", "7 Tage", "9" * 5000, "1,5 min"])
def test_what_is_no_duration_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="Cannot read hours"):
        read_hours(typed)


def test_refusal_of_long_text_stays_short() -> None:
    with pytest.raises(ValueError, match="Cannot read hours") as refusal:
        read_hours("x" * 5000)
    assert len(str(refusal.value)) < 120


def test_hour_with_75_minutes_is_refused() -> None:
    with pytest.raises(ValueError, match="60 minutes"):
        read_hours("7:75")


@given(st.integers(1, 1439))
@settings(deadline=None)
def test_every_duration_reads_back_from_clock_and_minutes(minutes: int) -> None:
    assert read_hours(f"{minutes // 60}:{minutes % 60:02d}") == minutes
    assert read_hours(f"{minutes} min") == minutes


@pytest.mark.parametrize(
    ("reported", "confirmed", "agreed"),
    [(60, 60, 60), (60, 50, 50), (50, 60, 50), (60, 49, None), (60, 71, None), (8, 0, None)],
)
def test_lower_value_counts_up_to_ten_minutes_apart(
    reported: int, confirmed: int, agreed: int | None
) -> None:
    assert agreed_minutes(reported, confirmed) == agreed


@pytest.mark.parametrize(("reported", "confirmed"), [(0, 10), (-5, 5), (10, -1)])
def test_statements_without_a_duration_are_refused(reported: int, confirmed: int) -> None:
    with pytest.raises(ValueError, match="no durations"):
        agreed_minutes(reported, confirmed)
