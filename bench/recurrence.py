"""How long it takes to refuse a hostile rule, and to expand honest ones over a year, in CPU time.

python -m bench.recurrence [--again N]

The library alone expands the honest ones from their first day on, as it does without the guard.
"""

import argparse
from datetime import date, datetime, time, timedelta
from functools import partial
from operator import itemgetter
from time import process_time

from dateutil import rrule  # type: ignore[import-untyped]

from bench.rules import FIRST_DAY, HONEST, HOSTILE, TODAY, Hostile
from bench.tables import columns, number
from bench.timing import percentile, times
from scheduling import recurrence
from scheduling.recurrence import RuleRefused

YEAR = timedelta(days=364)
LATER = date(2030, 1, 1)
"""A year that begins three years after the rules."""


def refused_in(hostile: Hostile, again: int) -> float:
    """Give the milliseconds that only one of a hundred refusals exceeds.

    Raises
    ------
    ValueError
        If the rule is accepted.
    """
    spent = []
    for _ in range(again):
        begin = process_time()
        try:
            recurrence.guard(hostile.rule, hostile.first_day, TODAY)
        except RuleRefused:
            spent.append(1_000 * (process_time() - begin))
        else:
            raise ValueError(f"{hostile.rule} was accepted")
    return percentile(sorted(spent), 99)


def by_library(rule: str, first: date) -> tuple[date, ...]:
    """Give the days of a year by the library alone."""
    start, begin, end = (datetime.combine(day, time()) for day in (FIRST_DAY, first, first + YEAR))
    found = rrule.rrulestr(rule, dtstart=start).between(begin, end, inc=True)
    return tuple(moment.date() for moment in found)


def by_package(rule: str, first: date, *, kept: bool = False) -> tuple[date, ...]:
    """Give the days of a year by the package, with or without what it has kept from before."""
    if not kept:
        recurrence.forget()
    return recurrence.days(rule, FIRST_DAY, first, first + YEAR)


def honest_row(rule: str, again: int) -> tuple[str, ...]:
    """Give microseconds of the package and of the library, for the first year and a later one.

    Raises
    ------
    ValueError
        If the two do not agree.
    """
    cells = [rule]
    for first in (FIRST_DAY, LATER):
        if by_package(rule, first) != by_library(rule, first):
            raise ValueError(f"{rule} falls on other days")
        for ask in (by_package, partial(by_package, kept=True), by_library):
            spent = times(rule, partial(ask, rule), [first] * again, process_time)
            cells.append(number(1_000 * spent.p50, 0))
    return (*cells, str(len(by_package(rule, FIRST_DAY))))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--again", type=int, default=200)
    again = parser.parse_args().again
    spent = sorted(((1_000 * refused_in(one, again), one) for one in HOSTILE), key=itemgetter(0))
    top = ("hostile rule, the slowest of all", "code", "µs p99")
    slowest = [(ascii(one.rule[:50]), one.code, number(us, 0)) for us, one in spent[-5:]]
    print(columns([top, *slowest]))
    print(f"{len(HOSTILE)} hostile rules, all refused\n")
    kept = [recurrence.guard(rule, FIRST_DAY, TODAY) for rule in HONEST]
    years = ("µs", "kept", "library")
    head = (
        "honest rule, expanded over a year",
        *years,
        *(f"{name} 2030" for name in years),
        "days",
    )
    print(columns([head, *(honest_row(rule, again) for rule in kept)]))


if __name__ == "__main__":
    main()
