"""How likely people say yes in time: for cutting waves only; nobody is ranked by it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlmodel import Session, case, col, func, select

from app.clock import now
from app.searches import waves
from app.searches.waves import Chance
from app.tables import Offer, OfferState, Request, Seat, Volunteer

REMEMBERED = timedelta(days=365)
PRIOR = (4.0, 6.0)
"""Before anything is known: four in ten, worth ten answers."""
POOL_WEIGHT = 8.0
"""How many of a person's own answers weigh as much as what is usual in her pool."""
LEAST, MOST = 0.02, 0.95
ENDED = (OfferState.ACCEPTED, OfferState.DECLINED, OfferState.EXPIRED)

Count = tuple[int, int]
"""Questions that came to an end, and those of them with a yes in time."""


@dataclass(frozen=True)
class Rates:
    """What is known of a pool at one notice, and of its people."""

    usual: float
    people: Mapping[UUID, Count]

    def chance(self, who: Volunteer, share: float = 1.0) -> Chance:
        """How likely she says yes in that share of the usual time; silence counts like a no."""
        asked, yes = self.people.get(who.id, (0, 0))
        return self.of(asked, yes, slow=who.is_called, share=share)

    def of(self, asked: int, yes: int, *, slow: bool = False, share: float = 1.0) -> Chance:
        """The same for somebody who said yes so often when asked so often."""
        likely = (yes + POOL_WEIGHT * self.usual) / (asked + POOL_WEIGHT) * waves.hurried(share)
        return Chance(min(MOST, max(LEAST, likely)), slow=slow)


def usual(counts: Sequence[Count]) -> float:
    """The share of a yes in a pool, near the prior where little is known."""
    asked, yes = sum(n for n, _ in counts), sum(n for _, n in counts)
    return (PRIOR[0] + yes) / (sum(PRIOR) + asked)


def load(
    session: Session, sponsor_id: UUID, lead_time: str, volunteers: Sequence[Volunteer]
) -> Rates:
    """The rates of a pool: at this notice for all of it, at any notice for these people."""
    said_yes = func.sum(case((col(Offer.state) == OfferState.ACCEPTED, 1), else_=0))
    ended = (
        select(col(Offer.volunteer_id), func.count(), said_yes)
        .where(
            col(Offer.sponsor_id) == sponsor_id,
            col(Offer.state).in_(ENDED),
            col(Offer.created_at) > now() - REMEMBERED,
        )
        .group_by(col(Offer.volunteer_id))
    )
    here = (
        ended.join(Seat, col(Seat.id) == col(Offer.seat_id))
        .join(Request, col(Request.id) == col(Seat.request_id))
        .where(col(Request.lead_time) == lead_time)
    )
    pool = [(asked, yes) for _, asked, yes in session.exec(here).all()]
    hers = ended.where(col(Offer.volunteer_id).in_([one.id for one in volunteers]))
    people: dict[UUID, Count] = defaultdict(lambda: (0, 0))
    people |= {who: (asked, yes) for who, asked, yes in session.exec(hers).all()}
    return Rates(usual(pool), people)
