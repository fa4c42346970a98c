"""Which approved claims can be paid now; of each that cannot, why, in a sentence."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy.orm import defer
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

    claim: Claim
    volunteer: Volunteer

    @property
    def name(self) -> str:
        """Whom it pays."""
        return f"{self.volunteer.given_name} {self.volunteer.surname}"

    def left(self, why: str, locale: str, **words: str) -> LeftBehind:
        """The same as something that stays behind."""
        sentence = _WHY[why][locale].format(name=self.name, **words)
        return LeftBehind(claim_id=self.claim.id, volunteer=self.name, sentence=sentence)


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
    payable: dict[UUID, list[Candidate]] = defaultdict(list)
    left = []
    for one in found:
        why = _obstacle(one, came_back)
        if why is None:
            payable[one.volunteer.id].append(one)
        else:
            left.append(one.left(why, locale, **_days(one.volunteer)))
    ready = []
    for hers in payable.values():
        if sum(one.claim.amount_cents for one in hers) > 0:
            ready += [one.claim.id for one in hers]
        else:
            left += _set_off(hers, locale)
    return Sorted(ready, left)


def _found(
    session: Session, sponsor_id: UUID, claim_ids: Collection[UUID] | None
) -> list[Candidate]:
    approved = col(Claim.state) == ClaimState.APPROVED
    query = select(Claim).where(col(Claim.sponsor_id) == sponsor_id).order_by(col(Claim.id))
    if claim_ids is None:
        query = query.where(approved)
    else:
        named = col(Claim.id).in_(claim_ids)
        people = select(Claim.volunteer_id).where(named, col(Claim.sponsor_id) == sponsor_id)
        owed = approved & (col(Claim.kind) == ClaimKind.COUNTER)
        query = query.where(or_(named, owed & col(Claim.volunteer_id).in_(people)))
    # The account numbers take long to open: hers is opened once, and those of claims not at all.
    query = query.options(defer(Claim.payee_iban))  # type: ignore[arg-type]
    claims = session.exec(query.execution_options(populate_existing=True)).all()
    if claim_ids is not None and not set(claim_ids) <= {claim.id for claim in claims}:
        raise NotFound
    paid = select(Volunteer).where(col(Volunteer.id).in_({one.volunteer_id for one in claims}))
    of = {her.id: her for her in session.exec(paid.execution_options(populate_existing=True)).all()}
    return [Candidate(claim, of[claim.volunteer_id]) for claim in claims]


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


def _obstacle(one: Candidate, came_back: Collection[UUID]) -> str | None:
    """Why a claim cannot be paid now, whatever it amounts to."""
    her = one.volunteer
    if one.claim.state != ClaimState.APPROVED:
        return "approved"
    if not her.iban:
        return "no_iban"
    if not _is_right(her.iban):
        return "wrong_iban"
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
    owed = -sum(min(one.claim.amount_cents, 0) for one in hers)
    why = "owes" if owed else "nothing"
    return [one.left(why, locale, owed=allowance.euro(owed, locale)) for one in hers]
