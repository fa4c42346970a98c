"""The engine in a child process: limits on time and memory, cancellable, a crash harms nobody."""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from app.migrations import ROOT
from matching import Plan, Problem
from matching.files import read_plan, write_problem

GRACE_SECONDS = 30.0
"""Start-up of the child and writing of the files, on top of the time to solve."""
POLL_SECONDS = 0.1


class SolverFailed(Exception):
    """The engine gave no plan; the sentence says why."""


class Cancelled(Exception):
    """Somebody called the run off."""


def _never() -> bool:
    return False


def solve(
    problem: Problem,
    *,
    seconds: float,
    seed: int,
    memory_mb: int,
    is_cancelled: Callable[[], bool] = _never,
) -> Plan:
    """A checked plan from a child process.

    Raises
    ------
    SolverFailed
        If the child crashed, ran out of memory or time, or refused the problem.
    Cancelled
        If `is_cancelled` said so while it ran.
    """
    with tempfile.TemporaryDirectory(prefix="lotsenwerk-plan-") as folder:
        asked, answered = Path(folder) / "problem.json", Path(folder) / "plan.json"
        asked.write_text(json.dumps(write_problem(problem)), encoding="utf-8")
        _run(
            [str(asked), "-o", str(answered), "--seconds", str(seconds), "--seed", str(seed)],
            deadline=time.monotonic() + seconds + GRACE_SECONDS,
            memory_mb=memory_mb,
            is_cancelled=is_cancelled,
        )
        return read_plan(json.loads(answered.read_text(encoding="utf-8")))


def _run(
    arguments: list[str], *, deadline: float, memory_mb: int, is_cancelled: Callable[[], bool]
) -> None:
    limit = memory_mb * 1024 * 1024
    with tempfile.TemporaryFile() as complaints:
        child = subprocess.Popen(  # noqa: S603 - our own interpreter and module, no shell
            [sys.executable, "-m", "matching", "solve", *arguments],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=complaints,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)),
        )
        try:
            _wait(child, deadline, is_cancelled)
        finally:
            if child.poll() is None:
                child.kill()
                child.wait()
        if child.returncode != 0:
            complaints.seek(0)
            said = complaints.read().decode(errors="replace").strip().splitlines()
            raise SolverFailed(said[-1] if said else f"the engine ended with {child.returncode}")


def _wait(
    child: "subprocess.Popen[bytes]", deadline: float, is_cancelled: Callable[[], bool]
) -> None:
    while child.poll() is None:
        if is_cancelled():
            raise Cancelled
        if time.monotonic() > deadline:
            raise SolverFailed("the engine did not answer in time")
        time.sleep(POLL_SECONDS)
