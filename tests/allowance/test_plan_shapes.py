"""The shapes of other pools' rules, each as a plan of its own, and what they pay."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from allowance import RatePlan, Used, Work, build_claim, explain, explain_note, validate

MONTH = date(2026, 3, 1)
BASE = RatePlan(
    key="shape",
    title_de="Satz eines anderen Pools",
    title_en="Rate of another pool",
    role="interpreter",
    unit="started",
    unit_minutes=60,
    amount_cents=1200,
    valid_from=date(2026, 1, 1),
    source="an invented guideline",
    status="verified",
    funding_line="own",
)
QUARTERS = replace(BASE, unit_minutes=15, amount_cents=300)
THREE_QUARTERS = replace(BASE, unit_minutes=45, amount_cents=900)
HOUR_THEN_HALVES = replace(BASE, unit_minutes=30, amount_cents=600, minimum_minutes=60)
AT_MOST_THREE_HOURS = replace(BASE, minimum_minutes=60, maximum_minutes=180)
LATE_PAYS_AN_HOUR = replace(BASE, unit_minutes=30, amount_cents=600, late_cancel_minutes=60)
LATE_PAYS_HALF = replace(BASE, late_cancel_percent=50)
WITH_GRACE = replace(BASE, grace_minutes=10)
TO_THE_NEAREST_QUARTER = replace(QUARTERS, rounding="nearest")
WHOLE_HALVES = replace(BASE, unit_minutes=30, amount_cents=600, rounding="down")
WITH_TRAVEL = replace(BASE, km_cents=35)


def work(minutes: int, **changes: object) -> Work:
    """One appointment in March."""
    start = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
    end = start + timedelta(minutes=max(1, minutes))
    made = Work("r1", "interpreter", start, end, minutes, start.date(), pay_rule="shape")
    return replace(made, **changes)  # type: ignore[arg-type]


def pays(plan: RatePlan, *works: Work) -> int:
    """What the plan pays for a month."""
    validate([plan])
    return build_claim(works, [plan], used=Used(), month=MONTH).amount_cents


@pytest.mark.parametrize(
    ("plan", "minutes", "cents"),
    [
        (QUARTERS, 1, 300),
        (QUARTERS, 15, 300),
        (QUARTERS, 16, 600),
        (THREE_QUARTERS, 45, 900),
        (THREE_QUARTERS, 46, 1800),
        (HOUR_THEN_HALVES, 10, 1200),
        (HOUR_THEN_HALVES, 60, 1200),
        (HOUR_THEN_HALVES, 61, 1800),
        (HOUR_THEN_HALVES, 91, 2400),
        (AT_MOST_THREE_HOURS, 5, 1200),
        (AT_MOST_THREE_HOURS, 180, 3600),
        (AT_MOST_THREE_HOURS, 400, 3600),
        (WITH_GRACE, 5, 1200),
        (WITH_GRACE, 70, 1200),
        (WITH_GRACE, 71, 2400),
        (TO_THE_NEAREST_QUARTER, 5, 300),
        (TO_THE_NEAREST_QUARTER, 22, 300),
        (TO_THE_NEAREST_QUARTER, 23, 600),
        (WHOLE_HALVES, 20, 600),
        (WHOLE_HALVES, 59, 600),
        (WHOLE_HALVES, 60, 1200),
    ],
)
def test_time_becomes_units_as_the_plan_says(plan: RatePlan, minutes: int, cents: int) -> None:
    assert pays(plan, work(minutes)) == cents


@pytest.mark.parametrize(("plan", "cents"), [(LATE_PAYS_AN_HOUR, 1200), (LATE_PAYS_HALF, 1200)])
def test_late_cancellation_pays_an_hour_or_half(plan: RatePlan, cents: int) -> None:
    assert pays(plan, work(120, outcome="cancelled_late")) == cents


def test_aborted_appointment_is_paid_like_any_work() -> None:
    assert pays(BASE, work(20, outcome="aborted")) == pays(BASE, work(20)) == 1200


def test_travel_is_paid_beside_the_allowance_and_explained() -> None:
    claim = build_claim([work(60, kilometres=12)], [WITH_TRAVEL], used=Used(), month=MONTH)
    assert (claim.amount_cents, claim.travel_cents) == (1620, 420)
    assert explain(claim.lines[0]) == (
        "1 × 12,00 EUR je angefangene 1 Std.: 12,00 EUR."
        " Dazu Fahrtkosten: 12 km zu 0,35 EUR: 4,20 EUR."
    )
    assert "And travel: 12 km at 0.35 EUR: 4.20 EUR." in explain(claim.lines[0], "en")


@pytest.mark.parametrize("outcome", ["cancelled_late", "cancelled_early", "volunteer_no_show"])
def test_who_did_not_drive_is_paid_no_travel(outcome: str) -> None:
    plan = replace(WITH_TRAVEL, late_cancel_percent=50)
    driven, not_driven = work(60, kilometres=12, outcome=outcome), work(60, outcome=outcome)
    assert pays(plan, driven) == pays(plan, not_driven)


def test_one_event_pays_one_way() -> None:
    slots = [
        replace(
            work(10, kilometres=12, group=True, institution="Schule am Ried"),
            record_id=f"s{number}",
            start=datetime(2026, 3, 2, 8, 10 * number, tzinfo=UTC),
            end=datetime(2026, 3, 2, 8, 10 * number + 10, tzinfo=UTC),
        )
        for number in range(3)
    ]
    assert pays(WITH_TRAVEL, *slots) == 1200 + 420


def test_kilometres_where_travel_is_included_are_noted_and_not_paid() -> None:
    claim = build_claim([work(60, kilometres=12)], [BASE], used=Used(), month=MONTH)
    assert (claim.amount_cents, claim.travel_cents) == (1200, 0)
    assert [note.code for note in claim.notes] == ["travel_included"]
    assert "im Satz enthalten" in explain_note(claim.notes[0])


@pytest.mark.parametrize(
    ("fundable", "code"), [("no", "not_fundable"), ("unknown", "fundable_unknown")]
)
def test_what_is_not_fundable_is_not_paid_and_says_so(fundable: str, code: str) -> None:
    claim = build_claim([work(60, fundable=fundable)], [BASE], used=Used(), month=MONTH)
    assert (claim.amount_cents, claim.lines[0].reason.code) == (0, code)
    assert claim.minutes == 60
    assert "Keine Zahlung" in explain(claim.lines[0])
    assert [note.code for note in claim.notes] == ([code] if fundable == "unknown" else [])


def test_unfundable_work_uses_up_no_cap_and_leaves_its_time_to_another() -> None:
    plan = replace(BASE, unit="assignment", unit_minutes=60, per_client_cap=1)
    works = [
        work(60, record_id="a", fundable="no", client_case="case"),
        work(60, record_id="b", client_case="case"),
    ]
    assert pays(plan, *works) == 1200


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"rounding": "sideways"}, "rounding is 'sideways'"),
        ({"grace_minutes": -1}, "grace_minutes must not be negative"),
        ({"grace_minutes": 60}, "shorter than the unit"),
        ({"grace_minutes": 5, "rounding": "down"}, "need the rounding up"),
        ({"unit": "hour", "rounding": "nearest"}, "need the unit started"),
        ({"unit": "assignment", "grace_minutes": 5}, "need the unit started"),
        ({"km_cents": -1}, "km_cents must not be negative"),
    ],
)
def test_shape_that_contradicts_itself_is_refused(
    change: dict[str, object], complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        validate([replace(BASE, **change)])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [({"kilometres": -1}, "-1 km"), ({"fundable": "maybe"}, "fundable is 'maybe'")],
)
def test_work_that_cannot_be_true_is_refused(change: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        pays(BASE, work(60, **change))
