"""How long questions take: the middle one, and the one that only five in a hundred exceed."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import ceil
from time import perf_counter
from typing import TypeVar

Question = TypeVar("Question")


@dataclass(frozen=True)
class Times:
    """Milliseconds of many questions."""

    name: str
    count: int
    p50: float
    p95: float
    longest: float

    def cells(self) -> tuple[str, ...]:
        """Give a row of a table."""
        return (
            *(self.name, f"{self.count}"),
            *(f"{value:,.2f}" for value in (self.p50, self.p95, self.longest)),
        )


HEAD = ("question", "asked", "p50 ms", "p95 ms", "longest ms")


def times(
    name: str,
    ask: Callable[[Question], object],
    questions: Iterable[Question],
    clock: Callable[[], float] = perf_counter,
) -> Times:
    """Ask every question once and give the times by a clock in seconds.

    Raises
    ------
    ValueError
        If there is no question.
    """
    found = []
    for question in questions:
        begin = clock()
        ask(question)
        found.append(1_000 * (clock() - begin))
    found.sort()
    return Times(name, len(found), percentile(found, 50), percentile(found, 95), found[-1])


def percentile(ascending: Sequence[float], share: int) -> float:
    """Give the least value that `share` per cent of the values do not exceed.

    Raises
    ------
    ValueError
        If there is no value.
    """
    if not ascending:
        raise ValueError("there is no value")
    return ascending[max(0, ceil(share * len(ascending) / 100) - 1)]
