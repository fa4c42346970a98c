"""Contenders on the same week, each run in a process of its own, one after the other."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from statistics import fmean
from typing import Any

from bench.contender import OURS, drawn
from bench.results import (
    MARKS,
    Limits,
    Result,
    from_json,
    gap_of,
    objective_at,
    summary,
    tightest,
)
from matching.generate import Mix, Size

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Week:
    """Which week is solved; without a mix it has the usual one of its size."""

    size: str
    seed: int
    clock_change: bool = False
    mix: Mix | None = None

    @property
    def drawn(self) -> Size:
        """How large it is and what is in it."""
        return drawn(self.size, self.mix)

    @property
    def name(self) -> str:
        """What to call its figures and files; a mix that was asked for is part of it."""
        return self.size if self.mix is None else f"{self.size}-{self.mix}"

    def to_json(self) -> dict[str, Any]:
        """Give the size, and the mix where one was asked for."""
        return {"size": self.size} if self.mix is None else {"size": self.size, "mix": self.mix}


@dataclass(frozen=True)
class Contest:
    """All runs on one week: per contender the results by the seconds it was allowed."""

    week: Week
    runs: Mapping[str, Mapping[float, Result]]
    known_bound: int | None = None

    @cached_property
    def limits(self) -> Limits:
        """The tightest bounds of all runs."""
        return tightest((run for _, _, run in self.each()), self.known_bound)

    @property
    def peers(self) -> list[str]:
        return [name for name in self.runs if name != OURS]

    def each(self) -> Iterator[tuple[str, float, Result]]:
        """Give contender, allowed seconds and result of every run."""
        for name, by_seconds in self.runs.items():
            for seconds, run in by_seconds.items():
                yield name, seconds, run

    def longest(self, name: str) -> Result | None:
        """Give the run of a contender that was allowed most."""
        by_seconds = self.runs.get(name, {})
        return by_seconds[max(by_seconds)] if by_seconds else None

    def gap(self, name: str, seconds: float) -> float | None:
        """Give the gap of the run with this allowance, else that of a longer run at this time."""
        by_seconds = self.runs.get(name, {})
        if seconds in by_seconds:
            return gap_of(by_seconds[seconds].objective, self.limits.objective)
        run = self.longest(name)
        if run is None or seconds > max(by_seconds):
            return None
        return gap_of(objective_at(run, seconds), self.limits.objective)

    def gap_cost(self, name: str, seconds: float) -> float | None:
        """Give the gap relative to the cost alone, of the run with this allowance."""
        run = self.runs.get(name, {}).get(seconds)
        return gap_of(run.objective, self.limits.objective, run.cost) if run else None

    def to_json(self) -> dict[str, Any]:
        """Give the figures of all contenders, those of the longest run first."""
        return {
            **self.week.to_json(),
            "seed": self.week.seed,
            OURS: self._figures(OURS),
            "peers": {name: self._figures(name) for name in self.peers},
        }

    def _figures(self, name: str) -> dict[str, Any]:
        by_seconds = self.runs[name]
        figures = {s: summary(run, self.limits, s) for s, run in sorted(by_seconds.items())}
        marks = [mark for mark in MARKS if mark <= max(by_seconds)]
        found = {**figures[max(figures)]}
        found["gap_at"] = {str(mark): self.gap(name, mark) for mark in marks}
        if len(figures) > 1:
            found["runs"] = {f"{seconds:g}": some for seconds, some in figures.items()}
        return found


def hold(week: Week, allowed: Mapping[str, list[float]], known_bound: int | None) -> Contest:
    """Let every contender run once for each of its allowances."""
    runs = {
        name: {seconds: run(name, week, seconds) for seconds in sorted(some)}
        for name, some in allowed.items()
    }
    return Contest(week, runs, known_bound)


def run(name: str, week: Week, seconds: float) -> Result:
    """Run one contender in a new process.

    Raises
    ------
    RuntimeError
        If the process failed.
    """
    command = [sys.executable, "-m", "bench.contender", name, "--size", week.size]
    command += ["--seed", str(week.seed), "--seconds", str(seconds)]
    command += ["--mix", week.mix] if week.mix else []
    command += ["--clock-change"] if week.clock_change else []
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise RuntimeError(f"{name} ended with code {done.returncode}")
    return from_json(json.loads(done.stdout))


def mean(values: list[float | None]) -> float | None:
    """Give the mean, None when one value is missing."""
    known = [value for value in values if value is not None]
    return fmean(known) if known and len(known) == len(values) else None


def worst(values: list[float | None]) -> float | None:
    """Give the largest value, None when one value is missing."""
    known = [value for value in values if value is not None]
    return max(known) if known and len(known) == len(values) else None
