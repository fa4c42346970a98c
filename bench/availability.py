"""The hours of a whole pool for a quarter, beside a walk from day to day, in CPU time.

python -m bench.availability [--volunteers N] [--days N] [--first DAY] [--seed N] [--sample N]

The walk is timed on a sample of the same people, and what it finds is compared.
"""

import argparse
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random
from resource import RUSAGE_SELF, getrusage
from time import process_time
from typing import get_args

from bench.tables import columns, number
from scheduling import intervals, recurrence
from scheduling.availability import ExtraTime, Rule, Times, minutes
from scheduling.holidays import is_school_holiday
from scheduling.phrases import Absence, Parity, Season, WeeklyWindow
from scheduling.recurrence import Recurrence
from scheduling.wall_time import nearest_utc, week_number

MINUTE = timedelta(minutes=1)
STARTS = tuple(range(8 * 60, 18 * 60, 30))
LENGTHS = (60, 90, 120, 180, 240, 300)
RULES = (
    "FREQ=MONTHLY;BYDAY=1MO",
    "FREQ=MONTHLY;BYDAY=-1FR",
    "FREQ=MONTHLY;BYMONTHDAY=15",
    "FREQ=WEEKLY;INTERVAL=3;BYDAY=TU,TH",
    "FREQ=WEEKLY;BYDAY=SA;BYMONTH=1,2,3,10,11,12",
    "FREQ=DAILY;INTERVAL=4;COUNT=60",
    "FREQ=WEEKLY;INTERVAL=2;COUNT=20",
)
Found = tuple[tuple[tuple[int, int], ...], tuple[tuple[int, int], ...]]


def pool(volunteers: int, first: date, seed: int) -> list[Times]:
    """Draw what people of a pool say: 1 to 14 windows, seasons, absences, some rules."""
    random = Random(seed)
    return [_person(random, first) for _ in range(volunteers)]


def by_days(times: Times, first: date, last: date, origin: datetime) -> Found:
    """Give the same hours by asking every rule about every day, one after the other."""
    hard: list[tuple[int, int]] = []
    soft: list[tuple[int, int]] = []
    away: list[tuple[int, int]] = []
    comes_back = [
        (one, set(recurrence.days(one.rule, one.first_day, first, last)))
        for one in times.recurrences
    ]
    for step in range((last - first).days + 1):
        day = first + timedelta(days=step)
        found = [(x.start_minute, x.end_minute, x.soft) for x in times.extras if x.day == day]
        found += [(x.start_minute, x.end_minute, x.soft) for x, on in comes_back if day in on]
        found += [time for rule in times.rules if (time := _on(rule, day))]
        for start, end, is_soft in found:
            (soft if is_soft else hard).append(_span(day, start, end, origin))
        for one in times.absences:
            if one.first <= day <= one.last:
                away.append(_span(day, one.start_minute, one.end_minute, origin))
    firm = intervals.subtract(hard, away)
    return firm, intervals.subtract(intervals.subtract(soft, away), firm)


def _person(random: Random, first: date) -> Times:
    count = random.choice((1, 2, 2, 3, 3, 4, 5, 5, 5, 7, 10, 14))
    return Times(
        rules=tuple(_rule(random, first) for _ in range(count)),
        recurrences=tuple(_recurrence(random, first) for _ in range(random.random() < 0.1)),
        extras=tuple(_extra(random, first) for _ in range(random.choice((0, 0, 0, 1, 3)))),
        absences=tuple(_absence(random, first) for _ in range(random.choice((0, 0, 1, 1, 2)))),
    )


def _time(random: Random) -> tuple[int, int]:
    start = random.choice(STARTS)
    return start, min(1440, start + random.choice(LENGTHS))


def _rule(random: Random, first: date) -> Rule:
    rare = random.random()
    window = WeeklyWindow(
        random.randrange(5) if random.random() < 0.9 else random.randrange(5, 7),
        *_time(random),
        soft=random.random() < 0.15,
        every_weeks=2 if rare < 0.15 else 1,
        season=random.choice(get_args(Season)) if random.random() < 0.2 else "always",
        parity=random.choice(get_args(Parity)) if 0.15 < rare < 0.25 else "",
    )
    anchored = random.random() < 0.8
    return Rule(
        window,
        valid_from=_near(random, first) if random.random() < 0.05 else None,
        valid_to=_near(random, first) + timedelta(days=90) if random.random() < 0.05 else None,
        anchor=_near(random, first) if anchored and window.every_weeks > 1 else None,
    )


def _near(random: Random, first: date) -> date:
    return first + timedelta(days=random.randrange(91))


def _recurrence(random: Random, first: date) -> Recurrence:
    begin = first - timedelta(days=random.randrange(200))
    return Recurrence(random.choice(RULES), begin, *_time(random))


def _extra(random: Random, first: date) -> ExtraTime:
    return ExtraTime(_near(random, first), *_time(random))


def _absence(random: Random, first: date) -> Absence:
    begin = _near(random, first)
    if random.random() < 0.3:
        return Absence(begin, begin, *_time(random))
    return Absence(begin, begin + timedelta(days=random.choice((0, 4, 6, 13, 20))))


def _on(rule: Rule, day: date) -> tuple[int, int, bool] | None:
    window = rule.window
    if window.weekday != day.weekday():
        return None
    if not (rule.valid_from or day) <= day <= (rule.valid_to or day):
        return None
    if window.parity and window.parity != ("odd" if day.isocalendar().week % 2 else "even"):
        return None
    if rule.anchor and (week_number(day) - week_number(rule.anchor)) % window.every_weeks:
        return None
    soft = window.soft or (window.every_weeks > 1 and rule.anchor is None)
    if window.season != "always":
        holiday = is_school_holiday(day)
        if holiday is not None and holiday != (window.season == "school_holidays"):
            return None
        soft = soft or holiday is None
    return window.start_minute, window.end_minute, soft


def _span(day: date, start: int, end: int, origin: datetime) -> tuple[int, int]:
    begin = (nearest_utc(day, start) - origin) // MINUTE
    return begin, max(begin, (nearest_utc(day, end, closing=True) - origin) // MINUTE)


def _peak_mib() -> float:
    return getrusage(RUSAGE_SELF).ru_maxrss / 1024


def _row(name: str, people: int, seconds: float, whole: int) -> tuple[str, ...]:
    return (
        name,
        f"{people:,}",
        number(seconds),
        number(1_000_000 * seconds / people, 0),
        number(whole * seconds / people),
    )


def report(people: Sequence[Times], first: date, last: date, sample: int) -> str:
    """Expand everybody and a sample once more; give the times in a table.

    Raises
    ------
    ValueError
        If the two ways do not agree.
    """
    origin = datetime(first.year, first.month, first.day, tzinfo=UTC) - timedelta(days=1)
    idle = _peak_mib()
    begin = process_time()
    found = [minutes(times, first, last, origin) for times in people]
    fast, peak = process_time() - begin, _peak_mib()
    begin = process_time()
    walked = [by_days(times, first, last, origin) for times in people[:sample]]
    slow = process_time() - begin
    if walked != found[: len(walked)]:
        raise ValueError("the walk from day to day finds other hours")
    head = ("way", "people", "CPU s", "µs each", f"s for {len(people):,}")
    table = columns(
        [
            head,
            _row("measured range", len(people), fast, len(people)),
            _row("day by day", len(walked), slow, len(people)),
        ]
    )
    spans = sum(len(hard) + len(soft) for hard, soft in found)
    memory = f"peak memory: {peak:,.0f} MiB with all hours kept, {idle:,.0f} MiB before"
    return f"{table}\nhours: {spans:,} spans over {(last - first).days + 1} days\n{memory}"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--volunteers", type=int, default=20_000)
    parser.add_argument("--days", type=int, default=91)
    parser.add_argument("--first", type=date.fromisoformat, default=date(2027, 1, 4))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sample", type=int, default=500)
    chosen = parser.parse_args()
    people = pool(chosen.volunteers, chosen.first, chosen.seed)
    last = chosen.first + timedelta(days=chosen.days - 1)
    print(report(people, chosen.first, last, chosen.sample))


if __name__ == "__main__":
    main()
