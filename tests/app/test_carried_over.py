"""An older database: what was worked and paid before gets transfers and lines in the books."""

from datetime import date

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine
from sqlmodel import col, select

from app import books, db, migrations
from app.backups import invariants
from app.tables import LedgerEntry, Payment
from tests.app.hours.bookings import at, confirmed
from tests.app.payouts.steps import approve_all
from tests.cast import Cast

MONDAY = date(2027, 1, 4)
Books = list[tuple[object, ...]]


def booked(engine: Engine) -> Books:
    """What stands in the books, but for when it was written."""
    by = ("kind", "day", "paid_on", "volunteer_id", "role", "funding_line", "plan_key",
          "language", "region_ags", "institution_kind", "detail")  # fmt: skip
    with db.transaction(engine, read_only=True) as session:
        return sorted((tuple(row) for row in books.sums(session, by=by)), key=str)


def transfers(engine: Engine) -> list[tuple[object, ...]]:
    """Who is paid how much by which payrun, and whether it has left."""
    with db.transaction(engine, read_only=True) as session:
        rows = session.exec(select(Payment).order_by(col(Payment.number))).all()
    return sorted(
        (one.payee_name, one.payee_iban, one.amount_cents, one.state, one.paid_on) for one in rows
    )


@pytest.fixture
async def worked(client: AsyncClient, cast: Cast, engine: Engine) -> None:
    """Dilan and Mirela are paid for January; a second appointment of Dilan's waits."""
    for name, hour in (("dilan", "10:00"), ("mirela", "10:00"), ("mirela", "14:00")):
        confirmed(engine, cast, at(MONDAY, hour), name=name)
    await approve_all(client, cast)
    key = cast.key("fatma")
    made = (await client.post("/payruns", json={}, headers=key)).json()
    sent = {"paid_on": "2027-01-04"}
    assert (await client.post(f"/payruns/{made['id']}/paid", json=sent, headers=key)).is_success


async def test_what_was_paid_before_is_carried_over(engine: Engine, worked: None) -> None:
    before, paid = booked(engine), transfers(engine)
    assert {row[0] for row in before} == {"work", "approved", "paid"}
    migrations.downgrade(engine, "who_may_see_what")
    migrations.migrate(engine)
    assert transfers(engine) == paid
    assert booked(engine) == before
    assert invariants.findings(engine) == []
    with db.transaction(engine, read_only=True) as session:
        entries = session.exec(select(LedgerEntry)).all()
    assert all(one.payment_id for one in entries if one.kind == "paid")


AROUND_MIDNIGHT = [
    at(date(2026, month, day), hour)
    for month, day in ((1, 15), (3, 28), (3, 29), (3, 30), (7, 1), (10, 24), (10, 25), (10, 26))
    for hour in ("00:30", "23:00")
]


async def test_work_at_night_keeps_its_day(engine: Engine, cast: Cast) -> None:
    for start in AROUND_MIDNIGHT:
        confirmed(engine, cast, start)
    before = booked(engine)
    migrations.downgrade(engine, "who_may_see_what")
    migrations.migrate(engine)
    assert booked(engine) == before
    assert len({row[1] for row in before}) == len(AROUND_MIDNIGHT) / 2
