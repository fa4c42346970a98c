"""Where one more volunteer would help most: for recruiting."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlmodel import Session, col, select

from app.planning import outlook, wording
from app.planning.inquiries import ScarcityRead
from app.planning.outlook import Outlook
from app.seam.asked import Asked
from app.tables import Institution, Plan, Proposal, UnfilledReason
from matching import Scarcity, scarcity
from scheduling import regions


def of_plan(session: Session, plan: Plan, limit: int, locale: str) -> list[ScarcityRead]:
    """Languages, regions and weekdays, the most helpful first."""
    seen = outlook.of_plan(session, plan)
    found = scarcity(
        seen.problem,
        seen.solution,
        _regions(seen.asked),
        _weekdays(seen),
        prices=_prices(session, plan, seen),
    )
    return [_read(row, locale) for row in found[:limit]]


def _regions(asked: Sequence[Asked]) -> Mapping[str, str]:
    """Where each seat is: the Kreis if it is known, else the town."""
    return {
        str(seat.id): _region(one.institution, one.options[0].day)
        for one in asked
        for seat in one.seats
    }


def _region(institution: Institution, day: date) -> str:
    found = regions.region_of(institution.region_ags, day) if institution.region_ags else None
    return found.name if found else institution.town


def _weekdays(seen: Outlook) -> Mapping[int, str]:
    days = {span.day for seat in seen.problem.seats for span in seat.spans}
    return {day: str(date.fromordinal(day).weekday()) for day in days}


def _prices(session: Session, plan: Plan, seen: Outlook) -> list[float]:
    """What one more chance to fill each date of a seat is worth: the prices of the run.

    Where there are none, at most the whole weight of an open seat, or what a filled one costs.
    """
    known: dict[str, int] = {}
    for table in (Proposal, UnfilledReason):
        query = select(table.seat_id, table.price).where(col(table.plan_id) == plan.id)
        for seat_id, price in session.exec(query).all():
            if price is not None:
                known[str(seat_id)] = price
    costs = {made.seat: max(0, made.cost) for made in seen.solution.assignments}
    factor = seen.problem.weights.factor
    return [
        float(known.get(seat.id, costs.get(seat.id, factor * seat.priority)))
        for seat in seen.problem.seats
        for _ in seat.spans
    ]


def _read(row: Scarcity, locale: str) -> ScarcityRead:
    weekday = int(row.weekday)
    return ScarcityRead(
        language=row.language,
        region=row.group,
        weekday=weekday,
        points=row.points,
        seats=row.seats,
        open=row.open,
        sentence=wording.scarcity(
            row.language, row.group, weekday, seats=row.seats, empty=row.open, locale=locale
        ),
    )
