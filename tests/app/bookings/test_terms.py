"""How late something was called off, on whose side, and which rule pays."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bookings import terms
from app.bookings.terms import Why
from app.tables import Cause, Side

START = datetime(2027, 1, 12, 9, 0, tzinfo=UTC)
DAY = timedelta(hours=24)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("before", "state", "minutes"),
    [
        (DAY, "cancelled_early", 1440),
        (DAY - SECOND, "cancelled_late", 1439),
        (timedelta(minutes=1), "cancelled_late", 1),
        (SECOND, "cancelled_late", 0),
        (timedelta(days=30), "cancelled_early", 43200),
    ],
)
def test_a_day_before_to_the_second_is_early(before: timedelta, state: str, minutes: int) -> None:
    found = terms.values(START, START - before, Why(Side.VOLUNTEER))
    assert (found["state"], found["notice_minutes"]) == (state, minutes)


@pytest.mark.parametrize(
    ("side", "falls_away", "before", "rule"),
    [
        (Side.INSTITUTION, True, DAY - SECOND, "late_cancel"),
        (Side.OFFICE, True, DAY - SECOND, "late_cancel"),
        (Side.INSTITUTION, True, DAY, "none"),
        (Side.VOLUNTEER, True, SECOND, "none"),
        (Side.VOLUNTEER, False, SECOND, "none"),
        (Side.OFFICE, False, SECOND, "none"),
    ],
)
def test_only_what_falls_away_late_is_worth_something(
    side: Side, falls_away: bool, before: timedelta, rule: str
) -> None:
    why = Why(side, falls_away=falls_away)
    assert terms.values(START, START - before, why)["pay_rule"] == rule


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=400)), st.sampled_from(Side))
def test_late_pay_and_notice_agree(before: timedelta, side: Side) -> None:
    found = terms.values(START, START - before, Why(side, falls_away=True))
    late = found["state"] == "cancelled_late"
    assert late == (before < DAY)
    assert found["notice_minutes"] == before // timedelta(minutes=1)
    assert (found["pay_rule"] == "late_cancel") == (late and side != Side.VOLUNTEER)


@pytest.mark.parametrize(
    ("cause", "side"),
    [
        (Cause.ILLNESS, Side.VOLUNTEER),
        (Cause.TRANSPORT, Side.VOLUNTEER),
        (Cause.CLIENT_CANCELLED, Side.INSTITUTION),
        (Cause.NO_PAPERS, Side.OFFICE),
        (Cause.OTHER, Side.OFFICE),
    ],
)
def test_the_office_speaks_for_whom_the_cause_lies_with(cause: Cause, side: Side) -> None:
    assert terms.side_of(cause, default=Side.OFFICE) == side
    assert terms.side_of(cause, default=Side.INSTITUTION) == Side.INSTITUTION


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Zug fällt aus", "Zug fällt aus"),
        ("Frau Demir ist krank", ""),
        ("bin an Krebs erkrankt", ""),
        ("Tel. 0170 1234567", ""),
        ("", ""),
    ],
)
def test_a_reason_that_names_somebody_is_not_kept(written: str, kept: str) -> None:
    assert terms.kept(written) == kept
