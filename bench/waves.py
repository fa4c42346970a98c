"""One after another, waves, all at once: how many people are disturbed, and is the seat filled?

`python -m bench.waves [--runs N]` plays many seats with invented people: some say yes, some no,
some nothing; answers take hours, nobody answers at night. Each way of asking meets the same people
on the same days. The program's own times and wave sizes are used, with rates that it would have
learned from a few dozen earlier questions.
"""

import argparse
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import prod
from statistics import fmean, median

from app.searches import rates, waves
from app.searches.rates import Rates
from app.searches.waves import Chance, Cut
from scheduling import deadlines, quiet

MONDAY = datetime(2027, 1, 11, 8, 0, tzinfo=UTC)
NOTICES = {
    "normal, 8 days": timedelta(days=8),
    "short, 3 days": timedelta(days=3),
    "urgent, 8 hours": timedelta(hours=8),
}
POOLS = (4, 8, 16)
HISTORY = 12
"""Earlier questions to each person, from which her rate is known."""
WAYS = ("sequence", "waves", "all")


@dataclass(frozen=True)
class Person:
    """How likely she says yes, or nothing; her usual delay; how often she said yes in time."""

    yes: float
    silent: float
    delay_hours: float
    slow: bool
    said_yes: int


@dataclass(frozen=True)
class Answer:
    """Yes or no, and when it comes; nothing at all never comes."""

    yes: bool
    at: datetime


@dataclass(frozen=True)
class At:
    """Now, when it starts, and when the institution must know."""

    moment: datetime
    start: datetime
    by: datetime


@dataclass(frozen=True)
class Result:
    """How one seat went."""

    asked: int
    hours: float | None


def person(draw: random.Random, notice: timedelta) -> Person:
    """Somebody of a pool, with a history of answers."""
    yes, silent = draw.betavariate(2.2, 3.3), draw.uniform(0.1, 0.4)
    delay, slow = draw.lognormvariate(0.7, 0.8), draw.random() < 0.1
    allowed = (quiet.offer_expiry(MONDAY, MONDAY + notice) - MONDAY) / timedelta(hours=1)
    said = sum(
        draw.random() < yes * (1 - silent) and draw.expovariate(1 / delay) < allowed
        for _ in range(HISTORY)
    )
    return Person(yes, silent, delay, slow, said)


def pool_rates(people: Sequence[Person]) -> Rates:
    """What the program knows of a pool."""
    return Rates(rates.usual([(HISTORY, one.said_yes) for one in people]), {})


def chances(known: Rates, people: Sequence[Person], share: float = 1.0) -> list[Chance]:
    """What it knows of each, with that share of the usual time."""
    return [known.of(HISTORY, one.said_yes, slow=one.slow, share=share) for one in people]


def answer(draw: random.Random, who: Person, asked_at: datetime) -> Answer | None:
    """What she says, and when: in the hours in which people are awake."""
    if draw.random() < who.silent:
        return None
    hours = draw.expovariate(1 / who.delay_hours) * (2 if who.slow else 1)
    at = quiet.next_allowed(asked_at)
    at = quiet.next_allowed(at + timedelta(hours=hours))
    return Answer(draw.random() < who.yes, at)


def cut(way: str, known: Rates, left: Sequence[Person], asked: Sequence[Person], at: At) -> Cut:
    """How many are asked now, and how many rounds are ahead."""
    if way == "all":
        return Cut(1, len(left))
    most = min(deadlines.rounds_until(at.moment, at.start, at.by), len(left))
    if way == "sequence":
        return Cut(most, 1)
    by_rounds = [
        chances(known, left, deadlines.share_of_usual(at.moment, at.start, at.by, rounds))
        for rounds in range(1, most + 1)
    ]
    return waves.choose(by_rounds, failed=prod(1 - one.yes for one in chances(known, asked)))


def seek(draw: random.Random, people: Sequence[Person], notice: timedelta, way: str) -> Result:
    """Ask until somebody says yes, nobody is left, or the institution must know."""
    start, moment = MONDAY + notice, MONDAY
    by = deadlines.act_by(moment, start)
    known, left, asked = pool_rates(people), list(people), list[Person]()
    yes_at = list[datetime]()
    while left and moment < by:
        found = cut(way, known, left, asked, At(moment, start, by))
        wave, left = left[: found.size], left[found.size :]
        asked += wave
        ends, last = moment, moment
        for one in wave:
            until = deadlines.answer_by(moment, start, by=by, rounds=found.rounds, slow=one.slow)
            said = answer(draw, one, moment)
            in_time = said is not None and said.at <= until
            if in_time and said is not None and said.yes:
                yes_at.append(said.at)
            last = max(last, until)
            if not one.slow:
                ends = max(ends, said.at if in_time and said is not None else until)
        moment = ends if ends > moment else last
        if yes_at and (min(yes_at) <= moment or not left or moment >= by):
            break
    hours = (min(yes_at) - MONDAY) / timedelta(hours=1) if yes_at else None
    return Result(len(asked), hours)


def play(notice: timedelta, pool: int, runs: int) -> dict[str, list[Result]]:
    """Every way of asking for the same seats."""
    found: dict[str, list[Result]] = {way: [] for way in WAYS}
    for run in range(runs):
        people = [person(random.Random(f"{run} {n}"), notice) for n in range(pool)]
        for way in WAYS:
            found[way].append(seek(random.Random(run), people, notice, way))
    return found


def main() -> None:
    """Print one line for each way of asking."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=2000)
    runs = parser.parse_args().runs
    print(f"{'notice':<16} {'could go':>8}  {'way':<9} {'asked':>6} {'filled':>7} {'hours':>6}")
    for name, notice in NOTICES.items():
        for pool in POOLS:
            for way, results in play(notice, pool, runs).items():
                hours = [one.hours for one in results if one.hours is not None]
                print(
                    f"{name:<16} {pool:>8}  {way:<9} {fmean(r.asked for r in results):>6.2f}"
                    f" {len(hours) / len(results):>7.1%} {median(hours):>6.1f}"
                )


if __name__ == "__main__":
    main()
