"""Timefold as a Java model of its own: incremental score, moves made for the problem, annealing."""

import subprocess
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory

from bench.peers.answer import Answer, empty_schedule, finish, free_pairs
from bench.peers.exchange import write_instance
from bench.results import Point, Watch
from matching.problem import Problem

PEERS = Path(__file__).parents[2] / "var" / "peers"
CLASSES = PEERS / "classes"
JARS = PEERS / "site" / "timefold" / "solver" / "jars"
MEMORY = "-Xmx4g"
SEED = 0


def missing() -> str | None:
    """Say in one line what is missing, None when it can run."""
    if which("java") is None:
        return "timefold: skipped, no java"
    if not (CLASSES / "lotsenwerk" / "Solve.class").is_file():
        return "timefold: skipped, not built (make bench-peers)"
    return None


def solve(problem: Problem, seconds: float, watch: Watch) -> Answer | None:
    """Give the best plan of the time; writing the instance down and reading it do not count."""
    schedule = empty_schedule(problem)
    base = schedule.objective
    with TemporaryDirectory() as folder:
        instance, chosen = Path(folder, "instance.bin"), Path(folder, "chosen.txt")
        pairs = write_instance(schedule, free_pairs(schedule), instance)
        if not pairs:
            return Answer(schedule)
        steps = [line.split() for line in _run(instance, chosen, seconds).splitlines()]
        numbers = [int(line) for line in chosen.read_text().split()]
    points = [Point(float(when), base + int(gain)) for when, gain in steps]
    watch.keep(points, points[-1].seconds)
    return finish(schedule, [pairs[number] for number in numbers])


def _run(instance: Path, chosen: Path, seconds: float) -> str:
    """Give the lines "seconds gain" of all better plans."""
    options = ("-XX:+UseParallelGC", MEMORY, "-cp", f"{CLASSES}:{JARS}/*", "lotsenwerk.Solve")
    arguments = (str(instance), str(chosen), str(int(1000 * seconds)), str(SEED))
    done = subprocess.run(
        ("java", *options, *arguments), check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout
