"""What the operator sees and mends, and what is cleared by itself."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from httpx import AsyncClient
from sqlalchemy import Engine
from sqlmodel import SQLModel, col, func, select
from typer.testing import CliRunner

from app import db, jobs, links
from app.cli import cli
from app.clock import now
from app.settings import get_settings
from app.tables import (
    IdempotencyKey,
    JobState,
    LinkPurpose,
    Message,
    MessageState,
    Offer,
    OfferState,
    SessionToken,
    SignedLink,
)
from app.upkeep import clearing
from tests.app.examples import Examples, furnish
from tests.cast import Cast

NAME = "test.work"


@pytest.fixture
def failed(
    engine: Engine, cast: Cast, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> list[UUID]:
    """Subjects of three jobs that were given up."""

    def work(_engine: Engine, _subject: UUID) -> None:
        raise RuntimeError("the printer is on fire")

    monkeypatch.setitem(jobs.REGISTRY, NAME, work)
    subjects = [uuid4() for _ in range(3)]
    with db.transaction(engine) as session:
        jobs.defer_many(session, [(NAME, subject, None) for subject in subjects])
    for _ in range(jobs.MAX_ATTEMPTS):
        jobs.work_all(engine)
        clock.shift(60)
    return subjects


async def test_the_operator_sees_what_failed_and_lets_it_be_tried_again(
    client: AsyncClient, cast: Cast, engine: Engine, failed: list[UUID],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    first = (await client.get("/jobs?limit=2", headers=cast.key("otto"))).json()
    rest = (
        await client.get(f"/jobs?limit=2&cursor={first['next']}", headers=cast.key("otto"))
    ).json()
    assert rest["next"] is None
    items = first["items"] + rest["items"]
    assert [item["subject_id"] for item in items] == [str(subject) for subject in failed]
    assert items[0]["failure"] == "RuntimeError: the printer is on fire"
    assert items[0]["attempts"] == jobs.MAX_ATTEMPTS
    done: list[UUID] = []
    monkeypatch.setitem(jobs.REGISTRY, NAME, lambda _engine, subject: done.append(subject))
    retry = f"/jobs/{items[1]['id']}/retry"
    assert (await client.post(retry, headers=cast.key("otto"))).status_code == 204
    waiting = (await client.get("/jobs?state=waiting", headers=cast.key("otto"))).json()
    assert [item["id"] for item in waiting["items"]] == [items[1]["id"]]
    again = await client.post(retry, headers=cast.key("otto"))
    assert (again.status_code, again.json()["type"]) == (409, "/problems/job-not-failed")
    jobs.work_all(engine)
    assert done == [failed[1]]
    unknown = await client.post(f"/jobs/{uuid4()}/retry", headers=cast.key("otto"))
    assert unknown.status_code == 404


@pytest.mark.parametrize("name", ["amal", "fatma", "lea", "dilan", "selin", "kofi"])
async def test_nobody_else_sees_jobs(client: AsyncClient, cast: Cast, name: str) -> None:
    assert (await client.get("/jobs", headers=cast.key(name))).status_code == 403


async def test_the_operator_sees_no_people(client: AsyncClient, cast: Cast, engine: Engine) -> None:
    own = furnish(engine, cast)
    for path in ("volunteers", "requests", "institutions", "messages", "service-records"):
        answer = await client.get(f"/{path}", headers=cast.key("otto"))
        assert answer.status_code == 403 or answer.json()["items"] == [], path
    me = (await client.get("/me", headers=cast.key("otto"))).json()
    assert own["volunteer_id"] not in str(me)


@pytest.fixture
def command(engine: Engine, var: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs `lotsenwerk …` on this database."""
    url = engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("LOTSENWERK_DATABASE_URL", url)
    get_settings.cache_clear()
    return lambda *words: CliRunner().invoke(cli, list(words))


def test_the_command_prints_what_failed_and_tries_again(
    engine: Engine, cast: Cast, failed: list[UUID], command: Any
) -> None:
    shown = command("jobs")
    assert shown.exit_code == 0, shown.output
    assert shown.output.count("the printer is on fire") == 3
    assert ["failed", NAME, "3"] in [line.split() for line in shown.output.splitlines()]
    with db.transaction(engine) as session:
        (job, *_) = jobs.listed(session, JobState.FAILED)
    retried = command("jobs", "retry", str(job.id))
    assert retried.exit_code == 0, retried.output
    with db.transaction(engine) as session:
        assert [one.id for one in jobs.listed(session, JobState.WAITING)] == [job.id]
    refused = command("jobs", "retry", str(job.id))
    assert (refused.exit_code, "has not failed" in refused.output) == (1, True)
    assert command("jobs", "retry", "no-id").exit_code == 2


def test_the_doctor_warns_and_lets_it_be_served(
    engine: Engine, cast: Cast, failed: list[UUID], command: Any
) -> None:
    said = command("doctor")
    assert said.exit_code == 0, said.output
    assert "given up: 3" in said.output


def test_an_empty_queue_is_said_so(engine: Engine, cast: Cast, command: Any) -> None:
    assert command("jobs").output == "There are no jobs.\n"


def count(engine: Engine, table: type[SQLModel]) -> int:
    """How many rows there are."""
    with db.transaction(engine) as session:
        return session.exec(select(func.count()).select_from(table)).one()


@pytest.fixture
def own(engine: Engine, cast: Cast) -> Examples:
    """One object of every kind."""
    return furnish(engine, cast)


def test_what_is_over_is_cleared_and_what_is_not_stays(
    engine: Engine, cast: Cast, own: Examples, clock: time_machine.Traveller
) -> None:
    with db.transaction(engine) as session:
        offer = session.get_one(Offer, UUID(own["offer_id"]))
        for days in (-91, -1, 1):
            links.make(session, LinkPurpose.ANSWER_OFFER, offer, now() + timedelta(days=days))
        for minutes, revoked in ((-1, None), (60, None), (60, now())):
            session.add(
                SessionToken(
                    account_id=cast.accounts["amal"],
                    token_hash=uuid4().hex,
                    expires_at=now() + timedelta(minutes=minutes),
                    revoked_at=revoked,
                )
            )
        for hours in (47, 49):
            session.add(
                IdempotencyKey(
                    account_id=cast.accounts["amal"],
                    key=str(hours),
                    fingerprint="",
                    status=201,
                    body=b"",
                    created_at=now() - timedelta(hours=hours),
                )
            )
    before = count(engine, SignedLink), count(engine, SessionToken), count(engine, IdempotencyKey)
    clearing.clear(engine)
    after = count(engine, SignedLink), count(engine, SessionToken), count(engine, IdempotencyKey)
    assert [b - a for b, a in zip(before, after, strict=True)] == [1, 2, 1]
    clearing.clear(engine)
    assert after == (count(engine, SignedLink), count(engine, SessionToken), 1)


def test_texts_of_messages_are_emptied_after_a_month_and_only_when_they_have_ended(
    engine: Engine, cast: Cast, own: Examples, clock: time_machine.Traveller
) -> None:
    with db.transaction(engine) as session:
        message = session.exec(select(Message)).first()
        assert message is not None
        values = message.model_dump(exclude={"id", "created_at", "updated_at", "state", "body"})
        for state in MessageState:
            session.add(Message(**values, state=state, body="Guten Tag"))
    clock.shift(timedelta(days=get_settings().message_days))
    clearing.clear(engine)
    assert _said(engine) == set(MessageState)
    clock.shift(60)
    clearing.clear(engine)
    assert _said(engine) == {MessageState.QUEUED, MessageState.HELD, MessageState.SENDING}


def _said(engine: Engine) -> set[str]:
    with db.transaction(engine) as session:
        query = select(Message.state).where(col(Message.body) == "Guten Tag")
        return set(session.exec(query).all())


def test_an_offer_whose_own_job_was_lost_expires_all_the_same(
    engine: Engine, cast: Cast, own: Examples, clock: time_machine.Traveller
) -> None:
    with db.transaction(engine) as session:
        offer = session.get_one(Offer, UUID(own["offer_id"]))
        assert offer.state == OfferState.PENDING
    clock.move_to(offer.expires_at + timedelta(minutes=1))
    clearing.expire_offers(engine)
    assert _state(engine, offer.id) == OfferState.PENDING, "its own job comes first"
    clock.shift(timedelta(minutes=2))
    clearing.expire_offers(engine)
    assert _state(engine, offer.id) == OfferState.EXPIRED


def _state(engine: Engine, offer_id: UUID) -> str:
    with db.transaction(engine) as session:
        return session.get_one(Offer, offer_id).state
