"""The published format is read, and the fewest people are found."""

import subprocess
import sys
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest

from bench.fewer import Duties, duties
from bench.fewer_bound import busiest
from bench.smptsp import Instance, fewest, read, write
from bench.smptsp_sample import draw, planted

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


def laid_out(instance: Instance) -> Duties:
    return duties(instance.tasks, instance.people)


@pytest.mark.parametrize("name", FEWEST)
def test_own_instances_need_as_many_people_as_stated(name: str) -> None:
    assert by_trying(own(name)) == FEWEST[name]


@pytest.mark.parametrize("name", FEWEST)
def test_engine_finds_the_fewest_people_and_proves_it(name: str) -> None:
    outcome = fewest(own(name), seconds=20)
    assert (outcome.people, outcome.lower_bound) == (FEWEST[name], FEWEST[name])
    assert (outcome.done, outcome.violations) == (outcome.tasks, 0)


def test_drawn_instance_is_done_by_no_more_people_than_were_planted() -> None:
    instance = draw(24, 120, share=0.4, seed=3)
    outcome = fewest(instance, seconds=20)
    assert outcome.done == outcome.tasks == len(instance.tasks) == 120
    assert len(busiest(laid_out(instance))) <= outcome.lower_bound
    assert outcome.lower_bound <= outcome.people <= planted(24)
    assert outcome.violations == 0


def test_as_many_iterations_give_as_many_people() -> None:
    instance = draw(30, 240, share=0.2, seed=1)
    first, second = (fewest(instance, seconds=60, seed=4, iterations=3) for _ in range(2))
    assert replace(first, seconds=0) == replace(second, seconds=0)


def test_drawn_instance_is_the_same_with_the_same_seed() -> None:
    assert draw(9, 40, share=0.5, seed=7) == draw(9, 40, share=0.5, seed=7)
    assert draw(9, 40, share=0.5, seed=7) != draw(9, 40, share=0.5, seed=8)


def test_drawn_tasks_fill_nine_tenths_of_the_days_of_those_who_suffice() -> None:
    instance = draw(40, 200, share=0.3, seed=2)
    minutes = sum(end - start for start, end in instance.tasks)
    assert (len(instance.people), len(instance.tasks)) == (40, 200)
    assert minutes == round(0.9 * 1_440) * planted(40)


def test_too_few_tasks_to_draw_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 7 tasks"):
        draw(8, 6, share=0.3, seed=1)


def test_instance_survives_writing_and_reading(tmp_path: Path) -> None:
    instance = draw(9, 30, share=0.2, seed=1)
    file = tmp_path / f"{instance.name}.dat"
    file.write_text(write(instance), encoding="utf-8")
    assert read(file) == instance


def test_task_nobody_can_do_stays_open() -> None:
    instance = Instance("half", ((0, 10), (5, 15)), (frozenset((0,)),))
    outcome = fewest(instance, seconds=10)
    assert (outcome.people, outcome.lower_bound, outcome.done) == (1, 1, 1)


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
