"""The engine in a child process: limits on time and memory, cancellable, a crash harms nobody."""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from app import jobs
from app.migrations import ROOT
from app.planning import failures, kernels
from app.planning.failures import Failure, SolverFailed
from app.planning.processes import die_with_parent
from matching import Plan, Problem, Progress
from matching.files import read_plan, write_problem

GRACE_SECONDS = 30.0
"""Start-up of the child and writing of the files, on top of the time to solve."""
COMPILING_SECONDS = 150.0
"""On top of that as long as not everything is compiled."""
WAIT_SECONDS = 240.0
"""How long a large problem waits for it, at most."""
LONGEST_SECONDS = jobs.STALLED_AFTER.total_seconds() - 30.0
"""All of it together: a job that takes longer is thought to be lost, and begun again."""
LARGE_SEATS = 250
"""Problems beyond are for the compiled part of the engine alone."""
PRICED_SEATS = 10_000
"""Beyond, the prices would take longer than the grace."""
POLL_SECONDS = 0.1
SAID_BYTES = 20_000


class Cancelled(Exception):
    """Somebody called the run off."""


def _never() -> bool:
    return False


def _nobody(_: Progress) -> None:
    return


@dataclass(frozen=True)
class Watch:
    """Who may call a run off, and who hears how far it is."""

    is_cancelled: Callable[[], bool] = _never
    tell: Callable[[Progress], None] = _nobody

    def go_on(self) -> None:
        """Raise `Cancelled` when the run was called off."""
        if self.is_cancelled():
            raise Cancelled


UNWATCHED = Watch()


@dataclass(frozen=True)
class Solved:
    """A checked plan, and what one more chance to fill each seat is worth, as far as known."""

    plan: Plan
    prices: Mapping[str, int]


def solve(
    problem: Problem,
    *,
    seconds: float,
    seed: int,
    memory_mb: int,
    compiled: Path | None = None,
    watch: Watch = UNWATCHED,
) -> Solved:
    """A checked plan from a child process.

    Parameters
    ----------
    compiled
        Folder of the compiled functions; a large problem waits until it is filled. Prices are
        found only when it is.

    Raises
    ------
    SolverFailed
        If the child crashed, ran out of memory or time, or refused the problem.
    Cancelled
        If somebody called it off while it ran.
    """
    grace = GRACE_SECONDS + _wait_for_kernels(problem, compiled, watch, patience(seconds))
    with tempfile.TemporaryDirectory(prefix="lotsenwerk-plan-") as folder:
        asked, answered = Path(folder) / "problem.json", Path(folder) / "plan.json"
        asked.write_text(json.dumps(write_problem(problem)), encoding="utf-8")
        prices = Path(folder) / "prices.json"
        options = ["--seconds", str(seconds), "--seed", str(seed), "--progress"]
        if compiled and kernels.is_ready(compiled) and len(problem.seats) <= PRICED_SEATS:
            options += ["--prices", str(prices)]
        with tempfile.TemporaryFile() as complaints:
            child = _start(
                ["solve", str(asked), "-o", str(answered), *options],
                memory_mb=memory_mb,
                compiled=compiled,
                complaints=complaints,
            )
            _attend(child, time.monotonic() + seconds + grace, watch)
            if child.returncode != 0:
                raise failures.of_exit(child.returncode, _last_words(complaints))
        return Solved(
            read_plan(json.loads(answered.read_text(encoding="utf-8"))),
            json.loads(prices.read_text(encoding="utf-8")) if prices.exists() else {},
        )


def patience(seconds: float) -> float:
    """How long a run of these seconds may wait before it begins."""
    rest = LONGEST_SECONDS - seconds - GRACE_SECONDS - COMPILING_SECONDS
    return max(0.0, min(WAIT_SECONDS, rest))


def _wait_for_kernels(
    problem: Problem, compiled: Path | None, watch: Watch, wait_seconds: float
) -> float:
    """Let a large problem wait for the compiled functions; how much longer it may take without."""
    if compiled is None or kernels.is_ready(compiled):
        return 0.0
    if len(problem.seats) <= LARGE_SEATS:
        return COMPILING_SECONDS
    watch.tell(Progress("preparing", 0, 0, 0.0))
    ready = kernels.wait(compiled, wait_seconds, goes_on=watch.go_on)
    return 0.0 if ready else COMPILING_SECONDS


def _start(
    arguments: list[str], *, memory_mb: int, compiled: Path | None, complaints: IO[bytes]
) -> "subprocess.Popen[bytes]":
    child = subprocess.Popen(  # noqa: S603 - our own interpreter and module, no shell
        [sys.executable, "-m", "matching", *arguments],
        cwd=ROOT,
        env=kernels.environment(compiled),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=complaints,
        bufsize=0,
        preexec_fn=lambda: _limit(memory_mb * 1024 * 1024),
    )
    os.set_blocking(_pipe(child).fileno(), False)
    return child


def _limit(memory: int) -> None:
    """A limit on memory, and no copy of it on disk after a crash: it holds people's days."""
    die_with_parent()
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _pipe(child: "subprocess.Popen[bytes]") -> IO[bytes]:
    if child.stdout is None:
        raise ValueError("the child has no pipe")
    return child.stdout


def _attend(child: "subprocess.Popen[bytes]", deadline: float, watch: Watch) -> None:
    """Stay with a child until it ends; whatever happens here, it does not outlive us."""
    reports = Reports(_pipe(child))
    try:
        while child.poll() is None:
            watch.go_on()
            if time.monotonic() > deadline:
                raise SolverFailed(Failure.TIME)
            latest = reports.latest()
            if latest is not None:
                watch.tell(latest)
            time.sleep(POLL_SECONDS)
    finally:
        child.kill()
        child.wait()
        _pipe(child).close()


class Reports:
    """Lines from a pipe that never makes us wait."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe = pipe
        self._rest = b""

    def latest(self) -> Progress | None:
        """The newest report that is complete; None when there is nothing new."""
        *lines, self._rest = (self._rest + (self._pipe.read() or b"")).split(b"\n")
        return Progress(**json.loads(lines[-1])) if lines else None


def _last_words(complaints: IO[bytes]) -> str:
    complaints.seek(max(0, complaints.seek(0, os.SEEK_END) - SAID_BYTES))
    return complaints.read().decode(errors="replace")
