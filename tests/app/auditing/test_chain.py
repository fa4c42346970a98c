"""Entries are linked soon after they were written, once, in one order."""

import hashlib
import threading
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import time_machine
from sqlalchemy import Engine, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import Session, col, select

from app import audit, db, jobs
from app.auditing import chain, lag, linking
from app.tables import AuditEvent, Enrolment, Tick
from tests.app.auditing.conftest import write
from tests.app.waiting import Gathering
from tests.cast import Cast

FORM = (
    "lotsenwerk audit 1\n"
    '{"account_id":null,"action":"request.create","created_at":"2027-01-04T09:00:00.000005+00:00",'
    '"details":{"a":0.1,"b":"ä"},"id":"00000000-0000-0000-0000-000000000001","position":1,'
    '"previous_hash":"","reason":"","rule_version":"",'
    '"sponsor_id":"00000000-0000-0000-0000-000000000002",'
    '"subject_id":"00000000-0000-0000-0000-000000000003","subject_type":"request","via":"api"}'
)
"""What is hashed of an entry, to the letter."""


def places(engine: Engine, sponsor_id: UUID) -> list[tuple[int | None, str, str]]:
    """Place, hash before and own hash of a sponsor's entries, in the order of writing."""
    with db.transaction(engine, read_only=True) as session:
        found = session.exec(
            select(AuditEvent)
            .where(col(AuditEvent.sponsor_id) == sponsor_id)
            .order_by(col(AuditEvent.created_at), col(AuditEvent.id))
        ).all()
        return [(one.position, one.previous_hash, one.hash) for one in found]


def test_each_sponsor_has_a_chain_of_its_own(engine: Engine, cast: Cast) -> None:
    write(engine, cast, 4)
    write(engine, cast, 2, "nuru")
    assert linking.link_all(engine) == 6
    for sponsor_id, length in ((cast.wetterau, 4), (cast.fulda, 2)):
        linked = places(engine, sponsor_id)
        assert [place for place, _, _ in linked] == list(range(1, length + 1))
        assert [before for _, before, _ in linked] == ["", *(own for _, _, own in linked[:-1])]
        assert len({own for _, _, own in linked}) == length
    assert linking.link_all(engine) == 0


def test_a_chain_goes_on_where_it_ended(
    engine: Engine, cast: Cast, clock: time_machine.Traveller
) -> None:
    write(engine, cast, 3)
    linking.link_all(engine)
    before = places(engine, cast.wetterau)
    clock.shift(60)
    write(engine, cast, 2)
    linking.link_all(engine)
    after = places(engine, cast.wetterau)
    assert after[:3] == before
    assert [place for place, _, _ in after] == [1, 2, 3, 4, 5]


def test_an_entry_that_was_committed_late_gets_its_place_late(engine: Engine, cast: Cast) -> None:
    write(engine, cast, 3)
    linking.link_all(engine)
    with db.transaction(engine) as session:
        enrolment = session.get_one(Enrolment, cast.enrolments["dilan"])
        late = audit.record(session, None, "volunteer.create", enrolment)
        late.created_at = datetime(2026, 12, 1, tzinfo=UTC)
    linking.link_all(engine)
    assert [place for place, _, _ in places(engine, cast.wetterau)] == [4, 1, 2, 3]


def test_linking_changes_nothing_that_was_written(engine: Engine, cast: Cast) -> None:
    write(engine, cast)

    def written() -> list[str]:
        with db.transaction(engine, read_only=True) as session:
            columns = (*chain.COLUMNS, chain.EVENTS.c.updated_at, chain.EVENTS.c.published)
            query = select(*columns).order_by(chain.EVENTS.c.id)  # type: ignore[call-overload]
            return [str(tuple(row)) for row in session.execute(query)]

    before = written()
    linking.link_all(engine)
    assert written() == before


def test_the_form_of_what_is_hashed_never_changes() -> None:
    entry = {
        "id": UUID(int=1),
        "created_at": datetime(2027, 1, 4, 9, 0, 0, 5, tzinfo=UTC),
        "sponsor_id": UUID(int=2),
        "account_id": None,
        "via": "api",
        "action": "request.create",
        "subject_type": "request",
        "subject_id": UUID(int=3),
        "details": {"b": "ä", "a": 0.1},
        "reason": "",
        "rule_version": "",
    }
    first = chain.digest(entry, 1, "")
    assert first == hashlib.sha256(FORM.encode()).hexdigest()
    in_berlin = datetime(2027, 1, 4, 10, 0, 0, 5, tzinfo=ZoneInfo("Europe/Berlin"))
    assert chain.digest(entry | {"created_at": in_berlin}, 1, "") == first
    assert chain.digest(entry | {"details": {"a": 0.1, "b": "ä"}}, 1, "") == first
    assert chain.digest(entry, 2, "") != first
    assert chain.digest(entry, 1, first) != first


def link_at_once(engine: Engine, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> list[Exception]:
    """Two link at the same moment; what went wrong."""
    both_looked = Gathering(engine)
    head, failures = linking.head, []

    def looked(session: Session, sponsor_id: UUID) -> tuple[int, str]:
        found = head(session, sponsor_id)
        both_looked.wait()
        return found

    def link() -> None:
        try:
            with db.transaction(engine) as session:
                linking.link_some(session, cast.wetterau, 4)
        except DBAPIError as error:
            failures.append(error)

    monkeypatch.setattr(linking, "head", looked)
    threads = [threading.Thread(target=link) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures


def test_two_who_link_follow_one_another(
    engine: Engine, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(engine, cast)
    assert link_at_once(engine, cast, monkeypatch) == []
    assert [place for place, _, _ in places(engine, cast.wetterau)] == list(range(1, 9))


def test_control_without_the_lock_two_take_the_same_places(
    engine: Engine, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(engine, cast)
    monkeypatch.setattr(linking, "hold", lambda *_: None)
    failures = link_at_once(engine, cast, monkeypatch)
    if engine.dialect.name == "postgresql":
        assert [type(failure) for failure in failures] == [IntegrityError]
    else:
        assert failures == [], "SQLite has one writer anyway"


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM audit_event",
        "UPDATE audit_event SET action = 'nothing.happened'",
        "UPDATE audit_event SET details = '{}' WHERE position = 2",
        "UPDATE audit_event SET account_id = NULL",
        "UPDATE audit_event SET hash = 'x'",
        "UPDATE audit_event SET position = NULL",
        "TRUNCATE audit_event CASCADE",
    ],
)
def test_the_database_itself_refuses_to_rewrite(engine: Engine, cast: Cast, statement: str) -> None:
    if "TRUNCATE" in statement and engine.dialect.name == "sqlite":
        return
    write(engine, cast)
    linking.link_all(engine)
    before = places(engine, cast.wetterau)
    with pytest.raises(DBAPIError, match="append-only"), db.transaction(engine) as session:
        session.execute(text(statement))
    assert places(engine, cast.wetterau) == before


CHAINED_ONCE = {"position", "previous_hash", "hash"}


def refused(engine: Engine, cast: Cast, others: dict[str, object]) -> set[str]:
    """Columns of Wetterau's only entry that the database lets nobody change."""
    found = set()
    for name, other in others.items():
        change = update(chain.EVENTS).values({name: other})
        try:
            with db.transaction(engine) as session:
                hers = change.where(chain.EVENTS.c.sponsor_id == cast.wetterau)
                assert session.connection().execute(hers).rowcount == 1
                session.rollback()
        except DBAPIError as error:
            if "append-only" not in str(error):
                raise
            found.add(name)
    return found


def test_the_database_guards_just_the_columns_that_are_hashed(engine: Engine, cast: Cast) -> None:
    write(engine, cast, 1)
    other_id, moment = UUID(int=7), datetime(2026, 5, 5, tzinfo=UTC)
    others: dict[str, object] = dict.fromkeys((one.name for one in chain.EVENTS.c), "other")
    others |= {"id": other_id, "subject_id": other_id, "details": {"a": 1}}
    others |= {"created_at": moment, "updated_at": moment, "position": 7, "published": True}
    others |= {"sponsor_id": cast.fulda, "account_id": cast.accounts["kofi"]}
    assert refused(engine, cast, others) == set(chain.WRITTEN_ONCE)
    linking.link_all(engine)
    assert refused(engine, cast, others) == set(chain.WRITTEN_ONCE) | CHAINED_ONCE
    assert others.keys() - set(chain.WRITTEN_ONCE) - CHAINED_ONCE == {"updated_at", "published"}


def test_the_periodic_work_links_and_anchors(
    engine: Engine, cast: Cast, clock: time_machine.Traveller
) -> None:
    write(engine, cast)
    assert jobs.run_periodic(engine, "audit.chain", "audit.anchor") == 2
    with db.transaction(engine, read_only=True) as session:
        (one,) = lag.standings(session, [cast.wetterau])
        assert session.exec(select(Tick.failure).where(Tick.failure != "")).all() == []
    assert (one.chained, one.unchained, one.unchained_since, one.anchored) == (8, 0, None, 8)


def test_entries_that_wait_too_long_are_said(
    engine: Engine, cast: Cast, clock: time_machine.Traveller
) -> None:
    write(engine, cast)
    assert lag.warnings(engine) == []
    clock.shift(timedelta(minutes=16))
    (sentence,) = lag.warnings(engine)
    assert "does a worker run" in sentence
    linking.link_all(engine)
    assert lag.warnings(engine) == []


def test_a_text_never_gets_into_the_audit(engine: Engine, cast: Cast) -> None:
    with db.transaction(engine) as session:
        enrolment = session.get_one(Enrolment, cast.enrolments["dilan"])
        with pytest.raises(audit.NotACode):
            audit.record(session, None, "volunteer.update", enrolment, reason="Frau Muster ist da")
        event = audit.record(
            session, None, "volunteer.update", enrolment, reason=audit.stated("Frau Muster ist da")
        )
        assert event.reason == audit.STATED
        assert audit.stated("") == ""
        assert event.via == "command"
