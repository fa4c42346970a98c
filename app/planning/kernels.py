"""The engine's compiled functions: one folder for each version of their sources, filled beforehand.

A week of one pool hardly needs them; a large problem would spend its time on compiling.
"""

import fcntl
import hashlib
import logging
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from app.migrations import ROOT
from app.planning.processes import die_with_parent

READY, LOCK = "ready", "lock"
SHIPPED = ROOT / "kernels"
"""Compiled when the image was made; worth a copy, for it may not be written to."""
LIBRARIES = ("numba", "llvmlite", "numpy")
POLL_SECONDS = 0.1
LOWEST_PRIORITY = 19

log = logging.getLogger(__name__)


def folder(var: Path) -> Path:
    """Where the compiled functions of this very program lie."""
    return var.resolve() / "kernels" / fingerprint(ROOT / "matching")


@lru_cache
def fingerprint(sources: Path) -> str:
    """A name for all sources and libraries together.

    The compiler looks at the file of a function alone, not at the functions it calls.
    """
    seen = hashlib.sha256(sys.version.encode())
    for name in LIBRARIES:
        seen.update(f"{name} {version(name)}\n".encode())
    for path in sorted(sources.glob("*.py")):
        content = path.read_bytes()
        seen.update(f"{path.name} {len(content)}\n".encode() + content)
    return seen.hexdigest()[:16]


def is_ready(kernels: Path) -> bool:
    """Whether everything is compiled."""
    return (kernels / READY).is_file()


def environment(kernels: Path | None) -> dict[str, str]:
    """The variables of a process that finds its compiled functions in this folder."""
    return dict(os.environ) | ({} if kernels is None else {"NUMBA_CACHE_DIR": str(kernels)})


def start(kernels: Path) -> "subprocess.Popen[bytes] | None":
    """Begin to compile at the lowest priority; None when it is done or somebody is at it."""
    if is_ready(kernels):
        return None
    _take_shipped(kernels)
    kernels.mkdir(parents=True, exist_ok=True)
    with (kernels / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return None
        # The child inherits the lock: it is held exactly as long as it lives.
        return subprocess.Popen(  # noqa: S603 - our own interpreter and module, no shell
            [sys.executable, "-m", "matching", "warm", "-o", str(kernels / READY)],
            cwd=ROOT,
            env=environment(kernels),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(lock.fileno(),),
            preexec_fn=_step_back,
        )


def _step_back() -> None:
    die_with_parent()
    os.nice(LOWEST_PRIORITY)


def _take_shipped(kernels: Path) -> None:
    if SHIPPED.is_dir() and not kernels.exists():
        shutil.copytree(SHIPPED, kernels)


@contextmanager
def warming(kernels: Path) -> Iterator[None]:
    """Compile in the background for the length of a block; without the folder nothing is kept."""
    child = None
    try:
        _remove_older(kernels)
        child = start(kernels)
    except OSError as error:
        log.warning("compiled functions cannot be kept in %s: %s", kernels, error)
    try:
        yield
    finally:
        end(child)


def _remove_older(kernels: Path) -> None:
    """Compiled functions of other versions are of no use any more."""
    with suppress(FileNotFoundError):
        for other in kernels.parent.iterdir():
            if other != kernels:
                shutil.rmtree(other, ignore_errors=True)


def end(child: "subprocess.Popen[bytes] | None") -> None:
    """Stop compiling; what is compiled stays."""
    if child is not None:
        child.kill()
        child.wait()


def wait(kernels: Path, seconds: float, *, goes_on: Callable[[], object] = lambda: None) -> bool:
    """Wait until everything is compiled, by us or by others; whether it is.

    `goes_on` is called now and then, and may raise to end the waiting.
    """
    deadline, child = time.monotonic() + seconds, None
    try:
        while not is_ready(kernels) and time.monotonic() < deadline:
            if child is not None and child.poll() is not None:
                break
            child = child or start(kernels)
            goes_on()
            time.sleep(POLL_SECONDS)
    finally:
        end(child)
    return is_ready(kernels)
