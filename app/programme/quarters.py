"""Of which time there are sums: whole quarters that are over, so that no two of them overlap."""

from datetime import date, timedelta

from allowance.grants import months_later
from app.clock import today
from app.errors import Invalid
from app.reports.period import SETTLED, Period

FIRST_YEAR, LAST_YEAR = 2000, 2199


class NotAQuarter(Invalid):
    """The period is not one calendar quarter."""

    de = "Bitte genau ein Quartal wählen, zum Beispiel {first} bis {last}."
    en = "Please choose exactly one quarter, such as {first} to {last}."


class TooRecent(Invalid):
    """The quarter may still change."""

    de = "Die Zahlen dieses Quartals gibt es ab dem {day}."
    en = "The figures of this quarter are there from {day} on."


def last_of(first: date) -> date:
    """The last day of the quarter that begins on this day."""
    return months_later(first, 3) - timedelta(days=1)


def checked(first: date, last: date) -> Period:
    """The quarter, when it is one and over."""
    begins = first.day == 1 and first.month % 3 == 1 and FIRST_YEAR <= first.year < LAST_YEAR
    if not begins or last != last_of(first):
        start = date(first.year, (first.month - 1) // 3 * 3 + 1, 1)
        if not FIRST_YEAR <= start.year < LAST_YEAR:
            start = date(today().year, 1, 1)
        raise NotAQuarter(first=start.isoformat(), last=last_of(start).isoformat())
    if today() < last + SETTLED:
        raise TooRecent(day=f"{last + SETTLED:%d.%m.%Y}")
    return Period(first, last)


def months(period: Period) -> list[date]:
    """The first days of its three months."""
    return [months_later(period.first_day, step) for step in range(3)]
