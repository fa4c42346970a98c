"""When people may be asked, how long an offer waits, and how urgent a request is."""

from datetime import date, datetime, timedelta
from typing import Literal

from scheduling.holidays import is_working_day
from scheduling.wall_time import MINUTES_A_DAY, aware, local, nearest_utc

QUIET_FROM = 21 * 60
QUIET_TO = 7 * 60
LONGEST_OFFER = timedelta(hours=24)
SHORTEST_OFFER = timedelta(hours=2)
SHARE_OF_LEAD_TIME = 4
NORMAL_DAYS = 5
SHORT_DAYS = 2
_DAYS_TO_COUNT = 60

LeadTime = Literal["normal", "short", "urgent"]


def next_allowed(now: datetime, quiet_from: int = QUIET_FROM, quiet_to: int = QUIET_TO) -> datetime:
    """The first moment from now on at which a volunteer may be called or pushed.

    Parameters
    ----------
    now : datetime
        Aware.
    quiet_from, quiet_to : int
        Minutes after local midnight, half-open; over midnight when from is later than to, no
        quiet time at all when they are equal.

    Returns
    -------
    datetime
        Aware, in UTC; `now` itself outside of the quiet hours.

    Raises
    ------
    ValueError
        If `now` has no zone or the minutes are no time of day.
    """
    for minute in (quiet_from, quiet_to):
        if not 0 <= minute < MINUTES_A_DAY:
            raise ValueError(f"{minute} is no minute of a day, expected 0 to {MINUTES_A_DAY - 1}")
    here = local(now)
    minute = here.hour * 60 + here.minute
    if not _is_quiet(minute, quiet_from, quiet_to):
        return aware(now)
    day = here.date() if minute < quiet_to else here.date() + timedelta(days=1)
    return max(aware(now), nearest_utc(day, quiet_to))


def _is_quiet(minute: int, quiet_from: int, quiet_to: int) -> bool:
    if quiet_from <= quiet_to:
        return quiet_from <= minute < quiet_to
    return minute >= quiet_from or minute < quiet_to


def offer_expiry(now: datetime, start: datetime) -> datetime:
    """Until when a volunteer may answer an offer.

    ``min(24 h, a quarter of the lead time)``, at least 2 h, never after the start.

    Parameters
    ----------
    now, start : datetime
        Aware: when the offer is sent, when the assignment starts.

    Returns
    -------
    datetime
        Aware, in UTC.

    Raises
    ------
    ValueError
        If a datetime has no zone, or the assignment has started already.
    """
    sent, begin = aware(now), aware(start)
    if begin <= sent:
        raise ValueError("an offer cannot be sent once the assignment has started")
    wait = min(LONGEST_OFFER, (begin - sent) / SHARE_OF_LEAD_TIME)
    return min(begin, sent + max(SHORTEST_OFFER, wait))


def lead_time_class(now: datetime, start: datetime) -> LeadTime:
    """How short the notice is, in working days of Hessen.

    Normal from 5 working days on, short from 2, urgent below. Today does not count, the day of
    the assignment does.

    Raises
    ------
    ValueError
        If a datetime has no zone.
    """
    days = working_days(local(now).date(), local(start).date())
    if days >= NORMAL_DAYS:
        return "normal"
    return "short" if days >= SHORT_DAYS else "urgent"


def working_days(after: date, until: date) -> int:
    """Working days after one day up to another one, which is included; none is 0.

    Counting stops at 60 days: nothing depends on more.
    """
    span = min((until - after).days, _DAYS_TO_COUNT)
    return sum(is_working_day(after + timedelta(days=step)) for step in range(1, span + 1))
