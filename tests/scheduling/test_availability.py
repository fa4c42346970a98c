"""What people say about their time, on real days."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.availability import (
    ExtraTime,
    Rule,
    Span,
    Times,
    minutes,
    on_request_windows,
    windows,
)
from scheduling.holidays import is_school_holiday
from scheduling.phrases import Absence, WeeklyWindow, read_availability
from scheduling.recurrence import Recurrence
from scheduling.wall_time import iso_week, local, minutes_between, nearest_utc, to_utc

_MONDAY = date(2027, 1, 18)
_MINUTE = timedelta(minutes=1)


def _times(phrase: str) -> Times:
    return Times(tuple(Rule(window) for window in read_availability(phrase).windows))


def _one(weekday: int, start: int, end: int) -> Times:
    return Times((Rule(WeeklyWindow(weekday, start, end)),))


def _wall(spans: tuple[Span, ...]) -> list[str]:
    return [f"{local(start):%d.%m. %H:%M}-{local(end):%H:%M}" for start, end in spans]


def _week(times: Times, monday: date = _MONDAY) -> tuple[list[str], list[str]]:
    hard, soft = windows(times, monday, monday + timedelta(days=6))
    return _wall(hard), _wall(soft)


def test_both_days_are_included() -> None:
    hard, soft = windows(_times("Mo+Di 8-12"), _MONDAY, _MONDAY + timedelta(days=1))
    assert _wall(hard) == ["18.01. 08:00-12:00", "19.01. 08:00-12:00"]
    assert soft == ()


def test_an_absence_takes_whole_days_and_extra_time_away() -> None:
    times = Times(
        rules=_times("Mo+Di 8-12").rules,
        recurrences=(Recurrence("FREQ=DAILY", _MONDAY, 780, 800, soft=True),),
        extras=(ExtraTime(_MONDAY, 14 * 60, 16 * 60),),
        absences=(Absence(_MONDAY, _MONDAY),),
    )
    hard, soft = windows(times, _MONDAY, date(2027, 1, 19))
    assert (_wall(hard), _wall(soft)) == (["19.01. 08:00-12:00"], ["19.01. 13:00-13:20"])


def test_an_absence_may_be_a_part_of_each_of_its_days() -> None:
    away = Absence(_MONDAY, date(2027, 1, 19), 9 * 60, 10 * 60)
    times = Times(_times("Mo-Mi 8-12, evtl. Mo 7-10").rules, absences=(away,))
    assert _week(times) == (
        [
            *("18.01. 08:00-09:00", "18.01. 10:00-12:00"),
            *("19.01. 08:00-09:00", "19.01. 10:00-12:00", "20.01. 08:00-12:00"),
        ],
        ["18.01. 07:00-08:00"],
    )


def test_an_absence_outside_of_the_days_takes_nothing_away() -> None:
    sunday = _MONDAY - timedelta(days=1)
    times = Times(_times("Mo 8-12").rules, absences=(Absence(sunday, sunday),))
    assert _week(times)[0] == ["18.01. 08:00-12:00"]


def test_a_whole_day_away_is_away_when_the_clocks_change() -> None:
    day = date(2026, 10, 25)
    times = Times(_one(6, 0, 1440).rules, absences=(Absence(day, day),))
    assert windows(times, day, day) == ((), ())
    night = Absence(day, day, 2 * 60, 3 * 60)
    hard, _ = windows(Times(_one(6, 0, 1440).rules, absences=(night,)), day, day)
    assert _wall(hard) == ["25.10. 00:00-02:00", "25.10. 03:00-00:00"]
    assert sum(minutes_between(*span) for span in hard) == 23 * 60, "both hours from 2 to 3"


def test_extra_time_joins_the_weekly_time() -> None:
    times = Times(_times("Mo 8-12").rules, extras=(ExtraTime(_MONDAY, 720, 840),))
    assert _week(times)[0] == ["18.01. 08:00-14:00"]


def test_extra_time_on_another_day_is_left_out() -> None:
    times = Times(extras=(ExtraTime(_MONDAY - timedelta(days=1), 720, 840),))
    assert _week(times) == ([], [])


def test_soft_time_that_is_hard_anyway_is_not_soft() -> None:
    hard, soft = _week(_times("Mo 8-12, evtl. Mo 10-14"))
    assert (hard, soft) == (["18.01. 08:00-12:00"], ["18.01. 12:00-14:00"])


def test_a_rule_holds_only_on_its_days() -> None:
    window = WeeklyWindow(0, 480, 720)
    later = Rule(window, valid_from=_MONDAY + timedelta(days=1))
    until = Rule(window, valid_to=_MONDAY)
    only = Rule(window, valid_from=_MONDAY, valid_to=_MONDAY)
    before = Rule(window, valid_to=_MONDAY - timedelta(days=1))
    assert _week(Times((later, before))) == ([], [])
    assert _week(Times((until,)))[0] == ["18.01. 08:00-12:00"]
    assert _week(Times((only,)))[0] == ["18.01. 08:00-12:00"]


def test_every_second_week_follows_its_anchor_over_new_year() -> None:
    window = WeeklyWindow(4, 480, 720, every_weeks=2)
    times = Times((Rule(window, anchor=date(2026, 12, 21)),))
    hard, _ = windows(times, date(2026, 12, 21), date(2027, 1, 24))
    assert [f"{local(start):%d.%m.}" for start, _ in hard] == ["25.12.", "08.01.", "22.01."]


def test_any_day_of_the_week_may_be_the_anchor() -> None:
    window = WeeklyWindow(0, 480, 720, every_weeks=3)
    for day in range(7):
        times = Times((Rule(window, anchor=_MONDAY + timedelta(days=day)),))
        hard, soft = windows(times, _MONDAY, _MONDAY + timedelta(days=27))
        assert [f"{local(start):%d.%m.}" for start, _ in hard] == ["18.01.", "08.02."]
        assert soft == ()


def test_without_an_anchor_every_second_week_is_on_request() -> None:
    assert _week(_times("jede 2. Woche Mo 9-10")) == ([], ["18.01. 09:00-10:00"])


def test_even_weeks_are_those_of_the_calendar_also_over_new_year() -> None:
    even = Times((Rule(WeeklyWindow(0, 480, 720, parity="even")),))
    odd = Times((Rule(WeeklyWindow(0, 480, 720, parity="odd")),))
    first, last = date(2026, 12, 14), date(2027, 1, 17)
    assert [iso_week(start.date())[1] for start, _ in windows(even, first, last)[0]] == [52, 2]
    assert [iso_week(start.date())[1] for start, _ in windows(odd, first, last)[0]] == [51, 53, 1]


def test_term_time_ends_with_the_school_holidays() -> None:
    times = _times("Mo 8-12 außer in den Ferien")
    assert _week(times) == (["18.01. 08:00-12:00"], [])
    assert _week(times, date(2027, 3, 22)) == ([], [])


def test_time_in_the_school_holidays_begins_with_them() -> None:
    times = Times((Rule(WeeklyWindow(0, 480, 720, season="school_holidays")),))
    assert _week(times) == ([], [])
    assert _week(times, date(2027, 3, 22))[0] == ["22.03. 08:00-12:00"]


@pytest.mark.parametrize("season", ["term_time", "school_holidays"])
def test_unknown_school_holidays_make_a_season_a_question(season: str) -> None:
    window = WeeklyWindow(0, 480, 720, season=season)  # type: ignore[arg-type]
    times = Times((Rule(window),))
    assert _week(times, date(2031, 1, 13)) == ([], ["13.01. 08:00-12:00"])


def test_a_rule_of_a_calendar_joins_the_weekly_time() -> None:
    first_monday = Recurrence("FREQ=MONTHLY;BYDAY=3MO", date(2026, 11, 1), 720, 780)
    asked = Recurrence("FREQ=DAILY;COUNT=2", date(2027, 1, 20), 540, 600, soft=True)
    times = Times(_times("Mo 8-12").rules, recurrences=(first_monday, asked))
    assert _week(times) == (
        ["18.01. 08:00-13:00"],
        ["20.01. 09:00-10:00", "21.01. 09:00-10:00"],
    )


def test_a_rule_of_a_calendar_keeps_its_hour_when_the_clocks_change() -> None:
    times = Times(recurrences=(Recurrence("FREQ=DAILY", date(2026, 3, 1), 540, 600),))
    hard, _ = windows(times, date(2026, 3, 28), date(2026, 3, 30))
    assert _wall(hard) == [f"{day}.03. 09:00-10:00" for day in (28, 29, 30)]


def test_somebody_on_request_has_soft_time_from_monday_to_friday() -> None:
    spans = on_request_windows(_MONDAY, _MONDAY + timedelta(days=6))
    assert len(spans) == 5
    assert _wall(spans)[0] == "18.01. 08:00-18:00"


def test_a_window_until_midnight_touches_the_next_day() -> None:
    times = Times((Rule(WeeklyWindow(0, 1200, 1440)), Rule(WeeklyWindow(1, 0, 60))))
    hard, _ = windows(times, _MONDAY, date(2027, 1, 19))
    assert len(hard) == 1
    assert minutes_between(*hard[0]) == 300


@pytest.mark.parametrize("sunday", [date(2026, 3, 29), date(2026, 10, 25)])
def test_midnight_is_no_gap_when_the_clocks_change(sunday: date) -> None:
    times = Times(tuple(Rule(WeeklyWindow(weekday, 0, 1440)) for weekday in range(7)))
    hard, _ = windows(times, sunday - timedelta(days=1), sunday + timedelta(days=1))
    assert len(hard) == 1


def test_a_window_inside_the_gap_does_not_exist() -> None:
    assert windows(_one(6, 125, 175), date(2026, 3, 29), date(2026, 3, 29)) == ((), ())


@pytest.mark.parametrize(("day", "length"), [(date(2026, 3, 29), 180), (date(2026, 10, 25), 300)])
def test_a_night_window_has_its_real_length(day: date, length: int) -> None:
    hard, _ = windows(_one(6, 60, 300), day, day)
    assert minutes_between(*hard[0]) == length


def test_minutes_are_counted_from_the_origin() -> None:
    origin = datetime(2027, 1, 18, 9, 30, 20, tzinfo=UTC)
    assert minutes(_times("Mo 8-12"), _MONDAY, _MONDAY, origin)[0] == ((-151, 89),)
    elsewhere = origin.astimezone(local(origin).tzinfo)
    assert minutes(_times("Mo 8-12"), _MONDAY, _MONDAY, elsewhere)[0] == ((-151, 89),)


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(ValueError, match="before"):
        windows(Times(), _MONDAY, _MONDAY - timedelta(days=1))
    with pytest.raises(ValueError, match="no time zone"):
        minutes(Times(), _MONDAY, _MONDAY, datetime(2027, 1, 18))  # noqa: DTZ001
    with pytest.raises(ValueError, match="before"):
        Rule(WeeklyWindow(0, 0, 60), valid_from=_MONDAY, valid_to=date(2027, 1, 1))
    with pytest.raises(ValueError, match="before"):
        Absence(_MONDAY, date(2027, 1, 1))
    with pytest.raises(ValueError, match="no part of a day"):
        ExtraTime(_MONDAY, 60, 60)


@settings(deadline=None, max_examples=80)
@given(
    st.dates(date(2020, 1, 1), date(2040, 12, 20)),
    st.integers(0, 6),
    st.integers(180, 1380),
    st.integers(1, 59),
)
def test_windows_never_shift_by_an_hour(day: date, weekday: int, start: int, length: int) -> None:
    hard, _ = windows(_one(weekday, start, start + length), day, day + timedelta(days=6))
    assert len(hard) == 1
    begin, end = (local(moment) for moment in hard[0])
    assert begin.weekday() == weekday
    assert _minute(begin) == start
    assert _minute(end) == start + length
    assert hard[0][0] == to_utc(begin.date(), start)


def _minute(moment: datetime) -> int:
    return moment.hour * 60 + moment.minute


_CHANGES = [
    day
    for year in range(2020, 2041)
    for month in (3, 10)
    for day in (date(year, month, number) for number in range(25, 32))
    if day.weekday() == 6
]
"""The last Sundays of March and October."""

_DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 1)) | st.sampled_from(_CHANGES)
_SPANS = st.tuples(
    st.sampled_from([0, 60, 119, 120, 121, 150, 179, 180, 540, 1380]) | st.integers(0, 1439),
    st.sampled_from([1, 30, 60, 61, 120, 600, 1440]),
).map(lambda pair: (pair[0], min(1440, sum(pair))))


@st.composite
def _lives(draw: st.DrawFn) -> tuple[Times, date, date]:
    """What somebody says, and some days around a change of the clocks or anywhere else."""
    first = draw(_DAYS) - timedelta(days=draw(st.integers(0, 8)))
    near = st.integers(-9, 16).map(lambda days: first + timedelta(days=days))
    pairs = st.tuples(near, near).map(sorted)
    rules = st.builds(
        lambda weekday, span, soft, weeks, season, parity, days, anchor: Rule(
            WeeklyWindow(weekday, *span, soft, weeks, season, parity), *days, anchor
        ),
        st.integers(0, 6),
        _SPANS,
        st.booleans(),
        st.sampled_from([1, 1, 2, 3]),
        st.sampled_from(["always", "always", "term_time", "school_holidays"]),
        st.sampled_from(["", "", "even", "odd"]),
        st.just([None, None]) | pairs,
        st.none() | near,
    )
    recurrences = st.builds(
        lambda weeks, day, span, soft: Recurrence(
            f"FREQ=WEEKLY;INTERVAL={weeks}", day, *span, soft
        ),
        st.integers(1, 3),
        near,
        _SPANS,
        st.booleans(),
    )
    extras = st.builds(
        lambda day, span, soft: ExtraTime(day, *span, soft), near, _SPANS, st.booleans()
    )
    absences = st.builds(
        lambda days, span: Absence(*days, *span), pairs, st.just((0, 1440)) | _SPANS
    )
    times = Times(
        tuple(draw(st.lists(rules, max_size=4))),
        tuple(draw(st.lists(recurrences, max_size=1))),
        tuple(draw(st.lists(extras, max_size=2))),
        tuple(draw(st.lists(absences, max_size=2))),
    )
    return times, first, first + timedelta(days=draw(st.integers(0, 12)))


def _plain(times: Times, first: date, last: date, origin: datetime) -> tuple[set[int], set[int]]:
    """Every minute, hard and soft, by asking for each day what is said about it."""
    hard: set[int] = set()
    soft: set[int] = set()
    away: set[int] = set()
    for step in range((last - first).days + 1):
        day = first + timedelta(days=step)
        for start, end, is_soft in _said(times, day):
            (soft if is_soft else hard).update(_each_minute(day, start, end, origin))
        for one in times.absences:
            if one.first <= day <= one.last:
                away.update(_each_minute(day, one.start_minute, one.end_minute, origin))
    return hard - away, soft - away - hard


def _said(times: Times, day: date) -> list[tuple[int, int, bool]]:
    found = [(x.start_minute, x.end_minute, x.soft) for x in times.extras if x.day == day]
    for one in times.recurrences:
        weeks = int(one.rule.rpartition("=")[2])
        passed = (day - one.first_day).days
        if passed >= 0 and passed % (7 * weeks) == 0:
            found.append((one.start_minute, one.end_minute, one.soft))
    for rule in times.rules:
        found += _said_weekly(rule, day)
    return found


def _said_weekly(rule: Rule, day: date) -> list[tuple[int, int, bool]]:
    window = rule.window
    if day.weekday() != window.weekday:
        return []
    if rule.valid_from and not rule.valid_from <= day <= (rule.valid_to or day):
        return []
    if window.parity and (iso_week(day)[1] % 2 == 0) != (window.parity == "even"):
        return []
    monday = day - timedelta(days=day.weekday())
    if rule.anchor:
        other = rule.anchor - timedelta(days=rule.anchor.weekday())
        if (monday - other).days // 7 % window.every_weeks:
            return []
    holiday = None if window.season == "always" else is_school_holiday(day)
    if holiday is not None and holiday != (window.season == "school_holidays"):
        return []
    doubtful = window.season != "always" and holiday is None
    doubtful |= window.every_weeks > 1 and rule.anchor is None
    return [(window.start_minute, window.end_minute, window.soft or doubtful)]


def _each_minute(day: date, start: int, end: int, origin: datetime) -> range:
    begin = nearest_utc(day, start)
    until = nearest_utc(day, end, closing=True)
    return range((begin - origin) // _MINUTE, (until - origin) // _MINUTE)


@settings(deadline=None, max_examples=120)
@given(_lives())
def test_the_hours_are_those_of_asking_day_by_day(life: tuple[Times, date, date]) -> None:
    times, first, last = life
    origin = datetime(first.year, first.month, first.day, tzinfo=UTC)
    found = minutes(times, first, last, origin)
    for spans, plain in zip(found, _plain(times, first, last, origin), strict=True):
        assert {minute for span in spans for minute in range(*span)} == plain
        assert all(before[1] < after[0] for before, after in pairwise(spans))
        assert all(start < end for start, end in spans)
    assert windows(times, first, last) == tuple(
        tuple((origin + start * _MINUTE, origin + end * _MINUTE) for start, end in spans)
        for spans in found
    )
