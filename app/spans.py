"""From one day to another, both included: in order, and not too long."""

from datetime import date

from app.errors import Invalid
from app.limits import PERIOD_DAYS


class PeriodReversed(Invalid):
    """A period would end before it begins."""

    de = "Der Zeitraum endet vor seinem Beginn. Bitte den ersten und den letzten Tag prüfen."
    en = "The period ends before it begins. Please check its first and its last day."


class PeriodTooLong(Invalid):
    """A period covers more than a good year."""

    de = "Ein Zeitraum umfasst höchstens {limit} Tage, nicht {days}."
    en = "A period covers at most {limit} days, not {days}."


def check(first_day: date | None, last_day: date | None) -> None:
    """Refuse days that are no period; where one of them is open there is none to look at."""
    if first_day is None or last_day is None:
        return
    days = (last_day - first_day).days + 1
    if days < 1:
        raise PeriodReversed
    if days > PERIOD_DAYS:
        raise PeriodTooLong(limit=PERIOD_DAYS, days=days)
