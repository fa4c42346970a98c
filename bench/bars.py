"""What the engine has to reach on each size of week, and whether it did."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from math import inf
from typing import Any

from bench.contender import OURS
from bench.contest import Contest, mean, worst

STRONG = ("timefold", "cpsat-lns")
Value = Callable[[Contest], float | None]


@dataclass(frozen=True)
class Aim:
    """A figure of one contest and the most it may be."""

    text: str
    most: float
    value: Value


@dataclass(frozen=True)
class Bar:
    """An aim with its figure over all seeds; None where something was not run."""

    text: str
    most: float
    mean: float | None
    worst: float | None

    @property
    def holds(self) -> bool | None:
        """Whether every seed reached it."""
        return None if self.worst is None else self.worst <= self.most

    def to_json(self) -> dict[str, Any]:
        """Give plain values; an infinite ratio has no number in JSON."""
        plain = {key: None if value == inf else value for key, value in asdict(self).items()}
        return {**plain, "holds": self.holds}


def bars(contests: list[Contest]) -> list[Bar]:
    """Judge contests of one size by the aims for it."""
    found = []
    for aim in AIMS.get(contests[0].week.size, ()):
        values = [aim.value(contest) for contest in contests]
        found.append(Bar(aim.text, aim.most, mean(values), worst(values)))
    return found


def _gap(seconds: float, most: float) -> Aim:
    return Aim(f"gap at {seconds:g} s", most, lambda contest: contest.gap(OURS, seconds))


def _gap_cost(seconds: float, most: float) -> Aim:
    text = f"gap_cost at {seconds:g} s"
    return Aim(text, most, lambda contest: contest.gap_cost(OURS, seconds))


def _against(peer: str, seconds: float, at: float, most: float) -> Aim:
    text = f"gap at {seconds:g} s ÷ gap of {peer} at {at:g} s"
    return Aim(text, most, lambda c: ratio(c.gap(OURS, seconds), c.gap(peer, at)))


def _memory(most: float) -> Aim:
    def peak(contest: Contest) -> float | None:
        return max((run.peak_mib for run in contest.runs[OURS].values()), default=None)

    return Aim("peak memory in MiB", most, peak)


def _first_plan(most: float) -> Aim:
    def first(contest: Contest) -> float | None:
        run = contest.longest(OURS)
        return run.points[0].seconds if run and run.points else None

    return Aim("seconds to the first plan", most, first)


def _seconds_against(peer: str, most: float) -> Aim:
    def value(contest: Contest) -> float | None:
        ours, theirs = contest.longest(OURS), contest.longest(peer)
        return ratio(ours.seconds, theirs.seconds) if ours and theirs else None

    return Aim(f"seconds ÷ seconds of {peer}", most, value)


def _violations() -> Aim:
    def count(contest: Contest) -> float:
        return sum(run.violations for run in contest.runs[OURS].values())

    return Aim("violations", 0, count)


def _proven() -> Aim:
    def own_gap(contest: Contest) -> float | None:
        run = contest.longest(OURS)
        if run is None or run.objective is None or run.bound is None:
            return None
        return float(run.bound - run.objective)

    return Aim("own bound less objective", 0, own_gap)


def ratio(one: float | None, other: float | None) -> float | None:
    """Give one ÷ other; 0 when there is nothing left above, infinite when only below."""
    if one is None or other is None:
        return None
    if one == 0:
        return 0.0
    return one / other if other else inf


def _each(make: Callable[[str], Aim], names: Iterable[str] = STRONG) -> tuple[Aim, ...]:
    return tuple(make(name) for name in names)


AIMS: dict[str, tuple[Aim, ...]] = {
    "pool": (_proven(), _seconds_against("cpsat", 0.1), _violations()),
    "region": (
        _gap(5, 0.003),
        _gap(20, 0.0012),
        _gap_cost(20, 0.03),
        *_each(lambda peer: _against(peer, 5, 30, 1.0)),
        *_each(lambda peer: _against(peer, 20, 60, 1 / 3)),
        _violations(),
    ),
    "state": (
        _gap(30, 0.004),
        _gap(60, 0.002),
        _against("timefold", 30, 60, 0.5),
        _memory(1_024),
        _violations(),
    ),
    "nation": (
        _first_plan(10),
        _gap(120, 0.015),
        _gap(600, 0.004),
        _memory(2_048),
        _violations(),
    ),
}
