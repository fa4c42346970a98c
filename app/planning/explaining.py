"""Why a seat is open, what would fill it, and why somebody is not proposed for it."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlmodel import Session

from app.errors import NotFound
from app.lendings import candidates
from app.planning import changes, outlook, sentences, wording
from app.planning.inquiries import AgainstRead, ExplanationRead, RepairRead, StepRead
from app.planning.outlook import Outlook
from app.tables import Seat
from matching import Explanation, Repair, Standing, explain, why_not

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Question:
    """One seat of an outlook; the answer needs no database."""

    seen: Outlook
    plan_id: UUID | None
    seat: str
    locale: str
    lenders: int = 0

    def answer(self) -> ExplanationRead:
        """Why nobody goes, or who does."""
        standing = Standing.of(self.seen.problem, self.seen.solution)
        found = explain(self.seen.problem, self.seen.solution, self.seat, standing=standing)
        made = standing.assignment(standing.seat_row(self.seat))
        return ExplanationRead(
            seat_id=UUID(self.seat),
            seat=self.seen.names[self.seat],
            plan_id=self.plan_id,
            volunteer_id=UUID(made.volunteer) if made else None,
            volunteer=self.seen.names[made.volunteer] if made else None,
            funnel=self._funnel(found),
            reasons=sentences.reads(found.reasons, self.locale),
            repairs=[self._repair(one) for one in found.repairs],
            lenders=0 if made else self.lenders,
        )

    def _funnel(self, found: Explanation) -> list[StepRead]:
        return [
            StepRead(code=code, count=count, sentence=wording.funnel(code, count, self.locale))
            for code, count in found.funnel.items()
        ]

    def _repair(self, one: Repair) -> RepairRead:
        names, start = self.seen.names, self.seen.horizon.calendar.start
        params = dict(one.params) | {"volunteer": one.volunteer}
        return RepairRead(
            code=one.code,
            params=params,
            sentence=wording.repair(one.code, params, names, self.locale),
            price=one.price,
            volunteer_id=UUID(one.volunteer),
            volunteer=names[one.volunteer],
            starts_at=start + one.span.start * MINUTE,
            ends_at=start + one.span.end * MINUTE,
            mode=one.mode,
            changes=changes.reads(self.seen.problem, names, one.changes),
        )


def ask(session: Session, seat: Seat, locale: str) -> ExplanationRead:
    """Why a seat is open, and what would fill it."""
    plan, seen = outlook.of_seat(session, seat)
    pools = {one.lender_id for one in candidates.find(session, seat)}
    question = Question(seen, plan.id if plan else None, str(seat.id), locale, len(pools))
    # The answer takes a moment: nobody who writes has to wait for it.
    session.rollback()
    return question.answer()


def ask_about(session: Session, seat: Seat, volunteer_id: UUID, locale: str) -> AgainstRead:
    """Why a volunteer is not proposed for a seat."""
    _, seen = outlook.of_seat(session, seat)
    name = str(volunteer_id)
    if name not in seen.problem.volunteer_index:
        raise NotFound
    found = why_not(seen.problem, seen.solution, str(seat.id), name)
    return AgainstRead(
        volunteer_id=volunteer_id,
        volunteer=seen.names[name],
        reasons=[wording.why_not(one.code, dict(one.params), seen.names, locale) for one in found],
    )
