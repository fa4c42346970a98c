"""A coordinator of another pool who knows names, birth dates and ids of ours."""

import csv
import io
import json
from typing import Any
from uuid import UUID

from httpx import AsyncClient, Response
from sqlalchemy import Engine
from sqlmodel import col, select

from app import db
from app.tables import Enrolment, Institution, Message, Volunteer
from tests.app.examples import MORNING, Examples, snapshot
from tests.app.operations import contract
from tests.app.test_dossiers import share
from tests.cast import Cast

DILAN: dict[str, Any] = {
    "surname": "Dilan-Beispiel",
    "given_name": "Dilan",
    "birth_date": "1985-05-17",
    "postal_code": "36037",
    "phone": "0170 6666666",
    "email": "kofi@example.org",
    "roles": ["interpreter"],
}
ROW = {
    "Nr": "1",
    "Nachname": "DILAN-BEISPIEL",
    "Vorname": "dilan",
    "geb. am": "17.05.1985",
    "PLZ": "36037",
    "Rolle": "beides",
    "Sprachen": "Türkisch C1",
    "Telefon": "0170 6666666",
    "E-Mail": "kofi@example.org",
    "IBAN": "DE02120300000000202051",
}
OURS = ("Löwenzahn", "Wetterau", "Friedberg", "61169", "0170 0000000", "dilan@example.org")


def row(engine: Engine, volunteer_id: UUID) -> Volunteer:
    with db.open_session(engine, read_only=True) as session:
        db.set_scope(session, db.SYSTEM)
        return session.get_one(Volunteer, volunteer_id)


def tells_nothing(answer: Response) -> None:
    """No word of ours stands in the answer."""
    for needle in OURS:
        assert needle not in answer.text, f"{needle}: {answer.text[:300]}"


def listed(**changes: str) -> dict[str, tuple[str, bytes]]:
    """A list of volunteers with one row."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(ROW), delimiter=";")
    writer.writeheader()
    writer.writerow(ROW | changes)
    return {"files": ("freiwillige.csv", text.getvalue().encode())}


async def test_entering_our_volunteer_finds_out_nothing_and_takes_nothing(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    before = snapshot(engine, without=cast.fulda)
    ours = row(engine, cast.volunteers["dilan"])
    made = await client.post("/volunteers", json=DILAN, headers=cast.key("kofi"))
    nobody = await client.post(
        "/volunteers", json=DILAN | {"surname": "Niemand"}, headers=cast.key("kofi")
    )
    assert made.status_code == nobody.status_code == 201
    assert set(made.json()) == set(nobody.json())
    assert made.json()["id"] != str(ours.id)
    tells_nothing(made)
    after = row(engine, cast.volunteers["dilan"])
    assert (after.phone, after.email, after.iban) == (ours.phone, ours.email, ours.iban)
    assert snapshot(engine, without=cast.fulda)["enrolment"] == before["enrolment"]


async def test_importing_our_volunteer_overwrites_nothing(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    ours = row(engine, cast.volunteers["dilan"])
    for query in ("?dry_run=true", ""):
        done = await client.post(f"/imports{query}", files=listed(), headers=cast.key("kofi"))
        assert done.status_code in (200, 201), done.text
        tells_nothing(done)
    after = row(engine, cast.volunteers["dilan"])
    assert (after.phone, after.email, after.iban, after.postal_code) == (
        ours.phone,
        ours.email,
        ours.iban,
        ours.postal_code,
    )
    with db.open_session(engine, read_only=True) as session:
        db.set_scope(session, db.SYSTEM)
        same = select(Volunteer.id).where(col(Volunteer.identity_key) == ours.identity_key)
        at_fulda = select(Enrolment.volunteer_id).where(col(Enrolment.sponsor_id) == cast.fulda)
        assert ours.id not in session.exec(at_fulda).all()
        assert len(session.exec(same).all()) == 2, "two rows, one for each pool"


async def test_importing_our_partner_overwrites_nothing(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    body = {
        "name": "Löwenzahnschule",
        "kind": "primary_school",
        "postal_code": "61169",
        "town": "Friedberg",
        "email": "kofi@example.org",
    }
    made = await client.post("/institutions", json=body, headers=cast.key("kofi"))
    assert made.status_code == 201
    assert made.json()["id"] != str(cast.school)
    with db.open_session(engine, read_only=True) as session:
        db.set_scope(session, db.SYSTEM)
        assert session.get_one(Institution, cast.school).email == "schule@example.org"


async def test_who_is_in_both_pools_is_one_person_with_two_sides(
    client: AsyncClient, cast: Cast, engine: Engine, examples: Examples
) -> None:
    share(engine, cast)
    sent = Message(
        sponsor_id=cast.wetterau,
        volunteer_id=cast.volunteers["dilan"],
        event="offer",
        recipient="dilan@example.org",
        subject="Anfrage",
        body="Text",
        due_at=MORNING,
    )
    with db.transaction(engine) as session:
        session.add(sent)
    path = f"/volunteers/{cast.volunteers['dilan']}"
    read = await client.get(path, headers=cast.key("kofi"))
    assert read.status_code == 200
    assert {one["sponsor_id"] for one in read.json()["enrolments"]} == {str(cast.fulda)}
    for query in ("assignments", "offers", "service-records", "claims", "messages"):
        found = await client.get(
            f"/{query}?volunteer_id={cast.volunteers['dilan']}", headers=cast.key("kofi")
        )
        assert found.status_code == 200, query
        assert found.json()["items"] == [], query
        ours = await client.get(
            f"/{query}?volunteer_id={cast.volunteers['dilan']}", headers=cast.key("amal")
        )
        assert ours.json()["items"], f"control: {query}"


async def test_a_foreign_cursor_leads_to_nothing_foreign(
    client: AsyncClient, cast: Cast, examples: Examples
) -> None:
    names = {"volunteers": "volunteer_id", "requests": "request_id", "assignments": "assignment_id"}
    for path, name in names.items():
        foreign = examples[name]
        for cursor in (foreign, "00000000-0000-0000-0000-000000000000"):
            found = await client.get(f"/{path}?cursor={cursor}", headers=cast.key("kofi"))
            assert found.status_code == 200
            ids = {one["id"] for one in found.json()["items"]}
            assert ids & set(examples.ids.values()) == set(), path


async def test_a_tag_tells_nothing_about_what_one_does_not_see(
    client: AsyncClient, cast: Cast
) -> None:
    path = f"/volunteers/{cast.volunteers['dilan']}"
    ours = await client.get(path, headers=cast.key("amal"))
    answers = [
        await client.patch(path, json={"phone": "1"}, headers=cast.key("kofi") | tag)
        for tag in ({"If-Match": ours.headers["etag"]}, {"If-Match": '"falsch"'}, {})
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    unknown = f"/volunteers/{UUID(int=7)}"
    nothing = await client.patch(unknown, json={"phone": "1"}, headers=cast.key("kofi"))
    assert nothing.text == answers[0].text


async def test_refused_values_tell_of_no_foreign_row(
    client: AsyncClient, cast: Cast, examples: Examples
) -> None:
    """A wrong body to somebody else's object is answered like one to nobody's."""
    for wrong in ({"phone": "x" * 500}, {"unbekannt": 1}):
        texts = []
        for whom in (cast.volunteers["dilan"], UUID(int=7)):
            answer = await client.patch(
                f"/volunteers/{whom}", json=wrong, headers=cast.key("kofi") | {"If-Match": "*"}
            )
            texts.append(f"{answer.status_code} {json.dumps(answer.json())}")
        assert texts[0] == texts[1]


def test_the_key_of_a_person_is_no_secret_and_opens_nothing() -> None:
    """It can be computed by who knows name and birth date, so no answer and no filter knows it."""
    assert "identity_key" not in json.dumps(contract())
