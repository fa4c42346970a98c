"""Many press yes at once: how many are booked, how long it takes, beside a route that does little.

python -m bench.acceptance [--seats N] [--people N] [--again N] [--clients N] [--wins N] [--sqlite]

`seats` are offered to `people` each, and everybody says yes `again` times: exactly one of each seat
is booked. One person is asked for fifty seats that overlap: one is booked. Then everybody who says
yes is booked (`wins`), at 4 and at `clients` clients, beside routes that do nothing but eight
statements (`bench.bare`): at `clients` clients at least half as many are booked a second as the one
that writes answers.
At last the control: locks and constraints are switched off, and too many are booked.
"""

import argparse
import random
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, text

from app import db
from app.migrations import migrate
from bench import questions, served
from bench.bare import EDGE, LOOKING, WRITING
from bench.pressing import Load, press
from bench.restarts import durable
from bench.served import CARELESS, SERVE, Pool, Press, Service, drop_guards, running
from bench.tables import columns
from tests.databases import Databases
from tests.throwaway_postgres import binaries

BARE = ("-m", "bench.bare")
FEW = 4
WARM = 320
"""So many that every connection has carried out its statements often and keeps their plans."""
OFFERS = 50
HEAD = ("what", "clients", "answers", "a second", "p50 ms", "p95 ms", "p99 ms", "statuses")
MEASURES = {
    "8 statements that write, bare": WRITING,
    "8 statements that look, bare": LOOKING,
    "8 statements that look, signed in": EDGE,
}
"""The first one is the bar: an acceptance shall not need twice its time."""
TAKEN = "state IN ('booked', 'performed', 'client_no_show')"


@dataclass(frozen=True)
class Sizes:
    """How much is pressed."""

    seats: int = 100
    people: int = 10
    again: int = 10
    clients: int = 64
    wins: int = 600


class Trial:
    """One database and the processes that serve it."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine = engine
        self.url = engine.url.render_as_string(hide_password=False)
        self._folder = folder
        self.pool: Pool = served.found(engine)
        self.rows: list[tuple[str, ...]] = []
        self.wrong: list[str] = []

    @contextmanager
    def served(self, program: tuple[str, ...] = SERVE, processes: int = 1) -> Iterator[list[int]]:
        """Run processes of a program; their ports."""
        with ExitStack() as stack:
            services = [
                Service(self.url, self._folder / f"{program[-1]}{number}", program)
                for number in range(processes)
            ]
            yield [stack.enter_context(running(one)).port for one in services]

    def note(self, what: str, clients: int, load: Load, *, may_be_busy: bool = False) -> None:
        """Add a line to the table; answers that nobody should get are wrong."""
        answers = ", ".join(f"{status}: {n}" for status, n in sorted(load.statuses.items()))
        if load.reconnected:
            answers += f", {load.reconnected} reconnected"
        cells = (f"{value:,.1f}" for value in (load.per_second, load.p(50), load.p(95), load.p(99)))
        self.rows.append((what, f"{clients}", f"{len(load.took)}", *cells, answers))
        allowed = {200, 409} | ({503} if may_be_busy else set())
        if set(load.statuses) - allowed:
            self.wrong.append(f"{what}: answers {answers}")

    def expect(self, what: str, found: int, wanted: int) -> None:
        """Compare a number."""
        print(f"{what}: {found} booked, {wanted} expected")
        if found != wanted:
            self.wrong.append(f"{what}: {found} instead of {wanted}")

    def forget(self) -> None:
        """Leave nobody booked."""
        with db.transaction(self.engine) as session:
            session.connection().execute(text("DELETE FROM assignment"))

    def booked(self) -> int:
        """Count the bookings."""
        return self._count(f"SELECT count(*) FROM assignment WHERE {TAKEN}")  # noqa: S608

    def overlaps(self) -> int:
        """Count the pairs of one person's bookings that overlap, and seats booked twice."""
        return self._count(
            "SELECT count(*) FROM assignment a JOIN assignment b ON a.id < b.id AND"  # noqa: S608
            " (a.seat_id = b.seat_id OR a.volunteer_id = b.volunteer_id"
            "  AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at)"
            f" WHERE a.{TAKEN} AND b.{TAKEN}"
        )

    def _count(self, statement: str) -> int:
        with db.transaction(self.engine, read_only=True) as session:
            return int(session.connection().execute(text(statement)).scalar_one())


def again(presses: list[Press], times: int) -> list[Press]:
    """Everybody so many times, in an order that chance gives."""
    found = presses * times
    random.Random(7).shuffle(found)
    return found


def elsewhere(path: str, presses: list[Press]) -> list[Press]:
    """The same people at another address."""
    return [Press(path, one.token, None) for one in presses]


def contested(trial: Trial, sizes: Sizes, processes: int, *, busy: bool) -> None:
    """Many for each seat."""
    presses = questions.contested(trial.engine, trial.pool, sizes.seats, sizes.people)
    what = f"{sizes.people} for each seat, {processes} process(es)"
    with trial.served(processes=processes) as ports:
        load = press(ports, again(presses, sizes.again), sizes.clients, repeats_busy=busy)
    trial.note(what, sizes.clients, load, may_be_busy=busy)
    trial.expect(what, trial.booked(), sizes.seats)
    trial.expect(what + ", overlaps", trial.overlaps(), 0)
    trial.forget()


def one_person(trial: Trial, sizes: Sizes, *, busy: bool) -> None:
    """Fifty overlapping seats for one person."""
    presses = questions.overlapping(trial.engine, trial.pool, OFFERS)
    with trial.served() as ports:
        load = press(ports, again(presses, sizes.again), sizes.clients, repeats_busy=busy)
    trial.note("one person, 50 seats at once", sizes.clients, load, may_be_busy=busy)
    trial.expect("one person, 50 seats at once", trial.booked(), 1)
    trial.forget()


def wins(trial: Trial, sizes: Sizes) -> None:
    """Everybody is booked, beside the bare route."""
    presses = questions.contested(trial.engine, trial.pool, 2 * sizes.wins + WARM, 1)
    warm, few, many = presses[:WARM], presses[WARM::2], presses[WARM + 1 :: 2]
    with trial.served() as ports, trial.served(BARE) as bare:
        press(ports, warm, sizes.clients)
        for path in MEASURES.values():
            press(bare, elsewhere(path, warm), sizes.clients)
        for clients, some in ((FEW, few), (sizes.clients, many)):
            ours = press(ports, some, clients)
            trial.note("everybody is booked", clients, ours)
            for what, path in MEASURES.items():
                measure = press(bare, elsewhere(path, some), clients)
                trial.note(what, clients, measure)
                print(f"{clients} clients: {ours.per_second / measure.per_second:.2f} of {what}")
    trial.expect("everybody is booked", trial.booked(), len(presses))
    trial.forget()


def control(trial: Trial, sizes: Sizes) -> None:
    """Without locks and constraints it goes wrong."""
    presses = questions.contested(trial.engine, trial.pool, sizes.seats, sizes.people)
    with trial.served(CARELESS) as ports:
        drop_guards(trial.engine)
        load = press(ports, again(presses, 1), sizes.clients)
    trial.note("control: nothing is held", sizes.clients, load)
    found = trial.booked()
    print(f"control: {found} booked for {sizes.seats} seats, {trial.overlaps()} overlaps")
    if found <= sizes.seats:
        trial.wrong.append("control: without locks and constraints nothing went wrong")


@contextmanager
def database(folder: Path, *, sqlite: bool) -> Iterator[Engine]:
    """A migrated database of its own; PostgreSQL with every safety switched on."""
    if sqlite:
        with Databases(folder, "").fresh(migrated=False) as engine:
            migrate(engine)
            yield engine
        return
    found = binaries()
    if found is None:
        sys.exit("PostgreSQL is not installed.")
    with durable(found, folder) as (_, engine):
        yield engine


def main() -> None:
    """Press, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, size in vars(Sizes()).items():
        parser.add_argument(f"--{name}", type=int, default=size)
    parser.add_argument("--sqlite", action="store_true")
    given = vars(parser.parse_args())
    sqlite = given.pop("sqlite")
    sizes = Sizes(**given)
    with tempfile.TemporaryDirectory() as name, database(Path(name), sqlite=sqlite) as engine:
        trial = Trial(engine, Path(name))
        contested(trial, sizes, 1, busy=sqlite)
        one_person(trial, sizes, busy=sqlite)
        if not sqlite:
            contested(trial, sizes, 2, busy=False)
            wins(trial, sizes)
            control(trial, sizes)
    print(columns([HEAD, *trial.rows]))
    sys.exit("\n".join(trial.wrong) or 0)


if __name__ == "__main__":
    main()
