"""Whoever changes something leaves an entry, in the very transaction of the change."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from fastapi import FastAPI, Request
from httpx import Response
from sqlalchemy import Engine, event
from sqlmodel import Session

from app import audit, db
from app.main import create_app
from tests.app.examples import Examples, furnish
from tests.app.operations import Operation, call, operations, rule
from tests.app.ready import caller, is_ready, made_ready
from tests.app.trials import calling
from tests.cast import Cast
from tests.databases import Databases

STORES_NOTHING = "only says what would be"
SIGNING_IN = "the session itself says it, and belongs to no pool"
HER_OWN = "a setting of one's own, which is nobody else's business"
WITHOUT: dict[str, str] = {
    "POST /auth/logout": SIGNING_IN,
    "POST /auth/factor": SIGNING_IN,
    "POST /auth/factor/mail": SIGNING_IN,
    "POST /auth/factor/totp": "nothing holds before it is confirmed",
    "POST /auth/proof": SIGNING_IN,
    "POST /sessions/revoke-others": SIGNING_IN,
    "DELETE /sessions/{session_id}": SIGNING_IN,
    "POST /phrases/availability": STORES_NOTHING,
    "POST /requests/check": STORES_NOTHING,
    "POST /parents-days/check": STORES_NOTHING,
    "POST /plans/what-if": STORES_NOTHING,
    "POST /imports": "the list of the example holds no rows; `import.store` is tested with rows",
    "POST /messages/seen": "that she looked is her own, and stands at the message",
    "PUT /message-preferences": HER_OWN,
    "PUT /me/benefit-wish": HER_OWN,
    "DELETE /me/benefit-wish": HER_OWN,
    "POST /push-subscriptions": HER_OWN,
    "DELETE /push-subscriptions/{subscription_id}": HER_OWN,
    "DELETE /calendar-feeds/{feed_id}": HER_OWN,
    "POST /volunteers/{volunteer_id}/busy-feeds": HER_OWN,
    "POST /volunteers/{volunteer_id}/busy-feeds/{busy_feed_id}/refresh": HER_OWN,
    "POST /jobs/{job_id}/retry": "the job says it, and belongs to no pool",
    "POST /feedback/{feedback_id}/answered": "the row says when, and belongs to no pool",
}
"""Operations that leave no entry, and why."""
WRITES = re.compile(r"\s*(?:WITH\b.*?\b)?(INSERT INTO|UPDATE|DELETE FROM) (\w+)", re.DOTALL)
BESIDE = frozenset({"idempotency_key", "api_token", "session_token", "sign_in_miss"})
"""Tables that are written along with any request, or before a try is looked at."""
Transactions = list[set[str]]


@contextmanager
def watched(engine: Engine) -> Iterator[Transactions]:
    """The tables that each transaction wrote before its commit."""
    done: Transactions = []
    now: set[str] = set()

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        now.update(name for _, name in WRITES.findall(statement))
        if "INSERT INTO audit_event" in statement:
            now.add("audit_event")

    def commit(_connection: Any) -> None:
        done.append(set(now))
        now.clear()

    def rollback(_connection: Any) -> None:
        now.clear()

    listeners = (("before_cursor_execute", note), ("commit", commit), ("rollback", rollback))
    for name, listener in listeners:
        event.listen(engine, name, listener)
    try:
        yield done
    finally:
        for name, listener in listeners:
            event.remove(engine, name, listener)


def is_noted(transactions: Transactions) -> bool:
    """Whether the first change was committed together with an entry."""
    written = [tables - BESIDE for tables in transactions if tables - BESIDE]
    return bool(written) and "audit_event" in written[0]


WRITING = [o for o in operations() if o.method not in db.READ_METHODS]


async def carried_out(
    app: FastAPI, on: Engine, cast: Cast, examples: Examples, one: Operation
) -> tuple[Response, bool]:
    """The answer, and whether there is an entry with the change."""
    body = rule(one).body_for(examples)
    db.serve_on(app, on)
    async with calling(app) as client:
        with watched(on) as transactions:
            key = cast.key(caller(one))
            answer = await call(client, one, examples.ids, key=key, body=body)
    return answer, is_noted(transactions)


async def unnoted(
    databases: Databases, engine: Engine, cast: Cast, some: Sequence[Operation]
) -> list[str]:
    """Operations that were carried out and left no entry.

    They are tried one after the other; what that hinders is tried on examples of its own.
    """
    examples, app = furnish(engine, cast), create_app(engine)
    without, failed = [], []
    engine.dispose()
    with databases.fresh(like=engine) as shared:
        for one in some:
            if is_ready(one):
                answer, noted = await carried_out(app, shared, cast, examples, one)
                if answer.is_success and noted:
                    continue
            with made_ready(databases, engine, one) as copy:
                answer, noted = await carried_out(app, copy, cast, examples, one)
            if not answer.is_success:
                failed.append(f"{one.name}: {answer.text}")
            elif not noted:
                without.append(one.name)
    assert failed == [], "see tests/app/ready.py"
    return without


async def test_every_operation_that_writes_leaves_an_entry_with_its_change(
    databases: Databases, engine: Engine, cast: Cast
) -> None:
    without = await unnoted(databases, engine, cast, WRITING)
    sentence = "record it with `audit.record`, or say in WITHOUT why it needs no entry"
    assert set(without) == set(WITHOUT), sentence


@pytest.mark.parametrize("way", ["not at all", "afterwards"])
async def test_control_what_is_not_recorded_with_the_change_is_found(
    databases: Databases, engine: Engine, cast: Cast, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """The coordinator makes a policy; what she did is forgotten, or written too late."""
    if way == "not at all":
        monkeypatch.setattr("app.sponsors.service.audit.record", lambda *_, **__: None)
    else:
        record = audit.record
        late: list[tuple[Any, Any]] = []
        monkeypatch.setattr(
            "app.sponsors.service.audit.record",
            lambda *given, **more: late.append((given, more)),
        )

        def write_late(session: Session, request: Request, response: Any) -> None:
            finish(session, request, response)
            with db.transaction(session.get_bind()) as own:  # type: ignore[arg-type]
                for given, more in late:
                    record(own, *given[1:], **more)

        finish = db._finish  # noqa: SLF001
        monkeypatch.setattr(db, "_finish", write_late)
    (policies,) = [one for one in WRITING if one.name == "POST /policies"]
    assert await unnoted(databases, engine, cast, [policies]) == ["POST /policies"]
