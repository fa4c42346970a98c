"""What a contender did: its way to the plan over time, and the gaps to the best known bound."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from time import perf_counter
from typing import Any

MARKS = (1, 5, 10, 20, 30, 60, 120, 300, 600)


@dataclass(frozen=True)
class Point:
    """The best objective, and perhaps the best bound, after some seconds."""

    seconds: float
    objective: int
    bound: int | None = None


@dataclass
class Watch:
    """Notes how good the plan of a contender was when; it counts from its creation."""

    points: list[Point] = field(default_factory=list)
    started: float = field(default_factory=perf_counter)
    kept: float | None = None

    @property
    def seconds(self) -> float:
        return perf_counter() - self.started if self.kept is None else self.kept

    def keep(self, points: list[Point], seconds: float) -> None:
        """Take over what a program with a clock of its own has noted."""
        self.points, self.kept = points, seconds

    def note(self, objective: int, bound: int | None = None) -> None:
        """Keep the objective of now; a worse one than before is not kept."""
        best = max((objective, *(point.objective for point in self.points[-1:])))
        self.points.append(Point(round(self.seconds, 3), best, bound))


@dataclass(frozen=True)
class Result:
    """What the judge says of one contender; without an objective it found no plan.

    `fill` and `cost` are the two parts of the objective, `most` a bound on `fill`; `violations`
    counts what the checker found. `peak_mib` and `cpu_seconds` are those of the own process.
    """

    name: str
    objective: int | None
    seconds: float
    cpu_seconds: float
    peak_mib: int
    fill: int | None = None
    cost: int | None = None
    filled: int = 0
    violations: int = 0
    bound: int | None = None
    most: int | None = None
    points: tuple[Point, ...] = ()

    @property
    def bounds(self) -> list[int]:
        """Give every bound it found."""
        found = (self.bound, *(point.bound for point in self.points))
        return [bound for bound in found if bound is not None]


def to_json(result: Result) -> dict[str, Any]:
    """Give a result as plain values."""
    return asdict(result)


def from_json(content: Mapping[str, Any]) -> Result:
    """Read what `to_json` gave."""
    points = tuple(Point(**point) for point in content["points"])
    return Result(**{**content, "points": points})


@dataclass(frozen=True)
class Limits:
    """The tightest bounds known for the instance, on the objective and on the fill."""

    objective: int | None
    fill: int | None


def tightest(results: Iterable[Result], known: int | None = None) -> Limits:
    """Give the least bounds of the run, together with one known from elsewhere."""
    all_of_them = list(results)
    bounds = [bound for result in all_of_them for bound in result.bounds]
    fills = [result.most for result in all_of_them if result.most is not None]
    return Limits(
        objective=min(bounds + ([] if known is None else [known]), default=None),
        fill=min(fills, default=None),
    )


def gap_of(objective: int | None, bound: int | None, whole: int | None = None) -> float | None:
    """Give (bound - objective) ÷ |whole|, which is the bound itself unless given."""
    if objective is None or bound is None:
        return None
    if bound == objective:
        return 0.0
    divisor = abs(bound if whole is None else whole)
    return (bound - objective) / divisor if divisor else None


def objective_at(result: Result, seconds: float) -> int | None:
    """Give the best objective after some seconds, None when there was no plan yet."""
    seen = [point.objective for point in result.points if point.seconds <= seconds]
    return max(seen, default=None)


def summary(result: Result, limits: Limits, seconds: float) -> dict[str, Any]:
    """Give the figures of one contender in a run that was allowed so many seconds."""
    marks = [mark for mark in MARKS if mark <= seconds]
    return {
        "gap": gap_of(result.objective, limits.objective),
        "gap_fill": gap_of(result.fill, limits.fill),
        "gap_cost": gap_of(result.objective, limits.objective, result.cost),
        "objective": result.objective,
        "bound": result.bound,
        "seconds": result.seconds,
        "cpu_seconds": result.cpu_seconds,
        "peak_mib": result.peak_mib,
        "filled": result.filled,
        "violations": result.violations,
        "gap_at": {
            str(mark): gap_of(objective_at(result, mark), limits.objective) for mark in marks
        },
    }
