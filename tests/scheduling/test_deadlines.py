"""How long people have to answer, and until when somebody must have been found."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling import deadlines, quiet

MONDAY = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
moments = st.integers(0, 3 * 365 * 24 * 60).map(lambda n: FIRST + n * MINUTE)
leads = st.timedeltas(timedelta(minutes=5), timedelta(days=60))


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        (datetime(2027, 1, 12, 9, tzinfo=UTC), datetime(2027, 1, 8, 9, tzinfo=UTC)),
        (datetime(2027, 1, 7, 9, tzinfo=UTC), datetime(2027, 1, 6, 9, tzinfo=UTC)),
        (datetime(2027, 1, 5, 9, tzinfo=UTC), datetime(2027, 1, 5, 6, tzinfo=UTC)),
        (datetime(2027, 1, 4, 13, tzinfo=UTC), datetime(2027, 1, 4, 11, tzinfo=UTC)),
    ],
    ids=["normal", "short", "urgent", "at least half of the time"],
)
def test_the_institution_must_know_in_time(start: datetime, expected: datetime) -> None:
    assert deadlines.act_by(MONDAY, start) == expected


def test_working_days_are_those_of_hessen_and_the_clock_is_local() -> None:
    after_easter = datetime(2027, 4, 1, 8, 0, tzinfo=UTC)  # Thursday, summer time
    asked = datetime(2027, 3, 15, 9, 0, tzinfo=UTC)
    assert deadlines.act_by(asked, after_easter) == datetime(2027, 3, 30, 8, 0, tzinfo=UTC)
    tuesday = datetime(2027, 3, 30, 8, 0, tzinfo=UTC)  # after Good Friday and Easter Monday
    assert deadlines.act_by(asked, tuesday) == datetime(2027, 3, 24, 9, 0, tzinfo=UTC)


def test_a_single_question_has_a_quarter_of_the_lead_time() -> None:
    start = MONDAY + 40 * HOUR
    assert deadlines.answer_by(MONDAY, start) == MONDAY + 10 * HOUR
    assert deadlines.answer_by(MONDAY, MONDAY + 200 * HOUR) == MONDAY + 24 * HOUR
    assert deadlines.answer_by(MONDAY, MONDAY + 4 * HOUR) == MONDAY + 2 * HOUR


def test_asked_at_night_the_time_counts_from_the_morning() -> None:
    night, morning = MONDAY.replace(hour=22), MONDAY.replace(day=5, hour=6)
    start = morning + 40 * HOUR
    assert deadlines.answer_by(night, start) == morning + 10 * HOUR


def test_who_must_be_called_has_twice_the_time() -> None:
    start = MONDAY + 32 * HOUR
    assert deadlines.answer_by(MONDAY, start) == MONDAY + 8 * HOUR
    slow = deadlines.answer_by(MONDAY, start, slow=True)
    assert slow == MONDAY.replace(day=5, hour=6), "16 hours end at night, so in the morning"


def test_several_rounds_share_what_is_left() -> None:
    start, by = MONDAY + 72 * HOUR, MONDAY + 24 * HOUR
    assert deadlines.answer_by(MONDAY, start, by=by, rounds=3) == MONDAY + 8 * HOUR
    assert deadlines.answer_by(MONDAY, start, by=by, rounds=1) == by


def test_at_the_end_half_an_hour_is_left_when_it_is_urgent_else_two_hours() -> None:
    urgent = MONDAY + 4 * HOUR
    late = MONDAY + HOUR
    assert deadlines.answer_by(late, urgent, by=late) == late + timedelta(minutes=30)
    calm = MONDAY + 200 * HOUR
    assert deadlines.answer_by(late, calm, by=late) == late + 2 * HOUR


@given(
    sent=moments,
    lead=leads,
    share=st.floats(0, 1),
    rounds=st.integers(1, 8),
    quiet_from=st.integers(0, 1439),
    quiet_to=st.integers(0, 1439),
    slow=st.booleans(),
)
def test_an_answer_is_never_due_before_it_was_asked_nor_after_the_start(
    sent: datetime, lead: timedelta, share: float, rounds: int, quiet_from: int, quiet_to: int,
    slow: bool,
) -> None:  # fmt: skip
    start, by = sent + lead, sent + lead * share
    hours = quiet_from, quiet_to
    plain = deadlines.answer_by(sent, start, quiet=hours, slow=slow)
    within = deadlines.answer_by(sent, start, by=by, rounds=rounds, quiet=hours, slow=slow)
    begin = quiet.next_allowed(sent, *hours)
    for until in (plain, within):
        assert sent < until <= start
        assert until >= min(start, begin + deadlines.SHORTEST_URGENT)
    assert within <= max(by, begin + deadlines.SHORTEST_OFFER * 2)


@given(sent=moments, lead=leads)
def test_there_is_always_time_for_the_search_and_for_the_institution(
    sent: datetime, lead: timedelta
) -> None:
    by = deadlines.act_by(sent, sent + lead)
    assert sent + lead / 2 <= by <= sent + lead
    assert 1 <= deadlines.rounds_until(sent, sent + lead, by) <= deadlines.MOST_ROUNDS


def test_nothing_is_sent_once_it_has_begun() -> None:
    for call in (deadlines.act_by, deadlines.answer_by):
        with pytest.raises(ValueError, match="started"):
            call(MONDAY, MONDAY)
