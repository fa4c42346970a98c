"""What the Land grants beside the allowance: courses, coordination, the pool, and its days."""

from datetime import date, timedelta
from itertools import product

import pytest

from allowance import grants
from allowance.grants import Budget, Outlook

DAY = date(2026, 6, 30)


@pytest.mark.parametrize(
    ("kind", "units", "participants", "cents"),
    [
        ("basic_interpreter", 24, 10, 300_000),
        ("basic_guide", 20, 1, 25_000),
        ("basic_guide", 36, 12, 540_000),
        ("basic_guide", 40, 12, 540_000),
        ("basic_guide", 19, 12, 0),
        ("basic_interpreter", 23, 10, 0),
        ("basic_guide", 24, 0, 0),
        ("deepening", 24, 10, 0),
        ("reflection", 4, 10, 0),
    ],
)
def test_basic_courses_bring_12_50_for_each_unit_and_participant(
    kind: str, units: int, participants: int, cents: int
) -> None:
    assert grants.course_grant(kind, units, participants, DAY) == cents


@pytest.mark.parametrize(("kind", "units"), [("cooking", 24), ("basic_guide", -1)])
def test_what_is_no_course_is_refused(kind: str, units: int) -> None:
    with pytest.raises(ValueError, match="course"):
        grants.course_grant(kind, units, 1, DAY)


LUMP_SUM = [
    # kind, non-profit, inhabitants, guides, cents, reasons
    ("nonprofit", True, None, 5, 200_000, ()),
    ("nonprofit", True, None, 4, 0, ("too_few_guides",)),
    ("church", True, None, 5, 200_000, ()),
    ("church", False, None, 5, 0, ("neither_nonprofit_nor_commune",)),
    ("migrant_organisation", True, None, 9, 200_000, ()),
    (
        "migrant_organisation",
        False,
        None,
        4,
        0,
        ("too_few_guides", "neither_nonprofit_nor_commune"),
    ),
    ("commune", False, 49_999, 5, 200_000, ()),
    ("commune", False, 50_000, 5, 0, ("commune_too_large",)),
    ("commune", False, 49_999, 4, 0, ("too_few_guides",)),
    ("commune", False, None, 5, 0, ("population_unknown",)),
    ("commune", False, 80_000, 0, 0, ("too_few_guides", "commune_too_large")),
    ("special_status_city", False, 48_000, 5, 200_000, ()),
    ("special_status_city", False, 78_000, 5, 0, ("commune_too_large",)),
    ("independent_city", False, 760_000, 40, 0, ("commune_too_large",)),
    ("district", False, 310_000, 40, 0, ("neither_nonprofit_nor_commune",)),
    ("district", False, 40_000, 40, 0, ("neither_nonprofit_nor_commune",)),
    ("alliance", True, None, 5, 200_000, ()),
    ("alliance", False, None, 5, 0, ("neither_nonprofit_nor_commune",)),
]


@pytest.mark.parametrize(
    ("kind", "nonprofit", "population", "guides", "cents", "reasons"), LUMP_SUM
)
def test_lump_sum_by_sponsor_inhabitants_and_guides(
    kind: str,
    nonprofit: bool,
    population: int | None,
    guides: int,
    cents: int,
    reasons: tuple[str, ...],
) -> None:
    found = grants.lump_sum(
        kind, nonprofit=nonprofit, population=population, guides=guides, day=DAY
    )
    assert (found.met, found.cents) == (not reasons, cents)
    assert tuple(reason.code for reason in found.reasons) == reasons


KINDS = (
    "district", "independent_city", "special_status_city", "commune", "church", "nonprofit",
    "migrant_organisation", "alliance",
)  # fmt: skip
INHABITANTS = (None, 1, 49_999, 50_000, 50_001, 760_000)
GUIDES = (0, 4, 5, 6, 40)


def _slowly(kind: str, nonprofit: bool, inhabitants: int | None, guides: int) -> bool:
    """The condition once more: non-profit, or a commune of fewer than 50,000; and five guides."""
    small = inhabitants is not None and inhabitants < 50_000
    is_commune = kind in {"commune", "special_status_city", "independent_city"}
    return guides >= 5 and (nonprofit or (is_commune and small))


@pytest.mark.parametrize("kind", KINDS)
def test_lump_sum_for_every_kind_by_inhabitants_non_profit_and_guides(kind: str) -> None:
    table = list(product((True, False), INHABITANTS, GUIDES))
    found = {
        row: grants.lump_sum(kind, nonprofit=row[0], population=row[1], guides=row[2], day=DAY)
        for row in table
    }
    wanted = {row: _slowly(kind, *row) for row in table}
    assert {row: one.met for row, one in found.items()} == wanted
    assert {row: one.cents for row, one in found.items()} == {
        row: 200_000 if met else 0 for row, met in wanted.items()
    }
    assert all(bool(one.reasons) is not one.met for one in found.values())


def test_pool_condition_by_people_and_languages() -> None:
    tags = ["ar", "uk", "tr", "prs", "so", "ti"]
    for people, languages in product(range(8), range(7)):
        found = grants.pool_condition(people, tags[:languages], DAY)
        assert found.met is (people >= 5 and languages >= 5)
        assert len(found.reasons) == (people < 5) + (languages < 5)


POOL = [
    (5, ["ar", "uk", "tr", "prs", "so"], ()),
    (9, ["ar", "uk", "tr", "prs", "so", "ti"], ()),
    (4, ["ar", "uk", "tr", "prs", "so"], ("too_few_interpreters",)),
    (5, ["ar", "uk", "tr", "prs", "prs"], ("too_few_languages",)),
    (0, [], ("too_few_interpreters", "too_few_languages")),
]


@pytest.mark.parametrize(("people", "languages", "reasons"), POOL)
def test_pool_has_five_people_and_five_languages(
    people: int, languages: list[str], reasons: tuple[str, ...]
) -> None:
    found = grants.pool_condition(people, languages, DAY)
    assert found.met is (not reasons)
    assert tuple(reason.code for reason in found.reasons) == reasons


def test_day_before_any_rule_is_refused() -> None:
    with pytest.raises(ValueError, match="2017-12-31"):
        grants.rule_on(date(2017, 12, 31))


def test_deadlines_of_a_grant_year_in_order() -> None:
    found = grants.deadlines(
        2026,
        notice_on=date(2026, 1, 31),
        starts_on=date(2026, 3, 1),
        course_ends=[date(2026, 11, 30)],
    )
    assert [(one.code, one.day) for one in found] == [
        ("application", date(2026, 2, 1)),
        ("declaration", date(2026, 2, 28)),
        ("follow_up_application", date(2026, 12, 31)),
        ("proof_of_course", date(2027, 2, 28)),
        ("proof_of_use", date(2027, 3, 31)),
    ]


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 11, 15), 3, date(2027, 2, 15)),
        (date(2026, 12, 31), 1, date(2027, 1, 31)),
    ],
)
def test_months_end_on_the_same_day_or_the_last_one(day: date, months: int, later: date) -> None:
    assert grants.months_later(day, months) == later


def test_what_is_left_is_granted_less_all_that_is_spoken_for() -> None:
    assert Budget(1000, paid=100, approved=200, committed=300, planned=150).left == 250
    assert Budget(100, paid=150).left == -50


TODAY, LAST = date(2026, 6, 30), date(2026, 12, 31)


def steadily(cents: int, days: int = 90) -> dict[date, int]:
    """So many cents on each of the last days."""
    return {TODAY - timedelta(days=number): cents for number in range(days)}


def test_steady_pace_uses_a_grant_up_on_the_day_it_is_exceeded() -> None:
    spent = steadily(100)
    budget = Budget(9000 + 1000, spent_by_day=spent)
    assert grants.outlook(budget, TODAY, LAST) == Outlook(TODAY + timedelta(days=11))


def test_grant_that_lasts_has_no_such_day() -> None:
    days_left = (LAST - TODAY).days
    budget = Budget(9000 + 100 * days_left, spent_by_day=steadily(100))
    assert grants.outlook(budget, TODAY, LAST) == Outlook(None, 0)
    more = Budget(9000 + 100 * days_left + 7, spent_by_day=steadily(100))
    assert grants.outlook(more, TODAY, LAST) == Outlook(None, 7)
    less = Budget(9000 + 100 * days_left - 1, spent_by_day=steadily(100))
    assert grants.outlook(less, TODAY, LAST) == Outlook(LAST)


def test_what_is_booked_counts_on_its_day() -> None:
    booked = TODAY + timedelta(days=20)
    budget = Budget(5000, spent_by_day={booked: 5001})
    assert grants.outlook(budget, TODAY, LAST) == Outlook(booked)


def test_what_is_left_at_the_end_is_rounded_down() -> None:
    budget = Budget(1000, spent_by_day={TODAY: 1})
    assert grants.outlook(budget, TODAY, TODAY + timedelta(days=1)) == Outlook(None, 998)


def test_grant_that_is_used_up_is_so_today() -> None:
    budget = Budget(8999, spent_by_day=steadily(100))
    assert grants.outlook(budget, TODAY, LAST) == Outlook(TODAY, -1)
