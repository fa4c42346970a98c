"""Who is asked next: the ranking of the pool for a seat, and how many of it at a time."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import prod
from uuid import UUID

from sqlmodel import Session, col, select

from app.offers import seeking
from app.seam import build
from app.seam.asked import Asked, load_asked, near
from app.seam.people import Horizon
from app.searches import rates, waves
from app.searches.standing import Standing
from app.searches.waves import Cut
from app.tables import (
    NO_MEMBER,
    Enrolment,
    LanguageSkill,
    Offer,
    OfferState,
    RequestOption,
    Sponsor,
    Strategy,
    Volunteer,
)
from matching import rank
from scheduling import languages

AT_ONCE = 100
"""The most who are asked in one step, also where everybody is asked."""
LARGE = 1000
"""Of a pool with more people only those are looked at who speak the language or a near one."""
SILENT = (OfferState.DECLINED, OfferState.EXPIRED)


@dataclass(frozen=True)
class Pick:
    """Somebody who may go, at which time and how."""

    volunteer: Volunteer
    option: RequestOption
    mode: str


@dataclass(frozen=True)
class Choice:
    """Who may be asked in `wave`, the best first, how many of them, and the rounds ahead."""

    wave: int
    picks: Sequence[Pick]
    size: int
    rounds: int


def choose(session: Session, seen: Standing) -> Choice:
    """Who is asked next, in the order of the candidates for the seat."""
    picks = ranked(session, seen, pool(session, seen))
    wave = seen.search.wave + 1
    ahead = {offer.volunteer_id for offer in seen.pending if offer.wave == wave}
    found = _cut(session, seen, picks, ahead)
    size = min(max(0, found.size - len(ahead)), len(picks), AT_ONCE)
    return Choice(wave, picks, size, found.rounds)


def ranked(session: Session, seen: Standing, volunteers: Sequence[Volunteer]) -> list[Pick]:
    """Those of them who may go, the best first, each at her best time.

    Who said no to this seat, gave it back or let a question for it pass is not among them, nor is
    anybody whom this search has asked before: what the office took back is not asked again. Whose
    yes came too late is asked again, before all others.
    """
    asked = _asked(session, seen)
    if asked is None:
        return []
    days = [option.day for option in asked.options]
    problem = build.problem(
        session,
        session.get_one(Sponsor, seen.seat.sponsor_id),
        [asked],
        volunteers,
        Horizon.of(min(days), max(days)),
        with_grants=True,
    )
    if problem.at_most:
        return []
    before = {offer.volunteer_id for offer in seen.asked if not _would_have(offer)}
    people = {str(one.id): one for one in volunteers if one.id not in before}
    best = rank(problem, str(seen.seat.id), limit=max(1, len(volunteers)))
    picks = [
        Pick(people[one.volunteer], asked.options[one.option], one.mode)
        for one in best
        if one.volunteer in people
    ]
    willing = _willing(session, seen)
    return sorted(picks, key=lambda pick: pick.volunteer.id not in willing)


def _would_have(offer: Offer) -> bool:
    """Whether she let the time pass and said yes afterwards."""
    return offer.state == OfferState.EXPIRED and offer.late_yes_at is not None


def _willing(session: Session, seen: Standing) -> frozenset[UUID]:
    """Whose yes to this seat came too late; they were promised to be asked if needed after all."""
    moved_at = seen.request.moved_at
    late = select(Offer.volunteer_id).where(
        col(Offer.seat_id) == seen.seat.id,
        col(Offer.late_yes_at).is_not(None),
        col(Offer.state).in_([OfferState.EXPIRED, OfferState.WITHDRAWN]),
    )
    if moved_at is not None:
        late = late.where(col(Offer.created_at) >= moved_at)
    return frozenset(session.exec(late).all())


def _asked(session: Session, seen: Standing) -> Asked | None:
    """The seat alone, at the times that are still possible."""
    for one in load_asked(session, [seen.request]):
        possible = {option.id for option in seen.options}
        options = [option for option in one.options if option.id in possible]
        one.seats = [seat for seat in one.seats if seat.id == seen.seat.id]
        if options and one.seats:
            one.options = near(options, options[0].day, options[0].day)
            return one
    return None


def pool(session: Session, seen: Standing) -> list[Volunteer]:
    """Everybody in the pool who may be a candidate."""
    sponsor_id, language = seen.seat.sponsor_id, seen.seat.language
    members = select(Volunteer.id).join(Enrolment, col(Enrolment.volunteer_id) == Volunteer.id)
    members = members.where(
        col(Enrolment.sponsor_id) == sponsor_id, col(Enrolment.state).not_in(NO_MEMBER)
    )
    ids = session.exec(members.limit(LARGE + 1)).all() if language else ()
    if language is None or len(ids) <= LARGE:
        return build.pool(session, sponsor_id)
    speakers = select(LanguageSkill.volunteer_id).where(
        col(LanguageSkill.language).in_(_understood(language))
    )
    query = select(Volunteer).where(col(Volunteer.id).in_(members), col(Volunteer.id).in_(speakers))
    return list(session.exec(query.order_by(col(Volunteer.id))).all())


def _understood(wanted: str) -> list[str]:
    """The language, and those that may stand in for it."""
    return [tag for tag in languages.catalogue() if languages.substitution(wanted, tag)]


def _cut(session: Session, seen: Standing, picks: Sequence[Pick], ahead: Collection[UUID]) -> Cut:
    """How many the wave has, with those of it who are being asked already, and the rounds ahead."""
    search = seen.search
    if search.strategy == Strategy.ALL or not picks:
        return Cut(1, len(picks) + len(ahead))
    rounds = min(seeking.rounds(search, picks[0].option.starts_at), len(picks))
    if search.strategy == Strategy.SEQUENCE:
        return Cut(rounds, 1)
    if search.wave_size is not None:
        return Cut(rounds, search.wave_size)
    return _by_rates(session, seen, picks, ahead, rounds)


def _by_rates(
    session: Session,
    seen: Standing,
    picks: Sequence[Pick],
    ahead: Collection[UUID],
    most_rounds: int,
) -> Cut:
    """As few as the answer rates allow."""
    before = [offer.volunteer_id for offer in seen.asked]
    asked = session.exec(select(Volunteer).where(col(Volunteer.id).in_(before))).all()
    next_ones = [one for one in asked if one.id in ahead]
    next_ones += [pick.volunteer for pick in picks[: waves.MOST]]
    known = rates.load(session, seen.seat.sponsor_id, seen.request.lead_time, [*asked, *next_ones])
    starts_at = picks[0].option.starts_at
    by_rounds = [
        [
            known.chance(one, seeking.share_of_usual(seen.search, starts_at, rounds))
            for one in next_ones
        ]
        for rounds in range(1, most_rounds + 1)
    ]
    failed = prod(1 - known.chance(one).yes for one in asked if one.id not in ahead)
    return waves.choose(by_rounds, failed=failed)
