"""An auditor sees sums and evidence, never a client: every answer he gets is looked through."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine, text
from sqlmodel import select

from app import db, fields
from app.tables import ClientCase, Membership, Request
from tests.app.examples import Examples, furnish
from tests.app.hours.bookings import at, client_case, confirmed, link_account
from tests.app.operations import Operation, call, contract, operations, rule
from tests.app.payouts.steps import approve_all
from tests.cast import Cast

MONDAY = date(2027, 1, 4)
NEEDLES = {
    "pseudonym": "a" * 64,
    "topic": "Elterngespräch",
    "note": "Kanarienvogel",
    "room": "Raum 203",
    "cost centre": "KST 4711",
    "school": "Löwenzahnschule",
    "street": "Schulstr. 1",
    "contact": "Selin",
    "phone": "0170 0000000",
    "phone of the place": "06031 000000",
    "mail of the place": "schule@example.org",
    "mail": "dilan@example.org",
    "IBAN": "DE89370400440532013000",
    "birth date": "1985-05-17",
    "language": "kmr",
}
"""What he must not read, and stands in the data."""
OF_THE_POOL = {"GET /threshold-monitor": ["language"]}
"""What all interpreters together speak is a condition of the Land, and says nothing of a client."""


@pytest.fixture
async def examples(client: AsyncClient, engine: Engine, cast: Cast) -> Examples:
    """One object of every kind, a paid month, and words in every field in which people write."""
    made = furnish(engine, cast)
    case = client_case(engine, cast)
    confirmed(engine, cast, at(MONDAY, "10:00"), client_case_id=case)
    ids = await approve_all(client, cast)
    drawn = await client.post("/payruns", json={"claim_ids": ids}, headers=cast.key("fatma"))
    made.ids |= {"payrun_id": drawn.json()["id"], "claim_id": ids[0]}
    with db.transaction(engine) as session:
        for request in session.exec(select(Request)).all():
            request.note, request.room, request.cost_centre = (
                "Kanarienvogel",
                "Raum 203",
                "KST 4711",
            )
            request.client_case_id = case
            session.add(request)
    with engine.begin() as connection:
        db.see_all(connection)
        for statement in (
            "UPDATE service_record SET reason = 'Kanarienvogel', confirmed_by = 'Selin Beispiel',"
            " confirmed_at = '2027-01-04 09:00:00.000000'",
            "UPDATE claim SET return_reason = 'Kanarienvogel'",
        ):
            connection.execute(text(statement))
    return made


def readings(who: str) -> list[Operation]:
    """What somebody may read."""
    return [o for o in operations() if o.method == "GET" and who in rule(o).who]


async def found(
    client: AsyncClient, cast: Cast, examples: Examples, who: str, some: Iterable[Operation]
) -> dict[str, list[str]]:
    """Which needles stand in which answers."""
    seen = {}
    for operation in some:
        if rule(operation).in_person:
            continue
        answer = await call(client, operation, examples.ids, key=cast.key(who))
        assert answer.status_code == 200, (operation.name, answer.text)
        hits = [name for name, needle in NEEDLES.items() if needle in answer.text]
        if hits:
            seen[operation.name] = hits
    return seen


async def test_an_auditor_finds_no_client_in_any_answer(
    client: AsyncClient, cast: Cast, examples: Examples
) -> None:
    some = readings("arno")
    assert {
        "GET /claims/{claim_id}", "GET /payruns/{payrun_id}", "GET /payruns/{payrun_id}/paylist",
        "GET /service-records/{record_id}", "GET /rate-plans", "GET /reports/{name}", "GET /audit",
    } <= {operation.name for operation in some}  # fmt: skip
    assert await found(client, cast, examples, "arno", some) == OF_THE_POOL


async def test_control_the_needles_are_there(
    client: AsyncClient, cast: Cast, engine: Engine, examples: Examples
) -> None:
    seen = [await found(client, cast, examples, who, readings(who)) for who in ("amal", "fatma")]
    hits = {hit for answers in seen for names in answers.values() for hit in names}
    with db.transaction(engine) as session:
        stored = session.exec(select(ClientCase.pseudonym)).all()
    assert NEEDLES["pseudonym"] in stored, "which nobody reads through the API"
    assert hits == set(NEEDLES) - {"pseudonym"}


async def test_control_without_the_table_an_auditor_reads_names_and_notes(
    client: AsyncClient, cast: Cast, examples: Examples, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fields, "for_auditor", lambda read: read)
    seen = await found(client, cast, examples, "arno", readings("arno"))
    assert "note" in seen["GET /service-records/{record_id}"]
    assert "note" in seen["GET /claims/{claim_id}"]


async def test_an_auditor_reads_evidence(
    client: AsyncClient, cast: Cast, examples: Examples
) -> None:
    arno = cast.key("arno")
    claim = (await client.get(f"/claims/{examples['claim_id']}", headers=arno)).json()
    assert (claim["volunteer"], claim["amount_cents"]) == ("Dilan Dilan-Beispiel", 2000)
    assert claim["checked_by"] != claim["approved_by"]
    assert claim["lines"][0]["explanation"]
    record = (await client.get(f"/service-records/{examples['record_id']}", headers=arno)).json()
    assert (record["institution"], record["institution_id"]) == ("Grundschule", None)
    assert (record["confirmed_by"], record["volunteer"]) == ("institution", "Dilan Dilan-Beispiel")
    path = f"/payruns/{examples['payrun_id']}/paylist"
    listed = (await client.get(path, headers=arno)).text
    assert "DE89 … 00" in listed
    assert "DE89370400440532013000" in (await client.get(path, headers=cast.key("fatma"))).text


async def test_an_auditor_reads_that_the_office_confirmed(
    client: AsyncClient, cast: Cast, engine: Engine, clock: object
) -> None:
    record = confirmed(engine, cast, at(date(2026, 12, 21), "10:00"), state="reported")
    with engine.begin() as connection:
        db.see_all(connection)
        connection.execute(text("UPDATE service_record SET created_at = '2026-12-21 12:00:00.000'"))
    body = {"minutes": 60, "reason": "am Telefon gesagt"}
    path = f"/service-records/{record.id}"
    done = await client.post(f"{path}/confirm", json=body, headers=cast.key("amal"))
    assert done.json()["confirmed_by"] == "Amal"
    read = (await client.get(path, headers=cast.key("arno"))).json()
    assert (read["confirmed_by"], read["reason"]) == ("office", "")


async def test_an_auditor_changes_nothing(
    client: AsyncClient, cast: Cast, examples: Examples
) -> None:
    writing = [
        o
        for o in operations()
        if o.method != "GET" and "arno" not in rule(o).who and not rule(o).in_person
    ]
    assert len(writing) > 60
    for operation in writing:
        body = rule(operation).body_for(examples)
        answer = await call(client, operation, examples.ids, key=cast.key("arno"), body=body)
        assert answer.status_code == 403, (operation.name, answer.text)
    hers = {
        o.path.split("/")[1] for o in operations() if o.method != "GET" and "arno" in rule(o).who
    }
    own = {"auth", "sessions", "api-tokens", "message-preferences", "privacy", "push-subscriptions"}
    assert hers <= own, "what an auditor may write is his own account"


async def test_who_audits_one_pool_and_volunteers_in_it_reads_her_own_claims_whole(
    client: AsyncClient, cast: Cast, engine: Engine, examples: Examples
) -> None:
    link_account(engine, cast, "dilan", "arno")
    own = (await client.get(f"/claims/{examples['claim_id']}", headers=cast.key("arno"))).json()
    assert own["return_reason"] == "Kanarienvogel"


async def test_who_audits_here_and_leads_there_reads_each_as_what_she_is(
    client: AsyncClient, cast: Cast, engine: Engine, examples: Examples
) -> None:
    with db.transaction(engine) as session:
        kofi = cast.accounts["kofi"]
        session.add(Membership(account_id=kofi, sponsor_id=cast.wetterau, role="auditor"))
    confirmed(engine, cast, at(MONDAY, "10:00"), name="nuru", home=cast.fulda)
    listed = (await client.get("/service-records", headers=cast.key("kofi"))).json()["items"]
    told = {UUID(one["sponsor_id"]): one["institution"] for one in listed}
    assert told == {cast.wetterau: "Grundschule", cast.fulda: "Rhönschule"}
    asked = (await client.get("/requests", headers=cast.key("kofi"))).json()["items"]
    assert {one["sponsor_id"] for one in asked} == {str(cast.fulda)}


def test_every_field_of_an_audited_answer_is_decided() -> None:
    schemas = contract()["components"]["schemas"]
    hidden = {
        name: sorted(set(schemas[name]["properties"]) - shown)
        for name, shown in fields.AUDITOR_READS.items()
    }
    assert hidden == {
        "CapExceptionRead": ["client_case_id", "reason"],
        "CourseRead": ["moderator", "reason", "title"],
        "CourseDetail": ["moderator", "reason", "title"],
        "ClaimRead": ["return_reason"],
        "ClaimDetail": ["return_reason"],
        "ServiceRecordRead": [
            "feedback",
            "feedback_note",
            "institution_id",
            "institution_outcome",
            "language",
            "reason",
        ],
        "ActivityRead": ["reason"],
        "ClosedMonthRead": ["reason"],
    }, "a new field is hidden from auditors until somebody decides"
    for name, shown in fields.AUDITOR_READS.items():
        assert shown <= set(schemas[name]["properties"]), name
