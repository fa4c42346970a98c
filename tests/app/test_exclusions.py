"""Where somebody does not go: said by herself or her office, and nowhere a disadvantage."""

from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient, Response
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from app import db
from app.institutions.kinds import KINDS
from app.tables import AuditEvent, ClientCase, Enrolment, Exclusion, Institution
from tests.app.bookings.acting import post
from tests.app.examples import HOUR, MORNING, asking, offer
from tests.cast import Cast, institution


def path_of(cast: Cast, name: str = "dilan") -> str:
    return f"/volunteers/{cast.volunteers[name]}/exclusions"


async def exclude(client: AsyncClient, cast: Cast, who: str = "dilan", **body: Any) -> Response:
    """Dilan never goes there."""
    return await post(client, cast, who, path_of(cast), **body)


async def excluded(
    client: AsyncClient, cast: Cast, who: str = "dilan", locale: str = "de"
) -> list[dict[str, Any]]:
    """What somebody reads of it."""
    headers = cast.key(who) | {"Accept-Language": locale}
    answer = await client.get(path_of(cast), headers=headers)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()
    return found


def ask_her(engine: Engine, cast: Cast, school: UUID, hours: int = 0) -> UUID:
    """Dilan is asked to go to a place; the seat."""
    with db.transaction(engine) as session:
        made = asking(session, cast.wetterau, school, MORNING + hours * HOUR)
        session.add(offer(made, cast.volunteers["dilan"], state="expired"))
        return made.seat.id


def another_school(engine: Engine, cast: Cast, kind: str = "secondary_school") -> UUID:
    with db.transaction(engine) as session:
        return institution(session, "Rosenschule", cast.wetterau, kind).id


async def candidates(client: AsyncClient, cast: Cast, seat_id: UUID) -> list[dict[str, Any]]:
    """Whom the office may ask, in their order."""
    answer = await client.get(f"/seats/{seat_id}/candidates", headers=cast.key("amal"))
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()
    return found


async def test_the_kinds_come_in_a_fixed_order_for_everybody(
    client: AsyncClient, cast: Cast
) -> None:
    answer = await client.get("/topics")
    assert answer.status_code == 200
    assert [one["kind"] for one in answer.json()] == [kind.slug for kind in KINDS]
    assert answer.json()[0] == {"kind": "daycare", "german": "Kita", "english": "Day care"}


async def test_a_kind_is_excluded_and_taken_back(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    made = await exclude(client, cast, institution_kind="jobcenter")
    assert made.status_code == 201, made.text
    again = await exclude(client, cast, institution_kind="jobcenter")
    assert again.json() == made.json()
    assert made.json() | {"id": ""} == {
        "id": "",
        "sponsor_id": str(cast.wetterau),
        "institution_kind": "jobcenter",
        "kind_label": "Jobcenter",
        "institution_id": None,
        "institution": "",
        "by_office": False,
    }
    assert await excluded(client, cast) == await excluded(client, cast, "amal") == [made.json()]
    gone = await client.delete(f"{path_of(cast)}/{made.json()['id']}", headers=cast.key("dilan"))
    assert gone.status_code == 204
    assert await excluded(client, cast) == []
    with db.transaction(engine) as session:
        noted = select(AuditEvent).where(col(AuditEvent.action) == "volunteer.update")
        events = session.exec(noted).all()
    assert [one.details for one in events] == [{"fields": ["exclusions"]}] * 2
    assert {one.subject_id for one in events} == {cast.enrolments["dilan"]}


async def test_labels_are_in_the_language_of_the_reader(client: AsyncClient, cast: Cast) -> None:
    await exclude(client, cast, institution_kind="court")
    assert [one["kind_label"] for one in await excluded(client, cast)] == ["Gericht"]
    assert [one["kind_label"] for one in await excluded(client, cast, locale="en")] == ["Court"]


async def test_a_place_is_excluded_by_her_only_where_she_was_asked(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    unknown = await exclude(client, cast, institution_id=str(cast.school))
    assert unknown.status_code == 404
    ask_her(engine, cast, cast.school)
    made = await exclude(client, cast, institution_id=str(cast.school))
    assert made.status_code == 201, made.text
    assert (made.json()["institution"], made.json()["kind_label"]) == ("Löwenzahnschule", "")


async def test_the_office_excludes_any_partner_and_no_other(
    client: AsyncClient, cast: Cast
) -> None:
    made = await exclude(client, cast, "amal", institution_id=str(cast.school))
    assert (made.status_code, made.json()["by_office"]) == (201, True)
    other = await exclude(client, cast, "amal", institution_id=str(cast.school_fulda))
    assert other.status_code == 404


async def test_what_the_office_entered_only_the_office_takes_back(
    client: AsyncClient, cast: Cast
) -> None:
    made = (await exclude(client, cast, "amal", institution_kind="police")).json()
    path = f"{path_of(cast)}/{made['id']}"
    refused = await client.delete(path, headers=cast.key("dilan"))
    assert refused.status_code == 403
    assert "Koordination" in refused.json()["detail"]
    assert (await client.delete(path, headers=cast.key("amal"))).status_code == 204
    assert (await client.delete(path, headers=cast.key("amal"))).status_code == 404


async def test_where_somebody_hides_she_does_not_read_which_place_it_is(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    with db.transaction(engine) as session:
        place = session.get_one(Institution, cast.school)
        place.kind = "womens_counselling"
        session.add(place)
    await exclude(client, cast, "amal", institution_id=str(cast.school))
    assert [one["institution"] for one in await excluded(client, cast)] == ["Beratungsstelle"]
    assert [one["institution"] for one in await excluded(client, cast, "amal")] == [
        "Löwenzahnschule"
    ]


async def test_a_client_is_shown_to_nobody(client: AsyncClient, cast: Cast, engine: Engine) -> None:
    with db.transaction(engine) as session:
        case = ClientCase(sponsor_id=cast.wetterau, pseudonym="2" * 64)
        session.add(case)
        session.flush()
        row = Exclusion(
            sponsor_id=cast.wetterau,
            volunteer_id=cast.volunteers["dilan"],
            client_case_id=case.id,
        )
        session.add(row)
        session.flush()
        hidden = row.id
    assert await excluded(client, cast) == await excluded(client, cast, "amal") == []
    gone = await client.delete(f"{path_of(cast)}/{hidden}", headers=cast.key("amal"))
    assert gone.status_code == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"institution_kind": "court", "institution_id": "0" * 32}, 422),
        ({"institution_kind": "moon_base"}, 422),
        ({"institution_kind": ""}, 422),
        ({"institution_kind": "court", "sponsor_id": "0" * 32}, 404),
    ],
)
async def test_what_is_no_exclusion_is_refused(
    client: AsyncClient, cast: Cast, body: dict[str, Any], status: int
) -> None:
    assert (await exclude(client, cast, **body)).status_code == status


@pytest.mark.parametrize("who", ["mirela", "kofi", "selin"])
async def test_it_is_nobody_elses_business(client: AsyncClient, cast: Cast, who: str) -> None:
    status = 403 if who == "selin" else 404
    assert (await exclude(client, cast, who, institution_kind="court")).status_code == status
    answer = await client.get(path_of(cast), headers=cast.key(who))
    assert answer.status_code == status


async def test_each_pool_has_its_own(client: AsyncClient, cast: Cast, engine: Engine) -> None:
    with db.transaction(engine) as session:
        known = session.get_one(Enrolment, cast.enrolments["dilan"])
        values = known.model_dump(exclude={"id", "sponsor_id", "created_at", "updated_at"})
        session.add(Enrolment(**values, sponsor_id=cast.fulda))
    unclear = await exclude(client, cast, institution_kind="court")
    assert unclear.status_code == 422
    for pool in (cast.wetterau, cast.fulda):
        body = {"institution_kind": "court", "sponsor_id": str(pool)}
        assert (await exclude(client, cast, **body)).status_code == 201
    assert len(await excluded(client, cast)) == 2
    for who, pool in (("amal", cast.wetterau), ("kofi", cast.fulda)):
        assert [one["sponsor_id"] for one in await excluded(client, cast, who)] == [str(pool)]


@pytest.mark.parametrize("by_place", [True, False])
async def test_planning_does_not_ask_her_there_and_ranks_her_elsewhere_as_before(
    client: AsyncClient, cast: Cast, engine: Engine, by_place: bool
) -> None:
    other = another_school(engine, cast)
    here, there = ask_her(engine, cast, cast.school), ask_her(engine, cast, other, hours=3)
    before = {seat: await candidates(client, cast, seat) for seat in (here, there)}
    hers = str(cast.volunteers["dilan"])
    assert hers in str(before[here])
    place = {"institution_id": str(cast.school)}
    made = await exclude(
        client, cast, **(place if by_place else {"institution_kind": "primary_school"})
    )
    assert made.status_code == 201, made.text
    after = {seat: await candidates(client, cast, seat) for seat in (here, there)}
    assert after[there] == before[there]
    assert after[here] != before[here]
    body = {"seat_id": str(here), "volunteer_id": hers}
    asked = await client.post("/offers", json=body, headers=cast.key("amal"))
    assert "excluded" in asked.json()["reasons"]
    elsewhere = body | {"seat_id": str(there)}
    asked = await client.post("/offers", json=elsewhere, headers=cast.key("amal"))
    assert asked.status_code == 201, asked.text


@pytest.mark.parametrize("what", ["institution_kind", "institution_id"])
def test_the_database_keeps_each_once(engine: Engine, cast: Cast, what: str) -> None:
    where = {"institution_kind": "court", "institution_id": cast.school}[what]
    at = {"sponsor_id": cast.wetterau, "volunteer_id": cast.volunteers["dilan"]}
    with db.transaction(engine) as session:
        session.add(Exclusion(**at, **{what: where}))
    with db.open_session(engine) as session:
        db.set_scope(session, db.SYSTEM)
        session.add(Exclusion(**at, **{what: where}))
        with pytest.raises(IntegrityError):
            session.flush()
