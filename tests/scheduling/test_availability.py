"""Weekly rules on real days."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.availability import ExtraTime, Rule, Span, on_request_windows, windows
from scheduling.phrases import Absence, WeeklyWindow, read_availability
from scheduling.wall_time import local, minutes_between, to_utc

_MONDAY = date(2027, 1, 18)


def _rules(phrase: str) -> list[Rule]:
    return [Rule(window) for window in read_availability(phrase).windows]


def _wall(spans: tuple[Span, ...]) -> list[str]:
    return [f"{local(start):%d.%m. %H:%M}-{local(end):%H:%M}" for start, end in spans]


def _week(rules: list[Rule], monday: date = _MONDAY) -> tuple[list[str], list[str]]:
    hard, soft = windows(rules, (), (), monday, monday + timedelta(days=6))
    return _wall(hard), _wall(soft)


def test_both_days_are_included() -> None:
    hard, soft = windows(_rules("Mo+Di 8-12"), (), (), _MONDAY, _MONDAY + timedelta(days=1))
    assert _wall(hard) == ["18.01. 08:00-12:00", "19.01. 08:00-12:00"]
    assert soft == ()


def test_an_absence_takes_whole_days_and_extra_time_away() -> None:
    extra = ExtraTime(_MONDAY, 14 * 60, 16 * 60)
    absence = Absence(_MONDAY, _MONDAY)
    hard, _ = windows(_rules("Mo+Di 8-12"), [absence], [extra], _MONDAY, date(2027, 1, 19))
    assert _wall(hard) == ["19.01. 08:00-12:00"]


def test_extra_time_joins_the_weekly_time() -> None:
    hard, _ = windows(_rules("Mo 8-12"), (), [ExtraTime(_MONDAY, 720, 840)], _MONDAY, _MONDAY)
    assert _wall(hard) == ["18.01. 08:00-14:00"]


def test_soft_time_that_is_hard_anyway_is_not_soft() -> None:
    hard, soft = _week(_rules("Mo 8-12, evtl. Mo 10-14"))
    assert (hard, soft) == (["18.01. 08:00-12:00"], ["18.01. 12:00-14:00"])


def test_a_rule_holds_only_on_its_days() -> None:
    window = WeeklyWindow(0, 480, 720)
    later = Rule(window, valid_from=_MONDAY + timedelta(days=1))
    until = Rule(window, valid_to=_MONDAY)
    assert _week([later]) == ([], [])
    assert _week([until])[0] == ["18.01. 08:00-12:00"]


def test_every_second_week_follows_its_anchor_over_new_year() -> None:
    window = WeeklyWindow(4, 480, 720, every_weeks=2)
    rule = Rule(window, anchor=date(2026, 12, 21))
    hard, _ = windows([rule], (), (), date(2026, 12, 21), date(2027, 1, 24))
    assert [f"{local(start):%d.%m.}" for start, _ in hard] == ["25.12.", "08.01.", "22.01."]


def test_without_an_anchor_every_second_week_is_on_request() -> None:
    assert _week(_rules("jede 2. Woche Mo 9-10")) == ([], ["18.01. 09:00-10:00"])


def test_term_time_ends_with_the_school_holidays() -> None:
    rules = _rules("Mo 8-12 außer in den Ferien")
    assert _week(rules) == (["18.01. 08:00-12:00"], [])
    assert _week(rules, date(2027, 3, 22)) == ([], [])


def test_unknown_school_holidays_make_term_time_a_question() -> None:
    assert _week(_rules("Mo 8-12 außer in den Ferien"), date(2031, 1, 13)) == (
        [],
        ["13.01. 08:00-12:00"],
    )


def test_somebody_on_request_has_soft_time_from_monday_to_friday() -> None:
    spans = on_request_windows(_MONDAY, _MONDAY + timedelta(days=6))
    assert len(spans) == 5
    assert _wall(spans)[0] == "18.01. 08:00-18:00"


def test_a_window_until_midnight_touches_the_next_day() -> None:
    rules = [Rule(WeeklyWindow(0, 1200, 1440)), Rule(WeeklyWindow(1, 0, 60))]
    hard, _ = windows(rules, (), (), _MONDAY, date(2027, 1, 19))
    assert len(hard) == 1
    assert minutes_between(*hard[0]) == 300


def test_a_window_inside_the_gap_does_not_exist() -> None:
    rule = Rule(WeeklyWindow(6, 125, 175))
    assert windows([rule], (), (), date(2026, 3, 29), date(2026, 3, 29)) == ((), ())


@pytest.mark.parametrize(("day", "minutes"), [(date(2026, 3, 29), 180), (date(2026, 10, 25), 300)])
def test_a_night_window_has_its_real_length(day: date, minutes: int) -> None:
    hard, _ = windows([Rule(WeeklyWindow(6, 60, 300))], (), (), day, day)
    assert minutes_between(*hard[0]) == minutes


def test_a_range_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="before"):
        windows((), (), (), _MONDAY, _MONDAY - timedelta(days=1))
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
    rule = Rule(WeeklyWindow(weekday, start, start + length))
    hard, _ = windows([rule], (), (), day, day + timedelta(days=6))
    assert len(hard) == 1
    begin, end = (local(moment) for moment in hard[0])
    assert begin.weekday() == weekday
    assert _minute(begin) == start
    assert _minute(end) == start + length
    assert hard[0][0] == to_utc(begin.date(), start)


def _minute(moment: datetime) -> int:
    return moment.hour * 60 + moment.minute
