"""Counts a plan's objective, ways and hours anew from the input: for the checker alone."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import isqrt

from matching.plan import Assignment, Plan
from matching.problem import ParentsDay, Problem, Seat, Span, Volunteer


@dataclass(frozen=True)
class Count:
    """Priorities filled, the cost of each assignment, and the total with fairness and opening."""

    fill: int
    costs: tuple[int, ...]
    total: int


def recount(problem: Problem, plan: Plan) -> Count:
    """Add up what a plan fills and costs."""
    fill, costs = 0, []
    minutes: Counter[tuple[str, int]] = Counter()
    for made in plan.assignments:
        seat = problem.seats[problem.seat_index[made.seat]]
        span = seat.spans[made.option]
        fill += seat.priority
        costs.append(_cost(problem, made, seat, span))
        minutes[made.volunteer, span.week] += span.end - span.start
    fairness = sum(
        _curve(problem, _lead(problem, person) + worked) - _curve(problem, _lead(problem, person))
        for (person, _), worked in minutes.items()
    )
    opening = problem.weights.opening * len({made.volunteer for made in plan.assignments})
    return Count(fill, tuple(costs), sum(costs) + fairness + opening)


def way_minutes(problem: Problem, transport: str, start: int, end: int) -> int:
    """Give the minutes of one way, counted apart from the engine."""
    travel = problem.travel
    if travel.overrides and (transport, start, end) in travel.overrides:
        return travel.overrides[transport, start, end]
    if transport in travel.matrices and travel.matrices[transport][start][end] != -1:
        return travel.matrices[transport][start][end]
    here, there = problem.places[start], problem.places[end]
    if start == end:
        return 0
    if here.town == there.town:
        return travel.same_town_minutes
    means = travel.transports[transport]
    metres = isqrt((there.x_m - here.x_m) ** 2 + (there.y_m - here.y_m) ** 2)
    whole, rest = divmod(metres * means.detour_percent, 100 * means.metres_per_minute)
    ride = means.fixed_minutes + whole + (rest > 0)
    return ride if ride > travel.same_town_minutes else travel.same_town_minutes


def longest_way(problem: Problem) -> int:
    """Give minutes that no gap between two assignments of anybody can exceed."""
    travel, places = problem.travel, problem.places
    wide = max((p.x_m for p in places), default=0) - min((p.x_m for p in places), default=0)
    high = max((p.y_m for p in places), default=0) - min((p.y_m for p in places), default=0)
    ways = [travel.same_town_minutes, *travel.overrides.values()]
    ways += [max(map(max, matrix)) for matrix in travel.matrices.values() if matrix]
    for means in travel.transports.values():
        ride = (wide + high) * means.detour_percent // (100 * means.metres_per_minute)
        ways.append(means.fixed_minutes + ride)
    return max(ways) + travel.buffer_minutes + 1


def overworked(day: ParentsDay, slots: Iterable[tuple[int, int, bool]]) -> Iterator[str]:
    """Say which limits of a parents' day one volunteer's slots (start, end, accepted) break.

    The minutes of a sliding window are highest where a slot begins or ends with it, or where it
    has just seen `work_minutes` of a longer slot. Accepted slots alone break nothing.
    """
    taken = list(slots)
    length = day.work_minutes + day.rest_minutes
    total = sum(min(end - start, day.most_minutes) for start, end, _ in taken)
    if total > day.most_minutes and not all(pinned for *_, pinned in taken):
        yield f"{total} minutes, {day.most_minutes} are allowed"
    edges = {start for start, *_ in taken} | {end - length for _, end, _ in taken}
    for start, end, _ in taken:
        if end - start > day.work_minutes:
            edges |= {start - day.rest_minutes, end - day.work_minutes}
    for edge in sorted(edges):
        seen = [(min(e, edge + length) - max(s, edge), pinned) for s, e, pinned in taken]
        worked = sum(min(most, day.work_minutes) for most, _ in seen if most > 0)
        if worked > day.work_minutes and any(m > 0 and not pinned for m, pinned in seen):
            yield f"{worked} minutes without a break from minute {edge} on"
            return


def _lead(problem: Problem, person: str) -> int:
    return problem.volunteers[problem.volunteer_index[person]].lead_minutes


def _curve(problem: Problem, minutes: int) -> int:
    """Add up the points minute band by minute band."""
    points, bands = 0, problem.weights.fairness
    for number, (above, slope) in enumerate(bands):
        top = bands[number + 1][0] if number + 1 < len(bands) else minutes
        points += slope * max(0, min(minutes, top) - above)
    return points


def _cost(problem: Problem, made: Assignment, seat: Seat, span: Span) -> int:
    weights = problem.weights
    volunteer = problem.volunteers[problem.volunteer_index[made.volunteer]]
    points = weights.options[min(made.option, len(weights.options) - 1)]
    if made.mode == "on_site" and seat.place is not None:
        there = way_minutes(problem, volunteer.transport, volunteer.home, seat.place)
        back = there
        if problem.travel.overrides or problem.travel.matrices:
            back = way_minutes(problem, volunteer.transport, seat.place, volunteer.home)
        points += weights.travel * (there + back)
    points += _speech(problem, volunteer, seat)
    if seat.wished == made.volunteer:
        points += weights.wished
    if seat.gender and not seat.gender_hard:
        points += 0 if volunteer.female == {"f": True, "m": False}[seat.gender] else weights.gender
    if not _in_hard_time(volunteer, span):
        points += weights.on_request
    if seat.published is not None and seat.published != made.volunteer:
        points += weights.change
    return points + (weights.lending if volunteer.lent else 0)


def _speech(problem: Problem, volunteer: Volunteer, seat: Seat) -> int:
    if seat.language is None:
        return 0
    prices = [0] if seat.language is None else []
    for spoken, level in volunteer.languages.items():
        cost = problem.substitution[seat.language][spoken]
        agreed = seat.consent or not problem.needs_consent[seat.language][spoken]
        if cost < 0 or not agreed or 0 < level < seat.min_level:
            continue
        steps = 7 if level == 0 else max(0, seat.wished_level - level)
        prices.append(problem.weights.substitution * cost + problem.weights.level * steps)
    return min(prices, default=0)


def _in_hard_time(volunteer: Volunteer, span: Span) -> bool:
    reach, moved = span.start, True
    while moved and reach < span.end:
        moved = False
        for window in volunteer.windows:
            if window.start <= reach < window.end:
                reach, moved = window.end, True
    return reach >= span.end
