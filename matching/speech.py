"""Who can serve which kind of language demand, and at what cost."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from matching.costs import level_cost, substitution_cost
from matching.problem import NATIVE_LEVEL, UNKNOWN_LEVEL, Problem, Seat

Ints = npt.NDArray[np.int64]

# From the farthest to the nearest to speaking it, so that the best of several is the largest.
NO_LANGUAGE, NO_CONSENT, NO_LEVEL, SPEAKS = range(4)
SILENT = -1
DEAR = np.iinfo(np.int32).max


class Demand(NamedTuple):
    """What a seat asks of a language; many seats share one demand."""

    language: int | None
    min_level: int
    wished_level: int
    consent: bool


def demand_of(seat: Seat) -> Demand:
    """Give the language demand of a seat."""
    return Demand(seat.language, seat.min_level, seat.wished_level, seat.consent)


def speech(
    problem: Problem, demands: Sequence[Demand]
) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.int32]]:
    """Give codes and points, each demands × volunteers; points count only with the code SPEAKS."""
    levels = _levels(problem)
    code = np.full((len(demands), len(problem.volunteers)), SPEAKS, dtype=np.int8)
    points = np.zeros(code.shape, dtype=np.int32)
    for row, demand in enumerate(demands):
        if demand.language is not None:
            code[row], points[row] = _one(problem, demand, demand.language, levels)
    return code, points


def _levels(problem: Problem) -> Ints:
    """Give languages × volunteers: the level, or -1 where somebody does not speak it."""
    levels = np.full((len(problem.languages), len(problem.volunteers)), SILENT, dtype=np.int64)
    for column, volunteer in enumerate(problem.volunteers):
        for language, level in volunteer.languages.items():
            levels[language, column] = level
    return levels


def _one(problem: Problem, demand: Demand, wanted: int, levels: Ints) -> tuple[Ints, Ints]:
    """Let each volunteer use the best of the few languages that serve."""
    code = np.full(levels.shape[1], NO_LANGUAGE, dtype=np.int64)
    best = np.full(levels.shape[1], DEAR, dtype=np.int64)
    for spoken, cost in enumerate(problem.substitution[wanted]):
        if cost < 0:
            continue
        level = levels[spoken]
        agreed = demand.consent or not problem.needs_consent[wanted][spoken]
        fluent = (level == UNKNOWN_LEVEL) | (level >= demand.min_level)
        reached = np.where(fluent, SPEAKS, NO_LEVEL) if agreed else np.int64(NO_CONSENT)
        here = np.where(level == SILENT, NO_LANGUAGE, reached)
        code = np.maximum(code, here)
        points = _points(problem, demand, cost, level)
        best = np.where(here == SPEAKS, np.minimum(best, points), best)
    return code, best


def _points(problem: Problem, demand: Demand, cost: int, level: Ints) -> Ints:
    below = np.maximum(0, demand.wished_level - level)
    steps = np.where(level == UNKNOWN_LEVEL, NATIVE_LEVEL, below)
    return substitution_cost(problem.weights, cost) + level_cost(problem.weights, steps)
