"""Payruns in the tests: how they are drawn, and what a bank says of them."""

from datetime import date
from typing import Any
from uuid import UUID

from httpx import AsyncClient
from sqlalchemy import Engine
from sqlmodel import select

from app import db
from app.tables import Claim, LedgerEntry, LedgerKind, Payment
from tests.app.hours.bookings import at, confirmed
from tests.app.payouts.steps import approve_all, pay, step
from tests.app.payouts.test_payruns import MONDAY, draw
from tests.cast import HOUSE, Cast

PAID_BEFORE = date(2026, 12, 14)
ENTRY = """<Ntry><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd><Sts>BOOK</Sts>
<BookgDt><Dt>{day}</Dt></BookgDt><AcctSvcrRef>{reference}</AcctSvcrRef>{details}</Ntry>"""
DETAIL = """<TxDtls><Refs><EndToEndId>{name}</EndToEndId></Refs><Amt Ccy="EUR">{amount}</Amt>{why}
</TxDtls>"""


async def two_drawn(client: AsyncClient, cast: Cast, engine: Engine) -> Any:
    """A payrun of 20 EUR for Dilan and 40 EUR for Mirela."""
    confirmed(engine, cast, at(MONDAY, "10:00"))
    for hour in ("10:00", "14:00"):
        confirmed(engine, cast, at(MONDAY, hour), name="mirela")
    await approve_all(client, cast)
    made = await draw(client, cast)
    assert made.status_code == 201, made.text
    return made.json()


def file_name(run: Any) -> str:
    """The id of the payrun's file at the bank."""
    return f"LW-{run['number']}-{UUID(run['id']).hex[-8:]}"


def euros(cents: int) -> str:
    """As a bank writes it."""
    return f"{cents // 100}.{cents % 100:02d}"


def entry(cents: int, details: str = "", **changes: str) -> str:
    """A line of a statement; negative where money has left."""
    values = {
        "sign": "DBIT" if cents < 0 else "CRDT", "day": "2027-01-04", "reference": "b1",
        "currency": "EUR",
    }  # fmt: skip
    return ENTRY.format(amount=euros(abs(cents)), details=details, **values | changes)


def left(run: Any, number: int, cents: int, **changes: str) -> str:
    """A transfer of a payrun has left."""
    detail = DETAIL.format(name=f"{file_name(run)}-{number}", amount=euros(cents), why="")
    return entry(-cents, f"<NtryDtls>{detail}</NtryDtls>", **changes)


def whole(run: Any, cents: int, **changes: str) -> str:
    """All transfers of a payrun have left, in one line."""
    batch = f"<NtryDtls><Btch><PmtInfId>{file_name(run)}</PmtInfId></Btch></NtryDtls>"
    return entry(-cents, batch, **changes)


def back(run: Any, number: int, cents: int, why: str = "AC04", **changes: str) -> str:
    """A transfer of a payrun came back."""
    reason = f"<RtrInf><Rsn><Cd>{why}</Cd></Rsn></RtrInf>" if why else ""
    detail = DETAIL.format(name=f"{file_name(run)}-{number}", amount=euros(cents), why=reason)
    return entry(cents, f"<NtryDtls>{detail}</NtryDtls>", **{"reference": "b9", **changes})


def statement(*entries: str, iban: str = HOUSE, name: str = "S1") -> bytes:
    """A file of the bank."""
    space = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
    return (
        f'<?xml version="1.0"?><Document xmlns="{space}"><BkToCstmrStmt><Stmt><Id>{name}</Id><Acct>'
        f"<Id><IBAN>{iban}</IBAN></Id></Acct>{''.join(entries)}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


async def upload(client: AsyncClient, cast: Cast, data: bytes, who: str = "fatma") -> Any:
    """What the service answers to a statement."""
    files = {"files": ("auszug.xml", data)}
    return await client.post("/bank-statements", files=files, headers=cast.key(who))


def paid_in_books(engine: Engine) -> int:
    """The cents that stand in the books as paid."""
    with db.transaction(engine, read_only=True) as session:
        rows = session.exec(select(LedgerEntry).where(LedgerEntry.kind == LedgerKind.PAID)).all()
        return sum(row.amount_cents for row in rows)


def states(engine: Engine) -> dict[str, set[str]]:
    """The states of all transfers and all claims."""
    with db.transaction(engine, read_only=True) as session:
        return {
            "payments": set(session.exec(select(Payment.state)).all()),
            "claims": set(session.exec(select(Claim.state)).all()),
        }


async def owe(client: AsyncClient, cast: Cast, engine: Engine, **hours: int) -> None:
    """So many appointments of December were paid, 20 EUR each, and then taken back."""
    for name, count in hours.items():
        for number in range(count):
            confirmed(engine, cast, at(PAID_BEFORE, f"{10 + 2 * number}:00"), name=name)
    ids = await approve_all(client, cast, "2026-12")
    await pay(client, cast)
    for claim in ids:
        counter = (await step(client, cast, "fatma", claim, "reverse")).json()["id"]
        assert (await step(client, cast, "lea", counter, "approve")).status_code == 200
