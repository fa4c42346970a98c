"""What people were paid in a tax year, and what of it is free of tax: totals, never advice.

The year is that of the payment, whenever the work was. Travel is no allowance and does not count.
A sponsor knows its own payments; what others have paid it knows only from her own word.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, col

import allowance
from app import books
from app.tables import LedgerEntry, LedgerKind, TaxRule, VolunteerRole
from app.taxes import choices, declared
from app.taxes.choices import Choices

NEAR_PERCENT = 80
"""From here on people are warned."""
Level = Literal["ok", "near", "over", "none"]


@dataclass(frozen=True)
class TaxYear:
    """One person under one rule in one year of payment."""

    volunteer_id: UUID
    year: int
    rule: str
    received_cents: int
    """Without travel; negative when more was paid back than paid."""
    declared_cents: int
    decided: bool = True
    """Whether every sponsor concerned has chosen the rule itself."""

    @property
    def total_cents(self) -> int:
        """Received here and elsewhere."""
        return self.received_cents + self.declared_cents

    @property
    def limit_cents(self) -> int | None:
        """What is free of tax in the year."""
        if self.rule == TaxRule.NONE:
            return None
        return allowance.tax_limit(self.rule, self.year)

    @property
    def headroom_cents(self) -> int | None:
        """What may still be paid free of tax."""
        if self.rule == TaxRule.NONE:
            return None
        return allowance.headroom(self.rule, self.year, self.total_cents)

    @property
    def level(self) -> Level:
        """Whether somebody should look at it: from 80 % on, and beyond the limit."""
        limit = self.limit_cents
        if limit is None:
            return "none"
        if self.total_cents > limit:
            return "over"
        return "near" if self.total_cents * 100 >= limit * NEAR_PERCENT else "ok"


def years(
    session: Session,
    sponsor_id: UUID | None,
    volunteer_ids: Sequence[UUID],
    year: int,
    as_of: datetime | None = None,
) -> dict[UUID, list[TaxYear]]:
    """By person what she was paid in a tax year, by rule; in three statements.

    Of one sponsor its own payments and what she has told it. Without a sponsor those of all that
    may be read: every payment once, and of her words the one that says most beyond them.
    """
    paid = _paid(session, sponsor_id, volunteer_ids, year, as_of)
    told = declared.of_people(session, volunteer_ids, [year], sponsor_id=sponsor_id, as_of=as_of)
    sponsors = {row.sponsor_id for row in paid} | {at for at, *_ in told}
    sponsors |= {sponsor_id} if sponsor_id else set()
    chosen = choices.of_sponsors(session, sponsors, as_of)
    purses: dict[UUID, dict[str, _Purse]] = defaultdict(lambda: defaultdict(_Purse))
    for row in paid:
        purse = purses[row.volunteer_id][chosen.rule(row.sponsor_id, row.role, year)]
        purse.received[row.sponsor_id] += row.amount_cents - row.travel_cents
    for (at, who, _, rule), word in told.items():
        purses[who][rule].told[at] = word.amount_cents
    decided = _decided(chosen, sponsors, year)
    return {
        who: [
            TaxYear(who, year, rule, purse.in_all, purse.beyond, decided.get(rule, True))
            for rule in TaxRule
            if rule in purses[who] or (rule in decided and rule != TaxRule.NONE)
            for purse in (purses[who][rule],)
        ]
        for who in volunteer_ids
    }


@dataclass
class _Purse:
    """What one person received of each sponsor by one rule, and what she told each of them."""

    received: dict[UUID, int] = field(default_factory=lambda: defaultdict(int))
    told: dict[UUID, int] = field(default_factory=dict)

    @property
    def in_all(self) -> int:
        return sum(self.received.values())

    @property
    def beyond(self) -> int:
        """What she said that she was paid, beyond what is known: no payment is counted twice."""
        known = [self.received[at] + cents for at, cents in self.told.items()]
        return max(0, max(known) - self.in_all) if known else 0


def _decided(chosen: Choices, sponsors: Collection[UUID], year: int) -> dict[str, bool]:
    """By rule whether each sponsor that goes by it has chosen it."""
    found: dict[str, bool] = {}
    for sponsor_id in sponsors:
        for role in VolunteerRole:
            rule = chosen.rule(sponsor_id, role, year)
            said = chosen.is_decided(sponsor_id, role, year)
            found[rule] = found.get(rule, True) and said
    return found


def _paid(
    session: Session,
    sponsor_id: UUID | None,
    volunteer_ids: Collection[UUID],
    year: int,
    as_of: datetime | None,
) -> list[Any]:
    """Sums of what was paid in the year."""
    which: list[ColumnElement[bool]] = [
        col(LedgerEntry.kind) == LedgerKind.PAID,
        col(LedgerEntry.paid_on).between(date(year, 1, 1), date(year, 12, 31)),
        col(LedgerEntry.volunteer_id).in_(volunteer_ids),
    ]
    if sponsor_id is not None:
        which.append(col(LedgerEntry.sponsor_id) == sponsor_id)
    by = ("sponsor_id", "volunteer_id", "role")
    return books.sums(session, *which, by=by, as_of=as_of)
