"""How many to ask at a time: as few as possible in expectation, and somebody almost surely goes.

Pure: chances in, sizes out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from math import prod
from operator import mul

GOAL = 0.95
"""How surely somebody should have said yes when the last wave is over."""
HALF = 4
"""Half of those who answer do so within a quarter of the usual time (assumed, not measured)."""
MOST = 24
"""People looked at when waves are cut; who comes after them waits for a later look."""


@dataclass(frozen=True)
class Chance:
    """How likely somebody says yes in time.

    `slow` is somebody whose answer comes a wave later: the office has to call her.
    """

    yes: float
    slow: bool = False


def hurried(share: float) -> float:
    """How many of those who answer in the usual time do so in a share of it, from 0 to 1."""
    return float((1 - 2.0 ** (-HALF * share)) / (1 - 2.0**-HALF))


def people_needed(chances: Sequence[Chance], *, failed: float = 1.0, goal: float = GOAL) -> int:
    """How many of these, in this order, must be asked for the goal; all when they are too few.

    `failed` is how likely it was that nobody of those who were asked before would say yes. Once
    that has missed the goal altogether, those who are left are looked at afresh.
    """
    before = failed if failed > 1 - goal else 1.0
    left = accumulate((1 - one.yes for one in chances), mul, initial=before)
    return next((n for n, p in enumerate(left) if n and p <= 1 - goal), len(chances))


def cut(chances: Sequence[Chance], rounds: int) -> tuple[int, ...]:
    """Cut people, in their order, into at most `rounds` waves that disturb the fewest.

    The least ``sum over waves: size x P(no yes is known when it is asked)``, found by deciding
    from each wave on what is best after it (exact). A slow person's answer is known one wave
    later.

    Raises
    ------
    ValueError
        If there is no round.
    """
    if rounds < 1:
        raise ValueError("at least one round is needed")
    people = len(chances)
    fast = _products(1.0 if one.slow else 1 - one.yes for one in chances)
    slow = _products(1 - one.yes if one.slow else 1.0 for one in chances)

    @cache
    def best(previous: int, start: int, left: int) -> tuple[float, tuple[int, ...]]:
        if start == people:
            return 0.0, ()
        unknown = fast[start] * slow[previous]
        if left == 1:
            return unknown * (people - start), (people - start,)
        found = []
        for size in range(1, people - start + 1):
            later, sizes = best(start, start + size, left - 1)
            found.append((unknown * size + later, (size, *sizes)))
        return min(found)

    return best(0, 0, rounds)[1]


def _products(factors: Iterable[float]) -> list[float]:
    return list(accumulate(factors, mul, initial=1.0))


def disturbed(chances: Sequence[Chance], sizes: Sequence[int]) -> float:
    """How many are asked in expectation when people are cut into these waves."""
    total, previous, start = 0.0, 0, 0
    for size in sizes:
        known = [c for n, c in enumerate(chances[:start]) if not c.slow or n < previous]
        total += size * prod(1 - one.yes for one in known)
        previous, start = start, start + size
    return total


@dataclass(frozen=True)
class Cut:
    """How many rounds there are, the present one included, and how many are asked in this one."""

    rounds: int
    size: int


def choose(
    by_rounds: Sequence[Sequence[Chance]], *, failed: float = 1.0, goal: float = GOAL
) -> Cut:
    """Give the number of rounds, and how many to ask now.

    `by_rounds` holds the chances of the same people in the same order with one round ahead, two
    and so on: more rounds leave less time to each. Of what reaches the goal the one that disturbs
    the fewest; where nothing does, the likeliest.
    """
    found = []
    for rounds, chances in enumerate(by_rounds, start=1):
        seen = chances[:MOST]
        seen = seen[: people_needed(seen, failed=failed, goal=goal)]
        if not seen:
            return Cut(1, 0)
        missed = prod(1 - one.yes for one in seen)
        reached = failed * missed <= 1 - goal or missed <= 1 - goal
        sizes = cut(seen, rounds)
        rank = (not reached, 0.0 if reached else missed, disturbed(seen, sizes))
        found.append((rank, Cut(rounds, sizes[0])))
    return min(found, key=lambda one: one[0])[1]
