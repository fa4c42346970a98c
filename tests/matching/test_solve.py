from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ortools.linear_solver.python import model_builder

from matching import Budget, Cap, Pin, Plan, Problem, Progress, Quota, check, solve
from matching.candidates import Candidates, find_candidates
from matching.costs import fairness_steps
from matching.generate import Size, generate
from matching.schedule import Schedule
from tests.matching.cases import (
    NEXT_TOWN,
    best_by_trying,
    dilan,
    mirela,
    problem,
    seat,
    span,
    week,
)


def gone(plan: Plan) -> dict[str, str]:
    return {made.seat: made.volunteer for made in plan.assignments}


@given(seed=st.integers(0, 10**6))
@settings(deadline=None, max_examples=40)
def test_exact_plan_is_the_best_there_is(seed: int) -> None:
    task = week(seed, volunteers=3, seats=4)
    plan = solve(task, method="exact")
    assert plan.status == "optimal"
    assert plan.objective == best_by_trying(task, plan.factor)


@given(seed=st.integers(0, 10**6))
@settings(deadline=None, max_examples=25)
def test_checker_finds_no_fault_and_no_method_beats_the_exact_one(seed: int) -> None:
    task = week(seed, volunteers=10, seats=20)
    best = solve(task, method="exact")
    for method in ("greedy", "prices"):
        plan = solve(task, method=method, budget=Budget(5, iterations=6))
        assert check(task, plan) == []
        assert plan.objective <= best.objective
        assert plan.bound is not None
        assert plan.bound >= best.objective


@given(seed=st.integers(0, 10**6))
@settings(deadline=None, max_examples=15)
def test_one_more_volunteer_never_makes_the_plan_worse(seed: int) -> None:
    task = week(seed, volunteers=6, seats=10)
    pinned = {pin.volunteer for pin in task.pins}
    spare = next(v for v in task.volunteers if v.id not in pinned)
    fewer = replace(task, volunteers=tuple(v for v in task.volunteers if v is not spare))
    assert solve(fewer).fill <= solve(task).fill + 0
    weights = replace(task.weights, factor=10**6)
    small, large = (solve(replace(t, weights=weights)) for t in (fewer, task))
    assert small.objective <= large.objective


def second_formulation(candidates: Candidates, factor: int) -> int:
    """Give the optimum by SCIP with one row per conflict of two pairs."""
    schedule = Schedule(candidates, factor)
    pairs = [pair for pair in range(len(candidates)) if schedule.fits(pair)]
    model = model_builder.Model()
    x = {pair: model.new_bool_var(f"x{pair}") for pair in pairs}
    seats = candidates.problem.seats
    gain = sum(
        (factor * seats[schedule.seat_of(pair)].priority - int(candidates.cost[pair])) * x[pair]
        for pair in pairs
    )
    for a, b in combinations(pairs, 2):
        same = candidates.volunteer[a] == candidates.volunteer[b]
        if schedule.seat_of(a) == schedule.seat_of(b) or (same and schedule.collide(a, b)):
            model.add(x[a] + x[b] <= 1)
    sums: dict[object, list[tuple[int, int]]] = {}
    for pair in pairs:
        for key, more, left in schedule.needs(pair):
            sums.setdefault((key, left), []).append((pair, more))
    for (_, left), items in sums.items():  # type: ignore[misc]
        model.add(sum(more * x[pair] for pair, more in items) <= left)
    for person, volunteer in enumerate(candidates.problem.volunteers):
        own = [p for p in pairs if candidates.volunteer[p] == person]
        for above, points in fairness_steps(candidates.problem.weights):
            floor = max(0, volunteer.lead_minutes - above)
            over = model.new_num_var(floor, 10_000, f"z{person}_{above}")
            worked = sum(int(candidates.end[p] - candidates.start[p]) * x[p] for p in own)
            model.add(over >= worked + volunteer.lead_minutes - above)
            gain = gain - points * (over - floor)
    model.maximize(gain)
    solver = model_builder.Solver("scip")
    solver.solve(model)
    return round(solver.objective_value)


@pytest.mark.parametrize("seed", range(4))
def test_second_formulation_agrees_with_the_exact_plan(seed: int) -> None:
    drawn = generate(Size(10, 22, 2, 3), seed)
    task = replace(drawn, all_or_none=(), same_option=(), at_most=(), pins=())
    plan = solve(task, method="exact")
    assert plan.bound == plan.objective
    assert second_formulation(find_candidates(task), plan.factor) == plan.objective


def test_pool_week_is_proven_optimal_and_the_same_twice() -> None:
    task = generate(Size(50, 100, 4, 5), 7)
    first, second = solve(task, seconds=60, seed=3), solve(task, seconds=60, seed=3)
    assert first.method == "exact"
    assert first.status == "optimal"
    assert first.bound == first.objective
    assert replace(first, seconds=0) == replace(second, seconds=0)


def test_steps_only_ever_rise_and_repeat_with_the_seed() -> None:
    task = generate(Size(40, 90, 6, 8), 5)

    def run() -> tuple[list[int], Plan]:
        seen: list[int] = []
        listen: Progress | None = None

        def note(progress: Progress) -> None:
            nonlocal listen
            listen = progress
            seen.append(progress.objective)

        budget = Budget(600, iterations=10, progress=note)
        return seen, solve(task, method="prices", seed=2, budget=budget)

    seen, plan = run()
    assert seen == sorted(seen)
    assert plan.objective == seen[-1]
    assert plan.assignments == run()[1].assignments


def test_cancelled_run_still_gives_a_plan() -> None:
    task = week(3, volunteers=10, seats=20)
    plan = solve(task, method="prices", budget=Budget(60, cancelled=lambda: True))
    assert check(task, plan) == []


def test_travel_between_towns_keeps_one_person_from_both() -> None:
    near, far = seat("a", 9), seat("b", 10.25, place=NEXT_TOWN)
    assert len(solve(problem((dilan(),), (near, far))).assignments) == 1
    later = seat("b", 10.5, place=NEXT_TOWN)
    assert len(solve(problem((dilan(),), (near, later))).assignments) == 2


def test_team_goes_as_a_whole_or_not_at_all() -> None:
    pair = seat("a"), seat("b", language=2)
    task = problem((dilan(),), pair, all_or_none=(("a", "b"),))
    plan = solve(task)
    assert gone(plan) == {}
    assert plan.open[0].reasons[0].code == "team"
    whole = replace(task, volunteers=(dilan(), mirela(languages={2: 7})))
    assert len(gone(solve(whole))) == 2


def test_team_takes_the_date_on_which_all_can_go() -> None:
    dates = span(9), span(14)
    pair = seat("a", spans=dates), seat("b", spans=dates, language=2)
    other = mirela(languages={2: 7}, windows=(type(dilan().windows[0])(800, 1_000),))
    task = problem((dilan(), other), pair, same_option=(("a", "b"),))
    assert {made.option for made in solve(task).assignments} == {1}


def test_quota_leaves_the_least_urgent_seat_open() -> None:
    seats = seat("a", 9, priority=1), seat("b", 11, priority=2), seat("c", 13, priority=2)
    task = problem((dilan(),), seats, at_most=(Quota(("a", "b", "c"), 2),))
    plan = solve(task)
    assert set(gone(plan)) == {"b", "c"}
    assert plan.open[0].reasons[0].code == "budget"


def test_cap_of_one_day_leaves_other_days_free() -> None:
    person = dilan(windows=(type(dilan().windows[0])(0, 5_000),))
    person = replace(person, caps=(Cap("day", None, "assignments", 1),))
    seats = seat("a", 9), seat("b", 12), seat("c", spans=(span(9, day=1),))
    assert len(gone(solve(problem((person,), seats)))) == 2


def test_pinned_work_stays_even_where_the_rules_have_changed() -> None:
    task = problem((dilan(languages={}), mirela()), (seat(),), pins=(Pin("a", "dilan"),))
    plan = solve(task)
    assert gone(plan) == {"a": "dilan"}
    assert plan.status == "optimal"


def test_pins_count_against_caps_of_new_work() -> None:
    person = dilan(caps=(Cap("day", None, "assignments", 1),))
    seats = seat("a", 9), seat("b", 12), seat("c", 15)
    pins = Pin("a", "dilan"), Pin("b", "dilan")
    assert set(gone(solve(problem((person,), seats, pins=pins)))) == {"a", "b"}


def test_published_proposal_is_kept_unless_the_gain_is_large() -> None:
    seats = (seat(published="mirela", wished="dilan"),)
    assert gone(solve(problem((dilan(), mirela()), seats))) == {"a": "mirela"}


@pytest.mark.parametrize("method", ["auto", "exact", "greedy", "prices"])
def test_empty_problem_has_an_empty_plan(method: str) -> None:
    plan = solve(problem((), ()), method=method)
    assert plan.assignments == ()
    assert plan.status == "optimal"


def test_seats_without_volunteers_stay_open() -> None:
    assert len(solve(problem((), (seat(),))).open) == 1


def test_unknown_method_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown method"):
        solve(problem((), ()), method="magic")


def test_objective_beyond_64_bits_is_refused() -> None:
    task: Problem = problem((dilan(),), (seat(priority=10**6),))
    huge = replace(task, weights=replace(task.weights, factor=10**9))
    assert solve(huge).objective == 10**15
    many = replace(huge, seats=tuple(seat(f"s{n}", priority=10**6) for n in range(5_000)))
    with pytest.raises(ValueError, match="64 bits"):
        solve(many)
