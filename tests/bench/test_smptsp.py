"""The published format is read, and the fewest people are found."""

import subprocess
import sys
from itertools import combinations
from pathlib import Path

import pytest

from bench.fewer import Limits, Team, with_fewer
from bench.smptsp import Instance, busiest, fewest, read, to_problem, write
from bench.smptsp_sample import draw
from matching import check, solve

DATA = Path(__file__).parent / "data"
FEWEST = {"everyone_can_do_all": 3, "nobody_can_do_two": 4, "two_at_a_time_three_needed": 3}


def own(name: str) -> Instance:
    return read(DATA / f"{name}.dat")


def by_trying(instance: Instance) -> int:
    """Give the fewest people by trying every set of them, smallest first."""
    numbers = range(len(instance.people))
    for count in range(len(instance.people) + 1):
        if any(suffice(instance, some, {}) for some in combinations(numbers, count)):
            return count
    raise AssertionError("not every task can be done")


def suffice(instance: Instance, people: tuple[int, ...], taken: dict[int, int]) -> bool:
    """Tell whether some people can do the tasks that are not taken yet."""
    task = len(taken)
    if task == len(instance.tasks):
        return True
    return any(
        suffice(instance, people, {**taken, task: person})
        for person in people
        if task in instance.people[person] and is_free(instance, person, task, taken)
    )


def is_free(instance: Instance, person: int, task: int, taken: dict[int, int]) -> bool:
    start, end = instance.tasks[task]
    own_tasks = (instance.tasks[other] for other, who in taken.items() if who == person)
    return all(other[1] <= start or end <= other[0] for other in own_tasks)


@pytest.mark.parametrize("name", FEWEST)
def test_own_instances_need_as_many_people_as_stated(name: str) -> None:
    assert by_trying(own(name)) == FEWEST[name]


@pytest.mark.parametrize("name", FEWEST)
def test_engine_finds_the_fewest_people_and_proves_it(name: str) -> None:
    outcome = fewest(own(name), seconds=20)
    assert (outcome.people, outcome.lower_bound) == (FEWEST[name], FEWEST[name])
    assert (outcome.done, outcome.violations) == (outcome.tasks, 0)


def test_drawn_instance_is_done_by_no_more_people_than_have_shifts() -> None:
    instance = draw(4, share=0.4, seed=3)
    outcome = fewest(instance, seconds=20)
    assert outcome.done == outcome.tasks == len(instance.tasks)
    assert busiest(instance) <= outcome.lower_bound <= outcome.people <= 4


def test_people_are_left_out_as_long_as_the_others_suffice() -> None:
    problem = to_problem(draw(4, share=0.6, seed=5))
    plan = solve(problem, method="greedy")
    start = Team(problem, plan)
    rounds = iter(range(8, -1, -1))
    limits = Limits(least=1, seconds=10, left=lambda: next(rounds, 0))
    team = with_fewer(problem, plan, limits)
    assert not team.plan.open
    assert check(team.problem, team.plan) == []
    assert len(team.people) <= len(start.people)


def test_nobody_is_left_out_below_the_fewest_possible() -> None:
    problem = to_problem(own("everyone_can_do_all"))
    plan = solve(problem, method="greedy")
    least = Team(problem, plan).people
    limits = Limits(least=len(least), seconds=10, left=lambda: 10)
    assert with_fewer(problem, plan, limits).people == least


def test_drawn_instance_is_the_same_with_the_same_seed() -> None:
    assert draw(3, share=0.5, seed=7) == draw(3, share=0.5, seed=7)
    assert draw(3, share=0.5, seed=7) != draw(3, share=0.5, seed=8)


def test_instance_survives_writing_and_reading(tmp_path: Path) -> None:
    instance = draw(3, share=0.2, seed=1)
    file = tmp_path / f"{instance.name}.dat"
    file.write_text(write(instance), encoding="utf-8")
    assert read(file) == instance


def test_task_nobody_can_do_stays_open() -> None:
    instance = Instance("half", ((0, 10), (5, 15)), (frozenset((0,)),))
    outcome = fewest(instance, seconds=10)
    assert (outcome.people, outcome.lower_bound, outcome.done) == (1, 1, 1)


def test_as_many_people_are_needed_as_tasks_run_at_one_moment() -> None:
    together = Instance("together", ((0, 10), (5, 15), (9, 12)), ())
    in_turn = Instance("in turn", ((0, 10), (10, 20)), ())
    assert (busiest(together), busiest(in_turn)) == (3, 1)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("Type = 2\nJobs = 0\nQualifications = 0\n", "only instances of type 1"),
        ("Type = 1\nJobs = 2\n 0 5\n", "ends too early"),
        ("Type = 1\nJobs = 1\n 5 5\nQualifications = 0\n", "has to end after it starts"),
        ("Type = 1\nJobs = 1\n 0 5\nQualifications = 1\n 2: 0\n", "number of tasks"),
        ("Type = 1\nJobs = 1\n 0 5\nQualifications = 1\n 1: 1\n", "from 0 to 0"),
        ("Type = 1\nJobs = 0\nQualifications = 0\nmore\n", "goes on"),
        ("Jobs = 0\n", "expected 'Type'"),
    ],
)
def test_wrong_file_is_refused_with_its_name(tmp_path: Path, text: str, complaint: str) -> None:
    file = tmp_path / "wrong.dat"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=rf"wrong\.dat.*{complaint}"):
        read(file)


def test_command_prints_people_bound_and_seconds() -> None:
    file = str(DATA / "nobody_can_do_two.dat")
    command = [sys.executable, "-m", "bench.smptsp", file, "--seconds", "5"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("nobody_can_do_two: 4 people, at least 4, ")
