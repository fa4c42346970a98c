"""Which language, where and on which weekday one more volunteer would help most."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from matching.board import build_board
from matching.candidates import find_candidates
from matching.costs import substitution_cost, travel_cost
from matching.engine import choose_factor
from matching.plan import Plan
from matching.prices import Market, find_prices, step_lengths
from matching.problem import Problem, Seat, Span

PASSES = 120
FIRST_SHARE, LAST_STEP = 0.05, 5.0


@dataclass(frozen=True)
class Scarcity:
    """What one more volunteer would gain: the points of her best day at the prices of the seats.

    `seats` are those that ask for this very language, `open` those of them to which nobody goes.
    """

    language: str
    group: str
    weekday: str
    points: int
    seats: int
    open: int


class Job(NamedTuple):
    """A date of a seat [start, end) that a new volunteer could take, with her gain."""

    start: int
    end: int
    gain: int


Key = tuple[int, str, str]


def scarcity(
    problem: Problem,
    plan: Plan,
    group_of: Mapping[str, str],
    weekday_of: Mapping[int, str],
    *,
    prices: Sequence[float] | None = None,
) -> tuple[Scarcity, ...]:
    """Rank languages × groups × weekdays by what a new volunteer there would be worth.

    She is free all day, lives where the seats are, and takes the dates that gain most of those
    that leave time for the way: gain = price - way there and back in town - substitution.

    Parameters
    ----------
    group_of
        Seat id → group (a district); seats that are not named are left out.
    weekday_of
        Local day → weekday.
    prices
        Points per slot, in the order of seats and their dates; computed when not given.
    """
    found = seat_prices(problem) if prices is None else prices
    jobs: defaultdict[Key, dict[str, Job]] = defaultdict(dict)
    for (seat, span), price in zip(_slots(problem), found, strict=True):
        group, weekday = group_of.get(seat.id), weekday_of.get(span.day)
        if group is not None and weekday is not None:
            for language, gain in _gains(problem, seat, int(price)):
                _keep(jobs[language, group, weekday], seat, Job(span.start, span.end, gain))
    counts = _counts(problem, plan, group_of, weekday_of)
    rows = [_row(problem, key, one, counts.get(key, (0, 0))) for key, one in jobs.items()]
    return tuple(sorted((row for row in rows if row.points > 0), key=_order))


def seat_prices(problem: Problem, passes: int = PASSES) -> list[float]:
    """Give what one more chance to fill each slot is worth, in points (compiled functions)."""
    candidates = find_candidates(problem)
    factor = choose_factor(candidates)
    steps = step_lengths(FIRST_SHARE * factor, LAST_STEP, passes)
    market = Market.of(build_board(candidates, factor))
    prices: list[float] = find_prices(market, steps).quote.slots.tolist()
    eligible = set(candidates.slot.tolist())
    return [
        price if slot in eligible else float(factor * seat.priority)
        for slot, ((seat, _), price) in enumerate(zip(_slots(problem), prices, strict=True))
    ]


def _slots(problem: Problem) -> Iterator[tuple[Seat, Span]]:
    return ((seat, span) for seat in problem.seats for span in seat.spans)


def _gains(problem: Problem, seat: Seat, price: int) -> Iterator[tuple[int, int]]:
    """Give each language that serves a seat, with the gain of somebody who speaks it."""
    wanted, weights = seat.language, problem.weights
    if wanted is None:
        return
    way = 2 * problem.travel.same_town_minutes if seat.modes[0] == "on_site" else 0
    for spoken, cost in enumerate(problem.substitution[wanted]):
        agreed = seat.consent or not problem.needs_consent[wanted][spoken]
        if cost >= 0 and agreed:
            points = travel_cost(weights, way) + substitution_cost(weights, cost)
            yield spoken, price - points


def _keep(jobs: dict[str, Job], seat: Seat, job: Job) -> None:
    """Keep the best date of each seat: nobody goes twice."""
    if job.gain > 0 and (seat.id not in jobs or job.gain > jobs[seat.id].gain):
        jobs[seat.id] = job


def best_day(jobs: Sequence[Job], pause: int) -> int:
    """Give the largest gain of dates with at least `pause` minutes between each two.

    best(i) = max(best(i - 1), gain of i + best(those that end early enough)), by end.
    """
    ends, best = [0], [0]
    for job in sorted(jobs, key=lambda job: (job.end, job)):
        before = bisect_right(ends, job.start - pause, lo=1) - 1
        ends.append(job.end)
        best.append(max(best[-1], job.gain + best[before]))
    return best[-1]


def _counts(
    problem: Problem, plan: Plan, group_of: Mapping[str, str], weekday_of: Mapping[int, str]
) -> dict[Key, tuple[int, int]]:
    """Give how many seats ask for a language somewhere on a weekday, and how many are open."""
    filled, found = {made.seat for made in plan.assignments}, dict[Key, tuple[int, int]]()
    for seat in problem.seats:
        for weekday in dict.fromkeys(weekday_of.get(span.day) for span in seat.spans):
            if seat.language is not None and weekday is not None and seat.id in group_of:
                key = (seat.language, group_of[seat.id], weekday)
                seats, empty = found.get(key, (0, 0))
                found[key] = (seats + 1, empty + (seat.id not in filled))
    return found


def _row(problem: Problem, key: Key, jobs: dict[str, Job], counts: tuple[int, int]) -> Scarcity:
    language, group, weekday = key
    points = best_day(list(jobs.values()), problem.travel.same_town_minutes)
    return Scarcity(problem.languages[language], group, weekday, points, *counts)


def _order(row: Scarcity) -> tuple[int, str, str, str]:
    return -row.points, row.language, row.group, row.weekday
