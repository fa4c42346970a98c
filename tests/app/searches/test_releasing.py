"""A plan that is released begins searches: its people are the first who are asked."""

from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine
from sqlmodel import select

from app import db, jobs
from app.offers import answering
from app.tables import Enrolment, Offer, OfferPolicy, Search
from tests.app.searches import sought
from tests.app.test_offers import plan, release
from tests.app.test_requests import ask, offer
from tests.cast import Cast


def rule(engine: Engine, cast: Cast, strategy: str, **more: Any) -> None:
    """How Wetterau asks at normal notice."""
    with db.transaction(engine) as session:
        session.add(
            OfferPolicy(sponsor_id=cast.wetterau, lead_time="normal", strategy=strategy, **more)
        )


async def test_each_seat_gets_a_search_that_goes_on_after_a_no(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    await ask(client, cast)
    found = await plan(client, cast, engine)
    assert (await release(client, cast, found))["offers"] == 1
    jobs.work_all(engine)
    (search,) = sought.rows(engine, Search)
    assert (search.cause, search.strategy, search.wave) == ("plan", "sequence", 1)
    (first,) = sought.offers(engine)
    assert (first.search_id, first.wave, first.volunteer_id) == (
        search.id, 1, cast.volunteers["dilan"],
    )  # fmt: skip
    assert search.next_at == first.expires_at
    sought.decline(engine, first)
    assert [o.volunteer_id for o in sought.offers(engine)] == [
        cast.volunteers["dilan"], cast.volunteers["mirela"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("strategy", "size", "count"), [("all", None, 5), ("waves", 3, 3), ("sequence", None, 1)]
)
async def test_the_person_of_the_plan_is_in_the_first_wave(
    client: AsyncClient, cast: Cast, engine: Engine, strategy: str, size: int | None, count: int
) -> None:
    sought.crowd(engine, cast, "aram", "bero", "ciwan")
    rule(engine, cast, strategy, wave_size=size)
    await ask(client, cast)
    found = await plan(client, cast, engine)
    proposed = found["proposals"][0]["volunteer_id"]
    assert (await release(client, cast, found))["offers"] == 1
    jobs.work_all(engine)
    asked = sought.offers(engine)
    assert len(asked) == count
    assert str(asked[0].volunteer_id) == proposed
    assert {o.wave for o in asked} == {1}
    assert {o.state for o in asked} == {"pending"}


async def test_a_refusal_leaves_no_search_behind(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    await ask(client, cast)
    found = await plan(client, cast, engine)
    with db.transaction(engine) as session:
        session.get_one(Enrolment, cast.enrolments["dilan"]).state = "paused"
    assert (await release(client, cast, found))["offers"] == 0
    assert sought.rows(engine, Search) == []


async def test_a_team_without_one_of_them_begins_no_search(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    await ask(client, cast, seats=[{"language": "kmr"}, {"language": "ro"}])
    found = await plan(client, cast, engine)
    with db.transaction(engine) as session:
        session.get_one(Enrolment, cast.enrolments["mirela"]).state = "paused"
    assert (await release(client, cast, found))["offers"] == 0
    assert sought.rows(engine, Search) == []


async def test_who_goes_with_others_is_sought_at_their_time(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    sought.crowd(engine, cast, "aram")
    times = [{"day": "2027-01-12", "start": "10:00"}, {"day": "2027-01-13", "start": "10:00"}]
    await ask(client, cast, times=times, seats=[{"language": "kmr"}, {"language": "ro"}])
    found = await plan(client, cast, engine)
    assert (await release(client, cast, found))["offers"] == 2
    jobs.work_all(engine)
    first = next(o for o in sought.offers(engine) if o.volunteer_id != cast.volunteers["mirela"])
    sought.decline(engine, first)
    options = {o.option_id for o in sought.offers(engine)}
    assert len(sought.offers(engine)) == 3
    assert len(options) == 1


async def test_released_again_after_everybody_said_no_it_says_why(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    await ask(client, cast)
    found = await plan(client, cast, engine)
    await release(client, cast, found)
    jobs.work_all(engine)
    for _ in range(2):
        sought.decline(engine, sought.offers(engine)[-1])
    answer = await release(client, cast, found)
    assert (answer["offers"], [s["code"] for s in answer["skipped"]]) == (0, ["may-not-go"])


async def test_a_single_question_stays_without_a_search(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    made = await ask(client, cast)
    assert (await offer(client, cast, made["seats"][0], "dilan")).status_code == 201
    (only,) = sought.offers(engine)
    assert only.search_id is None
    sought.decline(engine, only)
    assert len(sought.offers(engine)) == 1
    assert sought.rows(engine, Search) == []


async def test_what_the_plan_asks_may_be_accepted_at_once(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    rule(engine, cast, "all")
    await ask(client, cast)
    found = await plan(client, cast, engine)
    await release(client, cast, found)
    with db.transaction(engine) as session:
        (made,) = session.exec(select(Offer)).all()
        answering.accept(session, None, made)
    jobs.work_all(engine)
    assert [o.state for o in sought.offers(engine)] == ["accepted"], "nobody else is disturbed"
    assert [s.state for s in sought.rows(engine, Search)] == ["filled"]
