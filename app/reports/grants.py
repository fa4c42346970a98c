"""The picture of a grant notice: what is left of it and when nothing will be."""

from datetime import date, datetime

from sqlmodel import Session

from app.clock import local_day
from app.grants import budget
from app.reports import asked, pictures
from app.reports.pictures import Picture
from app.tables import GrantNotice


def picture(
    session: Session, notice: GrantNotice, as_of: datetime | date | None, locale: str
) -> Picture:
    """The burn-down: now with what is booked ahead, or as the books stood at a moment."""
    moment = asked.moment(as_of)
    held = budget.of_notice(session, notice, None if as_of is None else moment)
    return pictures.budget(
        sorted(held.spent_by_day.items()),
        held.granted,
        today=local_day(moment),
        last_day=notice.ends_on,
        locale=locale,
    )
