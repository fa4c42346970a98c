"""Claims against a slow second implementation in fractions, for any works and any order."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from math import floor
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from allowance import Used, Work, build_claim, catalogue, explain, plan_for

MONTH = date(2026, 3, 1)
CAP = 276 * 60
GUIDE = plan_for(catalogue(), "guide", MONTH)


@st.composite
def month_of_works(draw: st.DrawFn) -> list[Work]:
    """Works of one month that do not overlap, in any order."""
    roles = draw(st.lists(st.sampled_from(["guide", "interpreter"]), max_size=20))
    works, start = [], datetime(2026, 3, 1, 6, 0, tzinfo=UTC)
    for number, role in enumerate(roles):
        start += timedelta(minutes=draw(st.integers(0, 600)))
        minutes = draw(st.integers(1, 600))
        end = start + timedelta(minutes=minutes)
        client = draw(st.sampled_from(["a", "b", None]))
        works.append(Work(f"r{number}", role, start, end, minutes, start.date(), client))
        start = end
    return draw(st.permutations(works))


used_before = st.builds(
    Used,
    minutes=st.one_of(st.integers(0, CAP + 100), st.integers(CAP - 900, CAP)),
    assignments=st.fixed_dictionaries({"a": st.integers(0, 6), "b": st.integers(0, 6)}),
)


def slow_hours(works: list[Work], used: int, rate: int) -> int:
    """Pay by the hour, minute by minute."""
    exact = Fraction(0)
    for work in works:
        for _ in range(work.minutes):
            if used < CAP:
                exact += Fraction(rate, 60)
                used += 1
    return floor(exact + Fraction(1, 2))


def slow_flats(works: list[Work], used: Used) -> int:
    """Flat amounts, client by client."""
    counts = Counter(work.client_case for work in works)
    paid = counts.pop(None, 0)
    for client, count in counts.items():
        paid += min(count, max(0, 5 - used.assignments.get(str(client), 0)))
    return 2000 * paid


@given(month_of_works(), used_before)
@settings(deadline=None, max_examples=60)
def test_claim_agrees_with_a_slow_second_computation(works: list[Work], used: Used) -> None:
    claim = build_claim(works, catalogue(), used=used, month=MONTH)
    guides = [work for work in works if work.role == "guide"]
    interpreters = [work for work in works if work.role == "interpreter"]
    expected = slow_hours(guides, used.minutes, 500) + slow_flats(interpreters, used)
    assert claim.amount_cents == expected


@given(month_of_works(), used_before)
@settings(deadline=None, max_examples=60)
def test_lines_add_up_to_the_claim_and_every_cent_is_explained(
    works: list[Work], used: Used
) -> None:
    claim = build_claim(works, catalogue(), used=used, month=MONTH)
    assert sum(line.amount_cents for line in claim.lines) == claim.amount_cents
    assert claim.minutes == sum(work.minutes for work in works)
    assert {line.record_id for line in claim.lines} == {work.record_id for work in works}
    assert all(line.amount_cents >= 0 for line in claim.lines)
    assert all("EUR" in explain(line, locale) for line in claim.lines for locale in ("de", "en"))


@given(month_of_works(), used_before, st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=40)
def test_order_of_the_works_does_not_matter(works: list[Work], used: Used, chance: Random) -> None:
    shuffled = list(works)
    chance.shuffle(shuffled)
    first = build_claim(works, catalogue(), used=used, month=MONTH)
    assert build_claim(shuffled, catalogue(), used=used, month=MONTH) == first


@given(month_of_works(), st.integers(1, 9999))
@settings(deadline=None, max_examples=40)
def test_line_is_never_a_cent_away_from_its_own_pay(works: list[Work], rate: int) -> None:
    plan = replace(GUIDE, amount_cents=rate, year_cap_minutes=None)
    guides = [replace(work, role="guide") for work in works]
    for line in build_claim(guides, [plan], used=Used(), month=MONTH).lines:
        assert abs(line.amount_cents - Fraction(line.minutes * rate, 60)) <= 1
