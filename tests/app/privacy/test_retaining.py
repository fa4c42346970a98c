"""What is kept too long goes, each day, with a proof; a dry run only counts."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import pytest
import time_machine
from httpx import AsyncClient
from sqlalchemy import JSON, Engine, update
from sqlmodel import SQLModel, col, select

from app import db, jobs
from app.privacy import retaining, rules
from app.privacy.classes import Kind
from app.privacy.columns import of_class
from app.privacy.rules import RULES
from app.tables import (
    Activity,
    Assignment,
    AuditEvent,
    CapException,
    Claim,
    ClaimApproval,
    ClosedMonth,
    Course,
    Enrolment,
    Erasure,
    GrantNotice,
    Lending,
    Message,
    Payment,
    Payrun,
    Request,
    RetentionRun,
    Row,
    Series,
    ServiceRecord,
    Sponsor,
    Task,
    Volunteer,
)
from tests.app.examples import furnish, snapshot
from tests.app.privacy.traces import GIVEN, HELD, SURNAME, in_database, leave
from tests.cast import Cast

LATER = "2027-06-01T09:00:00+02:00"


def counts(found: list[retaining.Found], sponsor: str = "Sprachpool Wetterau") -> dict[str, int]:
    return {one.rule: one.rows for one in found if one.rows and one.sponsor == sponsor}


def ended(engine: Engine, table: type, **values: object) -> None:
    """Bring the example into a state in which it is over."""
    with db.transaction(engine) as session:
        for row in session.exec(select(table)).all():
            for name, value in values.items():
                setattr(row, name, value)
            session.add(row)


def full(engine: Engine, cast: Cast) -> None:
    """Texts in everything that may hold some, at both sponsors."""
    furnish(engine, cast)
    furnish(engine, cast, foreign=True)
    ended(engine, Request, note="Frau im Rollstuhl", room="12", contact_name="Selin")
    ended(engine, Message, state="sent")
    ended(engine, Task, state="resolved", params={"written": "Zeile"}, answer={"note": "gut"})
    ended(engine, ServiceRecord, reason="kam spät")
    with db.transaction(engine) as session:
        for series in session.exec(select(Series)).all():
            series.template = series.template | {"note": "Treppe", "contact_name": "Selin"}
            session.add(series)


def test_a_dry_run_counts_and_changes_nothing(
    engine: Engine, cast: Cast, clock: time_machine.Traveller
) -> None:
    full(engine, cast)
    clock.move_to(LATER)
    before = snapshot(engine)
    found = counts(retaining.dry(engine))
    texts = {"request_texts", "series_texts", "messages", "answered_tasks"}
    assert texts | {"absences", "offered_times"} <= set(found)
    assert snapshot(engine) == before
    assert found == counts(retaining.dry(engine), "Lotsenbüro Fulda")


def test_a_run_does_what_the_dry_run_counted_and_then_nothing_more(
    engine: Engine, cast: Cast, clock: time_machine.Traveller
) -> None:
    full(engine, cast)
    clock.move_to(LATER)
    expected = counts(retaining.dry(engine))
    assert counts(retaining.run(engine)) == expected
    assert counts(retaining.dry(engine)) == {}
    assert counts(retaining.run(engine)) == {}, "once is enough"
    with db.transaction(engine) as session:
        assert all(r.note == r.room == r.topic == "" for r in session.exec(select(Request)))
        assert all("note" not in s.template for s in session.exec(select(Series)))
        assert all((t.params, t.answer) == ({}, None) for t in session.exec(select(Task)))
        messages = session.exec(select(Message)).all()
        assert {(m.body, m.recipient, m.subject) for m in messages} == {("", "", "")}


WORDS: dict[type[Row], str] = {
    Activity: "reason",
    Assignment: "cancel_reason",
    CapException: "reason",
    Claim: "return_reason",
    ClaimApproval: "reason",
    ClosedMonth: "reason",
    Course: "reason",
    Erasure: "reason",
    GrantNotice: "change_reason",
    Lending: "reason",
    Payrun: "reason",
    ServiceRecord: "reason",
}
NAMES: dict[type[Row], tuple[str, ...]] = {
    Claim: ("payee_name", "payee_iban"),
    ClaimApproval: ("treasurer_name", "treasurer_email"),
    Payment: ("payee_name", "payee_iban"),
    ServiceRecord: ("confirmed_by",),
}


def test_each_text_goes_in_its_time_and_each_name_of_the_accounts_in_its(
    engine: Engine, cast: Cast, clock: time_machine.Traveller
) -> None:
    full(engine, cast)
    for table, column in WORDS.items():
        ended(engine, table, **{column: "Frau Muster war krank"})
    for table, columns in NAMES.items():
        ended(engine, table, **dict.fromkeys(columns, "Tilda Kasse"))
    ended(engine, Claim, state="paid")

    def left(kept: Mapping[type[Row], Sequence[str]]) -> set[str]:
        with db.transaction(engine) as session:
            return {
                f"{table.__tablename__}.{name}"
                for table, names in kept.items()
                for row in session.exec(select(table)).all()
                for name in names
                if getattr(row, name)
            }

    words = {table: (column,) for table, column in WORDS.items()}
    texts = {rule.name for rule in RULES if rule.kind is Kind.FREE_TEXT}
    assert (len(left(words)), len(left(NAMES))) == (len(WORDS), 7)
    clock.move_to(LATER)
    assert texts <= set(counts(retaining.run(engine)))
    assert (left(words), len(left(NAMES))) == (set(), 7)
    clock.move_to("2041-06-01T09:00:00+02:00")
    assert {"payees", "signers", "transfers", "treasurers"} <= set(counts(retaining.run(engine)))
    assert left(NAMES) == set()


BESIDES = {"request": ("contact_name", "contact_phone"), "message": rules.MESSAGE_TEXTS}
"""What goes together with the free texts, whatever its class."""


def test_every_column_with_words_is_empty_after_its_time(
    engine: Engine, cast: Cast, clock: time_machine.Traveller
) -> None:
    """By the classes of the columns, so that no rule can leave one out."""
    full(engine, cast)
    ended(engine, Claim, state="paid")
    of_tables: dict[str, set[str]] = {table: set(names) for table, names in BESIDES.items()}
    for table, name in of_class(Kind.FREE_TEXT):
        if not isinstance(SQLModel.metadata.tables[table].c[name].type, JSON):
            of_tables.setdefault(table, set()).add(name)
    assert of_tables.pop("volunteer") == {"note"}, "the office's note goes with the person"
    for table, names in of_tables.items():
        with db.transaction(engine) as session:
            words = dict.fromkeys(names, "Frau Muster")
            done = session.connection().execute(update(SQLModel.metadata.tables[table]), words)
            assert done.rowcount > 0, table
    clock.move_to(LATER)
    retaining.run(engine)
    assert in_database(engine, ["Frau Muster"]) == set()


def test_what_is_young_stays(engine: Engine, cast: Cast) -> None:
    full(engine, cast)
    found = counts(retaining.dry(engine))
    assert "request_texts" not in found
    assert "messages" not in found


def test_each_batch_leaves_a_proof_over_the_ids(
    engine: Engine,
    cast: Cast,
    clock: time_machine.Traveller,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    full(engine, cast)
    clock.move_to(LATER)
    monkeypatch.setattr(retaining, "BATCH", 2)
    with db.transaction(engine) as session:
        ids = sorted(
            str(one)
            for one in session.exec(
                select(Request.id).where(col(Request.sponsor_id) == cast.wetterau)
            )
        )
    retaining.run(engine)
    with db.transaction(engine) as session:
        query = select(RetentionRun).where(
            col(RetentionRun.data_class) == "request_texts",
            col(RetentionRun.sponsor_id) == cast.wetterau,
        )
        runs = session.exec(query.order_by(col(RetentionRun.id))).all()
        events = select(AuditEvent).where(col(AuditEvent.action) == "retention.run")
        told = session.exec(events).all()
    assert sum(run.counts["request"] for run in runs) == len(ids)
    assert runs[0].proof == hashlib.sha256("\n".join(ids[:2]).encode()).hexdigest()
    by_id = {event.subject_id: event.details for event in told}
    assert [by_id[run.id] for run in runs] == [
        {"rule": "request_texts", "rows": sum(run.counts.values()), "proof": run.proof}
        for run in runs
    ]


def test_a_run_that_breaks_leaves_no_proof_of_what_did_not_go(
    engine: Engine,
    cast: Cast,
    clock: time_machine.Traveller,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    full(engine, cast)
    clock.move_to(LATER)
    before = snapshot(engine)

    def broken(_ids: object) -> str:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(retaining, "proof", broken)
    with pytest.raises(RuntimeError):
        retaining.run(engine)
    assert snapshot(engine) == before


def test_who_left_a_year_ago_is_forgotten_and_the_accounts_are_held(
    engine: Engine, cast: Cast, clock: time_machine.Traveller
) -> None:
    left = leave(engine, cast)
    with db.transaction(engine) as session:
        query = select(Enrolment).where(col(Enrolment.volunteer_id) == left.volunteer_id)
        enrolment = session.exec(query).one()
        enrolment.state = "ended"
        session.add(enrolment)
    clock.shift(timedelta(days=360))
    assert "left" not in counts(retaining.run(engine))
    clock.shift(timedelta(days=10))
    assert counts(retaining.run(engine))["left"] == 1
    jobs.work_all(engine)
    assert in_database(engine) == HELD
    with db.transaction(engine) as session:
        assert session.exec(select(Erasure.state)).one() == "held"
        assert session.get_one(Volunteer, left.volunteer_id).erased_at is not None
    clock.shift(timedelta(days=1))
    assert "left" not in counts(retaining.run(engine)), "once is enough"


@pytest.mark.parametrize("state", ["approved", "returned"])
def test_whoever_is_owed_money_is_not_forgotten_by_the_calendar(
    engine: Engine, cast: Cast, clock: time_machine.Traveller, state: str
) -> None:
    left = leave(engine, cast)
    with db.transaction(engine) as session:
        query = select(Enrolment).where(col(Enrolment.volunteer_id) == left.volunteer_id)
        enrolment = session.exec(query).one()
        claim = session.get_one(Claim, left.claim_id)
        enrolment.state, claim.state = "ended", state
        claim.payee_name, claim.payee_iban = "", ""
        session.add_all([enrolment, claim])
    clock.shift(timedelta(days=370))
    assert "left" not in counts(retaining.dry(engine))
    assert "left" not in counts(retaining.run(engine))
    with db.transaction(engine) as session:
        assert session.get_one(Volunteer, left.volunteer_id).iban, "she can still be paid"
        claim = session.get_one(Claim, left.claim_id)
        claim.state = "paid"
        session.add(claim)
    assert counts(retaining.run(engine))["left"] == 1


@pytest.mark.parametrize(("years", "gone"), [(None, True), (10, False), ("viele", True)])
def test_a_sponsor_may_keep_its_accounts_longer(
    engine: Engine, cast: Cast, clock: time_machine.Traveller, years: object, gone: bool
) -> None:
    left = leave(engine, cast)
    with db.transaction(engine) as session:
        sponsor = session.get_one(Sponsor, cast.wetterau)
        sponsor.settings = {"accounting_years": years} if years else {}
        session.add(sponsor)
    clock.move_to("2032-02-01T09:00:00+01:00")
    retaining.run(engine)
    with db.transaction(engine) as session:
        assert (session.get_one(Claim, left.claim_id).payee_name == "") is gone


def test_an_erasure_is_not_called_done_while_longer_kept_accounts_name_her(
    engine: Engine, cast: Cast, clock: time_machine.Traveller
) -> None:
    left = leave(engine, cast)
    with db.transaction(engine) as session:
        at = {"sponsor_id": cast.wetterau, "volunteer_id": left.volunteer_id}
        session.add(Erasure(**at, state="held", held_until=date(2031, 12, 31)))
        session.get_one(Sponsor, cast.wetterau).settings = {"accounting_years": 7}

    def stands() -> tuple[str, date | None, str]:
        with db.transaction(engine) as session:
            one = session.exec(select(Erasure)).one()
            return one.state, one.held_until, session.get_one(Claim, left.claim_id).payee_name

    clock.move_to("2032-02-01T09:00:00+01:00")
    assert "held_erasures" not in counts(retaining.run(engine))
    assert stands() == ("held", date(2033, 12, 31), f"{SURNAME}, {GIVEN}")
    clock.move_to("2034-01-01T09:00:00+01:00")
    assert counts(retaining.run(engine))["held_erasures"] == 1
    assert stands() == ("done", date(2033, 12, 31), "")


async def test_the_lead_and_the_auditor_read_what_went(
    client: AsyncClient, cast: Cast, engine: Engine, clock: time_machine.Traveller
) -> None:
    full(engine, cast)
    clock.move_to(LATER)
    retaining.run(engine)
    for who in ("lea", "arno"):
        listed = (await client.get("/privacy/retention-runs", headers=cast.key(who))).json()
        assert {one["sponsor_id"] for one in listed["items"]} == {str(cast.wetterau)}
    assert (
        await client.get("/privacy/retention-runs", headers=cast.key("amal"))
    ).status_code == 403


def test_it_runs_by_itself_every_day(
    engine: Engine, cast: Cast, clock: time_machine.Traveller
) -> None:
    full(engine, cast)
    clock.move_to(LATER)
    assert jobs.run_periodic(engine, "privacy.retention") == 1
    assert counts(retaining.dry(engine)) == {}
    assert jobs.run_periodic(engine, "privacy.retention") == 0


def test_every_free_text_has_a_rule_or_a_reason() -> None:
    """A control for new columns: a free text that no rule empties is asked about."""
    said = {rule.table.__tablename__ for rule in rules.RULES if rule.kind is Kind.FREE_TEXT}
    said |= {"absence", "offered_time"}  # the row goes as a whole
    left = {table for table, _ in of_class(Kind.FREE_TEXT)} - said
    assert left == {"volunteer"}, "the office's note goes with the person"
