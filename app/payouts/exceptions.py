"""Exceptions from the cap on a client's assignments, as they were granted on application."""

from uuid import UUID

from sqlmodel import Session, col
from sqlmodel.sql.expression import SelectOfScalar

from app import access, audit, fields, freetext, rate_plans
from app.access import Actor
from app.clock import now, today
from app.errors import Conflict, Invalid
from app.payouts import caps
from app.payouts.plan_schemas import CapExceptionCreate, CapExceptionRead
from app.payouts.plans import lock_sponsor
from app.rate_plans import Book
from app.tables import CapException, ClientCase, Request


class NoClient(Invalid):
    """The request names no client."""

    de = "Diese Anfrage hat kein Aktenzeichen. Bitte eine Anfrage mit Aktenzeichen nehmen."
    en = "This request has no case number. Please take one that has."


class GrantedLater(Invalid):
    """An exception is said to be granted on a day that has not come."""

    de = "Der Tag der Bewilligung liegt in der Zukunft. Bitte den Tag auf dem Schreiben angeben."
    en = "The day of the decision lies in the future. Please give the day on the letter."


class ExceptionUsed(Conflict):
    """Assignments were paid that only this exception allows."""

    slug, title = "cap-exception-used", "Used already"
    de = (
        "Diese Ausnahme ist schon gebraucht: {paid} Einsätze sind abgerechnet, ohne sie sind"
        " {allowed} erlaubt. Bitte zuerst die Abrechnungen zurückgeben und neu erstellen."
    )
    en = (
        "This exception is used already: {paid} assignments were claimed, {allowed} are allowed"
        " without it. Please return the claims first and build them again."
    )


class AlreadyWithdrawn(Conflict):
    """The exception was withdrawn before."""

    slug, title = "cap-exception-withdrawn", "Withdrawn already"
    de = "Diese Ausnahme ist schon zurückgenommen."
    en = "This exception was withdrawn already."


def grant(session: Session, actor: Actor, body: CapExceptionCreate) -> CapException:
    """Note what was granted for a client and a grant year."""
    freetext.require_plain(body.reason)
    if body.granted_on > today():
        raise GrantedLater
    case = _case(session, actor, body)
    row = CapException(
        sponsor_id=case.sponsor_id,
        client_case_id=case.id,
        decided_by=actor.account_id,
        **body.model_dump(include={"grant_year", "extra", "granted_on", "reason"}),
    )
    session.add(row)
    audit.record(
        session,
        actor.account_id,
        "cap_exception.grant",
        row,
        reason=audit.stated(row.reason),
        extra=row.extra,
        grant_year=row.grant_year,
    )
    session.flush()
    return row


def _case(session: Session, actor: Actor, body: CapExceptionCreate) -> ClientCase:
    """The client, named by herself or by one of her requests."""
    case_id = body.client_case_id
    if body.request_id is not None:
        asked = access.load(session, access.visible_requests(actor), Request, body.request_id)
        case_id = asked.client_case_id
    if case_id is None:
        raise NoClient
    return access.load(session, access.visible_client_cases(actor), ClientCase, case_id)


def filtered(actor: Actor, year: int | None) -> SelectOfScalar[CapException]:
    """The exceptions of the actor's sponsors, of one grant year or of all."""
    query = access.visible_cap_exceptions(actor)
    return query if year is None else query.where(col(CapException.grant_year) == year)


def withdraw(session: Session, actor: Actor, exception_id: UUID) -> CapException:
    """Take an exception back, as long as no payment rests on it."""
    visible = access.visible_cap_exceptions(actor)
    # Nobody builds claims meanwhile.
    lock_sponsor(session, access.load(session, visible, CapException, exception_id).sponsor_id)
    row = access.load(session, visible, CapException, exception_id, lock=True)
    if row.withdrawn_at is not None:
        raise AlreadyWithdrawn
    row.withdrawn_at = now()
    session.add(row)
    session.flush()
    _refuse_used(session, rate_plans.book(session, row.sponsor_id), row)
    audit.record(session, actor.account_id, "cap_exception.withdraw", row)
    return row


def _refuse_used(session: Session, book: Book, row: CapException) -> None:
    """Under every funding line what was claimed keeps within what is left."""
    use = caps.year_use(session, book, row.sponsor_id, row.grant_year, ())
    for (client, line), cap in use.caps.items():
        paid = use.clients[client, line]
        allowed = cap + use.granted.get(client, 0)
        if client == str(row.client_case_id) and paid > allowed:
            raise ExceptionUsed(paid=paid, allowed=allowed)


def read(actor: Actor, row: CapException) -> CapExceptionRead:
    """An exception as it is told; an auditor reads neither the client nor the words."""
    found = CapExceptionRead(**row.model_dump(include=set(CapExceptionRead.model_fields)))
    return fields.for_auditor(found) if actor.audits(row.sponsor_id) else found
