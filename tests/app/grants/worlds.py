"""One appointment after the other, each brought into a state between being asked for and paid."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session, col, delete

from app import books, db
from app.tables import (
    Claim,
    ClaimKind,
    ClaimLine,
    ClaimState,
    LedgerEntry,
    LedgerKind,
    Request,
    Seat,
    ServiceRecord,
)
from tests.app.examples import asking
from tests.app.hours.bookings import at, booked, confirmed
from tests.cast import Cast

FLAT = 2000
PARTS = ("paid", "approved", "committed", "planned")
Sums = dict[str, int]


@dataclass
class World:
    """What was put into the database, one thing a month."""

    engine: Engine
    cast: Cast
    cents: Sums = field(default_factory=lambda: dict.fromkeys(PARTS, 0))
    """What is expected in each part of the budget."""

    def put(self, state: str, month: int, name: str) -> None:
        """One appointment of somebody in a month of 2027."""
        make, sums = STATES[state]
        make(self, at(date(2027, month, 15), "10:00"), name)
        for part, cents in sums.items():
            self.cents[part] += cents


def _asked(world: World, starts_at: datetime, _name: str) -> None:
    with db.transaction(world.engine) as session:
        asking(session, world.cast.wetterau, world.cast.school, starts_at)


def _cancelled(world: World, starts_at: datetime, _name: str) -> None:
    with db.transaction(world.engine) as session:
        asked = asking(session, world.cast.wetterau, world.cast.school, starts_at)
        session.get_one(Request, asked.request.id).state = "cancelled"
        session.get_one(Seat, asked.seat.id).state = "cancelled"


def _booked(world: World, starts_at: datetime, name: str) -> None:
    with db.transaction(world.engine) as session:
        booked(session, world.cast, starts_at, name=name)


def _called_off(world: World, starts_at: datetime, name: str) -> None:
    with db.transaction(world.engine) as session:
        booked(session, world.cast, starts_at, name=name).state = "cancelled_early"


def _recorded(state: str) -> Callable[[World, datetime, str], None]:
    def make(world: World, starts_at: datetime, name: str) -> None:
        confirmed(world.engine, world.cast, starts_at, name=name, state=state)

    return make


def _came_in_vain(world: World, starts_at: datetime, name: str) -> None:
    """Resolved at no minutes at all: it did not take place."""
    record = confirmed(world.engine, world.cast, starts_at, name=name, state="disputed")
    with db.transaction(world.engine) as session:
        row = session.get_one(ServiceRecord, record.id)
        row.state, row.minutes = "resolved", 0
        session.add(row)
        session.flush()
        books.work_of_records(session, col(ServiceRecord.id) == row.id)


def claimed(
    session: Session, record: ServiceRecord, state: ClaimState, **more: Any
) -> tuple[Claim, ClaimLine]:
    """A claim with one line about a record, or taking one back."""
    sign = -1 if more.get("kind") == ClaimKind.COUNTER else 1
    claim = Claim(
        sponsor_id=record.sponsor_id, volunteer_id=record.volunteer_id,
        month=record.started_at.date().replace(day=1), funding_line="wir", state=state,
        minutes=sign * 60, amount_cents=sign * FLAT, **more,
    )  # fmt: skip
    session.add(claim)
    session.flush()
    line = ClaimLine(
        sponsor_id=record.sponsor_id, claim_id=claim.id, service_record_id=record.id,
        volunteer_id=record.volunteer_id, started_at=record.started_at, ended_at=record.ended_at,
        counts=sign > 0, day=record.started_at.date(), minutes=sign * 60, paid_minutes=sign * 60,
        amount_cents=sign * FLAT, plan_key="wir_interpreter", reason_code="flat",
    )  # fmt: skip
    session.add(line)
    session.flush()
    return claim, line


def _claim(
    state: ClaimState, *kinds: LedgerKind, back: bool = False, gone: bool = False
) -> Callable[[World, datetime, str], None]:
    """A claim in a state, with what the books say of it; `back`: and that it was taken back."""

    def make(world: World, starts_at: datetime, name: str) -> None:
        record = confirmed(world.engine, world.cast, starts_at, name=name)
        with db.transaction(world.engine) as session:
            claim, line = claimed(session, record, state)
            for kind in kinds:
                if back and kind != kinds[0]:
                    books.back(session, col(LedgerEntry.claim_id) == claim.id)
                books.lines(session, kind, col(Claim.id) == claim.id)
            if gone:
                books.back(session, col(LedgerEntry.claim_id) == claim.id)
                session.exec(delete(ClaimLine).where(col(ClaimLine.id) == line.id))

    return make


def _reversed(*kinds: LedgerKind) -> Callable[[World, datetime, str], None]:
    """Paid, and taken back by a counter-booking that is so far."""

    def make(world: World, starts_at: datetime, name: str) -> None:
        record = confirmed(world.engine, world.cast, starts_at, name=name)
        with db.transaction(world.engine) as session:
            first, line = claimed(session, record, ClaimState.PAID)
            for kind in (LedgerKind.APPROVED, LedgerKind.PAID):
                books.lines(session, kind, col(Claim.id) == first.id)
            first.state, line.counts = ClaimState.REVERSED, False
            session.add_all([first, line])
            session.flush()
            again = {"kind": ClaimKind.COUNTER, "number": 2, "reverses_id": first.id}
            counter, _ = claimed(session, record, ClaimState.APPROVED, **again)
            for kind in kinds:
                books.lines(session, kind, col(Claim.id) == counter.id)

    return make


_A, _P, _W = LedgerKind.APPROVED, LedgerKind.PAID, LedgerKind.WAIVED
STATES: dict[str, tuple[Callable[[World, datetime, str], None], Sums]] = {
    "asked for": (_asked, {"planned": FLAT}),
    "request cancelled": (_cancelled, {}),
    "booked": (_booked, {"committed": FLAT}),
    "called off": (_called_off, {}),
    "reported": (_recorded("reported"), {"committed": FLAT}),
    "disputed": (_recorded("disputed"), {"committed": FLAT}),
    "stands": (_recorded("confirmed"), {"committed": FLAT}),
    "in vain": (_came_in_vain, {}),
    "in an open claim": (_claim(ClaimState.OPEN), {"committed": FLAT}),
    "checked": (_claim(ClaimState.CHECKED), {"committed": FLAT}),
    "rejected": (_claim(ClaimState.REJECTED), {}),
    "approved": (_claim(ClaimState.APPROVED, _A), {"approved": FLAT}),
    "returned and built anew": (_claim(ClaimState.RETURNED, _A, gone=True), {"committed": FLAT}),
    "paid": (_claim(ClaimState.PAID, _A, _P), {"paid": FLAT}),
    "waived": (_claim(ClaimState.WAIVED, _A, _W, back=True), {}),
    "waived before it was approved": (_claim(ClaimState.WAIVED, _W), {}),
    "being reversed": (_reversed(), {"paid": FLAT}),
    "reversal approved": (
        _reversed(_A), {"paid": FLAT, "approved": -FLAT, "committed": FLAT},
    ),
    "reversed": (_reversed(_A, _P), {"committed": FLAT}),
}  # fmt: skip
"""What there may be of an appointment, and in which part of the budget it is expected."""


def days(cents: Sums, spent: dict[date, int]) -> bool:
    """Whether all but what is planned stands on its day."""
    return sum(spent.values()) == sum(cents[part] for part in PARTS if part != "planned")
