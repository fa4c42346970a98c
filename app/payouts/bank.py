"""What the bank says: which transfers have left, and which came back. Read twice is read once."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlmodel import Session, col, select

import allowance
from allowance.statements import Statement
from app import audit, fields
from app.access import Actor
from app.errors import ApiError, Conflict, Invalid
from app.payouts import bank_lines, payments, settling
from app.payouts.bank_lines import Key, Line
from app.payouts.payrun_schemas import BankLine, BankStatementRead
from app.payouts.plans import lock_sponsor
from app.payouts.sepa import message_id
from app.tables import (
    BankEntry,
    BankEntryKind,
    Payment,
    PaymentState,
    Payrun,
    PayrunState,
    Sponsor,
)

MOST_SHOWN = 200
"""So many lines of each kind an answer shows."""
_SAID: dict[str, dict[str, str]] = {
    "paid": {
        "de": "Zahllauf {number}, Überweisung an {name}: bezahlt am {day}.",
        "en": "Payrun {number}, transfer to {name}: paid on {day}.",
    },
    "all_paid": {
        "de": "Zahllauf {number}: alle Überweisungen bezahlt am {day}.",
        "en": "Payrun {number}: all transfers paid on {day}.",
    },
    "noted": {
        "de": "Zahllauf {number}: war schon als bezahlt eingetragen.",
        "en": "Payrun {number}: was noted as paid before.",
    },
    "returned": {
        "de": "Die Überweisung an {name} kam am {day} zurück{why}. Bitte das Konto prüfen.",
        "en": "The transfer to {name} came back on {day}{why}. Please check the account.",
    },
    "noted_back": {
        "de": "Die Überweisung an {name} war schon als zurückgekommen eingetragen.",
        "en": "It was noted before that the transfer to {name} came back.",
    },
    "unknown": {
        "de": "Zu dieser Kennung gibt es hier keine Überweisung. Bitte beim Zahllauf nachsehen.",
        "en": "There is no transfer of this id here. Please look at the payrun.",
    },
    "amount": {
        "de": "Der Betrag ist ein anderer: laut Bank {bank}, laut Zahllauf {number} {ours}. Bitte"
        " klären und von Hand eintragen.",
        "en": "The amount differs: {bank} says the bank, {ours} says payrun {number}. Please"
        " settle it and note it by hand.",
    },
    "reversed": {
        "de": "Zahllauf {number} ist zurückgenommen, aber die Bank hat überwiesen. Bitte gleich mit"
        " der Bank klären, bevor jemand doppelt bezahlt wird.",
        "en": "Payrun {number} was taken back, but the bank has transferred it. Please settle it"
        " with the bank at once, before somebody is paid twice.",
    },
    "never_left": {
        "de": "Bei uns steht: Eine Überweisung aus Zahllauf {number} ist nie ausgeführt worden. Die"
        " Bank hat aber überwiesen. Bitte gleich mit der Bank klären, bevor jemand doppelt bezahlt"
        " wird.",
        "en": "Here it says that a transfer of payrun {number} was never carried out. But the bank"
        " has transferred it. Please settle it with the bank at once, before somebody is paid"
        " twice.",
    },
    "credit": {
        "de": "Eine Gutschrift mit unserer Kennung, aber ohne Grund. Kam eine Überweisung zurück,"
        " bitte von Hand eintragen.",
        "en": "A credit with an id of ours, but no reason. If a transfer came back, please note it"
        " by hand.",
    },
}


class AccountUnknown(Conflict):
    """The sponsor has given no account of its own."""

    slug, title = "account-missing", "The account is missing"
    de = "Bitte zuerst in den Einstellungen das Konto des Trägers eintragen."
    en = "Please enter the sponsor's account in the settings first."


class OtherAccount(Invalid):
    """The statement belongs to another account than the sponsor's."""

    de = "Der Auszug gehört zu einem anderen Konto ({account}). Es wurde nichts gebucht."
    en = "The statement is of another account ({account}). Nothing was booked."


@dataclass(frozen=True)
class Match:
    """A line, and what of ours it names."""

    line: Line
    payrun: Payrun | None
    payment: Payment | None

    @property
    def day(self) -> date:
        """When the bank booked it."""
        return self.line.entry.booked_on

    def say(self, why: str, locale: str) -> str:
        """A sentence about it."""
        ours = self.payment or self.payrun
        return _SAID[why][locale].format(
            number=self.payrun.number if self.payrun else "",
            name=payments.holder(self.payment) if self.payment else "",
            day=f"{self.day:%d.%m.%Y}",
            why=payments.why_back(self.line.returned),
            bank=allowance.euro(abs(self.line.cents), locale),
            ours=allowance.euro(ours.amount_cents, locale) if ours else "",
        )

    def read(self, sentence: str) -> BankLine:
        """For the answer."""
        return BankLine(
            booked_on=self.day,
            amount_cents=self.line.cents,
            reference=self.line.entry.reference,
            end_to_end_id=self.line.name,
            payrun_id=self.payrun.id if self.payrun else None,
            payment_id=self.payment.id if self.payment else None,
            sentence=sentence,
        )


@dataclass
class Reading:
    """A statement on its way into the books of a sponsor, and what has come of it so far."""

    session: Session
    actor: Actor
    locale: str
    booked: list[BankLine] = field(default_factory=list)
    not_booked: list[BankLine] = field(default_factory=list)
    paid: int = 0
    returned: int = 0

    def show(self, one: Match, sentence: str) -> None:
        """Say that a line was not booked, and why."""
        self.not_booked.append(one.read(sentence))

    def keep(self, one: Match, payrun: Payrun, kind: BankEntryKind, why: str) -> None:
        """Note a line as read, and say what was booked."""
        statement_id, reference, end_to_end_id = one.line.key
        self.session.add(
            BankEntry(
                sponsor_id=payrun.sponsor_id,
                statement_id=statement_id,
                reference=reference,
                end_to_end_id=end_to_end_id,
                booked_on=one.day,
                amount_cents=one.line.cents,
                kind=kind,
                payrun_id=payrun.id,
                payment_id=one.payment.id if one.payment else None,
            )
        )
        self.booked.append(one.read(one.say(why, self.locale)))


def read(
    session: Session, actor: Actor, sponsor_id: UUID, files: Iterable[bytes], locale: str = "de"
) -> BankStatementRead:
    """Book what statements say of our transfers; a file that is wrong books nothing at all."""
    found = [one for data in files for one in bank_lines.parsed(data)]
    sponsor = lock_sponsor(session, sponsor_id)
    _refuse_others(session, sponsor, found)
    lines, others = bank_lines.ours(found)
    fresh = _fresh(session, sponsor_id, lines)
    matches = _matched(session, sponsor_id, fresh)
    reading = Reading(session, actor, locale)
    _book_paid(reading, [one for one in matches if one.line.cents < 0])
    _book_returned(reading, [one for one in matches if one.line.cents >= 0])
    audit.record_on(
        session,
        actor.account_id,
        "bank_statement.read",
        ("sponsor", sponsor_id),
        sponsor_id,
        paid=reading.paid,
        returned=reading.returned,
        not_booked=len(reading.not_booked),
    )
    session.flush()
    return BankStatementRead(
        booked=reading.booked[:MOST_SHOWN],
        not_booked=reading.not_booked[:MOST_SHOWN],
        known=len(lines) - len(fresh),
        others=others,
        payments_paid=reading.paid,
        payments_returned=reading.returned,
    )


def _refuse_others(session: Session, sponsor: Sponsor, found: Sequence[Statement]) -> None:
    """Only statements of the sponsor's account, or of one from which it has paid before."""
    query = select(Payrun.payer_iban).where(col(Payrun.sponsor_id) == sponsor.id).distinct()
    ours = {sponsor.iban, *session.exec(query).all()} - {""}
    if not ours:
        raise AccountUnknown
    for one in found:
        if one.iban not in ours:
            raise OtherAccount(account=fields.masked(one.iban) or "?")


def _fresh(session: Session, sponsor_id: UUID, lines: Sequence[Line]) -> list[Line]:
    """The lines that were not booked before; each of them once."""
    query = select(BankEntry.statement_id, BankEntry.reference, BankEntry.end_to_end_id).where(
        col(BankEntry.sponsor_id) == sponsor_id,
        col(BankEntry.statement_id).in_({line.key[0] for line in lines}),
    )
    known: set[Key] = {(row[0], row[1], row[2]) for row in session.exec(query).all()}
    by_key = {line.key: line for line in reversed(lines)}
    return [line for line in lines if line.key not in known and by_key[line.key] is line]


def _matched(session: Session, sponsor_id: UUID, lines: Sequence[Line]) -> list[Match]:
    """What each line names, in three statements; the payruns are held until the commit."""
    query = select(Payrun).where(
        col(Payrun.sponsor_id) == sponsor_id,
        col(Payrun.number).in_({line.payrun_number for line in lines}),
    )
    held = query.order_by(col(Payrun.id)).with_for_update(key_share=True)
    payruns = session.exec(held.execution_options(populate_existing=True)).all()
    by_name = {message_id(one).upper(): one for one in payruns}
    transfers = select(Payment).where(col(Payment.payrun_id).in_([one.id for one in payruns]))
    found = session.exec(transfers.execution_options(populate_existing=True)).all()
    by_number = {(one.payrun_id, one.number): one for one in found}
    matches = []
    for line in lines:
        payrun = by_name.get(line.file_name)
        payment = by_number.get((payrun.id, line.number or 0)) if payrun else None
        matches.append(Match(line, payrun, payment))
    return matches


def _book_paid(reading: Reading, matches: Sequence[Match]) -> None:
    """Note transfers as paid, those of one payrun and day at once."""
    groups: dict[tuple[UUID, date], list[Match]] = defaultdict(list)
    for one in matches:
        sentence = _why_not(reading, one)
        if sentence is None and one.payrun:
            groups[one.payrun.id, one.day].append(one)
        else:
            reading.show(one, sentence or "")
    for (_, day), some in groups.items():
        payrun = some[0].payrun
        assert payrun is not None  # noqa: S101 - what has none was shown
        named = [one.payment.id for one in some if one.payment]
        which = named if len(named) == len(some) else None
        before = payrun.state
        left = settling.settle(reading.session, payrun, day, which)
        if payrun.state != before:
            settling.note_end(reading.session, reading.actor, payrun)
        reading.paid += len(left)
        for one in some:
            is_new = one.payment.id in left if one.payment else bool(left)
            new = "paid" if one.payment else "all_paid"
            reading.keep(one, payrun, BankEntryKind.PAID, new if is_new else "noted")


def _why_not(reading: Reading, one: Match) -> str | None:
    """Why a line about money that has left is not booked, as a sentence."""
    ours = one.payment or one.payrun
    if one.payrun is None or ours is None or (one.payment is None and one.line.number is not None):
        return one.say("unknown", reading.locale)
    if abs(one.line.cents) != ours.amount_cents:
        return one.say("amount", reading.locale)
    if one.payrun.state == PayrunState.REVERSED:
        return one.say("reversed", reading.locale)
    if _never_left(reading.session, one.payrun, one.payment):
        return one.say("never_left", reading.locale)
    try:
        settling.refuse_day(one.payrun, one.day)
    except ApiError as error:
        return error.detail(reading.locale)
    return None


def _never_left(session: Session, payrun: Payrun, payment: Payment | None) -> bool:
    """Whether we have said that this money, or some of it, never leaves."""
    if payment is not None:
        return payment.state == PaymentState.RETURNED and payment.paid_on is None
    never_left = select(Payment.id).where(
        col(Payment.payrun_id) == payrun.id,
        col(Payment.state) == PaymentState.RETURNED,
        col(Payment.paid_on).is_(None),
    )
    return session.exec(never_left.limit(1)).first() is not None


def _book_returned(reading: Reading, matches: Sequence[Match]) -> None:
    """Note transfers that came back, each by itself."""
    for one in matches:
        if one.payrun is None or one.payment is None:
            reading.show(one, one.say("unknown", reading.locale))
        elif not one.line.returned:
            reading.show(one, one.say("credit", reading.locale))
        elif one.line.cents != one.payment.amount_cents:
            reading.show(one, one.say("amount", reading.locale))
        else:
            _come_back(reading, one, one.payrun, one.payment)


def _come_back(reading: Reading, one: Match, payrun: Payrun, payment: Payment) -> None:
    """What came back had left before, also where the bank's line about that was not read yet."""
    session, before = reading.session, payrun.state
    session.refresh(payment)
    if payment.state == PaymentState.RETURNED:
        reading.keep(one, payrun, BankEntryKind.RETURNED, "noted_back")
        return
    try:
        settling.refuse_day(payrun, one.day)
        with session.begin_nested():
            settling.settle(session, payrun, one.day, [payment.id])
            if payrun.state != before:
                settling.note_end(session, reading.actor, payrun)
            settling.come_back(session, reading.actor, payrun, payment, one.day, one.line.returned)
    except ApiError as error:
        reading.show(one, error.detail(reading.locale))
        return
    reading.returned += 1
    reading.keep(one, payrun, BankEntryKind.RETURNED, "returned")
