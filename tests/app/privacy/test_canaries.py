"""Words that nobody says by chance go through the whole flow: where are they found afterwards?"""

import logging
from collections.abc import AsyncIterator, Callable
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from httpx import ASGITransport, AsyncClient
from sqlalchemy import Engine
from sqlmodel import Session, select

from app import db, jobs, logs
from app.jobs.registry import REGISTRY
from app.privacy.classes import Kind
from app.privacy.columns import kind
from app.resealing import sealed_columns
from app.tables import Account, ClientCase, RatePlanChoice, Sponsor, Volunteer
from app.volunteers import reading
from app.webhooks import publishing
from tests.app.payouts import steps
from tests.app.privacy.traces import in_database
from tests.app.test_the_way import release
from tests.app.webhooks.conftest import receiver, webhook  # noqa: F401 - a fixture
from tests.app.webhooks.receiver import Receiver
from tests.cast import Cast
from tests.serving import serving

PERSON, PHONE, MAIL = "Qanarya-Vogel", "0171 2223344", "qanarya@vogel.example"
IBAN = "DE91100000000123456789"
CASE, TOPIC, NOTE, CLIENT = "QFALL-99/7", "Qthema-Sorge", "Qnotiz-Treppe", "Qkontakt-Frau"
CANARIES = (PERSON, PHONE, MAIL, IBAN, CASE, TOPIC, NOTE, CLIENT, "0171 9998877", "Qimport-Name")
NEVER = {Kind.TECHNICAL, Kind.TRACE, Kind.REFERENCE, Kind.HOUSE, Kind.SECRET, Kind.PSEUDONYM}
"""Classes of data in which no word about a person has any place."""
IBANS = {"volunteer.iban", "claim.payee_iban", "payment.payee_iban"}
FOR_48_HOURS = {"idempotency_key.body"}
"""Answers to repeated requests are kept as they were sent; a page for operators says so."""


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Everything that anybody logs."""
    caplog.set_level(logging.DEBUG)
    return caplog


@pytest.fixture
async def calm(engine: Engine, var: Path) -> AsyncIterator[AsyncClient]:
    """The API as a server serves it: what fails is an answer."""
    transport = ASGITransport(app=serving(engine), raise_app_exceptions=False)
    async with AsyncClient(transport=transport, base_url="http://test/api/v1") as made:
        yield made


def said(log: pytest.LogCaptureFixture) -> list[str]:
    """Canaries in the log, not counting that the tests' own client names its addresses."""
    formatter = logging.Formatter("%(message)s")
    texts = "\n".join(
        formatter.format(one)
        for one in log.records
        if not one.name.startswith(("httpx", "httpcore"))
    )
    return [canary for canary in CANARIES if canary in texts]


def become(engine: Engine, cast: Cast) -> None:
    """Dilan is the canary."""
    with db.transaction(engine) as session:
        her = session.get_one(Volunteer, cast.volunteers["dilan"])
        her.surname, her.phone, her.email, her.iban = PERSON, PHONE, MAIL, IBAN
        account = session.get_one(Account, her.account_id)
        account.name, account.email = f"Dilan {PERSON}", MAIL
        session.add_all([her, account])


def request(cast: Cast) -> dict[str, object]:
    return {
        "institution_id": str(cast.school),
        "times": [{"day": "2027-01-12", "start": "10:00"}],
        "duration_minutes": 60,
        "seats": [{"language": "Kurmandschi"}],
        "topic": TOPIC,
        "note": NOTE,
        "case_number": CASE,
        "contact_name": CLIENT,
        "contact_phone": "0171 9998877",
        "room": "12",
    }


async def flow(client: AsyncClient, cast: Cast, engine: Engine, clock: object) -> None:
    """From the request to the money, and what goes wrong on the way."""
    headers = cast.key("selin") | {"Idempotency-Key": "canary"}
    asked = await client.post("/requests", json=request(cast), headers=headers)
    assert asked.status_code == 201, asked.text
    for task in (await client.get("/tasks", headers=cast.key("amal"))).json()["items"]:
        body = {"note": "geprüft"}
        await client.post(f"/tasks/{task['id']}/resolve", json=body, headers=cast.key("amal"))
    (made,) = await release(client, cast, engine)
    yes = await client.post(f"/offers/{made['id']}/accept", headers=cast.key("dilan"))
    assert yes.status_code == 200, yes.text
    jobs.work_all(engine)
    clock.move_to("2027-01-13T09:00:00+01:00")  # type: ignore[attr-defined]
    record = await client.post(
        "/service-records",
        json={
            "assignment_id": yes.json()["id"],
            "started_at": "2027-01-12T10:00:00+01:00",
            "ended_at": "2027-01-12T11:00:00+01:00",
        },
        headers=cast.key("dilan"),
    )
    assert record.status_code == 201, record.text
    path = f"/service-records/{record.json()['id']}/confirm"
    assert (await client.post(path, json={"minutes": 60}, headers=cast.key("selin"))).is_success
    with db.transaction(engine) as session:
        session.add(
            RatePlanChoice(
                sponsor_id=cast.wetterau, source_key="wir_interpreter", valid_from=date(2027, 1, 1)
            )
        )
    ids = await steps.approve_all(client, cast)
    drawn = await client.post("/payruns", json={"claim_ids": ids}, headers=cast.key("fatma"))
    assert drawn.status_code == 201, drawn.text


async def mistakes(client: AsyncClient, cast: Cast, engine: Engine) -> None:
    """Refusals, wrong bodies, lists, jobs that fail: each with canaries in them."""
    amal, path = cast.key("amal"), f"/volunteers/{cast.volunteers['dilan']}"
    wrong = {"surname": [PERSON], "phone": PHONE * 20, "email": MAIL, "iban": IBAN, "x": CASE}
    assert (await client.post("/volunteers", json=wrong, headers=amal)).status_code == 422
    broken = f'{{"surname": "{PERSON}", "iban": "{IBAN}'.encode()
    assert (await client.post("/volunteers", content=broken, headers=amal)).status_code in (
        400,
        422,
    )
    patch = amal | {"If-Match": "*"}
    body = {"iban": IBAN[:-1] + "7"}
    assert (await client.patch(path, json=body, headers=patch)).status_code == 422
    heading = "Nr;Nachname;Vorname;geb. am;PLZ;Rolle;Sprachen;Telefon;IBAN"
    row = f"1;Qimport-Name;Zoë;1.1.1980;61169;Dolmetscher;Kurdisch;{PHONE};{IBAN}x"
    lines = f"{heading}\n{row}\n"
    files = {"files": ("freiwillige.csv", lines.encode())}
    assert (await client.post("/imports", files=files, headers=amal)).is_success
    jobs.work_all(engine)


def break_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next look at a volunteer ends in an error that quotes her."""

    def fail(session: Session, *_: object) -> None:
        for _ in range(2):
            session.add(Sponsor(name=f"{PERSON} {PHONE}"))
        session.flush()

    monkeypatch.setattr(reading, "read", fail)


async def test_canaries_are_found_where_they_belong_and_nowhere_else(
    calm: AsyncClient,
    cast: Cast,
    engine: Engine,
    clock: object,
    log: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    receiver: Receiver,  # noqa: F811 - the fixture
) -> None:
    become(engine, cast)
    webhook(engine, cast.wetterau, receiver.address)
    await flow(calm, cast, engine, clock)
    await mistakes(calm, cast, engine)

    def broken(_engine: Engine, _id: UUID) -> None:
        raise ValueError(f"cannot call {PHONE} or write to {MAIL}")

    monkeypatch.setitem(REGISTRY, "canary.break", broken)
    with db.transaction(engine) as session:
        jobs.defer(session, "canary.break", cast.school)
    jobs.work_all(engine)
    publishing.publish(engine)
    jobs.work_all(engine)
    with db.transaction(engine) as session:
        assert len(session.exec(select(ClientCase.id)).all()) == 1
    break_reading(monkeypatch)
    path = f"/volunteers/{cast.volunteers['dilan']}"
    body, headers = {"phone": "0171 0000000"}, cast.key("amal") | {"If-Match": "*"}
    assert (await calm.patch(path, json=body, headers=headers)).status_code == 500

    assert said(log) == []
    assert [c for c in CANARIES if any(c.encode() in one.body for one in receiver.seen)] == []
    assert receiver.seen, "a control: something was sent"
    found = in_database(engine, CANARIES)
    assert {at for at in found if kind(*at.split(".")) in NEVER} <= FOR_48_HOURS
    assert in_database(engine, [CASE]) == set(), "the institution's own number is nowhere"
    assert in_database(engine, [IBAN]) <= IBANS | FOR_48_HOURS
    assert {"volunteer.surname", "request.note", "claim.payee_name"} <= found, "a control"


def stored(engine: Engine) -> bytes:
    """Everything as it lies on the disk or goes into a dump."""
    if engine.dialect.name == "sqlite":
        return Path(str(engine.url.database)).read_bytes()
    texts = []
    with engine.connect() as connection:
        db.see_all(connection)
        for table in {table for table, _ in sealed_columns()}:
            rows = f'SELECT t::text FROM "{table}" t'  # noqa: S608 - names of ours
            texts += connection.exec_driver_sql(rows).scalars().all()
    return "\n".join(texts).encode()


async def test_what_is_sealed_is_in_no_file(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    become(engine, cast)
    with db.transaction(engine) as session:
        account = session.get_one(Account, cast.accounts["lea"])
        account.totp_secret = "QTOTPQTOTPQTOTPQ"
        session.add(account)
    webhook(engine, cast.wetterau, "https://hooks.example/x")
    content = stored(engine)
    assert b"whsec_" not in content
    assert b"QTOTPQTOTPQTOTPQ" not in content
    assert IBAN.encode() not in content
    assert PERSON.encode() in content, "a control: names are not sealed"


@pytest.mark.parametrize(
    "careless",
    [
        lambda: float(PERSON),
        lambda: {}[PERSON],
        lambda: Path(f"/nowhere/{PERSON}.csv").read_text(),
        lambda: [].index(PERSON),
    ],
)
def test_a_failure_quotes_no_value_in_either_kind_of_marks(careless: Callable[[], object]) -> None:
    with pytest.raises((ValueError, KeyError, OSError)) as failed:
        careless()
    assert PERSON not in logs.told(failed.value).splitlines()[-1]


def test_a_failure_of_the_program_itself_is_told() -> None:
    with pytest.raises(AttributeError) as failed:
        None.name  # type: ignore[attr-defined]  # noqa: B018
    assert "has no attribute 'name'" in logs.told(failed.value)


async def test_control_a_careless_line_is_found(log: pytest.LogCaptureFixture) -> None:
    logging.getLogger("app.careless").debug("told %s at %s", PERSON, PHONE)
    assert said(log) == [PERSON, PHONE]


def test_control_a_plain_traceback_would_have_told(
    engine: Engine, cast: Cast, log: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        try:
            int(f"call {PHONE}")
        except ValueError as error:
            logging.getLogger("app.careless").exception("failed", exc_info=error)

    logs.install()
    fail()
    assert said(log) == []
    assert "ValueError" in log.text
    assert "test_canaries.py" in log.text, "where it was is said"
    monkeypatch.setattr(logs, "told", lambda _error: "")
    logging.setLogRecordFactory(logging.LogRecord)
    try:
        fail()
        assert said(log) == [PHONE]
    finally:
        logs.install()
