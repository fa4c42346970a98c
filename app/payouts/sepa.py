"""The file for the bank: made from what a payrun holds, and from nothing that changes later."""

import re
from typing import Any

from fastapi import Response
from sqlmodel import Session

from allowance.transfers import Order, Payer, pain001
from allowance.transfers import Payment as Transfer
from app.clock import ZONE
from app.downloads import SHEETS
from app.errors import Conflict
from app.payouts import payments
from app.payouts.settling import TakenBack
from app.tables import Payment, Payrun, PayrunState

ID = re.compile(r"LW-(\d{1,9})-([0-9a-f]{8})(?:-(\d{1,9}))?", re.IGNORECASE)
"""Number of the payrun, the end of its id, and the number of the transfer."""
XML: dict[int | str, dict[str, Any]] = {
    200: {"description": "A file", "content": {"application/xml": {}}}
}
XLSX: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A file",
        "content": {kind: {} for kind in SHEETS if "spreadsheet" in kind},
    }
}


class AccountMissing(Conflict):
    """The sponsor had given no account of its own when the payrun was drawn."""

    slug, title = "payer-missing", "The account is missing"
    de = (
        "Es fehlt das Konto des Trägers. Bitte in den Einstellungen eintragen, diesen Zahllauf"
        " zurücknehmen und neu ziehen."
    )
    en = (
        "The sponsor's account is missing. Please enter it in the settings, take this payrun back"
        " and draw it anew."
    )


class FileImpossible(Conflict):
    """Names and accounts are gone, because they had been kept long enough."""

    slug, title = "file-impossible", "The file cannot be made"
    de = "Die Datei geht nicht mehr: Namen und Konten dieses Zahllaufs sind schon gelöscht."
    en = "The file cannot be made any more: names and accounts of this payrun are erased."


def message_id(payrun: Payrun) -> str:
    """The name of the file at the bank, and the beginning of the names of its transfers."""
    return f"LW-{payrun.number}-{payrun.id.hex[-8:]}"


def file(session: Session, payrun: Payrun) -> bytes:
    """The payment order, byte for byte the same whenever it is made."""
    if payrun.state == PayrunState.REVERSED:
        raise TakenBack
    if not payrun.payer_iban:
        raise AccountMissing
    transfers = [_transfer(payrun, one) for one in payments.of(session, payrun)]
    order = Order(
        message_id=message_id(payrun),
        made_at=payrun.created_at.astimezone(ZONE).replace(tzinfo=None),
        execute_on=payrun.execute_on or payrun.created_at.astimezone(ZONE).date(),
        payer=Payer(payrun.payer_name, payrun.payer_iban),
        payments=transfers,
    )
    try:
        return pain001(order)
    except ValueError as error:
        raise FileImpossible from error


def _transfer(payrun: Payrun, payment: Payment) -> Transfer:
    return Transfer(
        end_to_end_id=f"{message_id(payrun)}-{payment.number}",
        name=payments.holder(payment),
        iban=payment.payee_iban,
        cents=payment.amount_cents,
        purpose=payment.purpose,
    )


def download(payrun: Payrun, made: bytes) -> Response:
    """The file to be saved."""
    disposition = f'attachment; filename="zahllauf-{payrun.number}.xml"'
    return Response(
        made, media_type="application/xml", headers={"Content-Disposition": disposition}
    )
