"""Payment orders: one SEPA file for each payrun, byte for byte the same when it is drawn again."""

import re
import unicodedata
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files

from lxml import etree
from schwifty import IBAN
from schwifty.exceptions import SchwiftyException
from sepaxml import SepaTransfer
from text_unidecode import unidecode

SCHEMA = "pain.001.001.09"
NAME_LETTERS, PURPOSE_LETTERS, ID_LETTERS = 70, 140, 35
MOST_CENTS = 99_999_999_999
SEPA = frozenset({
    "AD", "AL", "AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GI",
    "GR", "HR", "HU", "IE", "IS", "IT", "LI", "LT", "LU", "LV", "MC", "MD", "ME", "MK", "MT", "NL",
    "NO", "PL", "PT", "RO", "RS", "SE", "SI", "SK", "SM", "VA",
})  # fmt: skip
"""Codes of the 41 countries, and of Gibraltar, whose accounts a SEPA transfer reaches.

EPC409-09, list of SEPA scheme countries, as of May 2026.
"""
_SPACE = f"{{urn:iso:std:iso:20022:tech:xsd:{SCHEMA}}}"
_GERMAN = str.maketrans({
    "ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss", "ẞ": "SS",
    "&": "+",
})  # fmt: skip
_STRANGE = re.compile(r"[^A-Za-z0-9/?:().,'+ -]")
_ID = re.compile(rf"[A-Za-z0-9.-]{{1,{ID_LETTERS}}}")


@dataclass(frozen=True)
class Payer:
    """Whose account the money leaves."""

    name: str
    iban: str


@dataclass(frozen=True)
class Payment:
    """One transfer.

    Attributes
    ----------
    end_to_end_id : str
        1 to 35 letters, digits, dots or hyphens; the bank's statement names it again.
    cents : int
        More than 0.
    """

    end_to_end_id: str
    name: str
    iban: str
    cents: int
    purpose: str


@dataclass(frozen=True)
class Order:
    """Transfers that leave an account together.

    Attributes
    ----------
    message_id : str
        1 to 35 letters, digits, dots or hyphens; the bank refuses a second file of this name.
    made_at : datetime
        Local wall time of the order.
    """

    message_id: str
    made_at: datetime
    execute_on: date
    payer: Payer
    payments: Sequence[Payment]


def iban_of(text: str) -> str:
    """An account number without blanks, in capital letters.

    Raises
    ------
    ValueError
        If its length or its check digits are wrong.

    References
    ----------
    ISO 13616.
    """
    try:
        return str(IBAN(text, validate_bban=False))
    except (SchwiftyException, ValueError) as error:
        raise ValueError("The IBAN is not right: please compare it figure by figure.") from error


def plain(text: str, most: int) -> str:
    """Text in the letters that every bank takes, German ones written out: `Müller & Söhne` becomes
    `Mueller + Soehne`.

    Parameters
    ----------
    text : str
        A name or a purpose, in any script.
    most : int
        How many letters it may have.

    References
    ----------
    EPC 217-08, character set of SEPA messages.
    """
    latin = unidecode(unicodedata.normalize("NFC", text).translate(_GERMAN))
    return " ".join(_STRANGE.sub(" ", latin).split())[:most].strip()


def pain001(order: Order) -> bytes:
    """The file for the bank, checked against its schema.

    Raises
    ------
    ValueError
        For an order without payments, an amount that is not positive, an account number that is
        wrong, an id that is used twice or a name without a letter that a bank takes.

    References
    ----------
    ISO 20022, customer credit transfer initiation (pain.001.001.09).
    """
    _check(order)
    payer = {
        "name": plain(order.payer.name, NAME_LETTERS),
        "IBAN": iban_of(order.payer.iban),
        "currency": "EUR",
        "batch": True,
    }
    transfer = SepaTransfer(payer, schema=SCHEMA, clean=False)
    for payment in order.payments:
        transfer.add_payment({
            "name": plain(payment.name, NAME_LETTERS),
            "IBAN": iban_of(payment.iban),
            "amount": payment.cents,
            "execution_date": order.execute_on,
            "description": plain(payment.purpose, PURPOSE_LETTERS) or payment.end_to_end_id,
            "endtoend_id": payment.end_to_end_id,
        })  # fmt: skip
    return _checked(_named(transfer.export(validate=False), order))


def _check(order: Order) -> None:
    """Refuse an order no bank would carry out."""
    if not order.payments:
        raise ValueError("A payment order needs at least one payment.")
    ids = [payment.end_to_end_id for payment in order.payments]
    for one in (order.message_id, *ids):
        if not _ID.fullmatch(one):
            raise ValueError(f"{one!r} is no id: 1 to {ID_LETTERS} letters, digits, '.' or '-'.")
    twice = [one for one, count in Counter(ids).items() if count > 1]
    if twice:
        raise ValueError(f"The payment {twice[0]} is in the order twice.")
    for payment in order.payments:
        if not 0 < payment.cents <= MOST_CENTS:
            raise ValueError(f"The payment {payment.end_to_end_id} has no amount that can be paid.")
    for name in (order.payer.name, *(payment.name for payment in order.payments)):
        if not plain(name, NAME_LETTERS):
            raise ValueError(f"A bank cannot read the name {name!r}.")


def _named(made: bytes, order: Order) -> bytes:
    """The file with the order's own ids and time: the library draws new ones each time."""
    ET.register_namespace("", _SPACE.strip("{}"))
    document = ET.fromstring(made)  # noqa: S314 - written a moment ago
    for path, value in (
        ("GrpHdr/MsgId", order.message_id),
        ("GrpHdr/CreDtTm", order.made_at.strftime("%Y-%m-%dT%H:%M:%S")),
        ("PmtInf/PmtInfId", order.message_id),
    ):
        steps = "/".join(f"{_SPACE}{step}" for step in f"CstmrCdtTrfInitn/{path}".split("/"))
        for found in document.findall(steps):
            found.text = value
    for agent in document.iter(f"{_SPACE}FinInstnId"):
        # German banks want it said that no BIC is given.
        other = ET.SubElement(ET.SubElement(agent, f"{_SPACE}Othr"), f"{_SPACE}Id")
        other.text = "NOTPROVIDED"
    ET.indent(document)
    text: bytes = ET.tostring(document, encoding="UTF-8", xml_declaration=True)
    return text + b"\n"


@cache
def _schema() -> etree.XMLSchema:
    path = files("sepaxml") / "schemas" / f"{SCHEMA}.xsd"
    return etree.XMLSchema(etree.fromstring(path.read_bytes()))


def _checked(made: bytes) -> bytes:
    """The same bytes, when the schema has nothing against them."""
    schema = _schema()
    if not schema.validate(etree.fromstring(made)):
        raise ValueError(f"The payment file breaks its schema: {schema.error_log[0].message}")
    return made
