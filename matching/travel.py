"""Minutes between two places for one mode of transport, and between two assignments."""

from math import isqrt

from matching.problem import Problem


def minutes(problem: Problem, transport: str, start: int, end: int) -> int:
    """Give the whole minutes of one way between two places (indices).

    override, else 0 in the same building, else the flat time in the same town, else
    max(flat time, fixed + ceil(distance_m · detour / (100 · metres per minute))): the next
    village is never nearer than the other end of the own town.
    """
    travel = problem.travel
    override = travel.overrides.get((transport, start, end))
    if override is not None:
        return override
    if start == end:
        return 0
    a, b = problem.places[start], problem.places[end]
    if a.town == b.town:
        return travel.same_town_minutes
    means = travel.transports[transport]
    metres = isqrt((a.x_m - b.x_m) ** 2 + (a.y_m - b.y_m) ** 2)
    ride = -(-metres * means.detour_percent // (100 * means.metres_per_minute))
    return max(travel.same_town_minutes, means.fixed_minutes + ride)


def gap_minutes(problem: Problem, transport: str, start: int | None, end: int | None) -> int:
    """Give the minutes that must lie between two assignments of one volunteer.

    minutes(start, end), plus the buffer when the towns differ; 0 when one of them has no place
    (phone, video).
    """
    if start is None or end is None:
        return 0
    buffer = problem.travel.buffer_minutes
    if problem.places[start].town == problem.places[end].town:
        buffer = 0
    return minutes(problem, transport, start, end) + buffer
