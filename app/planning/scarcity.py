"""Where one more volunteer would help most: for recruiting."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlmodel import Session

from app.planning import outlook, wording
from app.planning.inquiries import ScarcityRead
from app.planning.outlook import Outlook
from app.seam.asked import Asked
from app.tables import Institution, Plan
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
        prices=_prices(seen),
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


def _prices(seen: Outlook) -> list[float]:
    """What one more chance to fill each date of a seat is worth at most.

    An open seat its whole weight, a filled one what its assignment costs.
    """
    costs = {made.seat: float(max(0, made.cost)) for made in seen.solution.assignments}
    factor = seen.problem.weights.factor
    return [
        costs.get(seat.id, float(factor * seat.priority))
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
