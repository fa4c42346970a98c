"""Where one more volunteer would help most."""

import pytest

from matching import Plan, Problem, Scarcity, scarcity, solve
from matching.generate import SIZES, generate
from matching.scarcity import Job, best_day, seat_prices
from tests.matching.cases import dilan, plan_of, problem, seat, span

WEEKDAYS = {0: "mon", 1: "tue"}


def empty(task: Problem) -> Plan:
    return plan_of(task, (), 10_000)


def ranked(task: Problem, prices: list[float], groups: dict[str, str]) -> tuple[Scarcity, ...]:
    return scarcity(task, empty(task), groups, WEEKDAYS, prices=prices)


def test_a_day_takes_the_dates_that_gain_most_with_time_for_the_way() -> None:
    jobs = [Job(0, 60, 5), Job(60, 120, 7), Job(70, 130, 4), Job(140, 200, 3)]
    assert best_day(jobs, 0) == 15
    assert best_day(jobs, 10) == 12
    assert best_day(jobs, 15) == 10
    assert best_day([], 0) == 0


def test_the_dearest_language_comes_first() -> None:
    seats = seat("a", language=2), seat("b", 14, language=0)
    found = ranked(problem((), seats), [9_000, 4_000], {"a": "Kassel", "b": "Kassel"})
    assert found[0] == Scarcity("uk", "Kassel", "mon", 9_000 - 800, 1, 1)
    assert [row.language for row in found] == ["uk", "ar", "apc"]
    assert found[2].points == found[1].points - 200
    assert (found[2].seats, found[2].open) == (0, 0)


def test_a_language_that_needs_consent_counts_only_with_it() -> None:
    prices, groups = [9_000.0], {"a": "Kassel"}
    without = ranked(problem((), (seat(language=2),)), prices, groups)
    agreed = ranked(problem((), (seat(language=2, consent=True),)), prices, groups)
    assert [row.language for row in without] == ["uk"]
    assert [row.language for row in agreed] == ["uk", "ru"]


def test_groups_and_weekdays_are_kept_apart() -> None:
    seats = seat("a", language=2), seat("b", spans=(span(9, day=1),), language=2)
    found = ranked(problem((), seats), [5_000, 6_000], {"a": "Kassel", "b": "Fulda"})
    assert [(row.group, row.weekday) for row in found] == [("Fulda", "tue"), ("Kassel", "mon")]


def test_seats_without_group_and_cheap_seats_are_left_out() -> None:
    seats = seat("a", language=2), seat("b", 12, language=2)
    assert ranked(problem((), seats), [9_000, 100], {"b": "Fulda"}) == ()


def test_nobody_goes_to_two_dates_of_one_seat() -> None:
    task = problem((), (seat(spans=(span(9), span(14)), language=2),))
    assert ranked(task, [5_000, 6_000], {"a": "Kassel"})[0].points == 6_000 - 800


def test_filled_seats_are_not_open() -> None:
    task = problem((dilan(),), (seat(), seat("b")))
    plan = solve(task)
    rows = scarcity(task, plan, dict.fromkeys("ab", "Kassel"), WEEKDAYS, prices=[9_000, 9_000])
    assert (rows[0].seats, rows[0].open) == (2, 1)


def test_too_few_prices_are_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        ranked(problem((), (seat(),)), [], {})


def test_prices_of_seats_nobody_can_take_are_their_worth() -> None:
    task = problem((dilan(),), (seat(language=2, priority=4), seat("b", 12)))
    prices = seat_prices(task, passes=60)
    assert prices[0] == 40_000
    assert prices[1] < 10_000
    assert prices == seat_prices(task, passes=60)


def test_scarcity_repeats_and_is_sorted() -> None:
    task = generate(SIZES["small"], 1)
    plan = solve(task, method="greedy")
    groups = {one.id: "north" if one.place in (0, 1, 2) else "south" for one in task.seats}
    days = {span.day: f"day {span.day}" for one in task.seats for span in one.spans}
    found = scarcity(task, plan, groups, days)
    assert found == scarcity(task, plan, groups, days)
    assert [row.points for row in found] == sorted((row.points for row in found), reverse=True)
    assert found[0].points > 0
