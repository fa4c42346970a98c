"""Why a seat is open, and repairs that really hold."""

from dataclasses import replace

import pytest

from matching import (
    Assignment,
    Cap,
    Pin,
    Plan,
    Problem,
    Quota,
    Repair,
    Seat,
    Standing,
    Volunteer,
    Window,
    check,
    explain,
    solve,
)
from matching.codes import FunnelCode, RepairCode
from matching.explanation import apply_repair
from matching.generate import SIZES, generate
from matching.problem import ParentsDay
from tests.matching.cases import (
    NEXT_TOWN,
    dilan,
    mirela,
    plan_of,
    problem,
    seat,
    span,
    varied_week,
)

FREE = (RepairCode.ASSIGN, RepairCode.DISPLACE, RepairCode.LEND)


def repaired(task: Problem, plan: Plan, repair: Repair) -> tuple[Problem, Plan]:
    """The problem and the plan as they would be after a repair."""
    then = apply_repair(task, repair)
    made = {one.seat: one for one in plan.assignments}
    for change in repair.changes:
        made.pop(change.seat, None)
        if change.after is not None:
            made[change.seat] = change.after
    order = [made[one.id] for one in then.seats if one.id in made]
    return then, plan_of(then, tuple(order), plan.factor)


def holds(task: Problem, plan: Plan, repair: Repair) -> None:
    """The repaired plan passes the checker, fills the seat and loses no priority."""
    then, better = repaired(task, plan, repair)
    assert not check(then, better), repair
    made = {one.seat: one for one in better.assignments}
    assert made[repair.wanted.id].volunteer == repair.volunteer
    assert made[repair.wanted.id].option == repair.option
    assert better.fill >= plan.fill + repair.wanted.priority
    rise = better.cost - plan.cost
    assert repair.price == rise if repair.code in FREE else repair.price >= rise


def codes(task: Problem, plan: Plan | None = None) -> list[RepairCode]:
    """The repairs of seat a, each of which holds."""
    plan = plan or solve(task)
    found = explain(task, plan, "a").repairs
    for repair in found:
        holds(task, plan, repair)
    return [repair.code for repair in found]


@pytest.mark.parametrize(
    ("person", "wanted", "code"),
    [
        (dilan(windows=(Window(560, 700),)), seat(), RepairCode.MOVE),
        (
            dilan(max_travel_minutes=10),
            seat(place=NEXT_TOWN, mode_alternatives=("phone",)),
            RepairCode.REMOTE,
        ),
        (dilan(languages={3: 7}), seat(language=2), RepairCode.CONSENT),
        (dilan(languages={0: 2}), seat(min_level=4), RepairCode.LEVEL),
        (dilan(windows=(Window(0, 100),)), seat(), RepairCode.OUTSIDE_HOURS),
        (dilan(), seat(papers=("measles",)), RepairCode.PAPER),
        (dilan(max_travel_minutes=10), seat(place=NEXT_TOWN), RepairCode.FARTHER),
        (dilan(caps=(Cap("day", None, "minutes", 30),)), seat(), RepairCode.RAISE_CAP),
    ],
)
def test_one_thing_that_stands_against_a_volunteer_is_the_repair(
    person: Volunteer, wanted: Seat, code: RepairCode
) -> None:
    assert code in codes(problem((person,), (wanted,)))


def test_two_things_that_stand_against_a_volunteer_are_no_repair() -> None:
    person = dilan(windows=(), max_travel_minutes=5)
    assert codes(problem((person,), (seat(place=NEXT_TOWN, papers=("measles",)),))) == []


def test_a_volunteer_of_another_pool_is_lent_at_the_price_of_lending() -> None:
    task = problem((), (seat(),), lendable=(mirela(),))
    repair = explain(task, solve(task), "a").repairs[0]
    assert (repair.code, repair.volunteer, repair.price) == ("lend", "mirela", 2_000)
    holds(task, solve(task), repair)


def test_somebody_else_takes_over_what_keeps_a_volunteer_from_the_seat() -> None:
    task = problem(
        (dilan(languages={0: 7, 2: 7}), mirela(languages={2: 7})), (seat(), seat("b", language=2))
    )
    plan = plan_of(task, (Assignment("b", "dilan", 0, "on_site", 0),), 10_000)
    repair = explain(task, plan, "a").repairs[0]
    assert (repair.code, repair.params, len(repair.changes)) == ("displace", {"seats": 1}, 2)
    holds(task, plan, repair)


def test_a_seat_the_plan_left_out_is_simply_assigned() -> None:
    task = problem((dilan(),), (seat(),))
    repair = explain(task, plan_of(task, (), 10_000), "a").repairs[0]
    assert (repair.code, repair.price, repair.params) == ("assign", 0, {})


def test_accepted_work_is_not_displaced() -> None:
    task = problem((dilan(),), (seat(), seat("b", 9.5)), pins=(Pin("b", "dilan"),))
    assert RepairCode.DISPLACE not in codes(task)


def test_no_repair_gives_up_a_seat_as_urgent_as_the_open_one() -> None:
    task = problem((dilan(windows=(Window(540, 600),)),), (seat(), seat("b")))
    plan = plan_of(task, (Assignment("b", "dilan", 0, "on_site", 0),), 10_000)
    assert codes(task, plan) == []


def test_used_up_quota_has_no_repair() -> None:
    task = problem((dilan(),), (seat(), seat("b", 12)), at_most=(Quota(("a", "b"), 1),))
    plan = plan_of(task, (Assignment("b", "dilan", 0, "on_site", 0),), 10_000)
    found = explain(task, plan, "a")
    assert found.reasons[0].code == "budget"
    assert found.repairs == ()


def test_a_cap_that_the_plan_uses_up_is_raised_by_what_is_missing() -> None:
    person = dilan(caps=(Cap("day", None, "minutes", 90),))
    task = problem((person,), (seat(), seat("b", 12)))
    plan = plan_of(task, (Assignment("b", "dilan", 0, "on_site", 0),), 10_000)
    repair = explain(task, plan, "a").repairs[0]
    assert repair.code == RepairCode.RAISE_CAP
    assert repair.params == {"period": "day", "unit": "minutes", "more": 30}
    holds(task, plan, repair)


def test_a_volunteer_may_do_a_longer_parents_day() -> None:
    seats = seat("a", 12), seat("b", 8, spans=(span(8, 120),))
    day = ParentsDay(("a", "b"), 120, 15, 120)
    task = problem((dilan(),), seats, parents_days=(day,))
    plan = plan_of(task, (Assignment("b", "dilan", 0, "on_site", 0),), 10_000)
    assert codes(task, plan) == [RepairCode.LONG_DAY]


def test_a_seat_of_a_team_is_not_moved_alone() -> None:
    seats = seat(), seat("b")
    people = dilan(windows=(Window(560, 700),)), mirela()
    task = problem(people, seats, all_or_none=(("a", "b"),))
    assert RepairCode.MOVE not in codes(task)


def test_nothing_moves_to_another_day() -> None:
    task = problem((dilan(windows=(Window(0, 1_000),)),), (seat(hour=23, spans=(span(23, 60),)),))
    assert RepairCode.MOVE not in codes(task)


def test_the_funnel_counts_who_is_left_after_each_question() -> None:
    people = (
        dilan(),
        mirela(languages={2: 7}),
        dilan(id="c", open_question=True),
        dilan(id="d", excluded=frozenset(("kind:school",))),
        dilan(id="e", max_travel_minutes=5),
        dilan(id="f", windows=()),
        dilan(id="g", caps=(Cap("week", None, "assignments", 0),)),
    )
    wanted = seat(place=NEXT_TOWN, tags=frozenset(("kind:school",)), priority=1)
    task = problem(people, (wanted, seat("b", 9, priority=4)))
    plan = plan_of(task, (Assignment("b", "dilan", 0, "on_site", 0),), 10_000)
    counts = explain(task, plan, "a", repairs=0).funnel
    assert list(counts) == list(FunnelCode)
    assert list(counts.values()) == [7, 6, 5, 4, 3, 2, 1, 0]


def test_a_filled_seat_has_neither_reasons_nor_repairs() -> None:
    task = problem((dilan(),), (seat(),))
    found = explain(task, solve(task), "a")
    assert (found.reasons, found.repairs) == ((), ())
    assert found.funnel[FunnelCode.UNTAKEN] == 1


def test_no_repairs_are_proven_when_none_are_wanted() -> None:
    task = problem((dilan(windows=()),), (seat(),))
    found = explain(task, solve(task), "a", repairs=0)
    assert found.reasons[0].code == "no_time"
    assert found.repairs == ()


def test_unknown_seat_has_no_explanation() -> None:
    task = problem((dilan(),), (seat(),))
    with pytest.raises(ValueError, match="no seat 'z'"):
        explain(task, solve(task), "z")


def weeks() -> list[Problem]:
    drawn = [generate(SIZES["small"], seed) for seed in range(8)]
    drawn += [generate(SIZES["tiny"], seed) for seed in range(6)]
    return drawn + [varied_week(seed) for seed in range(8)]


@pytest.mark.parametrize("number", range(22))
def test_every_repair_holds_before_the_checker_and_the_exact_solver(number: int) -> None:
    task = weeks()[number]
    plan = solve(task, method="greedy")
    standing = Standing.of(task, plan)
    for one in plan.open:
        found = explain(task, plan, one.seat, standing=standing)
        prices = [repair.price for repair in found.repairs]
        assert prices == sorted(prices)
        for repair in found.repairs:
            holds(task, plan, repair)
            then = apply_repair(task, repair)
            kept = replace(then, pins=(*then.pins, Pin(one.seat, repair.volunteer, repair.option)))
            assert solve(kept, method="exact").fill >= plan.fill + repair.wanted.priority


def test_questions_leave_the_standing_as_it_was_and_answers_repeat() -> None:
    task = generate(SIZES["small"], 1)
    plan = solve(task, method="greedy")
    standing = Standing.of(task, plan)
    before = dict(standing.schedule.pair_of), standing.schedule.objective
    first = [explain(task, plan, one.seat, standing=standing) for one in plan.open]
    assert (dict(standing.schedule.pair_of), standing.schedule.objective) == before
    assert first == [explain(task, plan, one.seat) for one in plan.open]
