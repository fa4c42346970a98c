"""Who may be lent, and what she is not lent for."""

from datetime import date

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine

from app import db, jobs
from app.lendings import following
from app.tables import Enrolment, Exclusion, Lending, RequestOption, Volunteer
from tests.app.examples import HOUR, MORNING, Asking, asking, assignment
from tests.app.lendings import steps
from tests.cast import Cast


async def found(client: AsyncClient, cast: Cast, asked: Asking) -> int:
    """How many pools could help."""
    answer = await client.get(f"/seats/{asked.seat.id}/lenders", headers=cast.key("amal"))
    return len(answer.json())


@pytest.mark.parametrize("change", [{"state": "paused"}, {"listing_renewed_on": date(2025, 8, 1)}])
async def test_her_own_pools_rules_hold(
    client: AsyncClient, engine: Engine, cast: Cast, asked: Asking, change: dict[str, object]
) -> None:
    assert await found(client, cast, asked) == 1
    steps.alter(engine, cast, "nuru", **change)
    assert await found(client, cast, asked) == 0


async def test_what_her_own_pool_booked_counts_towards_her_limits(
    client: AsyncClient, engine: Engine, cast: Cast, asked: Asking
) -> None:
    with db.transaction(engine) as session:
        busy = asking(session, cast.fulda, cast.school_fulda, MORNING + 4 * HOUR)
        session.add(assignment(busy, cast.volunteers["nuru"]))
    assert await found(client, cast, asked) == 1
    steps.alter(engine, cast, "nuru", day_assignments=1)
    assert await found(client, cast, asked) == 0


async def test_exclusions_of_both_pools_hold(
    client: AsyncClient, engine: Engine, cast: Cast, asked: Asking
) -> None:
    for sponsor_id in (cast.fulda, cast.wetterau):
        with db.transaction(engine) as session:
            row = Exclusion(
                sponsor_id=sponsor_id,
                volunteer_id=cast.volunteers["nuru"],
                institution_kind="primary_school",
            )
            session.add(row)
        answer = await client.get(f"/seats/{asked.seat.id}/lenders", headers=cast.key("amal"))
        assert answer.json() == []
        with db.transaction(engine) as session:
            session.delete(session.get_one(Exclusion, row.id))


async def test_what_changed_since_is_looked_at_again_at_her_yes(
    client: AsyncClient, engine: Engine, cast: Cast, asked: Asking
) -> None:
    lending_id = await steps.asked_of_fulda(client, cast, asked)
    await steps.agree(client, cast, lending_id)
    steps.alter(engine, cast, "nuru", state="paused")
    refused = await steps.answer(client, engine, cast, "accept")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/may-not-go")
    steps.alter(engine, cast, "nuru", state="released")
    assert (await steps.answer(client, engine, cast, "accept")).status_code == 200


async def test_she_is_lent_for_one_seat_and_planned_for_no_other(
    client: AsyncClient, engine: Engine, cast: Cast, asked: Asking
) -> None:
    other = steps.seat(engine, cast, MORNING + 24 * HOUR)
    lending_id = await steps.asked_of_fulda(client, cast, asked)
    await steps.agree(client, cast, lending_id)
    await steps.answer(client, engine, cast, "accept")
    jobs.work_all(engine)
    ranked = await client.get(f"/seats/{other.seat.id}/candidates", headers=cast.key("amal"))
    assert "Nuru" not in ranked.text
    nuru = {"volunteer_id": str(cast.volunteers["nuru"])}
    for path, body in (
        ("/offers", {"seat_id": str(other.seat.id), **nuru}),
        ("/assignments", {"seat_id": str(other.seat.id), **nuru}),
        (f"/seats/{asked.seat.id}/standbys", nuru),
    ):
        refused = await client.post(path, json=body, headers=cast.key("amal"))
        assert refused.status_code == 404, path


async def test_a_move_asks_her_again_or_books_her_when_she_agreed(
    client: AsyncClient, engine: Engine, cast: Cast, asked: Asking
) -> None:
    lending_id = await steps.asked_of_fulda(client, cast, asked)
    await steps.agree(client, cast, lending_id)
    await steps.answer(client, engine, cast, "accept")
    jobs.work_all(engine)
    path = f"/requests/{asked.request.id}/move"
    body = {"times": [{"day": "2027-01-13", "start": "11:00"}]}
    moved = await client.post(path, json=body, headers=cast.key("amal"))
    assert moved.status_code == 200, moved.text
    jobs.work_all(engine)
    following.watch(engine)
    asked_again = steps.offer_of(engine, cast)
    assert asked_again.state == "pending"
    with db.transaction(engine) as session:
        assert session.get_one(RequestOption, asked_again.option_id).day.day == 13
    assert (await steps.answer(client, engine, cast, "accept")).status_code == 200
    assert (await steps.read(client, cast, "amal", lending_id))["state"] == "booked"


async def test_who_is_in_the_pool_anyway_is_not_borrowed(
    client: AsyncClient, engine: Engine, cast: Cast, asked: Asking
) -> None:
    with db.transaction(engine) as session:
        session.add(
            Enrolment(
                sponsor_id=cast.wetterau,
                volunteer_id=cast.volunteers["nuru"],
                roles=["interpreter"],
                state="ended",
                listing_renewed_on=MORNING.date(),
            )
        )
    answer = await client.get(f"/seats/{asked.seat.id}/lenders", headers=cast.key("amal"))
    assert answer.json() == []


async def test_a_seat_that_is_not_open_is_lent_nobody(
    client: AsyncClient, engine: Engine, cast: Cast
) -> None:
    steps.willing(engine, cast, "nuru")
    taken = steps.seat(engine, cast, state="booked", seat_state="booked")
    assert (await steps.ask(client, cast, taken)).status_code == 409
    gone = steps.seat(engine, cast, MORNING - 240 * HOUR)
    assert (await steps.ask(client, cast, gone)).json()["type"] == "/problems/nobody-to-lend"
    answer = await client.get(f"/seats/{taken.seat.id}/lenders", headers=cast.key("amal"))
    assert answer.json() == []


async def test_her_record_stays_as_it_is_when_she_applies_to_the_pool_that_borrowed_her(
    client: AsyncClient, engine: Engine, cast: Cast, asked: Asking
) -> None:
    """Whoever knows her name and birth date does not get her record from the other pool."""
    lending_id = await steps.asked_of_fulda(client, cast, asked)
    await steps.agree(client, cast, lending_id)
    body = {
        "surname": "Nuru-Beispiel",
        "given_name": "Nuru",
        "birth_date": "1985-05-17",
        "postal_code": "61169",
        "roles": ["interpreter"],
    }
    made = await client.post("/volunteers", json=body, headers=cast.key("amal"))
    assert made.status_code == 201, made.text
    assert made.json()["id"] != str(cast.volunteers["nuru"])
    assert made.json()["phone"] == ""
    with db.transaction(engine) as session:
        assert session.get_one(Volunteer, cast.volunteers["nuru"]).phone == "0170 0000000"
    assert steps.states(steps.rows(engine, Lending)) == ["agreed"]


async def test_an_open_seat_is_explained_with_the_pools_that_could_help(
    client: AsyncClient, engine: Engine, cast: Cast, asked: Asking
) -> None:
    path = f"/seats/{asked.seat.id}/explanation"
    explained = (await client.get(path, headers=cast.key("amal"))).json()
    assert explained["lenders"] == 1
    assert "Nuru" not in str(explained)
    steps.willing(engine, cast, "nuru", lendable=False)
    assert (await client.get(path, headers=cast.key("amal"))).json()["lenders"] == 0
