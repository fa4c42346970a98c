"""The file for the bank, through the service: right, and the same bytes for ever."""

from uuid import UUID

import pytest
from httpx import AsyncClient
from lxml import etree
from sqlalchemy import Engine
from sqlmodel import col, func, select, update

from app import db
from app.tables import AuditEvent, Payment, Sponsor, Volunteer
from tests.allowance.test_transfers import read
from tests.app.payouts.runs import file_name, two_drawn
from tests.cast import HOUSE, Cast


async def file_of(client: AsyncClient, cast: Cast, run: object, **headers: str) -> bytes:
    """The file of a payrun."""
    assert isinstance(run, dict)
    path = f"/payruns/{run['id']}/pain001.xml"
    answer = await client.get(path, headers=cast.key("fatma") | headers)
    assert answer.status_code == 200, answer.text
    return answer.content


def rename(engine: Engine, cast: Cast, name: str, **values: str) -> None:
    """Change what is known of somebody."""
    with db.transaction(engine) as session:
        session.exec(
            update(Volunteer).where(col(Volunteer.id) == cast.volunteers[name]).values(**values)
        )


async def test_the_file_holds_what_the_payrun_does(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    rename(engine, cast, "mirela", surname="Müßig-Öztürk")
    run = await two_drawn(client, cast, engine)
    made = await file_of(client, cast, run)
    name = file_name(run)
    assert read(made, "GrpHdr/MsgId") == read(made, "PmtInfId") == [name]
    assert read(made, "EndToEndId") == [f"{name}-1", f"{name}-2"]
    assert read(made, "Cdtr/Nm") == ["Dilan Dilan-Beispiel", "Mirela Muessig-Oeztuerk"]
    assert read(made, "InstdAmt") == ["20.00", "40.00"]
    assert read(made, "CtrlSum") == ["60.00", "60.00"]
    assert read(made, "Dbtr/Nm") == ["Sprachpool Wetterau"]
    assert read(made, "DbtrAcct/Id/IBAN") == [HOUSE]
    assert read(made, "ReqdExctnDt/Dt") == ["2027-01-05"] == [run["execute_on"]]
    assert read(made, "Ustrd")[0] == "Aufwandsentschaedigung 01/2027 Sprachpool Wetterau"
    assert etree.fromstring(made) is not None


async def test_the_file_is_the_same_whatever_has_changed_since(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    run = await two_drawn(client, cast, engine)
    before = await file_of(client, cast, run)
    rename(engine, cast, "dilan", surname="Neu", iban="DE02120300000000202051")
    with db.transaction(engine) as session:
        session.exec(update(Sponsor).values(iban="", account_holder="Jemand anders"))
    after = await file_of(client, cast, run, **{"Accept-Language": "en"})
    assert before == after
    paid = {"paid_on": "2027-01-04"}
    await client.post(f"/payruns/{run['id']}/paid", json=paid, headers=cast.key("fatma"))
    assert await file_of(client, cast, run) == before


async def test_each_download_is_noted_with_its_reader(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    run = await two_drawn(client, cast, engine)
    for _ in range(2):
        await file_of(client, cast, run)
    with db.transaction(engine) as session:
        noted = select(func.count()).where(
            col(AuditEvent.action) == "payrun.file",
            col(AuditEvent.account_id) == cast.accounts["fatma"],
        )
        assert session.exec(noted).one() == 2


async def test_no_file_without_the_sponsors_account(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    with db.transaction(engine) as session:
        session.exec(update(Sponsor).values(iban=""))
    run = await two_drawn(client, cast, engine)
    path, key = f"/payruns/{run['id']}/pain001.xml", cast.key("fatma")
    refused = await client.get(path, headers=key)
    assert refused.status_code == 409
    assert refused.json()["detail"].startswith("Es fehlt das Konto des Trägers.")


async def test_no_file_once_names_and_accounts_are_erased(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    run = await two_drawn(client, cast, engine)
    with db.transaction(engine) as session:
        session.exec(update(Payment).values(payee_iban=""))
    path, key = f"/payruns/{run['id']}/pain001.xml", cast.key("fatma")
    refused = await client.get(path, headers=key)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/file-impossible")


@pytest.mark.parametrize(
    ("wanted", "taken"),
    [(None, "2027-01-05"), ("2027-01-08", "2027-01-08"), ("2027-01-09", "2027-01-11")],
)
async def test_the_bank_carries_it_out_on_a_weekday(
    client: AsyncClient, cast: Cast, engine: Engine, wanted: str | None, taken: str
) -> None:
    run = await two_drawn(client, cast, engine)
    back = {"reason": "anderer Tag"}
    await client.post(f"/payruns/{run['id']}/reverse", json=back, headers=cast.key("fatma"))
    body = {"execute_on": wanted} if wanted else {}
    again = await client.post("/payruns", json=body, headers=cast.key("fatma"))
    assert again.json()["execute_on"] == taken


@pytest.mark.parametrize("wanted", ["2027-01-03", "2027-06-01"])
async def test_no_day_in_the_past_or_far_away(
    client: AsyncClient, cast: Cast, engine: Engine, wanted: str
) -> None:
    refused = await client.post("/payruns", json={"execute_on": wanted}, headers=cast.key("fatma"))
    assert refused.status_code == 422
    assert "zwischen heute und dem 05.03.2027" in refused.json()["detail"]


async def test_the_workbook_is_the_pay_list(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    run = await two_drawn(client, cast, engine)
    path, key = f"/payruns/{run['id']}/paylist", cast.key("fatma")
    book = await client.get(f"{path}.xlsx", headers=key)
    assert book.content == (await client.get(f"{path}?format=xlsx", headers=key)).content
    assert UUID(run["id"])
