"""Fewer people for the same tasks: close somebody's day, and find a place for all she had.

Guided ejection: tasks without a place wait in a pool. One of them at a time goes where it pushes
out what was easiest to place so far; whenever it pushes out anything, it counts as harder to place
from then on. Between two insertions tasks that do not wait change places at random, so that gaps
grow together. Somebody outside the team may come in for somebody inside. Whole numbers only: the
same seed and number of steps give the same team wherever it runs.

References
----------
Nagata, Y., Bräysy, O. (2009). A powerful route minimization heuristic for the vehicle routing
problem with time windows. Operations Research Letters 37, 333-338.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from matching import Budget
from matching.compiled import kernel
from matching.search import MODULUS, draw

Array = npt.NDArray[Any]

NOBODY = -1
STEPS = 1_000
"""Insertions between two looks at the clock."""
FIRST_ITERATIONS = 100
"""Thousands of insertions after which a first look is over."""
LATEST_IN_100 = 70
"""How often of a hundred times the latest task of the pool is placed, rather than any."""
SHUFFLES = 20
"""Tasks that may change places after each insertion."""
WIDEST = 1 << 60


class Duties(NamedTuple):
    """Tasks as half-open [start, end), and who can do them.

    `first` and `people` list the people of each task, `can` is people × tasks.
    """

    start: Array
    end: Array
    first: Array
    people: Array
    can: Array


class Team(NamedTuple):
    """Who does what: `tasks` (people × tasks) holds the first `held` of each person.

    `waiting[0]` tasks stand in `pool`. `penalty` is one more than how often each task pushed out
    others. `state` is that of the random numbers.
    """

    who: Array
    tasks: Array
    held: Array
    open: Array
    penalty: Array
    pool: Array
    waiting: Array
    state: Array


@dataclass(frozen=True)
class Found:
    """Who does each task, and how many insertions it took."""

    who: Array
    steps: int

    @property
    def people(self) -> int:
        return len(np.unique(self.who))


def duties(tasks: Sequence[tuple[int, int]], people: Sequence[AbstractSet[int]]) -> Duties:
    """Lay tasks [start, end) and the numbers of those that each person can do out as arrays."""
    times = np.array(tasks, dtype=np.int64).reshape(-1, 2)
    can = np.zeros((len(people), len(tasks)), dtype=np.bool_)
    for number, own in enumerate(people):
        can[number, list(own)] = True
    task, person = np.nonzero(can.T)
    first = np.searchsorted(task, np.arange(len(tasks) + 1))
    return Duties(times[:, 0].copy(), times[:, 1].copy(), first, person, can)


class Search:
    """All tasks done by ever fewer people; `best` is None until everybody together does them."""

    def __init__(self, work: Duties, seed: int = 0) -> None:
        self.work = work
        self.team = _everybody(work, seed)
        self.best: Found | None = None
        self.steps = 0

    def begin(self, budget: Budget, *, least: int) -> Found | None:
        """Search for FIRST_ITERATIONS; whoever has no team by then had better give up."""
        if (np.diff(self.work.first) == 0).any():
            return None
        for _ in range(FIRST_ITERATIONS):
            if self._is_done(least) or budget.over():
                break
            self._step(budget)
        return self.best

    def go_on(self, budget: Budget, *, least: int) -> Found | None:
        """Search until people are `least` or the budget, in iterations of STEPS, is used up.

        Every task must be one that somebody can do.
        """
        while not (self._is_done(least) or budget.over()):
            self._step(budget)
        return self.best

    def _is_done(self, least: int) -> bool:
        return self.best is not None and self.best.people <= max(1, least)

    def _step(self, budget: Budget) -> None:
        self.steps += int(place(self.work, self.team, STEPS))
        if self.team.waiting[0] == 0:
            self.best = Found(self.team.who.copy(), self.steps)
            _close_one(self.team)
        budget.report("fewer", self.best.people if self.best else 0)


def _everybody(work: Duties, seed: int) -> Team:
    """Let all tasks wait for a team of everybody; those that begin first go first."""
    people, tasks = work.can.shape
    return Team(
        who=np.full(tasks, NOBODY),
        tasks=np.zeros((people, tasks), dtype=np.int64),
        held=np.zeros(people, dtype=np.int64),
        open=np.ones(people, dtype=np.bool_),
        penalty=np.ones(tasks, dtype=np.int64),
        pool=np.argsort(-work.start, kind="stable"),
        waiting=np.array([tasks]),
        state=np.array([1 + seed % (MODULUS - 1)]),
    )


def _close_one(team: Team) -> None:
    """Close all who have nothing to do, and then the one who has the least."""
    team.penalty[:] = 1
    team.open[:] = team.held > 0
    person = int(np.argmin(np.where(team.open, team.held, WIDEST)))
    close(team, person)


@kernel
def place(work: Duties, team: Team, steps: int) -> int:
    """Place tasks of the pool until none waits; gives how many insertions it took."""
    for step in range(steps):
        if team.waiting[0] == 0:
            return step
        task = take(team)
        person, harm = easiest(work, team, task)
        if harm > 0:
            other, outside, less = best_exchange(work, team, task, harm)
            if outside != NOBODY:
                exchange(work, team, other, outside)
                person, harm = outside, less
        if harm > 0:
            team.penalty[task] += 1
        push_out(work, team, task, person)
        give(team, task, person)
        shuffle(work, team)
    return steps


@kernel
def take(team: Team) -> int:
    """Take a task out of the pool, mostly the latest."""
    at = team.waiting[0] - 1
    if draw(team.state, 100) >= LATEST_IN_100:
        at = draw(team.state, team.waiting[0])
    task = team.pool[at]
    team.waiting[0] -= 1
    team.pool[at] = team.pool[team.waiting[0]]
    return int(task)


@kernel
def clash(work: Duties, one: int, other: int) -> bool:
    """Tell whether two tasks overlap."""
    return bool(work.start[one] < work.end[other] and work.start[other] < work.end[one])


@kernel
def easiest(work: Duties, team: Team, task: int) -> tuple[int, int]:
    """Give whose tasks in the way are easiest to place, drawn among equals, and their penalty.

    The penalty is `WIDEST` where nobody inside the team can do the task.
    """
    person, least, equals = NOBODY, WIDEST, 0
    for at in range(work.first[task], work.first[task + 1]):
        candidate = work.people[at]
        if not team.open[candidate]:
            continue
        harm = in_the_way(work, team, candidate, task, least)
        if harm < least:
            person, least, equals = candidate, harm, 1
        elif harm == least:
            equals += 1
            if draw(team.state, equals) == 0:
                person = candidate
    return person, least


@kernel
def in_the_way(work: Duties, team: Team, person: int, task: int, most: int) -> int:
    """Add the penalties of somebody's tasks that overlap with one; stops above `most`."""
    harm = 0
    for at in range(team.held[person]):
        other = team.tasks[person, at]
        if clash(work, task, other):
            harm += team.penalty[other]
            if harm > most:
                break
    return harm


@kernel
def best_exchange(work: Duties, team: Team, task: int, most: int) -> tuple[int, int, int]:
    """Draw somebody who can do a task: who goes if she is to come in, and at what penalty.

    NOBODY twice where she is inside already, or everybody who could go costs more than `most`.
    """
    many = work.first[task + 1] - work.first[task]
    outside = work.people[work.first[task] + draw(team.state, many)]
    goes = NOBODY
    if not team.open[outside]:
        for person in range(len(team.open)):
            if team.open[person]:
                harm = left_behind(work, team, person, outside, task, most)
                if harm <= most:
                    goes, most = person, harm
    return goes, (outside if goes != NOBODY else NOBODY), most


@kernel
def left_behind(work: Duties, team: Team, person: int, outside: int, task: int, most: int) -> int:
    """Add the penalties of somebody's tasks that another cannot do beside one; stops above most."""
    harm = 0
    for at in range(team.held[person]):
        other = team.tasks[person, at]
        if not work.can[outside, other] or clash(work, task, other):
            harm += team.penalty[other]
            if harm > most:
                break
    return harm


@kernel
def exchange(work: Duties, team: Team, person: int, outside: int) -> None:
    """Let somebody come in for another, with those of her tasks that she can do."""
    waited = team.waiting[0]
    close(team, person)
    team.open[outside] = True
    kept = waited
    for at in range(waited, team.waiting[0]):
        task = team.pool[at]
        if work.can[outside, task]:
            give(team, task, outside)
        else:
            team.pool[kept] = task
            kept += 1
    team.waiting[0] = kept


@kernel
def close(team: Team, person: int) -> None:
    """Take somebody out of the team; all her tasks wait."""
    team.open[person] = False
    while team.held[person] > 0:
        wait(team, team.tasks[person, 0])


@kernel
def push_out(work: Duties, team: Team, task: int, person: int) -> None:
    """Let those of somebody's tasks wait that overlap with one."""
    for at in range(team.held[person] - 1, -1, -1):
        other = team.tasks[person, at]
        if clash(work, task, other):
            wait(team, other)


@kernel
def wait(team: Team, task: int) -> None:
    """Take a task from whoever has it into the pool."""
    drop(team, task)
    team.pool[team.waiting[0]] = task
    team.waiting[0] += 1


@kernel
def give(team: Team, task: int, person: int) -> None:
    """Give somebody a task."""
    team.tasks[person, team.held[person]] = task
    team.held[person] += 1
    team.who[task] = person


@kernel
def drop(team: Team, task: int) -> None:
    """Take a task from whoever has it."""
    person = team.who[task]
    at = 0
    while team.tasks[person, at] != task:
        at += 1
    team.held[person] -= 1
    team.tasks[person, at] = team.tasks[person, team.held[person]]
    team.who[task] = NOBODY


@kernel
def shuffle(work: Duties, team: Team) -> None:
    """Let some tasks change to somebody else, alone or against the one in their way there."""
    for _ in range(SHUFFLES):
        task = draw(team.state, len(team.who))
        at = draw(team.state, work.first[task + 1] - work.first[task])
        person, other = team.who[task], work.people[work.first[task] + at]
        if person in (NOBODY, other) or not team.open[other]:
            continue
        many, rival = rivals(work, team, other, task, NOBODY)
        if many == 0:
            drop(team, task)
            give(team, task, other)
        elif many == 1 and takes(work, team, person, rival, task):
            drop(team, task)
            drop(team, rival)
            give(team, task, other)
            give(team, rival, person)


@kernel
def rivals(work: Duties, team: Team, person: int, task: int, spared: int) -> tuple[int, int]:
    """Count up to two of somebody's tasks that overlap with one, one spared; gives the last."""
    many, rival = 0, NOBODY
    for at in range(team.held[person]):
        other = team.tasks[person, at]
        if other != spared and clash(work, task, other):
            many, rival = many + 1, other
            if many > 1:
                break
    return many, rival


@kernel
def takes(work: Duties, team: Team, person: int, task: int, instead: int) -> bool:
    """Tell whether somebody can do a task instead of one of hers."""
    if not work.can[person, task]:
        return False
    return bool(rivals(work, team, person, task, instead)[0] == 0)
