"""Ever fewer people do all tasks, and the bound never says more than it takes."""

from random import Random

import numpy as np
import pytest
from ortools.sat.python import cp_model

from bench.fewer import NOBODY, Duties, Search, Team, duties, place
from bench.fewer_bound import busiest, lower_bound
from bench.smptsp_sample import draw, planted
from matching import Budget

Tasks = list[tuple[int, int]]
People = list[set[int]]


def tangle(seed: int) -> tuple[Tasks, People]:
    """Draw a dozen tasks and eight people; somebody can do each task."""
    random = Random(seed)
    starts = [random.randrange(30) for _ in range(12)]
    tasks = [(start, start + random.randint(3, 12)) for start in starts]
    people = [{task for task in range(12) if random.random() < 0.4} for _ in range(8)]
    for task in range(12):
        people[random.randrange(8)].add(task)
    return tasks, people


def exactly(tasks: Tasks, people: People) -> int | None:
    """Give the fewest people by the plainest integer program; None if all are too few."""
    model = cp_model.CpModel()
    used = [model.new_bool_var("") for _ in people]
    does = {(p, t): model.new_bool_var("") for p, can in enumerate(people) for t in can}
    for task in range(len(tasks)):
        model.add_exactly_one(x for (_, t), x in does.items() if t == task)
    for (p, t), x in does.items():
        model.add_implication(x, used[p])
        for other in people[p]:
            if other < t and overlap(tasks[other], tasks[t]):
                model.add_at_most_one(x, does[p, other])
    model.minimize(sum(used))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    status = solver.solve(model)
    assert status in (cp_model.OPTIMAL, cp_model.INFEASIBLE)
    return round(solver.objective_value) if status == cp_model.OPTIMAL else None


def overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def assert_holds(work: Duties, who: np.ndarray) -> None:
    """Assert that everybody can do what she has, one thing at a time."""
    for task, person in enumerate(who):
        assert work.can[person, task]
        for other in np.flatnonzero(who[:task] == person):
            assert work.end[other] <= work.start[task] or work.end[task] <= work.start[other]


@pytest.mark.parametrize("seed", range(25))
def test_search_finds_the_fewest_and_the_bound_stays_below(seed: int) -> None:
    tasks, people = tangle(seed)
    work, fewest = duties(tasks, people), exactly(tasks, people)
    found = Search(work, seed).begin(Budget(60), least=0)
    assert (found is None) == (fewest is None)
    if found is not None and fewest is not None:
        assert_holds(work, found.who)
        bound = lower_bound(work, Budget(60, 500), people=found.people)
        assert len(busiest(work)) <= bound <= fewest == found.people


def test_planted_team_is_nearly_found() -> None:
    instance = draw(60, 300, share=0.33, seed=1)
    work = duties(instance.tasks, instance.people)
    found = Search(work).go_on(Budget(60, 200), least=len(busiest(work)))
    assert found is not None
    assert found.people <= planted(60) + 1
    assert_holds(work, found.who)


def test_search_goes_on_where_it_stopped() -> None:
    instance = draw(40, 240, share=0.2, seed=5)
    work = duties(instance.tasks, instance.people)
    at_once, in_parts = Search(work, 3), Search(work, 3)
    at_once.go_on(Budget(60, 6), least=0)
    in_parts.go_on(Budget(60, 2), least=0)
    in_parts.go_on(Budget(60, 4), least=0)
    assert at_once.best is not None
    assert in_parts.best is not None
    assert at_once.best.who.tolist() == in_parts.best.who.tolist()


def test_every_task_is_given_or_waits_after_every_step() -> None:
    instance = draw(12, 60, share=0.3, seed=2)
    search = Search(duties(instance.tasks, instance.people))
    search.go_on(Budget(60, 1), least=0)
    for _ in range(200):
        place(search.work, search.team, 1)
        assert_consistent(search.work, search.team)


def assert_consistent(work: Duties, team: Team) -> None:
    waiting = set(team.pool[: team.waiting[0]].tolist())
    assert waiting == set(np.flatnonzero(team.who == NOBODY).tolist())
    for person, many in enumerate(team.held):
        own = team.tasks[person, :many]
        assert sorted(own) == np.flatnonzero(team.who == person).tolist()
        assert team.open[person] or not many
    given = np.flatnonzero(team.who != NOBODY)
    assert work.can[team.who[given], given].all()


def test_nobody_is_left_out_below_the_least() -> None:
    work = duties([(0, 5), (5, 9)], [{0, 1}, {0}, {1}])
    found = Search(work).go_on(Budget(60, 50), least=1)
    assert found is not None
    assert found.people == 1


def test_task_that_nobody_can_do_is_given_up_at_once() -> None:
    search = Search(duties([(0, 5), (2, 9)], [{0}]))
    assert search.begin(Budget(60), least=0) is None
    assert search.steps == 0


def test_two_tasks_at_once_for_one_person_are_given_up() -> None:
    search = Search(duties([(0, 5), (2, 9)], [{0, 1}]))
    assert search.begin(Budget(60), least=0) is None


def test_busiest_moment_has_the_tasks_that_run_then() -> None:
    together = duties([(0, 10), (5, 15), (9, 12), (12, 13)], [])
    in_turn = duties([(0, 10), (10, 20)], [])
    assert busiest(together).tolist() == [0, 1, 2]
    assert len(busiest(in_turn)) == 1
    assert len(busiest(duties([], []))) == 0


def test_prices_see_that_nobody_can_do_two() -> None:
    work = duties([(0, 1), (1, 2), (2, 3)], [{0}, {1}, {2}])
    assert lower_bound(work, Budget(60, 400), people=3) == 3


def test_bound_is_the_busiest_moment_when_there_is_no_time() -> None:
    work = duties([(0, 5), (2, 9), (5, 7)], [{0, 1, 2}, {0, 1, 2}, {0}])
    assert lower_bound(work, Budget(60, 0), people=3) == 2
