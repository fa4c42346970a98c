"""Who helps in two pools, a place that asks two: neither changes what the other relies on."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient, Response
from sqlalchemy import Engine
from sqlmodel import col, func, select

from app import db
from app.tables import AuditEvent, Enrolment, EnrolmentState, Message, Partnership, Volunteer
from tests.app.test_dossiers import share
from tests.cast import Cast

IBAN = "DE02120300000000202051"
MIRELA: dict[str, Any] = {
    "surname": "Mirela-Beispiel",
    "given_name": "Mirela",
    "birth_date": "1985-05-17",
    "postal_code": "61231",
    "roles": ["interpreter"],
}


async def patch(client: AsyncClient, cast: Cast, who: str, path: str, **body: Any) -> Response:
    """Change the version that `who` has read."""
    read = await client.get(path, headers=cast.key(who))
    headers = cast.key(who) | {"If-Match": read.headers["etag"]}
    return await client.patch(path, json=body, headers=headers)


def told(engine: Engine, action: str) -> set[object]:
    """The sponsors that can read of an action."""
    with db.transaction(engine) as session:
        query = select(AuditEvent.sponsor_id).where(col(AuditEvent.action) == action)
        return set(session.exec(query).all())


async def test_no_pool_changes_the_account_with_which_another_one_pays(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    share(engine, cast)
    path = f"/volunteers/{cast.volunteers['dilan']}"
    for who in ("kofi", "amal"):
        refused = await patch(client, cast, who, path, iban=IBAN)
        assert refused.status_code == 403, refused.text
        assert refused.json()["type"] == "/problems/only-herself"
    done = await patch(client, cast, "dilan", path, iban=IBAN)
    assert done.json()["iban_masked"] == "DE02 … 51"


async def test_her_only_pool_may_enter_her_account(client: AsyncClient, cast: Cast) -> None:
    path = f"/volunteers/{cast.volunteers['dilan']}"
    done = await patch(client, cast, "amal", path, iban=IBAN)
    assert done.json()["iban_masked"] == "DE02 … 51"


async def test_a_pool_to_which_she_is_only_lent_is_no_pool_of_hers(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    with db.transaction(engine) as session:
        session.add(
            Enrolment(
                id=UUID(int=1),  # before that in her own pool
                sponsor_id=cast.fulda,
                volunteer_id=cast.volunteers["dilan"],
                roles=[],
                state=EnrolmentState.LENT,
                listing_renewed_on=date(2026, 11, 1),
            )
        )
    path = f"/volunteers/{cast.volunteers['dilan']}"
    assert (await patch(client, cast, "amal", path, iban="")).status_code == 200
    assert (await patch(client, cast, "dilan", path, iban=IBAN)).status_code == 200
    assert told(engine, "volunteer.update") == {cast.wetterau}
    with db.transaction(engine) as session:
        senders = session.exec(select(Message.sponsor_id)).all()
    assert senders == [cast.wetterau, cast.wetterau]


async def test_every_pool_can_read_that_somebody_changed_something(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    share(engine, cast)
    path = f"/volunteers/{cast.volunteers['dilan']}"
    assert (await patch(client, cast, "kofi", path, phone="0170 9")).status_code == 200
    assert told(engine, "volunteer.update") == {cast.wetterau, cast.fulda}


async def test_every_sponsor_can_read_that_an_institution_was_changed(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    with db.transaction(engine) as session:
        session.add(Partnership(institution_id=cast.school, sponsor_id=cast.fulda))
    path = f"/institutions/{cast.school}"
    changed = await patch(client, cast, "kofi", path, email="neu@example.org")
    assert changed.status_code == 200
    assert told(engine, "institution.update") == {cast.wetterau, cast.fulda}


@pytest.mark.parametrize("change", [{"german_level": "C2"}, {"note": "spricht alles"}])
async def test_nobody_writes_what_the_office_decides_about_her(
    client: AsyncClient, cast: Cast, change: dict[str, str]
) -> None:
    path = f"/volunteers/{cast.volunteers['dilan']}"
    refused = await patch(client, cast, "dilan", path, phone="0170 8", **change)
    assert refused.status_code == 403
    assert refused.json()["type"] == "/problems/only-the-office"
    assert (await patch(client, cast, "amal", path, **change)).status_code == 200
    again = await patch(client, cast, "dilan", path, phone="0170 8", **change)
    assert again.status_code == 200, "what stays as it is may be sent along"


async def test_who_left_and_comes_back_is_the_same_person(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    left = f"/enrolments/{cast.enrolments['mirela']}"
    assert (await patch(client, cast, "amal", left, state="ended")).status_code == 200
    back = await client.post("/volunteers", json=MIRELA, headers=cast.key("amal"))
    assert back.status_code == 201, back.text
    assert back.json()["id"] == str(cast.volunteers["mirela"])
    assert back.json()["postal_code"] == "61231", "she has moved"
    assert back.json()["iban_masked"] == "DE89 … 00", "what was not said stays"
    (place,) = back.json()["enrolments"]
    assert (place["id"], place["state"]) == (str(cast.enrolments["mirela"]), "applied")
    assert place["roles"] == ["interpreter"]
    again = await client.post("/volunteers", json=MIRELA, headers=cast.key("amal"))
    assert again.status_code == 409
    with db.transaction(engine) as session:
        assert session.exec(select(func.count()).select_from(Volunteer)).one() == 4
        assert session.exec(select(func.count()).select_from(Enrolment)).one() == 4


async def test_she_is_told_when_her_money_goes_elsewhere(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    path = f"/volunteers/{cast.volunteers['dilan']}"
    assert (await patch(client, cast, "amal", path, phone="0170 7")).status_code == 200
    assert (await patch(client, cast, "amal", path, iban=IBAN)).status_code == 200
    new = {"iban": "", "email": "neu@example.org"}
    assert (await patch(client, cast, "amal", path, **new)).status_code == 200
    with db.transaction(engine) as session:
        sent = session.exec(select(Message).order_by(col(Message.id))).all()
    assert [one.recipient for one in sent] == [
        "dilan@example.org",
        "neu@example.org",
        "dilan@example.org",
    ]
    assert "auf ein anderes Konto, frühestens in drei Tagen" in sent[0].body
    assert all("Ohne Konto" in one.body for one in sent[1:])
    assert not any("DE02" in one.body for one in sent)


async def test_who_comes_back_with_another_account_is_told_as_well(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    left = f"/enrolments/{cast.enrolments['mirela']}"
    assert (await patch(client, cast, "amal", left, state="ended")).status_code == 200
    back = MIRELA | {"iban": IBAN, "email": "neu@example.org"}
    assert (await client.post("/volunteers", json=back, headers=cast.key("amal"))).is_success
    with db.transaction(engine) as session:
        sent = session.exec(select(Message).where(col(Message.body).contains("Konto"))).all()
    assert {one.recipient for one in sent} == {"mirela@example.org", "neu@example.org"}
