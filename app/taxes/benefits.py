"""What a benefit leaves her: seen by herself alone, and only when she wishes it.

Nothing of it is told to anybody: no audit, no event and no message says that there is a wish.
"""

from collections import defaultdict
from datetime import date
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, delete, select, update

from allowance import benefits
from app import books, db
from app.access import Actor
from app.clock import now
from app.errors import NotFound
from app.tables import Benefit, BenefitWish, LedgerEntry, LedgerKind
from app.taxes import sentences
from app.taxes.schemas import BenefitPartRead, BenefitRead


def _her(actor: Actor) -> UUID:
    if actor.volunteer_id is None:
        raise NotFound
    return actor.volunteer_id


def wish(session: Session, actor: Actor, benefit: Benefit) -> None:
    """Keep which benefit she wants to see; a new wish takes the place of the old one."""
    volunteer_id = _her(actor)
    if _change(session, volunteer_id, benefit):
        return
    try:
        with session.begin_nested():
            session.add(BenefitWish(volunteer_id=volunteer_id, benefit=benefit))
    except IntegrityError:
        _change(session, volunteer_id, benefit)


def _change(session: Session, volunteer_id: UUID, benefit: Benefit) -> bool:
    hers = col(BenefitWish.volunteer_id) == volunteer_id
    done = session.exec(update(BenefitWish).where(hers).values(benefit=benefit, updated_at=now()))
    return bool(done.rowcount)


def forget(session: Session, actor: Actor) -> None:
    """Forget the wish; there need not be one."""
    session.exec(delete(BenefitWish).where(col(BenefitWish.volunteer_id) == _her(actor)))


def view(session: Session, actor: Actor, year: int, locale: str) -> BenefitRead:
    """What all her pools have paid her in a year, by the months or the year of her benefit."""
    volunteer_id = _her(actor)
    query = select(BenefitWish).where(col(BenefitWish.volunteer_id) == volunteer_id)
    row = session.exec(query).one_or_none()
    if row is None:
        return BenefitRead(sentence=sentences.benefit(None, locale))
    rule = benefits.exemption(row.benefit)
    english = locale == "en"
    return BenefitRead(
        benefit=rule.key,
        title=rule.title_en if english else rule.title_de,
        per=rule.per,
        source=rule.source,
        status=rule.status,
        sentence=sentences.benefit(rule, locale),
        parts=[
            BenefitPartRead(
                first_day=part.first_day,
                received_cents=part.received_cents,
                exempt_cents=part.exempt_cents,
                above_cents=part.above_cents,
                sentence=sentences.part(part, locale),
            )
            for part in benefits.view(rule.key, _received(session, volunteer_id, year))
        ],
    )


def _received(session: Session, volunteer_id: UUID, year: int) -> dict[date, int]:
    """By day what arrived of every pool, those that she has left too."""
    found: dict[date, int] = defaultdict(int)
    with db.as_system(session):
        rows = books.sums(
            session,
            col(LedgerEntry.kind) == LedgerKind.PAID,
            col(LedgerEntry.volunteer_id) == volunteer_id,
            col(LedgerEntry.paid_on).between(date(year, 1, 1), date(year, 12, 31)),
            by=("paid_on",),
        )
    for row in rows:
        found[row.paid_on] += row.amount_cents
    return found
