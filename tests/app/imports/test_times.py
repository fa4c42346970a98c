"""Days, times and durations as people write them."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.imports.times import (
    read_birth_date,
    read_clock,
    read_clocks,
    read_day,
    read_duration,
    read_week_minutes,
)
from tests.app.imports.demo import TODAY


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("07.09.2026", date(2026, 9, 7)),
        ("7.9.26", date(2026, 9, 7)),
        ("2026-09-07", date(2026, 9, 7)),
        ("7/9/2026", date(2026, 9, 7)),
        ("Di, 12.01.2027", date(2027, 1, 12)),
        ("Montag, den 11.01.2027", date(2027, 1, 11)),
        ("12. Januar 2027", date(2027, 1, 12)),
        ("1. März 2027", date(2027, 3, 1)),
        ("2027-01-12T00:00:00", date(2027, 1, 12)),
        ("29.02.2028", date(2028, 2, 29)),
    ],
)
def test_days_are_read_as_written(text: str, day: date) -> None:
    assert read_day(text) == day


@pytest.mark.parametrize(
    "text", ["31.02.2026", "31.11.2027", "12.01.", "Mo, 12.01.2027", "46000", "bald", "1.1.0027"]
)
def test_days_that_do_not_exist_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_day(text)


@pytest.mark.parametrize(
    ("text", "year"), [("7.9.58", 1958), ("1.1.05", 2005), ("29.2.00", 2000), ("1.1.20", 1920)]
)
def test_birth_years_of_two_digits_are_sensible(text: str, year: int) -> None:
    assert read_birth_date(text, TODAY).year == year


@pytest.mark.parametrize("text", ["07.09.2030", "1.1.1900", "31.02.1990"])
def test_birth_dates_of_nobody_alive_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_birth_date(text, TODAY)


@pytest.mark.parametrize(
    ("text", "minute"),
    [
        ("14.30 Uhr", 870),
        ("9:00", 540),
        ("14.30h", 870),
        ("14h30", 870),
        ("9 Uhr", 540),
        ("9 Uhr 30", 570),
        ("0930", 570),
        ("09:00:00", 540),
        ("um 10 Uhr", 600),
        ("0:00", 0),
    ],
)
def test_times_of_day_are_read_as_written(text: str, minute: int) -> None:
    assert read_clock(text) == minute


@pytest.mark.parametrize("text", ["25:00", "24:00", "10:61", "halb 10", "vormittags", "0,6"])
def test_times_that_no_clock_shows_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="time of day"):
        read_clock(text)


def test_a_range_of_times_has_an_end_after_its_start() -> None:
    assert read_clocks("10:00-11:30") == (600, 690)
    with pytest.raises(ValueError, match="before it starts"):
        read_clocks("12-10 Uhr")


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("1,5 Std", 90),
        ("0,75 Std", 45),
        ("90 min", 90),
        ("1 Std 30", 90),
        ("1 Std. 30 Min.", 90),
        ("1:30", 90),
        ("45", 45),
        ("1h", 60),
        ("1h30", 90),
        ("ca. 60 Minuten", 60),
        ("eine Stunde", 60),
        ("halbe Stunde", 30),
        ("1 ½ Std", 90),
        ("1,5", 90),
        ("2", 120),
    ],
)
def test_durations_are_read_as_written(text: str, minutes: int) -> None:
    assert read_duration(text) == minutes


@pytest.mark.parametrize("text", ["0", "24 h", "1-2 Std", "lang", "-30", "9" * 400, "1:75"])
def test_durations_of_no_appointment_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_duration(text)


def test_heading_gives_the_unit_of_a_bare_number() -> None:
    assert read_duration("2", "Dauer (Std.)") == 120
    assert read_duration("2", "Dauer in Minuten") == 2


@pytest.mark.parametrize(
    ("text", "minutes"), [("4,5", 270), ("10", 600), ("4:30", 270), ("max. 6 Std/Woche", 360)]
)
def test_hours_a_week_are_read_as_written(text: str, minutes: int) -> None:
    assert read_week_minutes(text) == minutes


@settings(deadline=None)
@given(st.integers(0, 1439))
def test_every_minute_of_the_day_comes_back(minute: int) -> None:
    hour, rest = divmod(minute, 60)
    for text in (f"{hour}:{rest:02}", f"{hour:02}.{rest:02} Uhr", f"{hour}h{rest:02}"):
        assert read_clock(text) == minute


@settings(deadline=None)
@given(st.text(max_size=40))
def test_any_text_is_read_or_refused_with_a_value_error(text: str) -> None:
    for read in (read_day, read_clocks, read_duration, read_week_minutes):
        try:
            read(text)
        except ValueError:
            continue


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("0,4375", 630), ("0,604166666666667", 870), ("ca. 14 Uhr", 840), ("gegen 9.30 Uhr", 570)],
)
def test_times_are_read_from_parts_of_a_day_and_about(text: str, minutes: int) -> None:
    assert read_clock(text) == minutes


def test_a_part_of_a_day_that_is_no_whole_minute_is_refused() -> None:
    with pytest.raises(ValueError, match="time of day"):
        read_clock("0,1234")


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("1.30 h", 90), ("1,30 Std", 90), ("0.45", 45), ("1,25", 75), ("max. 60 min", 60)],
)
def test_a_duration_written_like_a_time_of_day_is_one(text: str, minutes: int) -> None:
    assert read_duration(text) == minutes


def test_an_end_is_no_duration() -> None:
    with pytest.raises(ValueError, match="duration"):
        read_duration("bis 11")


def test_small_words_around_a_day_or_a_span_do_not_matter() -> None:
    assert read_day("am 12.01.2027") == date(2027, 1, 12)
    assert read_clocks("von 10 bis 11 Uhr") == (600, 660)
