"""Plans turned into offers: what no longer fits is left out, with its reason.

Each seat gets a search by the sponsor's rule; the person of the plan is the first who is asked.
"""

from collections.abc import Sequence
from itertools import groupby
from uuid import UUID

from sqlmodel import Session, col, select

from app.access import Actor
from app.errors import ApiError, Conflict
from app.offers import asking, booking, seeking
from app.offers.refusals import AlreadyOffered
from app.planning import sentences
from app.planning.schemas import ReasonRead
from app.seam.asked import pending_options
from app.tables import Proposal, RequestOption, Seat

Proposed = tuple[Proposal, Seat]


class OtherTime(Conflict):
    """The others of the request are asked for another time."""

    slug, title = "other-time", "Another time"
    de = "Für diese Anfrage wird schon ein anderer Termin angeboten."
    en = "Another time is being offered for this request already."


class _Incomplete(Exception):
    """Somebody who should go with the others cannot be asked: nobody is."""


def offer_proposals(
    session: Session, actor: Actor, plan_id: UUID, seat_ids: list[UUID] | None, locale: str
) -> tuple[int, list[ReasonRead]]:
    """Ask everybody a plan proposes; those who go together are asked together or not at all."""
    query = (
        select(Proposal, Seat)
        .join(Seat, col(Seat.id) == col(Proposal.seat_id))
        .where(col(Proposal.plan_id) == plan_id)
        .order_by(col(Seat.request_id), col(Seat.position))
    )
    if seat_ids is not None:
        query = query.where(col(Proposal.seat_id).in_(seat_ids))
    found = session.exec(query).all()
    booking.lock_all(session, [p.seat_id for p, _ in found], [p.volunteer_id for p, _ in found])
    made, skipped = 0, list[ReasonRead]()
    for _, group in groupby(found, key=lambda row: row[1].request_id):
        count, left_out = _offer_together(session, actor, list(group), locale)
        made, skipped = made + count, skipped + left_out
    return made, skipped


def _offer_together(
    session: Session, actor: Actor, group: Sequence[Proposed], locale: str
) -> tuple[int, list[ReasonRead]]:
    made, skipped, failed = list[UUID](), list[ReasonRead](), False
    try:
        with session.begin_nested():
            for proposal, seat in group:
                try:
                    _offer(session, actor, proposal, seat)
                    made.append(seat.id)
                except ApiError as error:
                    failed = failed or not isinstance(error, AlreadyOffered)
                    skipped.append(_skipped(error.slug, seat.id, error.detail(locale)))
            if failed and made:
                raise _Incomplete
    except _Incomplete:
        missing = sentences.sentence("team", {}, locale)
        skipped += [_skipped("team", seat_id, missing) for seat_id in made]
        made = []
    return len(made), skipped


def _skipped(code: str, seat_id: UUID, sentence: str) -> ReasonRead:
    return ReasonRead(code=code, params={"seat": str(seat_id)}, sentence=sentence)


def _offer(session: Session, actor: Actor, proposal: Proposal, seat: Seat) -> None:
    offered = pending_options(session, [seat.request_id])[seat.request_id]
    if seat.id in offered:
        raise AlreadyOffered
    if any(proposal.option_id not in options for options in offered.values()):
        raise OtherTime
    with session.begin_nested():
        _ask(session, actor, proposal, seat)


def _ask(session: Session, actor: Actor, proposal: Proposal, seat: Seat) -> None:
    """Ask the person of the plan, as the first of a search; a refusal takes the search back."""
    option = session.get_one(RequestOption, proposal.option_id)
    search = seeking.live(session, seat.id) or seeking.begin(
        session, actor.account_id, seat, cause="plan"
    )
    asking.ask_within(
        session,
        actor.account_id,
        search,
        seat,
        option,
        volunteer_id=proposal.volunteer_id,
        mode=proposal.mode,
        plan_id=proposal.plan_id,
    )
