"""Statements of a bank: what left, what came back, and files that are none."""

from datetime import date

import pytest

from allowance.statements import Detail, Entry, NotInEuros, camt053

ENTRY = """<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd><Sts>{status}</Sts>
<BookgDt><Dt>2027-01-20</Dt></BookgDt><AcctSvcrRef>{reference}</AcctSvcrRef>{details}</Ntry>"""
BATCH = (
    "<NtryDtls><Btch><PmtInfId>LW-1</PmtInfId></Btch><TxDtls><Refs><EndToEndId>LW-1-1</EndToEndId>"
    '</Refs><Amt Ccy="EUR">20.00</Amt></TxDtls></NtryDtls>'
)
RETURNED = (
    "<NtryDtls><TxDtls><Refs><PmtInfId>LW-1</PmtInfId><EndToEndId>LW-1-1</EndToEndId></Refs>"
    '<AmtDtls><TxAmt><Amt Ccy="EUR">20.00</Amt></TxAmt></AmtDtls>'
    "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf></TxDtls></NtryDtls>"
)


def entry(**changes: str) -> str:
    """One entry of a statement."""
    values = {"amount": "20.00", "sign": "DBIT", "status": "BOOK", "reference": "b1", "details": ""}
    return ENTRY.format(**values | changes)


def statement(*entries: str, version: str = "08") -> bytes:
    """A file with one statement."""
    space = f"urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}"
    return (
        f'<?xml version="1.0"?><Document xmlns="{space}"><BkToCstmrStmt><Stmt><Id>S1</Id><Acct>'
        f"<Id><IBAN>DE89370400440532013000</IBAN></Id></Acct>{''.join(entries)}</Stmt>"
        "</BkToCstmrStmt></Document>"
    ).encode()


def booked(when: str) -> bytes:
    """A statement with an entry that was booked then."""
    return statement(entry().replace("<Dt>2027-01-20</Dt>", when))


@pytest.mark.parametrize(
    "when",
    [
        "<DtTm>2027-01-19T23:00:00Z</DtTm>",
        "<DtTm>2027-01-20T22:59:59+00:00</DtTm>",
        "<DtTm>2027-01-20T23:59:59</DtTm>",
        "<Dt>2027-01-20+01:00</Dt>",
        "<Dt>2027-01-20Z</Dt>",
    ],
)
def test_day_of_a_booking_is_that_of_berlin(when: str) -> None:
    assert camt053(booked(when))[0].entries[0].booked_on == date(2027, 1, 20)


@pytest.mark.parametrize(("version", "status"), [("02", "BOOK"), ("08", "<Cd>BOOK</Cd>")])
def test_batch_that_left_names_its_order(version: str, status: str) -> None:
    made = statement(entry(status=status, details=BATCH), version=version)
    assert camt053(made)[0].entries == (
        Entry("b1", date(2027, 1, 20), -2000, "LW-1", (Detail("LW-1-1", 2000),)),
    )


def test_returned_money_says_why() -> None:
    found = camt053(statement(entry(sign="CRDT", details=RETURNED)))[0].entries[0]
    assert (found.cents, found.order_id) == (2000, "LW-1")
    assert found.details == (Detail("LW-1-1", 2000, "AC04"),)


def test_other_currencies_are_no_statement_of_ours() -> None:
    with pytest.raises(NotInEuros):
        camt053(statement(entry().replace('Ccy="EUR"', 'Ccy="CHF"')))
    abroad = BATCH.replace('Ccy="EUR"', 'Ccy="USD"')
    found = camt053(statement(entry(details=abroad)))[0].entries[0]
    assert found.details == (Detail("LW-1-1", 0),), "a detail says nothing that counts"


def test_what_is_not_booked_is_left_out() -> None:
    assert camt053(statement(entry(status="PDNG")))[0].entries == ()


def test_statement_names_itself_and_its_account() -> None:
    found = camt053(statement(entry()))[0]
    assert (found.statement_id, found.iban) == ("S1", "DE89370400440532013000")


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"", "no XML"),
        (b"Datum;Betrag", "no XML"),
        (b"<a/>", "no statement"),
        (statement(entry(amount="zwanzig")), "amount"),
        (statement(entry(amount="20.001")), "amount"),
        (statement(entry(amount="NaN")), "amount"),
        (statement(entry(amount="1E999999")), "amount"),
        (statement(entry(amount="-20.00")), "amount"),
        (statement(entry()).replace(b"2027-01-20", b"gestern"), "of no day"),
        (booked("<DtTm>0001-01-01T00:00:00+14:00</DtTm>"), "of no day"),
        (
            b"<!DOCTYPE a [<!ENTITY b 'c'>]>" + statement(entry()).partition(b"?>")[2],
            "document type",
        ),
        (b" " * 20_000_001, "too large"),
    ],
)
def test_what_is_no_statement_is_refused_with_a_sentence(data: bytes, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        camt053(data)


def test_entities_are_not_expanded() -> None:
    bomb = b'<!DOCTYPE a [<!ENTITY x "' + b"y" * 1000 + b'"><!ENTITY z "&x;&x;&x;">]><a>&z;</a>'
    with pytest.raises(ValueError, match="document type"):
        camt053(bomb)


def test_files_beside_it_are_not_read() -> None:
    outside = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>'
    with pytest.raises(ValueError, match="document type"):
        camt053(outside)
