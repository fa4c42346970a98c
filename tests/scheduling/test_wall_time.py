"""Wall clock and real time."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.wall_time import (
    DoubleTime,
    MissingTime,
    day_number,
    iso_week,
    local,
    minutes_between,
    nearest_utc,
    to_utc,
    week_number,
)

_SPRING, _AUTUMN = date(2026, 3, 29), date(2026, 10, 25)
_HALF_PAST_TWO = 150
_DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))
_NAIVE = datetime(2026, 1, 1)  # noqa: DTZ001 - the missing zone is what is tested


def test_winter_is_one_hour_and_summer_two_hours_ahead() -> None:
    assert to_utc(date(2026, 1, 15), 600) == datetime(2026, 1, 15, 9, tzinfo=UTC)
    assert to_utc(date(2026, 7, 15), 600) == datetime(2026, 7, 15, 8, tzinfo=UTC)


@pytest.mark.parametrize("fold", [None, 0, 1])
def test_a_time_the_clocks_jump_over_is_refused(fold: int | None) -> None:
    with pytest.raises(MissingTime, match="02:30"):
        to_utc(_SPRING, _HALF_PAST_TWO, fold=fold)


def test_a_doubled_time_is_refused_until_somebody_says_which() -> None:
    with pytest.raises(DoubleTime, match="02:30"):
        to_utc(_AUTUMN, _HALF_PAST_TWO)
    first, second = (to_utc(_AUTUMN, _HALF_PAST_TWO, fold=fold) for fold in (0, 1))
    assert second - first == timedelta(hours=1)


@pytest.mark.parametrize("minute", [-1, 1441])
def test_a_minute_outside_of_the_day_is_refused(minute: int) -> None:
    with pytest.raises(ValueError, match="minute"):
        to_utc(_SPRING, minute)


@pytest.mark.parametrize("day", [_AUTUMN, date(2026, 1, 1)])
def test_an_impossible_fold_is_refused(day: date) -> None:
    with pytest.raises(ValueError, match="fold"):
        to_utc(day, _HALF_PAST_TWO, fold=2)


def test_a_window_edge_in_the_gap_moves_to_the_jump() -> None:
    assert nearest_utc(_SPRING, _HALF_PAST_TWO) == datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert nearest_utc(_SPRING, 120) == nearest_utc(_SPRING, 180)


def test_a_window_over_the_doubled_hour_covers_both() -> None:
    start = nearest_utc(_AUTUMN, _HALF_PAST_TWO)
    end = nearest_utc(_AUTUMN, _HALF_PAST_TWO, closing=True)
    assert minutes_between(start, end) == 60


@pytest.mark.parametrize(
    ("day", "minutes"), [(_SPRING, 23 * 60), (_AUTUMN, 25 * 60), (date(2026, 12, 31), 24 * 60)]
)
def test_a_day_has_its_real_length(day: date, minutes: int) -> None:
    assert minutes_between(to_utc(day, 0), to_utc(day, 1440)) == minutes


@settings(deadline=None)
@given(_DAYS, st.integers(0, 1439), st.sampled_from([0, 1]))
def test_a_wall_time_comes_back_the_same(day: date, minute: int, fold: int) -> None:
    try:
        moment = to_utc(day, minute, fold=fold)
    except MissingTime:
        assert day.month == 3
        assert day.weekday() == 6
        assert 120 <= minute < 180
        return
    shown = local(moment)
    assert (shown.date(), shown.hour * 60 + shown.minute) == (day, minute)


@settings(deadline=None)
@given(_DAYS, st.integers(0, 1439), st.integers(0, 3 * 24 * 60))
def test_a_duration_is_the_minutes_that_really_pass(day: date, minute: int, length: int) -> None:
    start = nearest_utc(day, minute)
    end = start + timedelta(minutes=length)
    assert minutes_between(local(start), local(end)) == length
    assert minutes_between(local(end), local(start)) == -length


def test_an_appointment_over_new_year_has_its_length() -> None:
    start, end = to_utc(date(2026, 12, 31), 23 * 60), to_utc(date(2027, 1, 1), 60)
    assert minutes_between(start, end) == 120
    assert day_number(end) - day_number(start) == 1


@settings(deadline=None)
@given(_DAYS)
def test_day_and_week_numbers_count_on(day: date) -> None:
    following = day + timedelta(days=1)
    assert day_number(to_utc(following, 720)) - day_number(to_utc(day, 720)) == 1
    assert week_number(following) - week_number(day) == int(following.weekday() == 0)
    assert (iso_week(following) == iso_week(day)) == (week_number(following) == week_number(day))


def test_late_evening_belongs_to_the_local_day() -> None:
    assert day_number(datetime(2026, 6, 30, 22, 30, tzinfo=UTC)) == date(2026, 7, 1).toordinal()


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        local(_NAIVE)
    with pytest.raises(ValueError, match="zone"):
        minutes_between(_NAIVE, _NAIVE)
