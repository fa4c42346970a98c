"""Somebody gets everything that is held about her, as data and to read, and nothing of others."""

import io
import json
import zipfile
from typing import Any

import pytest
from httpx import AsyncClient
from pypdf import PdfReader
from sqlalchemy import Engine
from sqlmodel import SQLModel, col, select

from app import db, latin
from app.privacy import document, exporting, labels
from app.privacy.classes import CLASSES
from app.privacy.columns import COLUMNS
from app.privacy.subjects import EXPORTED, NOT_EXPORTED, OWN_WAYS
from app.tables import ApiToken, AuditEvent, Enrolment, IdempotencyKey, Scope, Volunteer
from tests.app.examples import furnish, snapshot
from tests.app.privacy.traces import BUSINESS, GIVEN, IBAN, MAIL, PHONE, SURNAME, Left, leave
from tests.cast import Cast

NAMES = {
    "Zoë Łuk’ça": "Şêrîn Ñandú",
    "ሰላም": "ተስፋይ",
    "محمد": "عبد الله",
    "김철수": "이영희",
    "Нина": "Щербина",
    "中文": "名字",
    "😀": "👩🏽",
}


@pytest.fixture
def left(engine: Engine, cast: Cast) -> Left:
    """Somebody who leaves traces everywhere."""
    return leave(engine, cast)


async def export(client: AsyncClient, cast: Cast, who: str, **body: str) -> dict[str, Any]:
    answer = await client.post("/privacy/export", json=body, headers=cast.key(who))
    assert answer.status_code == 200, answer.text
    return answer.json()  # type: ignore[no-any-return]


def test_every_table_that_names_a_person_is_given_or_has_a_reason() -> None:
    names = set()
    for name, table in SQLModel.metadata.tables.items():
        ids = {"volunteer_id", "account_id"} & set(table.columns.keys())
        if ids or name in OWN_WAYS:
            names.add(name)
    assert names - set(EXPORTED) == set(NOT_EXPORTED), "new: say in app/privacy/subjects.py"
    assert set(EXPORTED) - names == set()
    assert all(len(reason) > 10 for reason in NOT_EXPORTED.values())


async def test_she_gets_everything_of_hers(
    client: AsyncClient, cast: Cast, engine: Engine, left: Left
) -> None:
    got = await export(client, cast, "zeyneb")
    assert got["name"] == f"{GIVEN} {SURNAME}"
    assert got["controllers"] == ["Sprachpool Wetterau"]
    (person,) = got["data"]["volunteer"]
    assert (person["iban"], person["phone"], person["email"]) == (IBAN, PHONE, MAIL)
    assert got["data"]["account"][0]["email"] == BUSINESS
    (claim,) = got["data"]["claim"]
    assert (claim["amount_cents"], claim["payee_iban"]) == (2000, IBAN)
    assert got["data"]["assignment"][0]["institution"] == "Löwenzahnschule"
    assert {"message", "absence", "language_skill", "clearance", "session_token"} <= set(
        got["data"]
    )
    assert all(one["purpose"] and one["basis"] and one["kept"] for one in got["classes"])


async def test_nothing_secret_and_nobody_else_is_in_it(
    client: AsyncClient, cast: Cast, engine: Engine, left: Left
) -> None:
    furnish(engine, cast)
    with db.transaction(engine) as session:
        mine = select(ApiToken).where(col(ApiToken.account_id) == left.account_id)
        hashes = [token.token_hash for token in session.exec(mine).all()]
    assert hashes
    said = json.dumps(await export(client, cast, "zeyneb"), ensure_ascii=False)
    others = ("Dilan", "Mirela", "Amal", "Selin", "dilan@example.org", "hash", "JBSWY3DPEHPK3PXP")
    found = [word for word in (*others, *hashes, ".example/x.ics") if word in said]
    assert found == []


async def test_what_is_not_hers_is_in_no_answer(
    client: AsyncClient, cast: Cast, engine: Engine, left: Left
) -> None:
    said = json.dumps(await export(client, cast, "dilan"), ensure_ascii=False)
    assert not [needle for needle in (SURNAME, GIVEN, IBAN, PHONE, MAIL) if needle in said]


async def test_the_lead_gets_the_part_of_her_pool(
    client: AsyncClient, cast: Cast, engine: Engine, left: Left
) -> None:
    with db.transaction(engine) as session:
        session.add(
            Enrolment(
                sponsor_id=cast.fulda, volunteer_id=left.volunteer_id, roles=["guide"],
                state="released", listing_renewed_on=session.get_one(
                    Volunteer, left.volunteer_id
                ).birth_date,
            )
        )  # fmt: skip
    body = {"volunteer_id": str(left.volunteer_id)}
    hers = await export(client, cast, "lea", **body)
    kofis = await export(client, cast, "kofi", **body)
    assert {"claim", "assignment", "message"} <= set(hers["data"])
    assert not {"claim", "assignment", "message", "offer"} & set(kofis["data"])
    for got in (hers, kofis):
        assert not {"account", "session_token", "api_token", "busy_feed"} & set(got["data"])
    everything = await export(client, cast, "zeyneb")
    assert everything["controllers"] == ["Lotsenbüro Fulda", "Sprachpool Wetterau"]


async def test_nobody_else_gets_it(
    client: AsyncClient, cast: Cast, engine: Engine, left: Left
) -> None:
    body = {"volunteer_id": str(left.volunteer_id)}
    for who in ("kofi", "dilan", "amal", "selin", "arno", "otto"):
        answer = await client.post("/privacy/export", json=body, headers=cast.key(who))
        assert answer.status_code == 404, who


async def test_a_key_without_the_scope_gets_nothing(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    with db.transaction(engine) as session:
        query = select(ApiToken).where(col(ApiToken.account_id) == cast.accounts["dilan"])
        token = session.exec(query).one()
        token.scopes = [Scope.READ, Scope.WRITE]
        session.add(token)
    for path, body in (("export", {}), ("erase", {"reason": "möchte aufhören"})):
        answer = await client.post(f"/privacy/{path}", json=body, headers=cast.key("dilan"))
        assert (answer.status_code, answer.json()["type"]) == (403, "/problems/scope-missing")


async def test_office_and_school_get_what_is_held_about_their_account(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    for who, table in (("amal", "membership"), ("selin", "contact")):
        got = await export(client, cast, who)
        assert got["data"]["account"][0]["email"] == f"{who}@example.org"
        assert got["data"][table]
        assert "volunteer" not in got["data"]


async def test_who_looked_is_told_without_names(
    client: AsyncClient, cast: Cast, engine: Engine, left: Left
) -> None:
    await export(client, cast, "lea", volunteer_id=str(left.volunteer_id))
    got = await export(client, cast, "zeyneb")
    seen = [one for one in got["data"]["audit_event"] if one["action"] == "person.export"]
    assert [one["by"] for one in seen] == ["office"]
    with db.transaction(engine) as session:
        query = select(AuditEvent).where(col(AuditEvent.action) == "person.export")
        events = session.exec(query.order_by(col(AuditEvent.id))).all()
    assert [event.account_id for event in events] == [cast.accounts["lea"], left.account_id]


async def test_nothing_of_it_is_kept_for_a_repeated_request(
    client: AsyncClient, cast: Cast, engine: Engine, left: Left
) -> None:
    before = len(snapshot(engine)["idempotency_key"])
    headers = cast.key("zeyneb") | {"Idempotency-Key": "auskunft"}
    for _ in range(2):
        assert (await client.post("/privacy/export", json={}, headers=headers)).status_code == 200
    with db.transaction(engine) as session:
        assert len(session.exec(select(IdempotencyKey.id)).all()) == before


async def test_links_that_work_without_an_account_are_cut(
    client: AsyncClient, cast: Cast, engine: Engine, left: Left
) -> None:
    with db.transaction(engine) as session:
        table = SQLModel.metadata.tables["message"]
        link = "Antworten: http://test/a/lw_geheim-123 bis morgen"
        session.connection().execute(table.update().values(body=link))
    said = json.dumps(await export(client, cast, "zeyneb"))
    assert "Antworten" in said
    assert "lw_geheim" not in said


async def test_old_rows_beyond_the_bound_are_counted(
    client: AsyncClient, cast: Cast, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "MOST_ROWS", 2)
    got = await export(client, cast, "dilan")
    assert len(got["data"]["clearance"]) == 2
    assert got["left_out"]["clearance"] == 1


@pytest.mark.parametrize("kind", ["pdf", "zip"])
@pytest.mark.parametrize("locale", ["de", "en"])
async def test_it_comes_as_a_document(
    client: AsyncClient, cast: Cast, engine: Engine, left: Left, kind: str, locale: str
) -> None:
    headers = cast.key("zeyneb") | {"Accept-Language": locale}
    answer = await client.post(f"/privacy/export?format={kind}", json={}, headers=headers)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    content = answer.content
    if kind == "zip":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            data, written = sorted(archive.namelist())
            assert json.loads(archive.read(data))["name"] == f"{GIVEN} {SURNAME}"
            content = archive.read(written)
    reader = PdfReader(io.BytesIO(content))
    text = "".join(page.extract_text() for page in reader.pages)
    assert SURNAME in text
    assert "20,00 EUR" in text if locale == "de" else "20.00 EUR" in text
    assert ("Ihre Rechte" in text) is (locale == "de")
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert reader.trailer["/Root"]["/Lang"] == locale


@pytest.mark.parametrize("given", NAMES)
async def test_a_document_is_made_for_every_name(
    client: AsyncClient, cast: Cast, engine: Engine, given: str
) -> None:
    with db.transaction(engine) as session:
        her = session.get_one(Volunteer, cast.volunteers["dilan"])
        her.given_name, her.surname = given, NAMES[given]
        session.add(her)
    answer = await client.post("/privacy/export?format=pdf", json={}, headers=cast.key("dilan"))
    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF")
    assert b"pdfuaid" in answer.content, "still made to be read by everybody"
    assert (await export(client, cast, "dilan"))["name"] == f"{given} {NAMES[given]}"


def test_letters_that_no_font_has_stand_in_latin_ones_and_are_marked() -> None:
    scripts = frozenset({"ETHIOPIC", "ARABIC", "HANGUL"})
    said = latin.without({"a": ["ሰላም Beispiel", "محمد", "김"], "b": "Zoë"}, scripts)
    assert said == {"a": ["[salaame] Beispiel", "[mhmd]", "[gim]"], "b": "Zoë"}


def test_every_value_has_a_german_name() -> None:
    given = {
        name
        for table in EXPORTED
        for name, kind in COLUMNS[table].items()
        if CLASSES[kind].exported
    }
    assert given - labels.FIELDS.keys() == set(), "new: say in app/privacy/labels.py"


def test_values_read_as_people_write_them() -> None:
    written = {
        ("amount_cents", 123456): "1.234,56 EUR",
        ("travel_cents", 350): "3,50 EUR",
        ("start_minute", 605): "10:05",
        ("weekday", 0): "Montag",
        ("soft", True): "ja",
        ("day", "2027-01-04"): "04.01.2027",
        ("sent_at", "2027-07-01T08:00:00+00:00"): "01.07.2027 10:00",
        ("note", "2027-xx-04"): "2027-xx-04",
        ("by", "office"): "das Büro",
    }
    assert {pair: document.shown(*pair, "de") for pair in written} == written
