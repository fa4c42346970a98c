"""Which date of a changed rule takes the place of which."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.series.pairing import FARTHEST_DAYS, pair

TUESDAY = date(2027, 1, 12)
WEEK, DAY = timedelta(days=7), timedelta(days=1)
LONG_AGO = date(2026, 1, 1)
weeks = [TUESDAY + n * WEEK for n in range(6)]
some_days = st.lists(st.integers(0, 120).map(lambda n: TUESDAY + n * DAY), unique=True, max_size=12)


def test_another_weekday_takes_the_date_of_its_week() -> None:
    found = pair(weeks, [day + 2 * DAY for day in weeks], (), LONG_AGO)
    assert found.together == {day: day + 2 * DAY for day in weeks}
    assert (found.gone, found.added) == ((), ())


def test_two_dates_a_week_keep_their_order() -> None:
    found = pair([TUESDAY, TUESDAY + 2 * DAY], [TUESDAY + DAY, TUESDAY + 3 * DAY], (), LONG_AGO)
    assert found.together == {TUESDAY: TUESDAY + DAY, TUESDAY + 2 * DAY: TUESDAY + 3 * DAY}


def test_the_other_week_is_paired_in_order() -> None:
    found = pair(weeks[::2], weeks[1::2], (), LONG_AGO)
    assert found.together == dict(zip(weeks[::2], weeks[1::2], strict=True))


def test_a_shorter_rule_ends_the_last_dates() -> None:
    found = pair(weeks, weeks[:2], (), LONG_AGO)
    assert found.gone == tuple(weeks[2:])


def test_far_away_one_ends_and_another_begins() -> None:
    far = TUESDAY + 40 * DAY
    found = pair([TUESDAY], [far], (), LONG_AGO)
    assert (found.gone, found.added) == ((TUESDAY,), (far,))


def test_a_past_date_takes_the_day_of_its_week_and_no_later_one() -> None:
    found = pair([TUESDAY], [TUESDAY + 2 * DAY, TUESDAY + 8 * DAY], [TUESDAY], TUESDAY + DAY)
    assert found.together == {TUESDAY: TUESDAY + 2 * DAY}
    assert found.added == (TUESDAY + 8 * DAY,)
    alone = pair([TUESDAY], [TUESDAY + 8 * DAY], [TUESDAY], TUESDAY + DAY)
    assert (alone.together, alone.gone) == ({}, ())


@given(old=some_days, new=some_days, today=st.integers(0, 120).map(lambda n: TUESDAY + n * DAY))
def test_every_day_is_used_exactly_once(old: list[date], new: list[date], today: date) -> None:
    begun = {day for day in old if day < today}
    found = pair(old, new, begun, today)
    taken = list(found.together.values())
    assert len(taken) == len(set(taken))
    assert sorted([*taken, *found.added]) == sorted(new)
    assert set(found.together) | set(found.gone) | begun == set(old)
    assert not set(found.together) & set(found.gone)
    for was, becomes in found.together.items():
        assert abs((was - becomes).days) <= FARTHEST_DAYS
