"""Payruns and their transfers, and what the bank says of them."""

from uuid import UUID

from fastapi import APIRouter, Request, Response
from sqlmodel import col

from app import access, limits
from app.access import (
    Actor,
    Payee,
    Payer,
    PaymentReader,
    PayrunReader,
    ProvenTreasury,
    Treasury,
)
from app.auditing import records
from app.db import SessionDep, UnitOfWork
from app.downloads import AS_FILE, AS_PDF, PDF, SheetFormat, download, saved
from app.errors import locale_of
from app.paging import Cursor, Limit, Page, page_of
from app.payouts import bank, claims, payments, payruns, sepa, settling, statements
from app.payouts.paylist import paylist
from app.payouts.payrun_schemas import (
    BankStatementRead,
    PaymentRead,
    PaymentReturned,
    PayrunCreate,
    PayrunDetail,
    PayrunDrawn,
    PayrunPaid,
    PayrunRead,
    PayrunReverse,
    StatementsRead,
)
from app.tables import Payment, PaymentState, Payrun, Scope
from app.uploads import Uploaded

router = APIRouter(route_class=UnitOfWork, tags=["money"])


@router.post("/payruns", status_code=201)
def draw_payrun(
    body: PayrunCreate,
    request: Request,
    response: Response,
    session: SessionDep,
    actor: Payer,
) -> PayrunDrawn:
    """Put approved claims into one payrun, one transfer for each person.

    What somebody was paid too much is set off against what she gets. What cannot be paid now stays
    behind and is named: an IBAN that is missing, wrong or new, more to set off than to pay.
    """
    drawn = payruns.draw(session, actor, body, locale_of(request))
    response.headers["Location"] = f"/api/v1/payruns/{drawn.payrun.id}"
    detail = _detail(session, actor, drawn.payrun)
    return PayrunDrawn(**dict(detail), left_behind=drawn.left_behind)


@router.get("/payruns")
def list_payruns(
    session: SessionDep, actor: PayrunReader, limit: Limit = 50, cursor: Cursor = None
) -> Page[PayrunRead]:
    """Our payruns."""
    query = access.visible_payruns(actor)
    rows, following = page_of(session, query, Payrun.id, limit, cursor)
    return Page(items=[PayrunRead(**row.model_dump()) for row in rows], next=following)


def _payrun(session: SessionDep, actor: Actor, payrun_id: UUID, *, lock: bool = False) -> Payrun:
    return access.load(session, access.visible_payruns(actor), Payrun, payrun_id, lock=lock)


def _detail(session: SessionDep, actor: Actor, payrun: Payrun) -> PayrunDetail:
    found = claims.of_payrun(session, payrun)
    return PayrunDetail(
        **payrun.model_dump(include=set(PayrunRead.model_fields)),
        claims=claims.told(actor, found),
        payments=payments.reads(payments.of(session, payrun), {payrun.id: payrun.number}),
    )


@router.get("/payruns/{payrun_id}")
def get_payrun(payrun_id: UUID, session: SessionDep, actor: PayrunReader) -> PayrunDetail:
    """A payrun with its claims and its transfers; account numbers are masked."""
    return _detail(session, actor, _payrun(session, actor, payrun_id))


@router.get("/payruns/{payrun_id}/paylist", response_class=Response, responses=AS_FILE)
def get_paylist(
    payrun_id: UUID,
    request: Request,
    session: SessionDep,
    actor: PayrunReader,
    format: SheetFormat = "csv",
) -> Response:
    """The pay list as a file: name, IBAN, month, purpose, hours, amount; the sum comes last.

    Whole IBANs are for finance and lead, who prove anew that it is they; an auditor reads them
    masked.
    """
    return _paylist(request, session, actor, payrun_id, format)


@router.get("/payruns/{payrun_id}/paylist.xlsx", response_class=Response, responses=sepa.XLSX)
def get_paylist_workbook(
    payrun_id: UUID, request: Request, session: SessionDep, actor: PayrunReader
) -> Response:
    """The pay list as a workbook: the same as `/paylist?format=xlsx`."""
    return _paylist(request, session, actor, payrun_id, "xlsx")


def _paylist(
    request: Request, session: SessionDep, actor: Actor, payrun_id: UUID, kind: SheetFormat
) -> Response:
    locale = locale_of(request)
    payrun = _payrun(session, actor, payrun_id)
    masked = actor.audits(payrun.sponsor_id)
    if not masked:
        access.require_proof(actor, Scope.PAYOUT)
    table = paylist(session, payrun, locale, masked=masked)
    records.note_file(request, actor, "payrun.paylist", payrun, masked=masked)
    return download(table, kind, locale)


@router.get("/payruns/{payrun_id}/pain001.xml", response_class=Response, responses=sepa.XML)
def get_sepa_file(
    payrun_id: UUID, request: Request, session: SessionDep, actor: ProvenTreasury
) -> Response:
    """The file for the bank (SEPA, pain.001.001.09): byte for byte the same each time.

    The bank refuses a second file of this name, so nobody is paid twice. Each download is noted.
    """
    payrun = _payrun(session, actor, payrun_id)
    made = sepa.file(session, payrun)
    records.note_file(request, actor, "payrun.file", payrun)
    return sepa.download(payrun, made)


@router.post("/payruns/{payrun_id}/paid")
def mark_paid(payrun_id: UUID, body: PayrunPaid, session: SessionDep, actor: Payer) -> PayrunDetail:
    """Note the day the money left; the claims are paid and never change again."""
    payrun = _payrun(session, actor, payrun_id, lock=True)
    settling.pay(session, actor, payrun, body.paid_on)
    return _detail(session, actor, payrun)


@router.post("/payruns/{payrun_id}/reverse")
def reverse_payrun(
    payrun_id: UUID, body: PayrunReverse, session: SessionDep, actor: Payer
) -> PayrunDetail:
    """Take a payrun back before any money has left; its claims wait for another one.

    A file that was made of it must not go to the bank any more.
    """
    payrun = _payrun(session, actor, payrun_id, lock=True)
    settling.reverse(session, actor, payrun, body.reason)
    return _detail(session, actor, payrun)


@router.get("/payments")
def list_payments(
    session: SessionDep,
    actor: PaymentReader,
    payrun_id: UUID | None = None,
    state: PaymentState | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[PaymentRead]:
    """Transfers of my sponsors, or those to myself; account numbers are masked."""
    query = access.visible_payments(actor)
    if payrun_id is not None:
        query = query.where(col(Payment.payrun_id) == payrun_id)
    if state is not None:
        query = query.where(col(Payment.state) == state)
    rows, following = page_of(session, query, Payment.id, limit, cursor)
    return Page(items=payments.reads(rows, payments.numbers(session, rows)), next=following)


@router.get("/payments/{payment_id}/statement.pdf", response_class=Response, responses=AS_PDF)
def get_statement(
    payment_id: UUID, request: Request, session: SessionDep, actor: Payee
) -> Response:
    """The statement of a paid transfer: each hour with the sentence for its amount, and the year.

    For finance, lead, and the volunteer herself; an accessible PDF (PDF/UA).
    """
    payment = access.load(session, access.visible_payments(actor), Payment, payment_id)
    made = statements.pdf(session, payment, locale_of(request))
    if payment.volunteer_id != actor.volunteer_id:
        records.note_file(request, actor, "payment.statement", payment)
    return saved(made, f"abrechnung-{payment.paid_on}.pdf", PDF)


@router.post("/payruns/{payrun_id}/statements", status_code=202)
def make_statements(payrun_id: UUID, session: SessionDep, actor: Treasury) -> StatementsRead:
    """Have the statements of a paid payrun made, in the background, and everybody told by mail.

    Who was told before is not told again; `GET` says how far it is.
    """
    payrun = _payrun(session, actor, payrun_id)
    statements.ask(session, actor, payrun)
    return statements.progress(session, payrun)


@router.get("/payruns/{payrun_id}/statements")
def get_statements(payrun_id: UUID, session: SessionDep, actor: Treasury) -> StatementsRead:
    """How far the statements of a payrun are."""
    return statements.progress(session, _payrun(session, actor, payrun_id))


@router.post("/payments/{payment_id}/returned")
def mark_returned(
    payment_id: UUID, body: PaymentReturned, session: SessionDep, actor: Payer
) -> PaymentRead:
    """Note that a transfer came back, or never left: its claims wait for another payrun.

    A task asks the office to look at the account; until it is resolved nothing more goes there.
    """
    payment = access.load(session, access.visible_payments(actor), Payment, payment_id)
    payrun = _payrun(session, actor, payment.payrun_id)
    settling.come_back(session, actor, payrun, payment, body.returned_on, body.code)
    return payments.reads([payment], {payrun.id: payrun.number})[0]


@router.post("/bank-statements", max_body_size=limits.body_bytes("/api/v1/bank-statements"))
def read_bank_statement(
    uploaded: Uploaded,
    request: Request,
    session: SessionDep,
    actor: Payer,
    sponsor_id: UUID | None = None,
) -> BankStatementRead:
    """Read what the bank says (camt.053): which transfers have left, and which came back.

    The same file again books nothing. What differs in amount, or cannot be found, is not booked
    and said; other lines of the account are counted and not kept.
    """
    sponsor = access.sponsor_for(actor, sponsor_id)
    return bank.read(session, actor, sponsor, uploaded.values(), locale_of(request))
