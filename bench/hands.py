"""Workers as processes of their own, also in networks of their own, and work that leaves a mark.

Used by `bench.workers` and the tests. As a program it works the queue until it is stopped.
"""

import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta
from itertools import count
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy import Engine, make_url, text

from app import db, jobs
from app.jobs import server, table
from app.settings import get_settings
from app.tables import JobState

MARK = "bench.mark"
TICK_SECONDS = 1.0
BEGAN = 1_790_000_000
SILENCE_SECONDS = 2
ROOT = Path(__file__).parents[1]
_numbers = count()


@jobs.task(MARK)
def mark(engine: Engine, subject_id: UUID) -> None:
    """Leave a mark that is committed, and take a while."""
    with db.transaction(engine) as session:
        session.connection().execute(
            text("INSERT INTO mark (subject, worker) VALUES (:subject, :worker)"),
            {"subject": str(subject_id), "worker": os.getpid()},
        )
    time.sleep(float(os.environ.get("BENCH_PAUSE", "0")))


def prepare(engine: Engine) -> None:
    """Make the table of the marks."""
    with db.transaction(engine) as session:
        session.connection().execute(
            text("CREATE TABLE mark (subject VARCHAR(40), worker INTEGER, tick BIGINT)")
        )


def ask(engine: Engine, number: int) -> list[str]:
    """Ask for so many marks in one transaction; their subjects."""
    subjects = [uuid4() for _ in range(number)]
    with db.transaction(engine) as session:
        jobs.defer_many(session, [(MARK, subject, None) for subject in subjects])
    return [str(subject) for subject in subjects]


def marks(engine: Engine) -> list[tuple[str, int]]:
    """Every mark: its subject, and the process that left it."""
    with db.transaction(engine, read_only=True) as session:
        rows = session.connection().execute(
            text("SELECT subject, worker FROM mark WHERE tick IS NULL")
        )
        return [(subject, worker) for subject, worker in rows]


def ticks(engine: Engine) -> list[int]:
    """The moments, in milliseconds, at which the periodic work was done."""
    with db.transaction(engine, read_only=True) as session:
        rows = session.connection().scalars(text("SELECT tick FROM mark WHERE tick IS NOT NULL"))
        return [int(tick) for tick in rows]


def done(engine: Engine) -> int:
    """How many jobs have been done so far."""
    with db.transaction(engine, read_only=True) as session:
        return sum(number for state, _, number in jobs.counted(session) if state == JobState.DONE)


def wait_until(true: Callable[[], bool], seconds: float = 180.0) -> None:
    """Wait for something to become true."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise TimeoutError("it did not happen")
        time.sleep(0.02)


class Network:
    """A network namespace of its own with one cable to ours."""

    def __init__(self) -> None:
        number = next(_numbers)
        self.name = f"lw{os.getpid() % 100_000}x{number}"
        self._prefix = f"10.{200 + os.getpid() % 50}.{(os.getpid() // 50 + number) % 250}"
        self.address = f"{self._prefix}.1"

    def __enter__(self) -> "Network":
        inside = f"{self._prefix}.2/30"
        for words in (
            f"netns add {self.name}",
            f"link add {self.name} type veth peer name eth0 netns {self.name}",
            f"addr add {self.address}/30 dev {self.name}",
            f"link set {self.name} up",
            f"-n {self.name} addr add {inside} dev eth0",
            f"-n {self.name} link set eth0 up",
            f"-n {self.name} link set lo up",
        ):
            subprocess.run(["ip", *words.split()], check=True, capture_output=True)
        return self

    def __exit__(self, *_: object) -> None:
        subprocess.run(["ip", "netns", "del", self.name], check=False, capture_output=True)
        subprocess.run(["ip", "link", "del", self.name], check=False, capture_output=True)


def networks_allowed() -> bool:
    """Whether this machine lets us make networks."""
    if shutil.which("ip") is None:
        return False
    try:
        with Network():
            return True
    except subprocess.CalledProcessError:
        return False


class Relay:
    """Carries what comes to an address of ours on to the database's."""

    def __init__(self, address: str, target: tuple[str, int]) -> None:
        self._target = target
        self._listening = socket.create_server((address, 0), backlog=64)
        self.port = int(self._listening.getsockname()[1])
        self._lines: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._begin(self._accept)

    def close(self) -> None:
        """Take no more, and hang up."""
        for one in (self._listening, *self._lines):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(timeout=10)
        self._listening.close()

    def _begin(self, work: Callable[..., None], *arguments: socket.socket) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listening.accept()
                far = socket.create_connection(self._target)
                self._lines += [near, far]
                self._begin(_carry, near, far)


def _carry(near: socket.socket, far: socket.socket) -> None:
    """Both ways, until one of them hangs up."""
    with near, far, suppress(OSError):
        while True:
            ready, _, _ = select.select([near, far], [], [])
            for source in ready:
                data = source.recv(65536)
                if not data:
                    return
                (far if source is near else near).sendall(data)


class Hand:
    """One worker process."""

    def __init__(
        self,
        url: str,
        *program: str,
        network: str = "",
        **environment: str,
    ) -> None:
        inside = ["ip", "netns", "exec", network] if network else []
        self._process = subprocess.Popen(
            [*inside, sys.executable, "-m", *(program or ("bench.hands",))],
            cwd=ROOT,
            env=os.environ
            | {
                "LOTSENWERK_DATABASE_URL": url,
                "LOTSENWERK_WORKER_SILENCE_SECONDS": str(SILENCE_SECONDS),
            }
            | environment,
        )

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    def kill(self) -> None:
        """End it at once: it can say nothing any more."""
        self._process.kill()
        self._process.wait(timeout=30)

    def stop(self) -> int:
        """Ask it to end; its exit code."""
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(timeout=60)


@contextmanager
def hands(url: str, number: int, *, apart: bool, **environment: str) -> Iterator[Sequence[Hand]]:
    """So many workers, each in a network of its own when they are to be apart."""
    with ExitStack() as stack:
        started = []
        for _ in range(number):
            network, place = "", url
            if apart:
                made = stack.enter_context(Network())
                parsed = make_url(url)
                relay = Relay(made.address, (parsed.host or "", parsed.port or 5432))
                stack.callback(relay.close)
                moved = parsed.set(host=made.address, port=relay.port)
                network, place = made.name, moved.render_as_string(hide_password=False)
            hand = Hand(place, network=network, **environment)
            stack.callback(hand.kill)
            started.append(hand)
        yield started


def _give_nothing_back() -> None:
    """For a control: what lost workers were at stays theirs."""
    for module, name in ((server, "lost"), (table, "lost"), (table, "all")):
        setattr(module, f"give_back_{name}", lambda _engine: 0)


def main() -> None:
    """Work the queue until stopped."""
    if os.environ.get("BENCH_KEEP_LOST"):
        _give_nothing_back()
    engine = db.make_engine(get_settings().url)

    def tick(engine: Engine) -> None:
        with db.transaction(engine) as session:
            session.connection().execute(
                text("INSERT INTO mark (tick, worker) VALUES (:tick, :worker)"),
                {"tick": int((time.time() - BEGAN) * 1000), "worker": os.getpid()},
            )

    if os.environ.get("BENCH_TICK"):
        jobs.periodic("bench.tick", every=timedelta(seconds=TICK_SECONDS))(tick)
    worker = jobs.Worker(engine, concurrency=int(os.environ.get("BENCH_CONCURRENCY", "4")))
    signal.signal(signal.SIGTERM, lambda *_: worker.stop())
    worker.run()
    engine.dispose()


if __name__ == "__main__":
    main()
