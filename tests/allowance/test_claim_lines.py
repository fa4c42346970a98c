"""Claims to the cent: the worked cases, the caps, and what is refused."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from allowance import (
    Claim,
    Used,
    Work,
    build_claim,
    catalogue,
    grant_year,
    plan_for,
    refuse_overlaps,
    tax_year,
)

MONTH = date(2026, 3, 1)
MORNING = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
INTERPRETER = plan_for(catalogue(), "interpreter", MONTH)
GUIDE = plan_for(catalogue(), "guide", MONTH)
STARTED = plan_for(catalogue(), "interpreter", MONTH, funding_line="wetterau")


def guided(number: int, minutes: int, **changes: object) -> Work:
    """Dilan guides on the `number`-th day of the month."""
    start = MORNING + timedelta(days=number - 2)
    work = Work(f"g{number}", "guide", start, start + timedelta(hours=9), minutes, start.date())
    return replace(work, **changes)  # type: ignore[arg-type]


def interpreted(number: int, client: str | None = "case", **changes: object) -> Work:
    """Mirela interprets on the `number`-th day of the month."""
    work = guided(number, 60, record_id=f"i{number}", role="interpreter", client_case=client)
    return replace(work, **changes)  # type: ignore[arg-type]


def slot(number: int, client: str, **changes: object) -> Work:
    """The `number`-th slot of ten minutes of a parents' day."""
    start = MORNING + timedelta(minutes=10 * number)
    end = start + timedelta(minutes=10)
    work = Work(f"s{number}", "interpreter", start, end, 10, start.date(), client, "Schule am Ried")
    return replace(work, group=True, **changes)  # type: ignore[arg-type]


def claim(*works: Work, used: Used | None = None, month: date = MONTH) -> Claim:
    """The claim under the catalogue."""
    return build_claim(works, catalogue(), used=used or Used(), month=month)


def codes(result: Claim) -> list[str]:
    """The reasons of a claim's lines."""
    return [line.reason.code for line in result.lines]


def cents(result: Claim) -> list[int]:
    """The amounts of a claim's lines."""
    return [line.amount_cents for line in result.lines]


def test_three_times_twenty_minutes_are_five_euros() -> None:
    result = claim(guided(2, 20), guided(3, 20), guided(4, 20))
    assert result.amount_cents == 500
    assert cents(result) == [167, 166, 167]
    assert (result.minutes, result.paid_minutes) == (60, 60)


def test_month_without_work_is_an_empty_claim() -> None:
    assert claim() == Claim((), 0, 0, 0)


def test_line_that_crosses_the_year_cap_is_cut_there() -> None:
    result = claim(guided(2, 90), guided(3, 90), guided(4, 60), used=Used(minutes=276 * 60 - 120))
    assert [line.paid_minutes for line in result.lines] == [90, 30, 0]
    assert [line.minutes for line in result.lines] == [90, 90, 60]
    assert result.amount_cents == 1_000
    assert codes(result) == ["hours", "year_cap", "year_cap"]
    assert result.lines[1].reason.params["unpaid_minutes"] == 60


def test_whole_year_of_a_guide_pays_1380_euros() -> None:
    used = paid = 0
    for _month in range(12):
        result = claim(*(guided(day, 90) for day in range(2, 20)), used=Used(minutes=used))
        used, paid = used + result.paid_minutes, paid + result.amount_cents
    assert (used, paid) == (276 * 60, 138_000)


def test_coordinating_guide_is_paid_up_to_414_hours() -> None:
    used = Used(minutes=276 * 60)
    assert claim(guided(2, 60), used=used).amount_cents == 0
    coordinating = guided(2, 60, pay_rule="wir_guide_coordinating")
    assert claim(coordinating, used=used).amount_cents == 500


def test_flat_amount_does_not_look_at_the_length() -> None:
    result = claim(interpreted(2, minutes=15), interpreted(3, minutes=240, client_case="other"))
    assert cents(result) == [2000, 2000]


def test_sixth_assignment_of_a_client_is_not_paid() -> None:
    result = claim(*(interpreted(day) for day in range(2, 8)), interpreted(8, "other"))
    assert cents(result) == [2000] * 5 + [0, 2000]
    assert codes(result)[5] == "client_cap"
    assert result.lines[5].paid_minutes == 0


def test_client_cap_counts_the_months_before() -> None:
    result = claim(interpreted(2), interpreted(3), used=Used(assignments={"case": 4}))
    assert codes(result) == ["flat", "client_cap"]


def test_record_that_others_came_before_is_beyond_the_client_cap() -> None:
    used = Used(beyond=frozenset({interpreted(3).record_id}))
    assert codes(claim(interpreted(2), interpreted(3), used=used)) == ["flat", "client_cap"]


def test_granted_exception_lifts_the_client_cap() -> None:
    used = Used(assignments={"case": 5}, granted={"case": 1})
    assert cents(claim(interpreted(2), interpreted(3), used=used)) == [2000, 0]


def test_guides_hours_do_not_use_up_the_client_cap_of_interpreting() -> None:
    accompanied = guided(2, 60, client_case="case")
    result = claim(accompanied, interpreted(3), used=Used(assignments={"case": 4}))
    assert cents(result) == [500, 2000]


def test_unpaid_assignment_does_not_use_up_the_client_cap() -> None:
    early = interpreted(2, outcome="cancelled_early")
    result = claim(early, interpreted(3), interpreted(4), used=Used(assignments={"case": 4}))
    assert codes(result) == ["cancelled_early", "flat", "client_cap"]


def test_december_assignment_is_paid_from_its_grant_year_and_taxed_in_the_next() -> None:
    start = datetime(2025, 12, 15, 9, 0, tzinfo=UTC)
    work = guided(2, 60, start=start, end=start + timedelta(hours=1), day=start.date())
    assert claim(work, month=date(2025, 12, 1)).amount_cents == 500
    assert (grant_year(work.day), tax_year(date(2026, 1, 20))) == (2025, 2026)


def test_client_who_stays_away_costs_the_volunteer_nothing() -> None:
    result = claim(interpreted(2, outcome="client_no_show"), interpreted(3))
    assert cents(result) == [2000, 2000]
    assert codes(result) == ["client_no_show", "flat"]
    assert claim(guided(2, 30, outcome="client_no_show")).amount_cents == 250


def test_no_show_pays_the_minimum_where_the_plan_says_so() -> None:
    work = interpreted(2, minutes=170, outcome="client_no_show", pay_rule=STARTED.key)
    assert claim(work).amount_cents == 1500
    hourly = replace(GUIDE, no_show="minimum", minimum_minutes=60)
    away = guided(2, 20, outcome="client_no_show")
    assert build_claim([away], [hourly], used=Used(), month=MONTH).amount_cents == 500


def test_no_show_pays_nothing_where_the_plan_says_so() -> None:
    plan = replace(INTERPRETER, no_show="nothing")
    away = interpreted(2, outcome="client_no_show")
    assert build_claim([away], [plan], used=Used(), month=MONTH).amount_cents == 0


@pytest.mark.parametrize("outcome", ["cancelled_early", "cancelled_late", "volunteer_no_show"])
def test_programme_pays_nothing_for_what_did_not_happen(outcome: str) -> None:
    result = claim(interpreted(2, outcome=outcome))
    assert (result.amount_cents, codes(result)) == (0, [outcome])


def test_late_cancellation_pays_the_percentage_of_the_plan() -> None:
    late = interpreted(2, minutes=90, outcome="cancelled_late")
    for plan, amount in ((INTERPRETER, 1000), (replace(STARTED, funding_line="wir"), 1500)):
        half = replace(plan, late_cancel_percent=50)
        assert build_claim([late], [half], used=Used(), month=MONTH).amount_cents == amount


def test_late_cancellation_pays_one_hour_where_the_plan_says_so() -> None:
    plan = replace(GUIDE, late_cancel_minutes=60)
    late = guided(2, 150, outcome="cancelled_late")
    assert build_claim([late], [plan], used=Used(), month=MONTH).amount_cents == 500


@pytest.mark.parametrize(("minutes", "amount"), [(1, 1500), (60, 1500), (61, 3000), (121, 4500)])
def test_every_begun_unit_is_paid(minutes: int, amount: int) -> None:
    assert claim(interpreted(2, minutes=minutes, pay_rule=STARTED.key)).amount_cents == amount


def test_minimum_and_maximum_frame_the_paid_minutes() -> None:
    plan = replace(GUIDE, minimum_minutes=60, maximum_minutes=180)
    works = [guided(2, 20), guided(3, 90), guided(4, 240)]
    result = build_claim(works, [plan], used=Used(), month=MONTH)
    assert [line.paid_minutes for line in result.lines] == [60, 90, 180]


def test_parents_day_pays_one_flat_amount() -> None:
    result = claim(*(slot(number, f"case {number}") for number in range(12)))
    assert cents(result) == [2000] + [0] * 11
    assert set(codes(result)) == {"group_event"}


def test_parents_day_paid_per_client_shows_a_warning() -> None:
    plan = replace(INTERPRETER, group="per_client")
    works = [slot(number, f"case {number}") for number in range(12)]
    result = build_claim(works, [plan], used=Used(), month=MONTH)
    assert result.amount_cents == 24_000
    assert [note.code for note in result.notes].count("group_per_client") == 12


def test_begun_units_of_a_parents_day_run_through() -> None:
    works = [slot(number, "case", pay_rule=STARTED.key) for number in range(7)]
    assert cents(claim(*works)) == [1500, 0, 0, 0, 0, 0, 1500]


def test_cancelled_slot_does_not_make_an_event_dearer() -> None:
    plan = replace(INTERPRETER, late_cancel_percent=50)
    for outcomes in (("cancelled_late", "performed"), ("performed", "cancelled_late")):
        works = [slot(n, "case", outcome=outcome) for n, outcome in enumerate(outcomes)]
        assert build_claim(works, [plan], used=Used(), month=MONTH).amount_cents == 2000


def test_event_paid_once_is_no_clients_assignment() -> None:
    used = Used(assignments={"case": 5})
    assert cents(claim(slot(0, "case"), slot(1, "case"), used=used)) == [2000, 0]


def test_two_schools_on_one_day_are_two_events() -> None:
    assert claim(slot(0, "a"), slot(1, "b", institution="Kita Sonnenhof")).amount_cents == 4000


def test_overlapping_spans_are_refused_with_both_records() -> None:
    with pytest.raises(ValueError, match="g2 and i2 overlap"):
        claim(guided(2, 60), interpreted(2))


def test_overlap_inside_a_long_span_is_found_behind_a_short_one() -> None:
    long = guided(2, 60)
    later = guided(3, 60, start=MORNING + timedelta(hours=8), end=MORNING + timedelta(hours=10))
    with pytest.raises(ValueError, match="g2 and g3 overlap"):
        refuse_overlaps([later, long])


def test_spans_that_touch_do_not_overlap() -> None:
    later = guided(3, 60, start=MORNING + timedelta(hours=9), end=MORNING + timedelta(hours=10))
    refuse_overlaps([later, guided(2, 60)])


def test_cancelled_assignment_leaves_its_time_to_another() -> None:
    result = claim(guided(2, 60, outcome="cancelled_early"), interpreted(2))
    assert sorted(cents(result)) == [0, 2000]


def test_unverified_rate_is_noted_once() -> None:
    result = claim(interpreted(2), interpreted(3))
    assert [note.code for note in result.notes] == ["unverified_plan"]
    assert claim(guided(2, 60)).notes == ()


def test_more_minutes_than_the_span_are_noted() -> None:
    assert [note.code for note in claim(guided(2, 541)).notes] == ["longer_than_span"]


def test_missing_client_case_is_noted_where_a_cap_needs_it() -> None:
    assert "client_unknown" in [note.code for note in claim(interpreted(2, None)).notes]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"day": date(2026, 4, 1)}, "outside the month 2026-03"),
        ({"day": date(2025, 3, 2)}, "outside the month 2026-03"),
        ({"outcome": "slept"}, "outcome 'slept'"),
        ({"minutes": 0}, "0 minutes"),
        ({"minutes": -5}, "-5 minutes"),
        ({"end": MORNING}, "ends before it starts"),
        ({"start": MORNING.replace(tzinfo=None)}, "in UTC"),
        ({"start": MORNING.astimezone(timezone(timedelta(hours=1)))}, "in UTC"),
        ({"group": True}, "needs its institution"),
        ({"pay_rule": "gold"}, "'gold' does not pay"),
        ({"pay_rule": "wir_interpreter"}, "does not pay the role 'guide'"),
        ({"role": "driver"}, "No rate plan pays driver"),
    ],
)
def test_work_that_cannot_be_true_is_refused(change: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        claim(replace(guided(2, 60), **change))  # type: ignore[arg-type]


def test_record_in_the_claim_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="g2 is in the claim twice"):
        claim(guided(2, 60), guided(3, 60, record_id="g2"))


def test_month_is_named_by_its_first_day() -> None:
    with pytest.raises(ValueError, match="first day"):
        claim(month=date(2026, 3, 2))


def test_negative_use_of_the_grant_year_is_refused() -> None:
    for used in (Used(minutes=-1), Used(assignments={"case": -1})):
        with pytest.raises(ValueError, match="cannot be negative"):
            claim(used=used)


def test_two_funding_lines_in_one_claim_are_refused() -> None:
    with pytest.raises(ValueError, match="not wetterau and wir"):
        claim(interpreted(2, pay_rule=STARTED.key), guided(3, 60))
