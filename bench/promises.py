"""What people were promised, compared with what is stored: nothing lost, nothing twice.

Used by `bench.kills` and `bench.restarts`.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from threading import Lock
from uuid import UUID

from sqlalchemy import Engine, func
from sqlmodel import col, select

from app import db
from app.backups import invariants
from app.tables import Assignment, Request
from bench import served
from bench.served import Answer, Crowd, Pool, Press


@dataclass
class Tally:
    """What was seen altogether."""

    rounds: int = 0
    acknowledged: int = 0
    unclear: int = 0
    stored_unclear: int = 0
    lost: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    @property
    def is_clean(self) -> bool:
        """Whether something was promised, and nothing lost, done twice or damaged."""
        return self.acknowledged > 0 and not (self.lost or self.twice or self.broken)

    def lines(self) -> list[str]:
        """Give the figures, and what was wrong first."""
        return [
            f"acknowledged {self.acknowledged}, of these lost {len(self.lost)}",
            f"without a clear answer {self.unclear}, of these stored {self.stored_unclear}",
            f"done twice {len(self.twice)}, rules broken {len(self.broken)}",
            f"answers {dict(sorted(self.statuses.items()))}",
            *self.lost[:3],
            *self.twice[:3],
            *self.broken[:3],
        ]


def by_turns(presses: Sequence[Press], pool: Pool) -> Callable[[], Press | None]:
    """Give acceptances and new requests by turns, each once; at last requests only."""
    lock = Lock()

    def mixed() -> Iterator[Press]:
        for press in presses:
            yield press
            yield pool.request()
        while True:
            yield pool.request()

    source = mixed()

    def following() -> Press | None:
        with lock:
            return next(source)

    return following


def stored(engine: Engine, presses: Sequence[Press]) -> dict[str, int]:
    """Give how often each press had its effect, by its key."""
    with db.transaction(engine, read_only=True) as session:
        marks = [press.mark for press in presses if press.mark]
        offers = [_offer_id(press) for press in presses if not press.mark]
        requests = session.exec(
            select(col(Request.cost_centre), func.count())
            .where(col(Request.cost_centre).in_(marks))
            .group_by(col(Request.cost_centre))
        ).all()
        bookings = session.exec(
            select(col(Assignment.offer_id), func.count())
            .where(col(Assignment.offer_id).in_(offers))
            .group_by(col(Assignment.offer_id))
        ).all()
    counts = {str(name): count for name, count in chain(requests, bookings)}
    return {press.key: counts.get(press.mark or str(_offer_id(press)), 0) for press in presses}


def _offer_id(press: Press) -> UUID:
    return UUID(press.path.split("/")[2])


def look(engine: Engine, crowd: Crowd, tally: Tally) -> None:
    """Compare what was promised with what is there."""
    done = [press for press, _ in crowd.acknowledged]
    there = stored(engine, [*done, *crowd.unclear])
    tally.rounds += 1
    tally.acknowledged += len(done)
    tally.unclear += len(crowd.unclear)
    tally.stored_unclear += sum(there[press.key] for press in crowd.unclear)
    tally.statuses.update(answer.status for _, answer in crowd.answered)
    tally.lost += [press.path for press in done if there[press.key] == 0]
    tally.twice += [key for key, count in there.items() if count > 1]
    tally.broken += invariants.findings(engine)


def press_again(engine: Engine, port: int, crowd: Crowd, tally: Tally) -> None:
    """Press everything once more with its key: each has its effect once, and the same answer."""
    before: dict[str, Answer] = {press.key: answer for press, answer in crowd.acknowledged}
    presses = [*(press for press, _ in crowd.acknowledged), *crowd.unclear]
    for press in presses:
        answer = served.post(port, press)
        known = before.get(press.key)
        if answer.status >= 300:
            tally.lost.append(f"{press.path} said {answer.status} when it was pressed again")
        elif known is not None and known.content["id"] != answer.content["id"]:
            tally.twice.append(f"{press.path} gave another id when it was pressed again")
    there = stored(engine, presses)
    tally.twice += [key for key, count in there.items() if count > 1]
    tally.lost += [key for key, count in there.items() if count < 1]
