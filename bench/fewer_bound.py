"""How few people it could be: prices of tasks give a bound that holds whatever the prices are.

Let a task that is done earn its price, and let a person cost one. Whoever does all tasks earns all
prices; nobody earns more than her best day, and is worth at most what that earns above one. So

    people ≥ Σ prices - Σ max(0, best day - 1)

and a best day is found exactly. Price one for each task of the busiest moment gives the number of
these; from there the prices follow the subgradient. Whole numbers throughout, `ONE` is one person.

References
----------
Held, M., Wolfe, P., Crowder, H. (1974). Validation of subgradient optimization.
"""

from itertools import accumulate, pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from bench.fewer import Duties
from matching import Budget
from matching.compiled import kernel

Array = npt.NDArray[Any]

ONE = 1_000_000
PATIENCE = 20
"""Passes in vain after which the steps become half as long."""
SHORTEST = 0.001
KEPT = 0.5
"""Share of the last direction in the next one."""


class Days(NamedTuple):
    """The tasks of each person, from `first`, by their end.

    `before` counts her own tasks that end before each of them begins.
    """

    first: Array
    task: Array
    before: Array


def busiest(work: Duties) -> Array:
    """Give the tasks of the moment that has most of them."""
    times = [(start, 1) for start in work.start] + [(end, -1) for end in work.end]
    times.sort()
    running = list(accumulate(step for _, step in times))
    if not running:
        return np.empty(0, dtype=np.int64)
    moment = times[int(np.argmax(running))][0]
    return np.flatnonzero((work.start <= moment) & (moment < work.end))


def lower_bound(work: Duties, budget: Budget, *, people: int) -> int:
    """Give a number of people that all tasks need; goes on until it is `people` or time is up."""
    prices = np.zeros(len(work.start), dtype=np.int64)
    prices[busiest(work)] = ONE
    days, state = _days(work), _Ascent(prices.astype(np.float64))
    while state.least < people and state.length > SHORTEST and not budget.over():
        worth, done = _evaluate(days, len(prices), state.whole())
        state.move(worth, 1 - done, people)
        budget.report("bound", state.least)
    return max(state.least, int((prices > 0).sum()))


class _Ascent:
    """Prices on their way up, the best bound of theirs, and how long the steps are."""

    def __init__(self, prices: Array) -> None:
        self.prices = prices
        self.best, self.length, self.vain = -1, 1.0, 0
        self.direction = np.zeros_like(prices)

    @property
    def least(self) -> int:
        return -(-self.best // ONE)

    def whole(self) -> Array:
        return np.floor(self.prices).astype(np.int64)

    def move(self, worth: int, slope: Array, people: int) -> None:
        """Note what the prices are worth, and follow the slope towards `people`."""
        self.vain = 0 if worth > self.best else self.vain + 1
        self.best = max(self.best, worth)
        if self.vain >= PATIENCE:
            self.length, self.vain = self.length / 2, 0
        self.direction = slope + KEPT * self.direction
        square = max(1.0, float(self.direction @ self.direction))
        step = self.length * (people * ONE - worth) / square
        self.prices = np.maximum(0, self.prices + step * self.direction)


def _evaluate(days: Days, tasks: int, prices: Array) -> tuple[int, Array]:
    """Give the bound of some prices (in `ONE`), and how often the best days do each task."""
    done = np.zeros(tasks, dtype=np.int64)
    room = np.zeros(tasks + 1, dtype=np.int64)
    return int(prices.sum()) - int(earn(days, prices, room, done)), done


def _days(work: Duties) -> Days:
    order = np.argsort(work.end, kind="stable")
    person, at = np.nonzero(work.can[:, order])
    task = order[at]
    first = np.searchsorted(person, np.arange(len(work.can) + 1))
    before = np.empty(len(task), dtype=np.int64)
    for begin, end in pairwise(first):
        own = task[begin:end]
        before[begin:end] = np.searchsorted(work.end[own], work.start[own], side="right")
    return Days(first, task, before)


@kernel
def earn(days: Days, prices: Array, room: Array, done: Array) -> int:
    """Add what everybody's best day earns above `ONE`, and count its tasks in `done`."""
    total = 0
    for person in range(len(days.first) - 1):
        begin, end = days.first[person], days.first[person + 1]
        for at in range(begin, end):
            with_it = prices[days.task[at]] + room[days.before[at]]
            room[at - begin + 1] = max(room[at - begin], with_it)
        best = room[end - begin]
        if best <= ONE:
            continue
        total += best - ONE
        at = end - begin
        while at > 0:
            if room[at] == room[at - 1]:
                at -= 1
            else:
                done[days.task[begin + at - 1]] += 1
                at = days.before[begin + at - 1]
    return total
