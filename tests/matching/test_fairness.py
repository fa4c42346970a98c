"""How evenly the hours of a plan are spread."""

from matching import fairness_index, solve
from tests.matching.cases import dilan, mirela, plan_of, problem, seat


def test_fairness_is_one_when_all_have_the_same_and_a_share_when_one_has_all() -> None:
    people = dilan(), mirela()
    task = problem(people, (seat(), seat("b")))
    assert fairness_index(task, plan_of(task, (), 10_000)) == 1.0
    assert fairness_index(task, solve(task)) == 1.0
    alone = problem((dilan(), mirela(windows=())), (seat(), seat("b", 12)))
    assert fairness_index(alone, solve(alone)) == 0.5


def test_the_lead_of_the_quarter_counts_for_fairness() -> None:
    task = problem((dilan(lead_minutes=60), mirela(lead_minutes=-90)), (seat(),))
    plan = plan_of(task, (), 10_000)
    assert fairness_index(task, plan) == 0.5
