"""Which date of a changed rule takes the place of which date of the rule before."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

FARTHEST_DAYS = 31
"""A date is moved at most this far; further away one ends and another begins."""


@dataclass(frozen=True)
class Pairs:
    """Old dates with the new ones they become; dates that end, and dates that begin."""

    together: dict[date, date]
    gone: tuple[date, ...]
    added: tuple[date, ...]


def pair(old: Sequence[date], new: Sequence[date], begun: Collection[date], today: date) -> Pairs:
    """Pair the same day first, then in order within a week, then in order within a month's reach.

    Parameters
    ----------
    old, new : sequence of date
        Days of the rule before and after, each once.
    begun : collection of date
        Old days that have passed: they take a day of their own week, so that nobody has to come
        twice in it, and no later one.
    today : date
        No old date is moved to an earlier day than this, unless in its own week.
    """
    kept = set(old) & set(new)
    together = {day: day for day in kept}
    left, free = sorted(set(old) - kept), sorted(set(new) - kept)
    together |= _by_week(left, free)
    left = [day for day in left if day not in together and day not in begun]
    taken = set(together.values())
    free = [day for day in free if day not in taken]
    together |= _in_order(left, [day for day in free if day >= today])
    taken = set(together.values())
    return Pairs(
        together,
        tuple(day for day in sorted(set(old)) if day not in together and day not in begun),
        tuple(day for day in sorted(set(new)) if day not in taken),
    )


def _by_week(old: Sequence[date], new: Sequence[date]) -> dict[date, date]:
    weeks: dict[tuple[int, int], list[date]] = defaultdict(list)
    for day in new:
        weeks[day.isocalendar()[:2]].append(day)
    found: dict[date, date] = {}
    for day in old:
        of_week = weeks[day.isocalendar()[:2]]
        if of_week:
            found[day] = of_week.pop(0)
    return found


def _in_order(old: Sequence[date], new: Sequence[date]) -> dict[date, date]:
    found: dict[date, date] = {}
    waiting = list(new)
    for day in old:
        while waiting and (day - waiting[0]).days > FARTHEST_DAYS:
            waiting.pop(0)
        if waiting and (waiting[0] - day).days <= FARTHEST_DAYS:
            found[day] = waiting.pop(0)
    return found
