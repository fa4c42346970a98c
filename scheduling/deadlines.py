"""How long people have to answer, and until when somebody must have been found."""

from datetime import date, datetime, timedelta

from scheduling.holidays import is_working_day
from scheduling.quiet import (
    LONGEST_OFFER,
    QUIET_FROM,
    QUIET_TO,
    SHORTEST_OFFER,
    lead_time_class,
    next_allowed,
    offer_expiry,
)
from scheduling.wall_time import aware, local, nearest_utc

DAYS_TO_ACT = {"normal": 2, "short": 1}
HOURS_TO_ACT = timedelta(hours=3)
SHORTEST_URGENT = timedelta(minutes=30)
ROUND_URGENT = timedelta(hours=1)
SLOWER = 2
FEWEST_ROUNDS, MOST_ROUNDS = 3, 8


def act_by(now: datetime, start: datetime) -> datetime:
    """Until when an institution must know that nobody was found.

    Two working days before the start when the notice is normal, one when it is short, three hours
    when it is urgent: at the same local time. At least half of the time that is left is there for
    the search.

    Raises
    ------
    ValueError
        If a datetime has no zone, or the assignment has started already.
    """
    seen, begin = aware(now), aware(start)
    if begin <= seen:
        raise ValueError("nobody can be found once the assignment has started")
    half = seen + (begin - seen) / 2
    return max(half, _latest(begin, DAYS_TO_ACT.get(lead_time_class(seen, begin), 0)))


def _latest(start: datetime, days: int) -> datetime:
    if not days:
        return start - HOURS_TO_ACT
    here = local(start)
    return nearest_utc(_working_day_before(here.date(), days), here.hour * 60 + here.minute)


def _working_day_before(day: date, days: int) -> date:
    while days:
        day -= timedelta(days=1)
        days -= is_working_day(day)
    return day


def rounds_until(now: datetime, start: datetime, by: datetime) -> int:
    """How many people or waves can be asked one after another, from 1 to 8.

    As many as the usual time to answer allows, outside of the usual quiet hours; up to three where
    that leaves two hours to each, or one when it is urgent.
    """
    seen, end = next_allowed(now), aware(by)
    least = ROUND_URGENT if _is_urgent(seen, start) else SHORTEST_OFFER
    fitting = max(1, int((end - seen) / least)) if end > seen else 1
    found, moment = 0, seen
    while moment < end and found < MOST_ROUNDS:
        moment = next_allowed(moment + _usual(moment, start))
        found += moment <= end
    return min(fitting, max(FEWEST_ROUNDS, found))


def _is_urgent(sent: datetime, start: datetime) -> bool:
    return lead_time_class(sent, start) == "urgent"


def _usual(sent: datetime, start: datetime) -> timedelta:
    """The time to answer a single question; the shortest when there is none left."""
    seen, begin = aware(sent), aware(start)
    return offer_expiry(seen, begin) - seen if seen < begin else SHORTEST_OFFER


def share_of_usual(now: datetime, start: datetime, by: datetime, rounds: int) -> float:
    """How much of the usual time to answer each has when so many rounds are still ahead: at most 1.

    Raises
    ------
    ValueError
        If a datetime has no zone.
    """
    seen = next_allowed(now)
    least = SHORTEST_URGENT if _is_urgent(seen, start) else SHORTEST_OFFER
    wait = max(least, (aware(by) - seen) / rounds)
    return min(1.0, wait / _usual(seen, start))


def answer_by(
    sent: datetime,
    start: datetime,
    *,
    by: datetime | None = None,
    rounds: int = 1,
    quiet: tuple[int, int] = (QUIET_FROM, QUIET_TO),
    slow: bool = False,
) -> datetime:
    """Until when a volunteer may answer.

    Usually ``min(24 h, a quarter of the lead time)``, at least 2 h, counted from the end of her
    quiet hours and never ending within them. In a search that must be over `by` a moment with
    several `rounds` ahead, at most her round's share of what is left; in its last round all of it,
    up to 24 h. Urgent rounds may be as short as half an hour.

    Parameters
    ----------
    sent, start : datetime
        Aware: when the question is asked, when the assignment starts.
    by : datetime, optional
        Aware: when the search ends.
    rounds : int
        How many are still ahead, this one included.
    quiet : tuple of int
        Her quiet hours, minutes after local midnight, as in `quiet.next_allowed`.
    slow : bool
        Somebody has to call her: twice the time.

    Returns
    -------
    datetime
        Aware, in UTC; never after the start.

    Raises
    ------
    ValueError
        If a datetime has no zone, the minutes are no time of day, or the assignment has started.
    """
    begin, end = aware(sent), aware(start)
    if end <= begin:
        raise ValueError("an offer cannot be sent once the assignment has started")
    begin = min(next_allowed(begin, *quiet), end)
    slower = SLOWER if slow else 1
    if by is None:
        return min(end, next_allowed(begin + _usual(begin, end) * slower, *quiet))
    left = aware(by) - begin
    shortest = SHORTEST_URGENT if _is_urgent(begin, end) else SHORTEST_OFFER
    wait = LONGEST_OFFER if rounds == 1 else min(_usual(begin, end), left / rounds)
    wait = min(max(wait * slower, shortest), max(left, shortest))
    until = next_allowed(begin + wait, *quiet)
    if until > aware(by):
        until = max(aware(by), begin + shortest)
    return min(end, until)
