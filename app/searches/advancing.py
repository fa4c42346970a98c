"""The steps of a search: look how it stands, ask the next ones, end.

A step looks first, without a lock; then it locks the seat, looks again and asks. However many
workers take the same step at once, one of them asks.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session, col, select, update

from app import audit, db, jobs
from app.clock import now
from app.offers import asking, booking, seeking
from app.offers.refusals import AlreadyOffered
from app.offers.seeking import ADVANCE, LIVE
from app.searches import choosing, giving_up, standing
from app.searches.choosing import Choice, Pick
from app.searches.standing import Standing, Step
from app.tables import Offer, Search, SearchState, Volunteer

RESERVE = 3
"""How many more than needed are looked at again under the lock, for those who fall out."""
SOON = timedelta(minutes=1)
LOOK_AGAIN = timedelta(hours=1)
"""When nobody is left: somebody may become free, or join."""
MAKE_ROOM = "searches.make_room"
"""A job on the id of a search for which nobody is left: look what others could do instead."""
ENDS = {Step.FILL: SearchState.FILLED, Step.STOP: SearchState.STOPPED}


@jobs.task(ADVANCE)
def advance(engine: Engine, search_id: UUID) -> None:
    """Take the next step of a search, if it is time for one; run again it changes nothing."""
    with db.transaction(engine, read_only=True) as session:
        seen = standing.look(session, search_id)
        if seen is None or seen.step == Step.WAIT:
            return
        choice = choosing.choose(session, seen) if seen.step == Step.ASK else None
    with db.transaction(engine) as session:
        take(session, search_id, seen.seat.id, choice)


def take(session: Session, search_id: UUID, seat_id: UUID, choice: Choice | None) -> None:
    """The step itself, under the lock of the seat; what changed meanwhile is looked at anew."""
    booking.lock_all(session, [seat_id], [])
    seen = standing.look(session, search_id)
    if seen is None or seen.step == Step.WAIT:
        return
    if seen.step in ENDS:
        seeking.end(session, None, seen.search, ENDS[seen.step])
    elif seen.step == Step.GIVE_UP:
        giving_up.give_up(session, seen)
    elif choice is None or choice.wave != seen.search.wave + 1:
        jobs.defer(session, ADVANCE, search_id)
    else:
        _ask(session, seen, choice)


def _ask(session: Session, seen: Standing, choice: Choice) -> None:
    """Ask the next wave; who is left is looked at again, with everything locked."""
    most = choice.picks[: choice.size + RESERVE] if choice.size else []
    people = [pick.volunteer.id for pick in most]
    booking.lock_all(session, [seen.seat.id], people)
    picks = choosing.ranked(session, seen, [pick.volunteer for pick in most]) if most else []
    ahead = [offer for offer in seen.pending if offer.wave == choice.wave]
    if not picks and not ahead:
        _wait_or_exhaust(session, seen, tried=bool(most))
    elif _is_first(session, seen.search, choice.wave):
        made = _make(session, seen, choice, picks)
        _go_on_at(session, seen, _over_at(session, [*ahead, *made]))


def _is_first(session: Session, search: Search, wave: int) -> bool:
    """Whether nobody else has begun this wave."""
    done = session.exec(
        update(Search)
        .where(
            col(Search.id) == search.id, col(Search.wave) == wave - 1, col(Search.state).in_(LIVE)
        )
        .values(wave=wave, state=SearchState.RUNNING, updated_at=now())
    )
    return bool(done.rowcount == 1)


def _make(session: Session, seen: Standing, choice: Choice, picks: Sequence[Pick]) -> list[Offer]:
    """Ask as many as the wave has, in order."""
    made = list[Offer]()
    for pick in picks:
        if len(made) == choice.size:
            break
        place = asking.within(
            seen.search,
            pick.option.starts_at,
            pick.volunteer,
            wave=choice.wave,
            rounds=choice.rounds,
        )
        with suppress(AlreadyOffered):
            offer, _ = asking.make(
                session,
                None,
                seen.seat,
                pick.option,
                volunteer_id=pick.volunteer.id,
                mode=pick.mode,
                place=place,
            )
            made.append(offer)
    return made


def _over_at(session: Session, wave: Sequence[Offer]) -> datetime:
    """When a wave is over: those whom somebody has to call are not waited for."""
    ends = {offer.volunteer_id: offer.expires_at for offer in wave}
    people = session.exec(select(Volunteer).where(col(Volunteer.id).in_(list(ends)))).all()
    quick = [one.id for one in people if not one.is_called]
    return max([ends[one] for one in quick] or ends.values(), default=now() + SOON)


def _wait_or_exhaust(session: Session, seen: Standing, *, tried: bool) -> None:
    """Nobody can be asked now: wait for open answers, look again soon, or make room."""
    if seen.pending:
        _go_on_at(session, seen, max(offer.expires_at for offer in seen.pending))
    elif tried:
        _go_on_at(session, seen, now() + SOON)
    else:
        if seen.search.state == SearchState.RUNNING:
            audit.record(session, None, "search.exhausted", seen.search)
        seen.search.state = SearchState.EXHAUSTED
        jobs.defer(session, MAKE_ROOM, seen.search.id)
        _go_on_at(session, seen, now() + LOOK_AGAIN)


def _go_on_at(session: Session, seen: Standing, moment: datetime) -> None:
    """When the search looks again, at the latest when the institution must know."""
    search = seen.search
    search.act_by = max(standing.act_by(search, option) for option in seen.options)
    search.next_at = min(moment, search.act_by) if not seen.pending else moment
    session.add(search)
    jobs.defer(session, ADVANCE, search.id, due_at=search.next_at)
    session.flush()
