"""A bank's statement (camt.053): what has left the account, and what came back."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from lxml import etree

MOST_BYTES = 20_000_000
ZONE = ZoneInfo("Europe/Berlin")
EUROS = "EUR"
_BOOKED = "BOOK"
_NO_REFERENCE = ("", "NONREF", "NOTPROVIDED")
"""What banks write where an entry has no reference of its own."""


class NotInEuros(ValueError):
    """The account is one in another currency."""


@dataclass(frozen=True)
class Detail:
    """One transfer within an entry.

    Attributes
    ----------
    end_to_end_id : str
        As the order named it; empty where the bank does not say.
    cents : int
        0 where the bank does not say, or says it in another currency.
    returned : str
        Why the money came back (a code such as `AC04`); empty where it did not.
    """

    end_to_end_id: str
    cents: int
    returned: str = ""


@dataclass(frozen=True)
class Entry:
    """One booked line of a statement.

    Attributes
    ----------
    cents : int
        In euros; negative when money has left the account.
    order_id : str
        The id of the order it carries out; empty where the bank does not say.
    """

    reference: str
    booked_on: date
    cents: int
    order_id: str
    details: tuple[Detail, ...] = ()


@dataclass(frozen=True)
class Statement:
    """One statement of one account."""

    statement_id: str
    iban: str
    entries: tuple[Entry, ...]


def camt053(data: bytes) -> list[Statement]:
    """The statements in a file, with their booked entries in order.

    Parameters
    ----------
    data : bytes
        A camt.053 document of any version; nothing outside of it is read.

    Raises
    ------
    NotInEuros
        If an entry is booked in another currency.
    ValueError
        If it is too large, no such document, or an amount or a day in it cannot be read.

    References
    ----------
    ISO 20022, bank to customer statement (camt.053.001.02 to .08).
    """
    if len(data) > MOST_BYTES:
        raise ValueError("The statement is too large.")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_pis=True
    )
    try:
        document = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError("The file is no XML.") from error
    if document.getroottree().docinfo.doctype:
        raise ValueError("The file declares a document type: no statement does.")
    found = [_statement(one) for one in _all(document, "BkToCstmrStmt/Stmt")]
    if not found:
        raise ValueError("The file is no statement of a bank (camt.053).")
    return found


def _statement(node: etree._Element) -> Statement:
    entries = tuple(
        _entry(one, number)
        for number, one in enumerate(_all(node, "Ntry"))
        if _BOOKED in (_text(one, "Sts"), _text(one, "Sts/Cd"))
    )
    return Statement(_text(node, "Id"), _text(node, "Acct/Id/IBAN"), entries)


def _entry(node: etree._Element, number: int) -> Entry:
    if _currency(node, "Amt") != EUROS:
        raise NotInEuros("The statement is not in euros.")
    sign = -1 if _text(node, "CdtDbtInd") == "DBIT" else 1
    batch = _text(node, "NtryDtls/Btch/PmtInfId") or _text(node, "NtryDtls/Btch/MsgId")
    first = _text(node, "NtryDtls/TxDtls/Refs/PmtInfId") or _text(
        node, "NtryDtls/TxDtls/Refs/MsgId"
    )
    return Entry(
        reference=_reference(node) or str(number),
        booked_on=_day(node),
        cents=sign * _cents(_text(node, "Amt")),
        order_id=batch or first,
        details=tuple(_detail(one) for one in _all(node, "NtryDtls/TxDtls")),
    )


def _reference(node: etree._Element) -> str:
    """What tells the entry from others of the statement: not a word that stands in many."""
    named = (_text(node, path) for path in ("AcctSvcrRef", "NtryRef"))
    return next((one for one in named if one.upper() not in _NO_REFERENCE), "")


def _detail(node: etree._Element) -> Detail:
    amount = "0"
    for path in ("Amt", "AmtDtls/TxAmt/Amt"):
        if _text(node, path) and _currency(node, path) == EUROS:
            amount = _text(node, path)
            break
    why = _text(node, "RtrInf/Rsn/Cd") or _text(node, "RtrInf/Rsn/Prtry")
    returned = why or ("unknown" if _all(node, "RtrInf") else "")
    return Detail(_text(node, "Refs/EndToEndId"), _cents(amount), returned)


def _day(node: etree._Element) -> date:
    """The local day of the booking: a moment with an offset may fall on another one elsewhere."""
    day, written = _text(node, "BookgDt/Dt"), _text(node, "BookgDt/DtTm")
    try:
        if day:
            return date.fromisoformat(day[:10])
        moment = datetime.fromisoformat(written)
        return (moment.astimezone(ZONE) if moment.tzinfo else moment).date()
    except (ValueError, OverflowError) as error:
        written = day or written
        raise ValueError(f"The statement has an entry of no day: {written[:30]!r}.") from error


def _cents(written: str) -> int:
    try:
        exact = Decimal(written) * 100
    except ArithmeticError as error:
        raise ValueError(f"The statement has an amount that is none: {written[:30]!r}.") from error
    if not exact.is_finite() or exact != exact.to_integral_value() or not 0 <= exact <= 10**15:
        raise ValueError(f"The statement has an amount that is none: {written[:30]!r}.")
    return int(exact)


def _all(node: etree._Element, path: str) -> list[etree._Element]:
    """Elements below by their local names, whatever the version of the document."""
    found = [node]
    for name in path.split("/"):
        found = [child for parent in found for child in _children(parent, name)]
    return found


def _children(parent: etree._Element, name: str) -> Iterator[etree._Element]:
    for child in parent.iterchildren("*"):
        if etree.QName(child).localname == name:
            yield child


def _currency(node: etree._Element, path: str) -> str:
    found = _all(node, path)
    return str(found[0].get("Ccy", EUROS)) if found else EUROS


def _text(node: etree._Element, path: str) -> str:
    found = _all(node, path)
    return (found[0].text or "").strip() if found else ""
