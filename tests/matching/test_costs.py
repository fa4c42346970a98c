import pytest

from matching import Seat, Travel, Volunteer, Weights, Window, solve
from matching.candidates import find_candidates
from matching.costs import fairness_cost
from matching.problem import Transport
from matching.travel import gap_minutes, minutes
from tests.matching.cases import HOME, NEXT_TOWN, SAME_TOWN, dilan, mirela, problem, seat, span

TERMS = [
    (dilan(), seat(place=HOME), 0),
    (dilan(), seat(place=SAME_TOWN), 2 * 20 * 20),
    (dilan(), seat(place=NEXT_TOWN), 2 * 20 * 20),
    (dilan(), seat(place=NEXT_TOWN, modes=("phone",)), 0),
    (dilan(languages={1: 7}), seat(), 10 * 20),
    (dilan(languages={0: 3}), seat(wished_level=5), 2 * 200),
    (dilan(languages={0: 6}), seat(wished_level=5), 0),
    (dilan(languages={0: 0}), seat(), 7 * 200),
    (dilan(languages={0: 2, 1: 7}), seat(wished_level=5), 200),
    (dilan(), seat(wished="dilan"), -400),
    (dilan(), seat(gender="f"), 600),
    (dilan(female=False), seat(gender="m"), 0),
    (mirela(), seat(gender="f", gender_hard=True), 0),
    (dilan(windows=(Window(0, 599),), soft_windows=(Window(599, 700),)), seat(), 300),
    (dilan(windows=(Window(700, 800),)), seat(spans=(span(9), span(12))), 100),
    (dilan(windows=(Window(700, 800),)), seat(spans=(span(9), span(9), span(12))), 200),
    (dilan(windows=(Window(700, 800),)), seat(spans=(*[span(9)] * 3, span(12))), 200),
    (dilan(), seat(published="mirela"), 3_000),
    (dilan(), seat(published="dilan"), 0),
    (dilan(lent=True), seat(), 2_000),
]


@pytest.mark.parametrize(("person", "wanted", "points"), TERMS)
def test_each_cost_term_by_hand(person: Volunteer, wanted: Seat, points: int) -> None:
    task = problem((person,), (wanted,))
    assert find_candidates(task).cost.tolist() == [points]
    plan = solve(task)
    assert plan.assignments[0].cost == points
    assert plan.objective == 10_000 - points


def test_fairness_grows_faster_with_every_step() -> None:
    weights = Weights()
    assert fairness_cost(weights, 0, 120) == 0
    assert fairness_cost(weights, 0, 240) == 240
    assert fairness_cost(weights, 0, 360) == 240 + 600
    assert fairness_cost(weights, 0, 400) == 240 + 600 + 400
    assert fairness_cost(weights, 300, 100) == 60 * 5 + 40 * 10
    assert fairness_cost(weights, -60, 100) == 0


def test_lead_sends_the_other_person() -> None:
    rested, tired = mirela(), dilan(lead_minutes=300)
    plan = solve(problem((tired, rested), (seat(),)))
    assert plan.assignments[0].volunteer == "mirela"


def test_fairness_is_counted_per_week() -> None:
    monday, next_week = span(8, 120), span(8, 120, day=1)
    later = type(next_week)(next_week.start, next_week.end, 1, 50, 2026)
    person = dilan(windows=(Window(0, 3_000),))
    plan = solve(problem((person,), (seat("a", spans=(monday,)), seat("b", spans=(later,)))))
    assert plan.cost == 0
    plan = solve(problem((person,), (seat("a", spans=(monday,)), seat("b", spans=(next_week,)))))
    assert plan.cost == 2 * 120


def test_largest_cost_raises_the_factor() -> None:
    far = Travel({"car": Transport(1_000, 100, 5)}, overrides={("car", 0, 2): 600})
    plan = solve(problem((dilan(),), (seat(place=NEXT_TOWN),), travel=far))
    assert plan.factor == 20_000
    assert plan.objective == 20_000 - 20 * 620
    assert len(plan.assignments) == 1


def test_matrix_wins_over_the_formula_and_an_override_over_the_matrix() -> None:
    matrix = ((0, 3, 44), (-1, 0, 9), (8, -1, 0))
    travel = Travel(
        {"car": Transport(1_000, 100, 5), "bus": Transport(1_000, 100, 5)},
        overrides={("car", 0, 1): 50},
        matrices={"car": matrix},
    )
    task = problem((dilan(max_travel_minutes=44),), (seat(place=NEXT_TOWN),), travel=travel)
    ways = [minutes(task, "car", a, b) for a in range(3) for b in range(3)]
    assert ways == [0, 50, 44, 20, 0, 9, 8, 19 + 1, 0]
    assert minutes(task, "bus", 0, 2) == 20
    assert find_candidates(task).cost.tolist() == [20 * (44 + 8)]
    assert solve(task).assignments[0].cost == 20 * (44 + 8)


def test_travel_follows_override_building_town_and_formula() -> None:
    task = problem(
        (), (), travel=Travel({"car": Transport(999, 130, 5)}, 20, 10, {("car", 0, 1): 7})
    )
    assert minutes(task, "car", 0, 0) == 0
    assert minutes(task, "car", 0, 1) == 7
    assert minutes(task, "car", 1, 0) == 20
    assert minutes(task, "car", 0, 2) == 5 + 20
    assert gap_minutes(task, "car", 0, 2) == 35
    assert gap_minutes(task, "car", 1, 0) == 20
    assert gap_minutes(task, "car", None, 0) == 0
