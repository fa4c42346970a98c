"""By which way something was done: a request, a link in a message, a job, a command."""

from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from httpx import AsyncClient
from sqlalchemy import Engine
from sqlmodel import col, select

from app import clock, db, jobs, links
from app.main import create_app
from app.offers import asking
from app.origin import Origin, current
from app.tables import AuditEvent, LinkPurpose, Offer
from tests.app.examples import Examples, furnish
from tests.app.trials import calling
from tests.cast import Cast


@pytest.fixture
def examples(engine: Engine, cast: Cast) -> Examples:
    """One object of every kind."""
    return furnish(engine, cast)


def ways(engine: Engine) -> dict[str, str]:
    """By which way each action was done."""
    with db.transaction(engine, read_only=True) as session:
        query = select(AuditEvent.action, AuditEvent.via).where(col(AuditEvent.action) != "test")
        return dict(session.exec(query).all())


async def test_a_yes_of_the_app_comes_by_a_request(
    client: AsyncClient, cast: Cast, engine: Engine, examples: Examples
) -> None:
    path = f"/offers/{examples['offer_id']}/accept"
    assert (await client.post(path, headers=cast.key("dilan"))).status_code == 200
    found = ways(engine)
    assert found.keys() >= {"offer.accept", "assignment.book", "search.filled"}
    assert set(found.values()) == {"api"}


async def test_a_yes_by_a_link_comes_by_a_link(
    cast: Cast, engine: Engine, examples: Examples
) -> None:
    with db.transaction(engine) as session:
        offer = session.get_one(Offer, UUID(examples["offer_id"]))
        until = clock.now() + timedelta(days=1)
        link = links.make(session, LinkPurpose.ANSWER_OFFER, offer, until)
    async with calling(create_app(engine), "") as client:
        answer = await client.post(link.removeprefix("http://test"), data={"answer": "yes"})
    assert answer.status_code == 200
    found = ways(engine)
    assert found.keys() >= {"offer.accept", "assignment.book", "search.filled"}
    assert set(found.values()) == {"link"}


def test_what_a_job_does_comes_by_a_job(
    cast: Cast, engine: Engine, examples: Examples, clock: time_machine.Traveller
) -> None:
    clock.shift(timedelta(days=2))
    with db.transaction(engine) as session:
        jobs.defer(session, asking.EXPIRE, UUID(examples["offer_id"]))
    jobs.work_all(engine)
    assert ways(engine)["offer.expire"] == "job"
    assert current() is Origin.COMMAND


async def test_whole_ibans_never_leave_unnoted(
    client: AsyncClient, cast: Cast, engine: Engine, examples: Examples
) -> None:
    path = f"/payruns/{examples['payrun_id']}/paylist"
    for _ in range(2):
        assert (await client.get(path, headers=cast.key("fatma"))).status_code == 200
    assert (await client.get(path, headers=cast.key("arno"))).status_code == 200
    with db.transaction(engine, read_only=True) as session:
        query = select(AuditEvent.account_id, AuditEvent.details).where(
            col(AuditEvent.action) == "payrun.paylist"
        )
        found = session.exec(query.order_by(col(AuditEvent.id))).all()
    fatma, arno = cast.accounts["fatma"], cast.accounts["arno"]
    assert [who for who, _ in found] == [fatma, fatma, arno]
    assert [said["masked"] for _, said in found] == [False, False, True]
