"""What work will cost before any claim: the same cents that a claim will pay."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

import allowance
from allowance import RatePlan, Used, Work
from allowance.expected import Cost, Expected, costs

MONTH = date(2026, 5, 1)
GUIDE = allowance.plan_for(allowance.catalogue(), "guide", MONTH)
FLAT = allowance.plan_for(allowance.catalogue(), "interpreter", MONTH)
STARTED = RatePlan(
    key="own:half_hours", title_de="Eigener Satz", title_en="Own rate", role="interpreter",
    unit="started", unit_minutes=30, amount_cents=900, minimum_minutes=60, no_show="minimum",
    late_cancel_percent=50, valid_from=date(2020, 1, 1), source="Beschluss", status="verified",
    funding_line="own",
)  # fmt: skip


def guide(day: int, minutes: int, person: str = "dilan") -> Expected:
    """Hours of a guide in May."""
    return Expected(plan=GUIDE, day=MONTH.replace(day=day), minutes=minutes, person=person)


def cents(works: list[Expected], **used: int) -> list[int]:
    """What each of them costs."""
    return [cost.cents for cost in costs(works, used)]


def test_three_times_twenty_minutes_are_five_euros() -> None:
    assert cents([guide(1, 20), guide(2, 20), guide(3, 20)]) == [167, 166, 167]


def test_each_person_and_month_is_rounded_by_itself() -> None:
    june = replace(guide(1, 20), day=date(2026, 6, 1))
    assert cents([guide(1, 20), guide(2, 20, "mirela"), june]) == [167, 167, 167]


def test_what_the_year_cap_leaves_is_paid_and_no_more() -> None:
    works = [guide(2, 60), guide(1, 60)]
    assert costs(works, {"dilan": 276 * 60 - 90}) == [Cost(250, 30), Cost(500, 60)]
    assert cents(works, dilan=276 * 60) == [0, 0]
    assert cents([guide(1, 60, "mirela")], dilan=276 * 60) == [500]


def test_nobody_in_particular_has_no_cap() -> None:
    assert cents([guide(1, 300 * 60, "")]) == [150_000]


def test_several_shifts_at_one_event_are_paid_once() -> None:
    shift = Expected(plan=FLAT, day=MONTH, minutes=60, person="dilan", event="school")
    other_day = replace(shift, day=MONTH.replace(day=2))
    other_person = replace(shift, person="mirela")
    single = replace(shift, event="")
    assert cents([shift, shift, other_day, other_person, single]) == [2000, 0, 2000, 2000, 2000]


@st.composite
def person_months(draw: st.DrawFn) -> list[Work]:
    """Works of one person in a month, one after the other."""
    number = draw(st.integers(1, 12))
    plan = draw(st.sampled_from([GUIDE, FLAT, STARTED]))
    outcomes = st.sampled_from(["performed", "client_no_show", "cancelled_late", "cut_short"])
    found = []
    for day in range(1, number + 1):
        start = datetime(2026, 5, day, 8, tzinfo=UTC)
        minutes = draw(st.integers(1, 600))
        found.append(
            Work(
                record_id=f"r{day:02}", role=plan.role, start=start,
                end=start + timedelta(minutes=minutes), minutes=minutes, day=start.date(),
                outcome=draw(outcomes), pay_rule=plan.key,
            )
        )  # fmt: skip
    return found


@given(person_months(), st.integers(0, 280 * 60))
def test_expected_costs_are_what_the_claim_will_be(works: list[Work], used: int) -> None:
    plans = {plan.key: plan for plan in (GUIDE, FLAT, STARTED)}
    claim = allowance.build_claim(works, list(plans.values()), used=Used(used), month=MONTH)
    expected = [
        Expected(
            plan=plans[work.pay_rule or ""], day=work.day, minutes=work.minutes,
            outcome=work.outcome, person="dilan",
        )
        for work in works
    ]  # fmt: skip
    assert cents(expected, dilan=used) == [line.amount_cents for line in claim.lines]


def test_a_late_cancellation_costs_what_the_plan_says() -> None:
    late = Expected(plan=STARTED, day=MONTH, minutes=60, outcome="cancelled_late", person="dilan")
    assert cents([late]) == [900]
    assert cents([replace(late, plan=FLAT)]) == [0]


@pytest.mark.parametrize("outcome", ["volunteer_no_show", "cancelled_early"])
def test_what_never_took_place_costs_nothing(outcome: str) -> None:
    assert cents([replace(guide(1, 60), outcome=outcome)]) == [0]
