"""Once the proof of use was sent, the paid claims that stand in it are reported."""

from datetime import date
from uuid import UUID

from httpx import AsyncClient
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from app import db, jobs
from app.backups import invariants
from app.payouts import reporting
from app.tables import AuditEvent, Claim, GrantNotice
from tests.app.hours.bookings import at, confirmed
from tests.app.payouts.steps import activity, approve_all, build, pay, step
from tests.cast import Cast

MONDAY = date(2027, 1, 4)


def notice(session: Session, cast: Cast, purpose: str, state: str, **more: object) -> UUID:
    """A grant notice of the year, in a state."""
    values = {"funding_line": "wir", "year": 2027} | more
    row = GrantNotice(
        sponsor_id=cast.wetterau, purpose=purpose, state=state,
        starts_on=date(2027, 1, 1), ends_on=date(2027, 12, 31), **values,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row.id


def reported(engine: Engine, notice_id: UUID) -> list[str]:
    """The states of all claims, by id, after the job was run twice."""
    for _ in range(2):
        jobs.REGISTRY[reporting.REPORT](engine, notice_id)
    with db.transaction(engine, read_only=True) as session:
        return list(session.exec(select(Claim.state).order_by(col(Claim.id))).all())


async def test_paid_claims_of_the_year_and_purpose_are_reported(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    confirmed(engine, cast, at(date(2026, 12, 30), "10:00"))
    confirmed(engine, cast, at(MONDAY, "10:00"))
    activity(engine, cast, at(MONDAY, "14:00"))
    confirmed(engine, cast, at(MONDAY, "10:00"), name="mirela")
    await approve_all(client, cast, "2026-12")
    await approve_all(client, cast)
    await pay(client, cast)
    confirmed(engine, cast, at(date(2027, 2, 1), "10:00"), name="mirela")
    await build(client, cast, "2027-02")
    with db.transaction(engine) as session:
        interpreters = notice(session, cast, "interpreters", "proof_sent")
        guides = notice(session, cast, "guides", "ended")
        other = notice(session, cast, "interpreters", "proof_sent", funding_line="kreis")
    assert set(reported(engine, other)) == {"paid", "open"}
    with_guides = [1, 2]
    found = reported(engine, interpreters)
    assert found[0] == "paid", "its year is 2026"
    assert sorted(found[one] for one in with_guides) == ["paid", "reported"], "her guide hours wait"
    assert found[3] == "open"
    assert reported(engine, guides) == found, "that proof was not sent"
    with db.transaction(engine) as session:
        session.get_one(GrantNotice, guides).state = "proof_sent"
    assert reported(engine, guides) == ["paid", "reported", "reported", "open"]
    with db.transaction(engine, read_only=True) as session:
        done = select(AuditEvent.id).where(col(AuditEvent.action) == "claim.report")
        assert len(session.exec(done).all()) == 2
    assert invariants.findings(engine) == []


async def test_what_was_reported_is_taken_back_like_what_was_paid(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    confirmed(engine, cast, at(MONDAY, "10:00"))
    (made,) = await approve_all(client, cast)
    await pay(client, cast)
    with db.transaction(engine) as session:
        sent = notice(session, cast, "interpreters", "closed")
    assert reported(engine, sent) == ["reported"]
    counter = (await step(client, cast, "fatma", made, "reverse")).json()
    assert (await step(client, cast, "lea", counter["id"], "approve")).status_code == 200
    assert reported(engine, sent) == ["reversed", "approved"]
    assert invariants.findings(engine) == []
