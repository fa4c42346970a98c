"""When people may be asked and how long they have."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.quiet import lead_time_class, next_allowed, offer_expiry, working_days
from scheduling.wall_time import local, to_utc

_MOMENTS = st.integers(0, 21 * 365 * 24 * 60).map(
    lambda minutes: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
_MONDAY = date(2027, 1, 18)


def test_in_the_evening_people_are_left_alone_until_the_morning() -> None:
    assert next_allowed(to_utc(_MONDAY, 22 * 60)) == to_utc(date(2027, 1, 19), 7 * 60)
    assert next_allowed(to_utc(_MONDAY, 60)) == to_utc(_MONDAY, 7 * 60)
    assert next_allowed(to_utc(_MONDAY, 21 * 60)) == to_utc(date(2027, 1, 19), 7 * 60)


@pytest.mark.parametrize("minute", [7 * 60, 12 * 60, 21 * 60 - 1])
def test_during_the_day_people_may_be_asked_at_once(minute: int) -> None:
    assert next_allowed(to_utc(_MONDAY, minute)) == to_utc(_MONDAY, minute)


def test_quiet_hours_within_a_day_and_none_at_all_are_possible() -> None:
    noon = to_utc(_MONDAY, 13 * 60)
    assert next_allowed(noon, 12 * 60, 14 * 60) == to_utc(_MONDAY, 14 * 60)
    assert next_allowed(noon, 600, 600) == noon


@pytest.mark.parametrize("date_of_change", [date(2026, 3, 29), date(2026, 10, 25)])
def test_the_morning_is_the_one_on_the_wall_when_the_clocks_change(date_of_change: date) -> None:
    evening = to_utc(date_of_change - timedelta(days=1), 23 * 60)
    assert f"{local(next_allowed(evening)):%H:%M}" == "07:00"


@settings(deadline=None)
@given(_MOMENTS)
def test_the_next_allowed_moment_is_allowed_and_never_earlier(now: datetime) -> None:
    moment = next_allowed(now)
    assert now <= moment <= now + timedelta(hours=11)
    assert 7 <= local(moment).hour < 21
    assert next_allowed(moment) == moment


def test_an_impossible_quiet_hour_is_refused() -> None:
    with pytest.raises(ValueError, match="minute"):
        next_allowed(to_utc(_MONDAY, 0), 1440, 0)


@pytest.mark.parametrize(
    ("lead", "wait"), [(200, 24), (96, 24), (40, 10), (8, 2), (5, 2), (2, 2), (1, 1)]
)
def test_an_offer_waits_a_quarter_of_the_lead_time(lead: int, wait: int) -> None:
    now = to_utc(_MONDAY, 600)
    assert offer_expiry(now, now + timedelta(hours=lead)) == now + timedelta(hours=wait)


def test_an_offer_for_the_past_is_refused() -> None:
    now = to_utc(_MONDAY, 600)
    with pytest.raises(ValueError, match="started"):
        offer_expiry(now, now)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2027, 1, 18), "urgent"),
        (date(2027, 1, 19), "urgent"),
        (date(2027, 1, 20), "short"),
        (date(2027, 1, 22), "short"),
        (date(2027, 1, 24), "short"),
        (date(2027, 1, 25), "normal"),
        (date(2029, 1, 25), "normal"),
    ],
)
def test_the_notice_counts_in_working_days(day: date, expected: str) -> None:
    assert lead_time_class(to_utc(_MONDAY, 600), to_utc(day, 660)) == expected


def test_holidays_are_no_working_days() -> None:
    assert working_days(date(2027, 3, 25), date(2027, 3, 30)) == 1
    assert working_days(date(2027, 3, 30), date(2027, 3, 25)) == 0


def test_quiet_hours_that_end_in_the_missing_hour_end_when_the_clocks_jump() -> None:
    night = to_utc(date(2026, 3, 29), 60)
    assert next_allowed(night, 21 * 60, 150) == datetime(2026, 3, 29, 1, tzinfo=UTC)


def test_an_offer_waits_real_hours_when_the_clocks_change() -> None:
    sent = to_utc(date(2026, 10, 24), 12 * 60)
    assert offer_expiry(sent, sent + timedelta(days=10)) - sent == timedelta(hours=24)
    assert f"{local(offer_expiry(sent, sent + timedelta(days=10))):%H:%M}" == "11:00"


@settings(deadline=None)
@given(_MOMENTS, st.integers(1, 60 * 24 * 60))
def test_an_offer_never_waits_past_the_start_nor_longer_than_a_day(
    now: datetime, lead: int
) -> None:
    start = now + timedelta(minutes=lead)
    until = offer_expiry(now, start)
    assert now < until <= start
    assert until - now <= timedelta(hours=24)
    assert until == start or until - now >= timedelta(hours=2)
