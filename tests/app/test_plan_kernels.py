"""The engine's compiled functions: a folder for each version, filled once, in the background."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from app.migrations import ROOT
from app.planning import kernels, solver
from matching import Problem, Progress
from matching.files import read_plan, write_problem
from matching.generate import Size, generate

SMALL = Size(4, 6, 2, 2)
LARGE = Size(20, solver.LARGE_SEATS + 50, 2, 4)
PATIENCE = 600.0


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is really compiled: the same functions run as plain Python."""
    monkeypatch.setenv("NUMBA_DISABLE_JIT", "1")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return kernels.folder(tmp_path / "var")


def sources(folder: Path, **contents: str) -> Path:
    """A folder with some source files."""
    folder.mkdir()
    for name, content in contents.items():
        (folder / f"{name}.py").write_text(content, encoding="utf-8")
    return folder


def test_a_change_of_any_source_makes_a_new_folder(tmp_path: Path) -> None:
    first = sources(tmp_path / "a", gaps="GAP = 1\n", weeks="from gaps import GAP\n")
    same = sources(tmp_path / "b", gaps="GAP = 1\n", weeks="from gaps import GAP\n")
    other = sources(tmp_path / "c", gaps="GAP = 2\n", weeks="from gaps import GAP\n")
    more = sources(tmp_path / "d", gaps="GAP = 1\n", weeks="from gaps import GAP\n", new="")
    names = [kernels.fingerprint(one) for one in (first, same, other, more)]
    assert names[0] == names[1]
    assert len(set(names)) == 3


def test_the_folder_lies_with_the_data_and_is_found_from_everywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found = kernels.folder(Path("var"))
    assert found.is_absolute()
    assert found.parent == tmp_path.resolve() / "var" / "kernels"


def test_the_folder_is_handed_to_the_process_that_needs_it(folder: Path) -> None:
    assert kernels.environment(folder)["NUMBA_CACHE_DIR"] == str(folder)
    assert kernels.environment(None) == dict(os.environ)


def test_a_new_folder_is_filled_once_and_then_is_ready(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Behind all other tests it could wait for as long as they take.
    monkeypatch.setattr(kernels, "LOWEST_PRIORITY", 0)
    assert not kernels.is_ready(folder)
    assert kernels.wait(folder, PATIENCE)
    assert kernels.is_ready(folder)
    assert kernels.start(folder) is None


def test_only_one_process_compiles_at_a_time(folder: Path) -> None:
    first = kernels.start(folder)
    try:
        assert first is not None
        assert kernels.start(folder) is None
        assert os.getpriority(os.PRIO_PROCESS, first.pid) == kernels.LOWEST_PRIORITY
    finally:
        kernels.end(first)
    second = kernels.start(folder)
    assert second is not None, "a process that was ended must not keep the lock"
    kernels.end(second)


def test_a_block_in_which_it_compiles_ends_without_waiting_for_it(folder: Path) -> None:
    older = folder.parent / "older"
    older.mkdir(parents=True)
    with kernels.warming(folder):
        assert not older.exists()
        assert kernels.start(folder) is None
    assert not kernels.is_ready(folder)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_compiling_ends_with_the_service_whatever_ends_it(
    folder: Path, number: signal.Signals
) -> None:
    code = (
        "import pathlib, sys, time; from app.planning import kernels;"
        "child = kernels.start(pathlib.Path(sys.argv[1]));"
        "print(child.pid, flush=True); time.sleep(600)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(folder)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as service:
        assert service.stdout is not None
        child = int(service.stdout.readline())
        assert is_alive(child)
        service.send_signal(number)
        service.wait()
    deadline = time.monotonic() + PATIENCE
    while is_alive(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_alive(child)


def is_alive(process: int) -> bool:
    """Whether it still runs; one that only waits to be fetched does not."""
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state.rsplit(")", 1)[1].split()[0] != "Z"


def test_a_folder_that_cannot_be_made_stops_nobody(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "kernels").write_text("a file", encoding="utf-8")
    with kernels.warming(kernels.folder(tmp_path)):
        assert "cannot be kept" in caplog.text


def test_what_was_shipped_is_taken_along(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = tmp_path / "shipped"
    shipped.mkdir()
    (shipped / "weeks.nbc").write_bytes(b"compiled")
    monkeypatch.setattr(kernels, "SHIPPED", shipped)
    kernels.end(kernels.start(folder))
    assert (folder / "weeks.nbc").read_bytes() == b"compiled"
    assert not kernels.is_ready(folder)


def test_waiting_ends_when_the_patience_does_or_somebody_calls(folder: Path) -> None:
    assert not kernels.wait(folder, 0.0)

    def call() -> None:
        raise solver.Cancelled

    with pytest.raises(solver.Cancelled):
        kernels.wait(folder, PATIENCE, goes_on=call)
    kernels.end(kernels.start(folder))


class Enough(Exception):
    """The test has heard what it wanted to hear."""


def first_word(problem: Problem, folder: Path) -> str:
    """What a run says first."""
    heard = list[str]()

    def listen(progress: Progress) -> None:
        heard.append(progress.method)
        raise Enough

    watch = solver.Watch(tell=listen)
    with pytest.raises(Enough):
        solver.solve(problem, seconds=30, seed=0, memory_mb=4096, compiled=folder, watch=watch)
    return heard[0]


def test_a_large_problem_waits_for_the_compiled_functions(folder: Path) -> None:
    problem = generate(LARGE, 1)
    assert len(problem.seats) > solver.LARGE_SEATS
    assert first_word(problem, folder) == "preparing"
    folder.mkdir(parents=True)
    (folder / kernels.READY).touch()
    assert first_word(problem, folder) == "greedy"


def test_a_small_problem_never_waits_and_has_prices_once_all_is_compiled(folder: Path) -> None:
    problem = generate(SMALL, 1)
    limits: dict[str, Any] = {"seconds": 30, "seed": 0, "memory_mb": 4096, "compiled": folder}
    first = solver.solve(problem, **limits)
    assert first.plan.status == "optimal"
    assert first.prices == {}
    assert not (folder / kernels.LOCK).exists()
    folder.mkdir(parents=True)
    (folder / kernels.READY).touch()
    second = solver.solve(problem, **limits)
    assert set(second.prices) == {seat.id for seat in problem.seats}
    assert all(price >= 0 for price in second.prices.values())
    assert second.plan.assignments == first.plan.assignments


def command(*words: str | Path) -> "subprocess.CompletedProcess[str]":
    """Call the engine as the service does."""
    return subprocess.run(
        [sys.executable, "-m", "matching", *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )


def test_the_engine_tells_how_far_it_is_and_nothing_else(tmp_path: Path) -> None:
    asked, answered = tmp_path / "problem.json", tmp_path / "plan.json"
    asked.write_text(json.dumps(write_problem(generate(SMALL, 1))), encoding="utf-8")
    done = command("solve", asked, "-o", answered, "--progress")
    assert done.returncode == 0, done.stderr
    reports = [Progress(**json.loads(line)) for line in done.stdout.splitlines()]
    assert reports[0].method == "greedy"
    iterations = [one.iteration for one in reports]
    assert iterations == sorted(iterations)
    assert read_plan(json.loads(answered.read_text(encoding="utf-8"))).status == "optimal"


def test_what_cannot_be_read_or_written_is_refused_with_a_sentence(tmp_path: Path) -> None:
    for words in (
        ("solve", tmp_path, "-o", "plan.json", "--progress"),
        ("warm", "-o", tmp_path / "missing" / "ready"),
    ):
        done = command(*words)
        assert (done.returncode, done.stdout) == (1, "")
        assert len(done.stderr.splitlines()) == 1
