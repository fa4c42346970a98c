"""The books: what is approved and paid stands in them, to the cent, and nobody rewrites them."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, select, update

from app import books, db
from app.backups import invariants
from app.tables import Claim, ClaimLine, LedgerEntry, LedgerKind, Payment, PaymentPart
from tests.app.hours.bookings import at, confirmed
from tests.app.payouts.steps import approve_all, build, step
from tests.cast import Cast

MONDAY = date(2027, 1, 4)
GUARD = "ex_claim_line_paid_once"


def booked(engine: Engine, kind: LedgerKind, *by: str) -> list[tuple[object, ...]]:
    """Sums of cents, by members of a line."""
    with db.transaction(engine, read_only=True) as session:
        found = books.sums(session, col(LedgerEntry.kind) == kind, by=by)
    return [(*row[: len(by)], int(row.amount_cents)) for row in found]


async def test_approved_and_paid_claims_stand_in_the_books(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    confirmed(engine, cast, at(MONDAY, "10:00"))
    confirmed(engine, cast, at(MONDAY, "10:00"), name="mirela")
    await approve_all(client, cast)
    assert booked(engine, LedgerKind.APPROVED) == [(4000,)]
    assert booked(engine, LedgerKind.PAID) == [(0,)]
    made = await client.post("/payruns", json={}, headers=cast.key("fatma"))
    sent, path = {"paid_on": "2027-01-04"}, f"/payruns/{made.json()['id']}/paid"
    paid = await client.post(path, json=sent, headers=cast.key("fatma"))
    assert paid.status_code == 200
    dims = ("day", "paid_on", "role", "funding_line", "institution_kind")
    line = (MONDAY, MONDAY, "interpreter", "wir", "primary_school", 4000)
    assert booked(engine, LedgerKind.PAID, *dims) == [line]
    with db.transaction(engine, read_only=True) as session:
        of_transfers = session.exec(
            select(LedgerEntry.payment_id, LedgerEntry.amount_cents).where(
                LedgerEntry.kind == LedgerKind.PAID
            )
        ).all()
        transfers = session.exec(select(Payment.id, Payment.amount_cents)).all()
    assert sorted(of_transfers, key=str) == sorted(transfers, key=str)
    assert invariants.findings(engine) == []


async def test_what_is_returned_after_approval_is_booked_back(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    confirmed(engine, cast, at(MONDAY, "10:00"))
    (claim,) = await approve_all(client, cast)
    assert (await step(client, cast, "fatma", claim, "return")).status_code == 200
    with db.transaction(engine, read_only=True) as session:
        query = select(LedgerEntry).where(col(LedgerEntry.kind) == LedgerKind.APPROVED)
        first, second = session.exec(query.order_by(col(LedgerEntry.id))).all()
    assert (first.amount_cents, second.amount_cents, second.quantity) == (2000, -2000, -1)
    assert second.reverses_id == first.id
    await approve_all(client, cast)
    assert booked(engine, LedgerKind.APPROVED) == [(2000,)]


async def test_a_day_in_the_past_is_read_as_it_was(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    confirmed(engine, cast, at(MONDAY, "10:00"))
    await approve_all(client, cast)
    with db.transaction(engine, read_only=True) as session:
        recorded = session.exec(select(LedgerEntry.recorded_at)).first()
        assert recorded
        before = recorded - timedelta(seconds=1)
        approved = col(LedgerEntry.kind) == LedgerKind.APPROVED
        assert books.sums(session, approved, as_of=before, by=("kind",)) == []
        assert len(books.sums(session, approved, as_of=recorded, by=("kind",))) == 1


def refused(engine: Engine, statement: str) -> bool:
    """Whether the database refuses to change the books."""
    try:
        with db.transaction(engine) as session:
            session.connection().execute(text(statement))
    except DBAPIError as error:
        return "written once" in str(error)
    return False


async def test_nobody_rewrites_the_books(client: AsyncClient, cast: Cast, engine: Engine) -> None:
    confirmed(engine, cast, at(MONDAY, "10:00"))
    await approve_all(client, cast)
    change = "UPDATE ledger_entry SET amount_cents = 1"
    assert refused(engine, change)
    on = " ON ledger_entry" if engine.dialect.name == "postgresql" else ""
    with engine.begin() as connection:
        connection.execute(text(f"DROP TRIGGER ledger_entry_no_update{on}"))
    assert not refused(engine, change), "a control: without the trigger they can be"


def drop_guard(engine: Engine) -> None:
    """Take the guard away that pays each moment once: what the control does."""
    statements = [f"ALTER TABLE claim_line DROP CONSTRAINT {GUARD}"]
    if engine.dialect.name == "sqlite":
        statements = [f"DROP TRIGGER {GUARD}_insert", f"DROP TRIGGER {GUARD}_update"]
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def again(session: Session, line: ClaimLine, shift: timedelta, cents: int = 2000) -> None:
    """The same volunteer is paid for a time near to the first one, by another funding line."""
    claim = Claim(
        sponsor_id=line.sponsor_id, volunteer_id=line.volunteer_id, month=date(2027, 1, 1),
        funding_line="other", minutes=60, amount_cents=cents,
    )  # fmt: skip
    session.add(claim)
    session.flush()
    session.add(
        ClaimLine(
            sponsor_id=line.sponsor_id, claim_id=claim.id, volunteer_id=line.volunteer_id,
            started_at=line.started_at + shift, ended_at=line.ended_at + shift, day=line.day,
            minutes=60, paid_minutes=60, amount_cents=cents, plan_key="other", reason_code="flat",
        )
    )  # fmt: skip
    session.flush()


async def first_line(client: AsyncClient, cast: Cast, engine: Engine) -> ClaimLine:
    """Dilan is paid for ten to eleven."""
    confirmed(engine, cast, at(MONDAY, "10:00"))
    await build(client, cast)
    with db.transaction(engine, read_only=True) as session:
        return session.exec(select(ClaimLine)).one()


@pytest.mark.parametrize("minutes", [-59, 0, 59])
async def test_no_moment_is_paid_twice_across_funding_lines(
    client: AsyncClient, cast: Cast, engine: Engine, minutes: int
) -> None:
    line = await first_line(client, cast, engine)
    shift = timedelta(minutes=minutes)
    with pytest.raises(DBAPIError, match=GUARD), db.transaction(engine) as session:
        again(session, line, shift)
    drop_guard(engine)
    with db.transaction(engine) as session:
        again(session, line, shift)
    assert "A moment of somebody is paid twice" in " ".join(invariants.findings(engine))


@pytest.mark.parametrize(("minutes", "cents"), [(60, 2000), (-60, 2000), (0, 0)])
async def test_times_that_touch_and_lines_without_pay_may_stand_beside(
    client: AsyncClient, cast: Cast, engine: Engine, minutes: int, cents: int
) -> None:
    line = await first_line(client, cast, engine)
    with db.transaction(engine) as session:
        again(session, line, timedelta(minutes=minutes), cents)


async def test_what_was_taken_back_may_be_paid_anew(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    line = await first_line(client, cast, engine)
    with db.transaction(engine) as session:
        session.exec(update(ClaimLine).values(counts=False))
        again(session, line, timedelta())
    with pytest.raises(DBAPIError, match=GUARD), db.transaction(engine) as session:
        session.exec(update(ClaimLine).values(counts=True))


async def test_a_claim_is_in_one_transfer_until_it_comes_back(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    confirmed(engine, cast, at(MONDAY, "10:00"))
    await approve_all(client, cast)
    await client.post("/payruns", json={}, headers=cast.key("fatma"))

    def pay_again(session: Session) -> UUID:
        part = session.exec(select(PaymentPart)).first()
        assert part
        made = PaymentPart(
            **part.model_dump(include={"sponsor_id", "payment_id", "claim_id"}), amount_cents=2000
        )
        session.add(made)
        session.flush()
        return made.id

    with pytest.raises(DBAPIError, match="payment_part"), db.transaction(engine) as session:
        pay_again(session)
    with db.transaction(engine) as session:
        session.exec(update(PaymentPart).values(returned=True))
        pay_again(session)
