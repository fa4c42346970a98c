"""Whatever is done in whatever order: claims, lines, transfers and books add up, always."""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
import time_machine
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from app import db
from app.access import Actor
from app.backups.sums import SUMS
from app.errors import ApiError
from app.payouts import building, counters, payruns, service, settling, sides
from app.payouts.payrun_schemas import PayrunCreate
from app.payouts.schemas import ClaimsBuild
from app.tables import Claim, Payment, Payrun, ServiceRecord, Task
from tests.app.hours.bookings import at, confirmed
from tests.app.payouts.steps import activity
from tests.cast import Cast

WALKS, STEPS = 40, 9
SENT = ("submitted", "checked", "approved")
REASON = "bitte noch einmal prüfen"
PAID_MORE = (
    "SELECT l.service_record_id FROM ledger_entry b JOIN claim_line l ON l.id = b.subject_id"
    " WHERE b.kind = 'approved' AND l.service_record_id IS NOT NULL GROUP BY l.service_record_id"
    " HAVING sum(b.amount_cents) > (SELECT coalesce(sum(m.amount_cents), 0) FROM claim_line m"
    " WHERE m.service_record_id = l.service_record_id AND m.counts)"
)
"""Records for which more was approved, what was taken back counted, than their one line says."""


@dataclass
class Walk:
    """A month in which people press one thing after the other."""

    engine: Engine
    cast: Cast
    chance: Random
    month: date

    def actor(self, name: str, *roles: str) -> Actor:
        """Somebody of Wetterau."""
        home = frozenset((self.cast.wetterau, role) for role in roles)
        return Actor(self.cast.accounts[name], name, home)

    @property
    def fatma(self) -> Actor:
        """She keeps the books."""
        return self.actor("fatma", "finance")

    @property
    def lea(self) -> Actor:
        """She leads."""
        return self.actor("lea", "lead")

    def a_row(self, session: Session, table: Any, *states: str) -> Any:
        """One of the newer rows in one of these states; now and then in any."""
        query = select(table).order_by(col(table.id).desc()).limit(6)
        if states and self.chance.random() < 0.9:
            query = query.where(col(table.state).in_(states))
        rows = session.exec(query).all()
        return self.chance.choice(rows) if rows else None


def new_hours(walk: Walk, _session: Session) -> None:
    """She goes to an appointment, or works without one; now and then at the same time."""
    day = walk.month + timedelta(days=walk.chance.randrange(3))
    begin = at(day, f"{walk.chance.randrange(8, 17):02}:00")
    if walk.chance.random() < 0.5:
        activity(walk.engine, walk.cast, begin, minutes=walk.chance.choice([20, 50, 90]))
        return
    role = walk.chance.choice(["guide", "interpreter"])
    name = walk.chance.choice(["dilan", "mirela"])
    minutes = walk.chance.choice([20, 50])
    with suppress(IntegrityError):  # she is booked at that time already
        confirmed(walk.engine, walk.cast, begin, role=role, name=name, minutes=minutes)


def other_hours(walk: Walk, session: Session) -> None:
    """It turns out that it took longer or shorter."""
    if record := walk.a_row(session, ServiceRecord, "confirmed"):
        record.minutes = walk.chance.choice([10, 35])
        session.add(record)


def build(walk: Walk, session: Session) -> None:
    """Amal builds the month."""
    amal = walk.actor("amal", "coordinator")
    building.build(session, amal, ClaimsBuild(month=f"{walk.month:%Y-%m}"))


def onward(walk: Walk, session: Session) -> None:
    """Every claim goes on by one step, as far as somebody may take it."""
    waits = col(Claim.state).in_(["open", *SENT])
    for claim in session.exec(select(Claim).where(waits).order_by(col(Claim.id))).all():
        asked_by_lea = claim.checked_by == walk.cast.accounts["lea"]
        with suppress(ApiError), session.begin_nested():
            if claim.state == "open":
                service.submit(session, walk.fatma, claim)
            elif claim.state == "submitted":
                service.check(session, walk.fatma, claim)
            elif claim.state == "checked":
                service.approve(session, walk.fatma if asked_by_lea else walk.lea, claim)


def on_a_claim(
    states: tuple[str, ...], do: Callable[..., object], *more: object
) -> Callable[[Walk, Session], None]:
    """Somebody does this with one of the claims."""

    def step(walk: Walk, session: Session) -> None:
        if claim := walk.a_row(session, Claim, *states):
            do(session, walk.chance.choice([walk.fatma, walk.lea]), claim, *more)

    step.__name__ = do.__name__
    return step


def draw(walk: Walk, session: Session) -> None:
    """What is approved goes into a payrun."""
    for task in session.exec(select(Task)).all():
        task.state = "resolved"
        session.add(task)
    payruns.draw(session, walk.fatma, PayrunCreate())


def pay(walk: Walk, session: Session) -> None:
    """The money of a payrun leaves."""
    if payrun := walk.a_row(session, Payrun, "drawn"):
        settling.pay(session, walk.fatma, payrun, date(2027, 1, 4))


def undraw(walk: Walk, session: Session) -> None:
    """A payrun is taken back."""
    if payrun := walk.a_row(session, Payrun, "drawn"):
        settling.reverse(session, walk.fatma, payrun, REASON)


def bounce(walk: Walk, session: Session) -> None:
    """A transfer comes back."""
    if payment := walk.a_row(session, Payment, "paid"):
        payrun = session.get_one(Payrun, payment.payrun_id)
        settling.come_back(session, walk.fatma, payrun, payment, date(2027, 1, 4), "AC04")


ALL: tuple[tuple[int, Callable[[Walk, Session], None]], ...] = (
    (2, new_hours),
    (1, other_hours),
    (3, build),
    (8, onward),
    (3, draw),
    (4, pay),
    (1, undraw),
    (2, bounce),
    (1, on_a_claim((*SENT, "on_hold", "waived", "rejected"), service.give_back, REASON)),
    (1, on_a_claim(SENT, sides.hold, REASON)),
    (1, on_a_claim(("on_hold",), sides.release)),
    (1, on_a_claim(SENT, sides.reject, REASON)),
    (1, on_a_claim(("open", *SENT), sides.waive, REASON)),
    (4, on_a_claim(("paid",), counters.ask, REASON)),
)


def wrong(connection: Connection) -> list[str]:
    """What does not add up."""
    queries = {**SUMS, "More was approved than a record is worth": PAID_MORE}
    return [said for said, query in queries.items() if connection.scalars(text(query)).first()]


@pytest.mark.sqlite
def test_every_sum_agrees_after_every_step(
    engine: Engine, cast: Cast, clock: time_machine.Traveller
) -> None:
    chance, done = Random(7), Counter[str]()
    steps = [step for weight, step in ALL for _ in range(weight)]
    for number in range(WALKS):
        walk = Walk(engine, cast, chance, date(2024 + number // 12, number % 12 + 1, 3))
        for step in [new_hours, new_hours, build, *chance.choices(steps, k=STEPS)]:
            try:
                with db.transaction(engine) as session:
                    step(walk, session)
                done[step.__name__] += 1
            except ApiError:
                continue
            with db.transaction(engine, read_only=True) as session:
                assert wrong(session.connection()) == [], f"{number}: {step.__name__}, {done}"
    assert min(done[step.__name__] for _, step in ALL) > 0, f"everything was done: {done}"
