"""Which approved claims can be paid now; of each that cannot, why, in a sentence."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlmodel import Session, col, or_, select

import allowance
from allowance import transfers
from app.clock import local_day, today
from app.errors import NotFound
from app.payouts.payrun_schemas import LeftBehind
from app.tables import Claim, ClaimKind, ClaimState, Payment, Task, TaskState, Volunteer

CAME_BACK = "payment_returned"
"""Code of the question to the office about a transfer that came back."""
WAIT = timedelta(days=3)
"""So long nothing goes to a new account: she hears of it meanwhile."""
_WHY: dict[str, dict[str, str]] = {
    "approved": {
        "de": "{name}: Die Abrechnung ist nicht freigegeben.",
        "en": "{name}: the claim is not approved.",
    },
    "no_iban": {
        "de": "{name}: Es fehlt die IBAN.",
        "en": "{name}: the IBAN is missing.",
    },
    "wrong_iban": {
        "de": "{name}: Die IBAN stimmt nicht. Bitte Ziffer für Ziffer vergleichen.",
        "en": "{name}: the IBAN is wrong. Please compare it digit by digit.",
    },
    "no_sepa": {
        "de": "{name}: An dieses Konto geht keine SEPA-Überweisung. Bitte ein Konto in einem"
        " SEPA-Land eintragen, zum Beispiel in Deutschland.",
        "en": "{name}: no SEPA transfer reaches this account. Please enter one in a SEPA country,"
        " Germany for example.",
    },
    "name": {
        "de": "{name}: Diesen Namen kann keine Bank lesen. Bitte in lateinischen Buchstaben"
        " eintragen.",
        "en": "{name}: no bank can read this name. Please enter it in Latin letters.",
    },
    "waits": {
        "de": "{name}: Die Kontonummer wurde am {changed} geändert. Auszahlung ab {payable}.",
        "en": "{name}: the account was changed on {changed}. Payment from {payable} on.",
    },
    "came_back": {
        "de": "{name}: Die letzte Überweisung kam zurück. Bitte das Konto prüfen und die Aufgabe"
        " dazu erledigen.",
        "en": "{name}: the last transfer came back. Please check the account and resolve the task"
        " about it.",
    },
    "nothing": {
        "de": "{name}: Es gibt nichts zu zahlen (0,00 EUR).",
        "en": "{name}: there is nothing to pay (0.00 EUR).",
    },
    "owes": {
        "de": "{name}: Zuerst wird verrechnet, was zu viel gezahlt ist ({owed}). Bis etwas übrig"
        " bleibt, wartet die Abrechnung.",
        "en": "{name}: what was paid too much ({owed}) is set off first. The claim waits until"
        " something is left.",
    },
}


@dataclass(frozen=True)
class Candidate:
    """A claim that was asked for, and whom it pays."""

    claim_id: UUID
    state: str
    amount_cents: int
    volunteer: Volunteer

    @property
    def name(self) -> str:
        """Whom it pays."""
        return f"{self.volunteer.given_name} {self.volunteer.surname}"

    def left(self, why: str, locale: str, **words: str) -> LeftBehind:
        """The same as something that stays behind."""
        sentence = _WHY[why][locale].format(name=self.name, **words)
        return LeftBehind(claim_id=self.claim_id, volunteer=self.name, sentence=sentence)


@dataclass(frozen=True)
class Sorted:
    """Claims that can be paid now, and those that stay behind."""

    ready: list[UUID]
    left: list[LeftBehind]


def sort_out(
    session: Session, sponsor_id: UUID, claim_ids: Collection[UUID] | None, locale: str
) -> Sorted:
    """Look at the claims that were asked for, all approved ones by default.

    What was paid too much goes along with what somebody gets, and is never left out.
    """
    found = _found(session, sponsor_id, claim_ids)
    came_back = _came_back(session, sponsor_id)
    people = {one.volunteer.id: one.volunteer for one in found}
    obstacles = {her.id: _obstacle(her, came_back) for her in people.values()}
    payable: dict[UUID, list[Candidate]] = defaultdict(list)
    left = []
    for one in found:
        approved = one.state == ClaimState.APPROVED
        why = obstacles[one.volunteer.id] if approved else "approved"
        if why is None:
            payable[one.volunteer.id].append(one)
        else:
            left.append(one.left(why, locale, **_days(one.volunteer)))
    ready = []
    for hers in payable.values():
        if sum(one.amount_cents for one in hers) > 0:
            ready += [one.claim_id for one in hers]
        else:
            left += _set_off(hers, locale)
    return Sorted(ready, left)


def _found(
    session: Session, sponsor_id: UUID, claim_ids: Collection[UUID] | None
) -> list[Candidate]:
    approved = col(Claim.state) == ClaimState.APPROVED
    query = select(Claim.id, Claim.state, Claim.amount_cents, Claim.volunteer_id)
    query = query.where(col(Claim.sponsor_id) == sponsor_id).order_by(col(Claim.id))
    if claim_ids is None:
        query = query.where(approved)
    else:
        named = col(Claim.id).in_(claim_ids)
        people = select(Claim.volunteer_id).where(named, col(Claim.sponsor_id) == sponsor_id)
        owed = approved & (col(Claim.kind) == ClaimKind.COUNTER)
        query = query.where(or_(named, owed & col(Claim.volunteer_id).in_(people)))
    claims = session.exec(query).all()
    if claim_ids is not None and not set(claim_ids) <= {claim_id for claim_id, *_ in claims}:
        raise NotFound
    paid = select(Volunteer).where(col(Volunteer.id).in_({who for *_, who in claims}))
    of = {her.id: her for her in session.exec(paid.execution_options(populate_existing=True)).all()}
    return [Candidate(claim_id, state, cents, of[who]) for claim_id, state, cents, who in claims]


def _came_back(session: Session, sponsor_id: UUID) -> set[UUID]:
    """Whose last transfer came back, and nobody has looked at it yet."""
    query = (
        select(Payment.volunteer_id)
        .join(Task, col(Task.subject_id) == col(Payment.id))
        .where(
            col(Payment.sponsor_id) == sponsor_id,
            col(Task.code) == CAME_BACK,
            col(Task.state) == TaskState.OPEN,
        )
    )
    return set(session.exec(query).all())


def _obstacle(her: Volunteer, came_back: Collection[UUID]) -> str | None:
    """Why somebody cannot be paid now, whatever it amounts to."""
    if not her.iban:
        return "no_iban"
    if not _is_right(her.iban):
        return "wrong_iban"
    if her.iban[:2] not in transfers.SEPA:
        return "no_sepa"
    if not transfers.plain(payee(her), transfers.NAME_LETTERS):
        return "name"
    if her.id in came_back:
        return "came_back"
    return "waits" if payable_from(her) > today() else None


def payee(her: Volunteer) -> str:
    """Her name as it stands in the list: the surname first."""
    return ", ".join(part for part in (her.surname, her.given_name) if part)


def _is_right(iban: str) -> bool:
    try:
        transfers.iban_of(iban)
    except ValueError:
        return False
    return True


def payable_from(her: Volunteer) -> date:
    """The first day on which her account of now is paid."""
    if her.iban_changed_at is None:
        return date.min
    return local_day(her.iban_changed_at) + WAIT


def _days(her: Volunteer) -> dict[str, str]:
    if her.iban_changed_at is None:
        return {}
    return {
        "changed": f"{local_day(her.iban_changed_at):%d.%m.%Y}",
        "payable": f"{payable_from(her):%d.%m.%Y}",
    }


def _set_off(hers: Sequence[Candidate], locale: str) -> Iterable[LeftBehind]:
    """Somebody gets nothing now: she owes as much as she gets, or more."""
    owed = -sum(min(one.amount_cents, 0) for one in hers)
    why = "owes" if owed else "nothing"
    return [one.left(why, locale, owed=allowance.euro(owed, locale)) for one in hers]
