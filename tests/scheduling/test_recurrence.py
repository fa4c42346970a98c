"""Rules that come back: what is refused, what is read, and on which days it falls."""

import sys
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from itertools import islice
from types import FrameType

import pytest
from dateutil.rrule import rrulestr
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bench.rules import FIRST_DAY, HONEST, HOSTILE, TODAY, Hostile
from scheduling.recurrence import Recurrence, RuleRefused, days, guard
from scheduling.recurrence_refused import SENTENCES

_STEPS = frozenset(("ddayset", "wdayset", "mdayset", "ydayset"))
_MANY = 3_000
"""Steps of the library that no accepted rule needs for its next dates."""


class _TooManySteps(Exception):
    """The library would still be searching."""


def _library(rule: str, first_day: date, wanted: int, most: int = _MANY) -> list[date]:
    """The first dates that the library finds by itself, in at most so many steps."""
    taken = 0

    def watch(frame: FrameType, event: str, _: object) -> None:
        nonlocal taken
        taken += event == "call" and frame.f_code.co_name in _STEPS
        if taken > most:
            raise _TooManySteps

    found = rrulestr(rule, dtstart=datetime.combine(first_day, time()))
    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        return [moment.date() for moment in islice(found, wanted)]
    finally:
        sys.setprofile(before)


def _between(rule: str, first_day: date, first: date, last: date) -> tuple[date, ...]:
    """The library's dates in a range, counted from the first day of the rule on."""
    start, begin, end = (datetime.combine(day, time()) for day in (first_day, first, last))
    found = rrulestr(rule, dtstart=start).between(begin, end, inc=True)
    return tuple(moment.date() for moment in found)


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda hostile: ascii(hostile.rule[:60]))
def test_a_hostile_rule_is_refused_with_a_sentence(hostile: Hostile) -> None:
    with pytest.raises(RuleRefused) as refused:
        guard(hostile.rule, hostile.first_day, TODAY)
    assert refused.value.code == hostile.code
    assert (refused.value.de, str(refused.value)) == SENTENCES[hostile.code]


@pytest.mark.parametrize(
    "hostile", [one for one in HOSTILE if one.code != "start"], ids=lambda one: ascii(one.rule[:60])
)
def test_a_hostile_rule_is_never_expanded(hostile: Hostile) -> None:
    with pytest.raises(RuleRefused):
        days(hostile.rule, hostile.first_day, date(2027, 1, 1), date(2027, 12, 31))


def test_every_sentence_is_told_for_some_rule() -> None:
    assert {hostile.code for hostile in HOSTILE} == set(SENTENCES)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;INTERVAL=7;BYDAY=TU",
        "FREQ=MONTHLY;BYDAY=6MO",
        "FREQ=MONTHLY;BYDAY=1TU,MO",
        "FREQ=MONTHLY;BYDAY=MO,TH;BYSETPOS=10",
    ],
)
def test_without_the_guard_the_library_would_search_on(rule: str) -> None:
    with pytest.raises(_TooManySteps):
        _library(rule, FIRST_DAY, 1)


@pytest.mark.parametrize("rule", HONEST)
def test_an_honest_rule_passes_and_falls_on_the_days_of_the_library(rule: str) -> None:
    kept = guard(rule, FIRST_DAY, TODAY)
    first, last = date(2026, 12, 1), date(2028, 12, 31)
    found = days(kept, FIRST_DAY, first, last)
    assert found
    assert found == _between(kept, FIRST_DAY, first, last)
    assert guard(kept, FIRST_DAY, TODAY) == kept


def test_the_first_monday_of_a_month() -> None:
    assert days("FREQ=MONTHLY;BYDAY=1MO", FIRST_DAY, date(2027, 1, 1), date(2027, 3, 31)) == (
        date(2027, 2, 1),
        date(2027, 3, 1),
    )


def test_the_last_working_weekday_of_a_month() -> None:
    rule = "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"
    assert days(rule, FIRST_DAY, date(2027, 1, 1), date(2027, 2, 28)) == (
        date(2027, 1, 29),
        date(2027, 2, 26),
    )


def test_every_second_week_is_counted_from_the_first_day() -> None:
    found = days("FREQ=WEEKLY;INTERVAL=2", FIRST_DAY, date(2027, 1, 10), date(2027, 2, 10))
    assert found == (date(2027, 1, 20), date(2027, 2, 3))


def test_the_week_may_begin_on_sunday() -> None:
    rule, first, last = "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO", date(2027, 1, 8), date(2027, 1, 31)
    assert days(rule, FIRST_DAY, first, last) == (
        date(2027, 1, 10),
        date(2027, 1, 18),
        date(2027, 1, 24),
    )
    assert days(rule + ";WKST=SU", FIRST_DAY, first, last) == (
        date(2027, 1, 17),
        date(2027, 1, 18),
        date(2027, 1, 31),
    )


def test_dates_are_counted_from_the_first_and_not_from_the_range() -> None:
    rule = "FREQ=DAILY;COUNT=3"
    assert days(rule, FIRST_DAY, date(2027, 1, 8), date(2027, 1, 31)) == (date(2027, 1, 8),)
    assert days(rule, FIRST_DAY, date(2027, 1, 9), date(2027, 1, 31)) == ()


def test_nothing_comes_before_the_first_day_or_after_the_end() -> None:
    rule = "FREQ=DAILY;UNTIL=20270108"
    assert days(rule, FIRST_DAY, date(2026, 1, 1), date(2027, 12, 31)) == (
        date(2027, 1, 6),
        date(2027, 1, 7),
        date(2027, 1, 8),
    )
    assert days(rule, FIRST_DAY, date(2027, 1, 9), date(2027, 12, 31)) == ()
    assert days(rule, FIRST_DAY, date(2026, 1, 1), date(2027, 1, 5)) == ()


def test_29_february_comes_in_leap_years() -> None:
    rule, first_day = "FREQ=YEARLY", date(2028, 2, 29)
    assert days(rule, first_day, date(2027, 1, 1), date(2037, 1, 1)) == (
        date(2028, 2, 29),
        date(2032, 2, 29),
        date(2036, 2, 29),
    )


def test_a_far_range_is_reached_without_walking_there() -> None:
    far = date(2700, 6, 1)
    assert days("FREQ=DAILY", FIRST_DAY, far, far) == (far,)
    assert days("FREQ=DAILY;INTERVAL=3", FIRST_DAY, far, far + timedelta(days=2))[0] >= far


def test_the_end_of_a_moment_in_utc_is_its_local_day() -> None:
    assert guard("FREQ=DAILY;UNTIL=20270131T225959Z", FIRST_DAY, TODAY).endswith("UNTIL=20270131")
    assert guard("FREQ=DAILY;UNTIL=20270131T230000Z", FIRST_DAY, TODAY).endswith("UNTIL=20270201")
    assert guard("FREQ=DAILY;UNTIL=20270131T235959", FIRST_DAY, TODAY).endswith("UNTIL=20270131")


def test_a_rule_has_one_written_form() -> None:
    written = "rrule:wkst=su;byday=we,-1mo,MO;interval=02;freq=weekly"
    with pytest.raises(RuleRefused):
        guard(written, FIRST_DAY, TODAY)
    found = guard(written.replace("-1mo,", ""), FIRST_DAY, TODAY)
    assert found == "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;WKST=SU"


def test_a_rule_may_begin_up_to_three_years_from_today() -> None:
    for years in (-3, 3):
        near = date(TODAY.year + years, TODAY.month, TODAY.day)
        assert guard("FREQ=DAILY", near, TODAY) == "FREQ=DAILY"


def test_a_range_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="before"):
        days("FREQ=DAILY", FIRST_DAY, date(2027, 2, 1), date(2027, 1, 1))


def test_time_that_is_no_part_of_a_day_is_refused() -> None:
    with pytest.raises(ValueError, match="no part of a day"):
        Recurrence("FREQ=DAILY", FIRST_DAY, 600, 600)


def _numbers(least: int, most: int) -> st.SearchStrategy[str]:
    one = st.integers(least, most).filter(bool)
    return st.lists(one, min_size=1, max_size=3).map(lambda found: ",".join(map(str, found)))


_WEEKDAYS = st.lists(
    st.tuples(
        st.sampled_from(["", "", "", "1", "-1", "2", "5", "-5", "20", "52"]),
        st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"]),
    ).map("".join),
    min_size=1,
    max_size=4,
).map(",".join)
_PARTS = {
    "INTERVAL": st.sampled_from([1, 2, 3, 4, 5, 6, 7, 10, 12, 14, 24, 28, 53, 365, 366]).map(str),
    "COUNT": st.integers(1, 40).map(str),
    "BYMONTH": _numbers(1, 12) | st.just("2"),
    "BYMONTHDAY": _numbers(-31, 31) | st.sampled_from(["29", "30", "31", "-31"]),
    "BYDAY": _WEEKDAYS,
    "BYSETPOS": _numbers(-30, 30) | st.sampled_from(["1", "-1"]),
    "WKST": st.sampled_from(["SU", "TH"]),
}


@st.composite
def _rules(draw: st.DrawFn) -> str:
    parts = {"FREQ": draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))}
    for name in draw(st.lists(st.sampled_from(sorted(_PARTS)), max_size=4, unique=True)):
        parts[name] = draw(_PARTS[name])
    return ";".join(f"{name}={value}" for name, value in parts.items())


_STARTS = st.dates(date(2024, 2, 1), date(2029, 12, 1))


@settings(deadline=None, max_examples=150)
@given(_rules(), _STARTS, st.integers(-300, 4000), st.integers(0, 500))
def test_whatever_passes_falls_on_the_days_of_the_library(
    rule: str, first_day: date, before: int, length: int
) -> None:
    kept = _kept(rule, first_day)
    assert _library(kept, first_day, 2)
    first = first_day + timedelta(days=before)
    last = first + timedelta(days=length)
    assert days(kept, first_day, first, last) == _between(rule, first_day, first, last)


def _kept(rule: str, first_day: date) -> str:
    try:
        return guard(rule, first_day, TODAY)
    except RuleRefused:
        assume(False)
        raise


@settings(max_examples=300)
@given(st.text(max_size=80) | st.text("FREQ=DAILYCOUNTBYMH;,:-+0123456789\n ", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    for rule in (text, f"FREQ=DAILY;{text}", f"FREQ=MONTHLY;BYDAY={text}"):
        with suppress(RuleRefused):
            kept = guard(rule, FIRST_DAY, TODAY)
            assert guard(kept, FIRST_DAY, TODAY) == kept
