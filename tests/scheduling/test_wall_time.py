"""Wall clock and real time."""

from datetime import UTC, date, datetime, timedelta

import pytest
from dateutil.zoneinfo import get_zonefile_instance
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
_YEARS = range(2020, 2041)
_HOUR, _MINUTE = timedelta(hours=1), timedelta(minutes=1)
_NAIVE = datetime(2026, 1, 1)  # noqa: DTZ001 - the missing zone is what is tested


def _last_sunday(year: int, month: int) -> date:
    last = date(year, month, 31)
    return last - timedelta(days=(last.weekday() + 1) % 7)


def _spring(year: int) -> date:
    return _last_sunday(year, 3)


def _autumn(year: int) -> date:
    return _last_sunday(year, 10)


def _offset_by_law(moment: datetime) -> timedelta:
    """Directive 2000/84/EC: summer time from the last Sunday of March to that of October, 1 UTC."""
    year = moment.year
    begin, end = (
        datetime(day.year, day.month, day.day, 1, tzinfo=UTC)
        for day in (_spring(year), _autumn(year))
    )
    return 2 * _HOUR if begin <= moment < end else _HOUR


_MOMENTS = st.datetimes(
    datetime(2020, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    datetime(2040, 12, 30),  # noqa: DTZ001
    timezones=st.just(UTC),
)


@settings(deadline=None, max_examples=300)
@given(_MOMENTS)
def test_the_wall_clock_follows_the_law(moment: datetime) -> None:
    shown = local(moment)
    assert shown.replace(tzinfo=None) == (moment + _offset_by_law(moment)).replace(tzinfo=None)


@pytest.mark.parametrize("year", _YEARS)
def test_the_wall_clock_follows_the_law_around_every_change(year: int) -> None:
    for day in (_spring(year), _autumn(year)):
        for minute in range(0, 3 * 60, 7):
            moment = datetime(day.year, day.month, day.day, tzinfo=UTC) + minute * _MINUTE
            assert local(moment).utcoffset() == _offset_by_law(moment)


@pytest.mark.parametrize("year", range(2020, 2038))
def test_the_zone_data_agree_with_those_of_another_package(year: int) -> None:
    """Its own table of changes ends in 2037."""
    berlin = get_zonefile_instance().get("Europe/Berlin")
    for day in (_spring(year), _autumn(year), date(year, 1, 15), date(year, 7, 15)):
        for minute in range(0, 24 * 60, 30):
            moment = datetime(day.year, day.month, day.day, tzinfo=UTC) + minute * _MINUTE
            assert local(moment).utcoffset() == moment.astimezone(berlin).utcoffset()


@pytest.mark.parametrize("year", _YEARS)
def test_every_spring_has_exactly_one_missing_hour(year: int) -> None:
    missing = []
    for minute in range(24 * 60):
        try:
            to_utc(_spring(year), minute)
        except MissingTime:
            missing.append(minute)
    assert missing == list(range(120, 180))


@pytest.mark.parametrize("year", _YEARS)
def test_every_autumn_has_exactly_one_double_hour(year: int) -> None:
    double = []
    for minute in range(24 * 60):
        try:
            to_utc(_autumn(year), minute)
        except DoubleTime:
            double.append(minute)
            first, second = (to_utc(_autumn(year), minute, fold=fold) for fold in (0, 1))
            assert second - first == _HOUR
    assert double == list(range(120, 180))


@settings(deadline=None)
@given(st.sampled_from(_YEARS), st.integers(-24 * 60, 24 * 60), st.integers(0, 48 * 60))
def test_a_length_over_a_change_is_counted_on_the_clock_of_the_world(
    year: int, before: int, length: int
) -> None:
    for day in (_spring(year), _autumn(year)):
        change = datetime(day.year, day.month, day.day, 1, tzinfo=UTC)
        start = change + before * _MINUTE
        end = start + length * _MINUTE
        assert minutes_between(local(start), local(end)) == length
        if start < change <= end:
            wall = local(end).replace(tzinfo=None) - local(start).replace(tzinfo=None)
            assert abs(wall - length * _MINUTE) == _HOUR


@pytest.mark.parametrize("year", _YEARS)
def test_an_assignment_over_midnight_and_new_year_has_its_length(year: int) -> None:
    start, end = to_utc(date(year, 12, 31), 22 * 60), to_utc(date(year + 1, 1, 1), 90)
    assert minutes_between(start, end) == 210
    assert to_utc(date(year, 12, 31), 1440) == to_utc(date(year + 1, 1, 1), 0)
    assert day_number(to_utc(date(year, 12, 31), 1440)) == date(year + 1, 1, 1).toordinal()


@pytest.mark.parametrize(
    ("year", "weeks"),
    [(y, 53 if y in (2020, 2026, 2032, 2037) else 52) for y in _YEARS],
)
def test_a_year_has_its_number_of_weeks(year: int, weeks: int) -> None:
    """The 28th of December lies in the last week of its ISO year."""
    assert iso_week(date(year, 12, 28)) == (year, weeks)
    following = date(year, 12, 28) + timedelta(days=7)
    assert iso_week(following) == (year + 1, 1)
    assert week_number(following) == week_number(date(year, 12, 28)) + 1


def test_two_odd_weeks_follow_each_other_after_a_year_of_53() -> None:
    last, first = date(2026, 12, 28), date(2027, 1, 4)
    assert (iso_week(last)[1], iso_week(first)[1]) == (53, 1)
    assert week_number(first) - week_number(last) == 1


@settings(deadline=None)
@given(_DAYS, st.integers(0, 1439), st.integers(1, 1440))
def test_a_window_covers_every_moment_the_wall_clock_shows_in_it(
    day: date, start: int, length: int
) -> None:
    end = min(start + length, 1440)
    opening, closing = nearest_utc(day, start), nearest_utc(day, end, closing=True)
    for minute in {start, end - 1}:
        for fold in (0, 1):
            try:
                moment = to_utc(day, minute, fold=fold)
            except MissingTime:
                continue
            assert opening <= moment < max(closing, opening + _MINUTE)


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
