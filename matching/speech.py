"""Who can serve which kind of language demand, and at what cost."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matching.costs import level_cost, substitution_cost
from matching.problem import NATIVE_LEVEL, UNKNOWN_LEVEL, Problem, Seat

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

SPEAKS, NO_LANGUAGE, NO_CONSENT, NO_LEVEL = range(4)
SILENT = -1
DEAR = np.int64(2**40)


@dataclass(frozen=True)
class Demand:
    """What a seat asks of a language; many seats share one demand."""

    language: int | None
    min_level: int
    wished_level: int
    consent: bool


def demand_of(seat: Seat) -> Demand:
    """Give the language demand of a seat."""
    return Demand(seat.language, seat.min_level, seat.wished_level, seat.consent)


def speech(problem: Problem, demands: Sequence[Demand]) -> tuple[Ints, Ints]:
    """Give codes and points, each demands × volunteers; points count only where the code is 0."""
    levels = np.full((len(problem.volunteers), len(problem.languages)), SILENT, dtype=np.int64)
    for row, volunteer in enumerate(problem.volunteers):
        for language, level in volunteer.languages.items():
            levels[row, language] = level
    code = np.zeros((len(demands), len(levels)), dtype=np.int64)
    points = np.zeros_like(code)
    for row, demand in enumerate(demands):
        if demand.language is not None:
            code[row], points[row] = _one(problem, demand, demand.language, levels)
    return code, points


def _one(problem: Problem, demand: Demand, wanted: int, levels: Ints) -> tuple[Ints, Ints]:
    substitution = np.array(problem.substitution[wanted], dtype=np.int64)
    agreed = demand.consent | ~np.array(problem.needs_consent[wanted], dtype=np.bool_)
    speaks = (levels >= 0) & (substitution >= 0)
    allowed = speaks & agreed
    fluent = allowed & ((levels == UNKNOWN_LEVEL) | (levels >= demand.min_level))
    steps = np.where(
        levels == UNKNOWN_LEVEL, NATIVE_LEVEL, np.maximum(0, demand.wished_level - levels)
    )
    weights = problem.weights
    points = substitution_cost(weights, substitution) + level_cost(weights, steps)
    best = np.where(fluent, points, DEAR).min(axis=1, initial=DEAR)
    return _code(speaks, allowed, fluent), best


def _code(speaks: Bools, allowed: Bools, fluent: Bools) -> Ints:
    code = np.full(len(speaks), NO_LANGUAGE, dtype=np.int64)
    code[speaks.any(axis=1)] = NO_CONSENT
    code[allowed.any(axis=1)] = NO_LEVEL
    code[fluent.any(axis=1)] = SPEAKS
    return code
