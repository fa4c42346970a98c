"""Everything that can be done is done while a receiver listens: what it may know, and no more."""

from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from app import db, jobs
from app.tables import AuditEvent, Webhook
from app.webhooks import events, publishing
from tests.app.examples import Examples, furnish
from tests.app.operations import Operation, call, operations, rule
from tests.app.ready import READY, caller
from tests.app.test_the_way import ask, release
from tests.app.webhooks.conftest import webhook
from tests.app.webhooks.receiver import Receiver
from tests.cast import Cast

PERSONAL = (
    "Dilan", "Mirela", "Selin", "Amal", "Beispiel", "Muster", "Löwenzahn", "Regenbogen",
    "Friedberg", "Schulstr", "Elterngespräch", "Turnhalle", "Zimmer", "krank", "kürzer", "@",
    "0170", "06031", "DE89", "Kurmandschi", "Skript", "beschlossen", "61169", "example",
)  # fmt: skip
"""Names, places, numbers and sentences that the walk writes or finds."""

FLOW = {
    "request.created", "plan.ready", "plan.released", "offer.made",
    "offer.accepted", "booking.made", "booking.cancelled", "service_record.reported",
    "claim.submitted", "claim.checked", "payrun.drawn", "payrun.paid",
}  # fmt: skip
"""The way from a request to the payment."""


async def walk(client: AsyncClient, cast: Cast, engine: Engine, examples: Examples) -> int:
    """Call every operation that writes, one after another; how many were carried out."""
    done = 0
    for operation in operations():
        if operation.method != "GET" and not _is_own(operation):
            make_ready(engine, operation)
            body = rule(operation).body
            answer = await call(
                client,
                operation,
                examples.ids,
                key=cast.key(caller(operation)),
                body=body(examples) if body else None,
            )
            done += answer.is_success
    return done


def _is_own(operation: Operation) -> bool:
    """Whether it would change the webhooks themselves, or end the walk."""
    return "webhook" in operation.path or operation.path == "/auth/logout"


def make_ready(engine: Engine, operation: Operation) -> None:
    """Bring the examples into the state that it needs, where what was done before allows it."""
    for statement in READY.get(operation.name, ()):
        with suppress(DBAPIError), db.transaction(engine) as session:
            session.execute(text(statement))


@pytest.fixture
async def heard(
    client: AsyncClient, cast: Cast, engine: Engine, receiver: Receiver
) -> list[dict[str, Any]]:
    """What a receiver hears when everything is done."""
    examples = furnish(engine, cast)
    with db.transaction(engine) as session:
        stood = session.get_one(Webhook, UUID(examples["webhook_id"]))
        stood.active = False
        session.add(stood)
    publishing.publish(engine)
    webhook(engine, cast.wetterau, receiver.address)
    names = {str(row_id): name for name, row_id in cast.volunteers.items()}
    await ask(client, cast, times=[{"day": "2027-01-14", "start": "15:00"}])
    for offer in await release(client, cast, engine):
        key = cast.key(names[offer["volunteer_id"]])
        await client.post(f"/offers/{offer['id']}/accept", headers=key)
    assert await walk(client, cast, engine, examples) > 60
    jobs.work_all(engine)
    publishing.publish(engine)
    jobs.work_all(engine)
    return [came.content for came in receiver.seen]


async def test_a_receiver_hears_of_every_step_and_of_nobody(
    heard: list[dict[str, Any]], engine: Engine, cast: Cast, receiver: Receiver
) -> None:
    types = {one["type"] for one in heard}
    assert types <= set(events.NAMES)
    assert types >= FLOW
    said = b"".join(came.body for came in receiver.seen).decode()
    assert [word for word in PERSONAL if word in said] == []
    with db.transaction(engine) as session:
        for one in heard:
            entry = session.get_one(AuditEvent, UUID(one["id"]))
            assert str(entry.sponsor_id) == one["sponsor_id"] == str(cast.wetterau)
            assert str(entry.subject_id) == one["subject"]["id"]
    assert len({one["id"] for one in heard}) == len(heard)
