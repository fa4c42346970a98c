"""Drawn person-months are paid alike by the claim and by a slow second implementation."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allowance import RatePlan, Used, Work, refuse_overlaps, validate
from tests.allowance import slow
from tests.allowance.comparing import RULES, Tally, claim_of, compare, tally
from tests.allowance.person_months import PersonMonth, person_month, person_months

SEED, MONTHS = 7, 2_000
Misread = Callable[[PersonMonth], PersonMonth]


@pytest.fixture(scope="module")
def found() -> Tally:
    return tally(person_months(SEED, MONTHS))


def test_2000_person_months_differ_by_no_cent(found: Tally) -> None:
    assert found.months == MONTHS
    assert found.cents > 0
    assert (found.apart_cents, found.apart) == (0, [])


def test_lines_always_add_up_to_the_claim(found: Tally) -> None:
    assert found.not_adding_up == []


def test_every_rule_decides_something(found: Tally) -> None:
    assert sorted(found.rules) == sorted(RULES)


@given(st.integers(0, 2**40))
@settings(max_examples=200, deadline=None)
def test_any_person_month_is_paid_alike(seed: int) -> None:
    month = person_month(seed)
    compared = compare(month, claim_of(month))
    assert (compared.lines, compared.apart_cents) == (len(month.works), 0)
    assert compared.adds_up


def test_what_is_drawn_is_allowed() -> None:
    for month in person_months(SEED, 200):
        validate(month.plans)
        refuse_overlaps(month.works)
        assert len({plan.funding_line for plan in month.plans}) == 1


def test_the_same_seed_draws_the_same_person_month() -> None:
    assert person_month(3) == person_month(3) != person_month(4)
    assert len({month.works for month in person_months(SEED, 50) if month.works}) > 40


def plans_as(change: Callable[[RatePlan], RatePlan]) -> Misread:
    """Read every plan in another way."""
    return lambda month: replace(month, plans=tuple(change(plan) for plan in month.plans))


def works_as(change: Callable[[Work], Work]) -> Misread:
    """Read every work in another way."""
    return lambda month: replace(month, works=tuple(change(work) for work in month.works))


def used_as(change: Callable[[Used], Used]) -> Misread:
    """Read what the year has used in another way."""
    return lambda month: replace(month, used=change(month.used))


def backwards(month: PersonMonth) -> PersonMonth:
    """The last work of the month taken first."""
    starts = sorted(work.start for work in month.works)
    other = dict(zip(starts, reversed(starts), strict=True))
    return replace(month, works=tuple(replace(w, start=other[w.start]) for w in month.works))


MISREAD: dict[str, Misread] = {
    "year cap ignored": plans_as(lambda plan: replace(plan, year_cap_minutes=None)),
    "client cap ignored": plans_as(lambda plan: replace(plan, per_client_cap=None)),
    "clients counted without a cap too": plans_as(
        lambda plan: replace(plan, per_client_cap=plan.per_client_cap or 1_000)
    ),
    "granted ignored": used_as(lambda used: replace(used, granted={})),
    "assignments before ignored": used_as(lambda used: replace(used, assignments={})),
    "minutes before ignored": used_as(lambda used: replace(used, minutes=0)),
    "always rounded up": plans_as(lambda plan: replace(plan, rounding="up")),
    "nearest read as down": plans_as(
        lambda p: replace(p, rounding="down" if p.rounding == "nearest" else p.rounding)
    ),
    "grace ignored": plans_as(lambda plan: replace(plan, grace_minutes=0)),
    "grace a minute shorter": plans_as(
        lambda plan: replace(plan, grace_minutes=max(0, plan.grace_minutes - 1))
    ),
    "minimum ignored": plans_as(lambda plan: replace(plan, minimum_minutes=0)),
    "maximum ignored": plans_as(lambda plan: replace(plan, maximum_minutes=None)),
    "events paid per client": plans_as(lambda plan: replace(plan, group="per_client")),
    "clients paid as one event": plans_as(lambda plan: replace(plan, group="once")),
    "one event wherever it is": works_as(lambda work: replace(work, institution="school")),
    "no-show always full": plans_as(lambda plan: replace(plan, no_show="full")),
    "no-show never paid": plans_as(lambda plan: replace(plan, no_show="nothing")),
    "late percent ignored": plans_as(lambda plan: replace(plan, late_cancel_percent=0)),
    "late minutes ignored": plans_as(lambda plan: replace(plan, late_cancel_minutes=0)),
    "travel ignored": plans_as(lambda plan: replace(plan, km_cents=0)),
    "everything fundable": works_as(lambda work: replace(work, fundable="yes")),
    "order of time ignored": backwards,
}


@pytest.mark.parametrize("name", MISREAD)
def test_control_a_misread_rule_is_found(name: str) -> None:
    misread = MISREAD[name]
    months = person_months(SEED, MONTHS)
    assert any(compare(misread(month), claim_of(month)).apart_cents for month in months)


def test_control_hours_rounded_for_each_work_are_found() -> None:
    def rounded_each(month: PersonMonth) -> int:
        shares = slow.shares(month.works, month.plans, month.used)
        return sum(slow.half_up(share.exact_cents) for share in shares)

    claims = ((month, claim_of(month)) for month in person_months(SEED, MONTHS))
    assert any(
        rounded_each(month) != claim.amount_cents - claim.travel_cents for month, claim in claims
    )


def test_control_a_claim_that_does_not_add_up_is_found() -> None:
    month = next(month for month in person_months(SEED, 50) if len(month.works) > 2)
    claim = claim_of(month)
    for broken in (
        replace(claim, amount_cents=claim.amount_cents + 1),
        replace(claim, travel_cents=claim.travel_cents + 1),
        replace(claim, lines=claim.lines[1:]),
    ):
        assert not compare(month, broken).adds_up
    assert compare(month, claim).adds_up
