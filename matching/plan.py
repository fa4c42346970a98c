"""What the engine answers: who goes where, what stays open and why, and how good that is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from matching.problem import Mode

Method = Literal["exact", "greedy", "prices", "lns"]
Status = Literal["optimal", "feasible"]
Param = str | int | bool


@dataclass(frozen=True)
class Reason:
    """A code and what is needed to say it in a sentence."""

    code: str
    params: Mapping[str, Param] = field(default_factory=dict)


@dataclass(frozen=True)
class Assignment:
    """A volunteer on a seat; `cost` holds its own terms, fairness belongs to the whole week."""

    seat: str
    volunteer: str
    option: int
    mode: Mode
    cost: int


@dataclass(frozen=True)
class OpenSeat:
    """A seat nobody goes to; the first reason is the one the least relaxation would cure."""

    seat: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Plan:
    """The answer to a problem.

    `objective` is Z = factor · fill - cost, where `fill` is the sum of priorities of filled seats
    and `factor` the weight of one of them (above the profile's own when a single assignment could
    cost as much). `gap` is (bound - Z) / |bound|, `gap_fill` the same on `fill` alone with its own
    bound, `gap_cost` is (bound - Z) / cost.
    """

    assignments: tuple[Assignment, ...]
    open: tuple[OpenSeat, ...]
    method: Method
    status: Status
    objective: int
    fill: int
    cost: int
    factor: int
    bound: int | None
    gap: float | None
    gap_fill: float | None
    gap_cost: float | None
    seconds: float
    seed: int
