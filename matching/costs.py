"""The cost terms of one assignment and of one week, in points (20 = one minute of travel).

Each term is one formula; it takes whole numbers, or integer arrays of any shape for many pairs
at once. A flag is 0 or 1.
"""

from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from matching.problem import NATIVE_LEVEL, UNKNOWN_LEVEL, Mode, Problem, Seat, Volunteer, Weights
from matching.travel import minutes

Ints = npt.NDArray[np.int64]
Number = TypeVar("Number", int, npt.NDArray[Any])


def travel_cost(weights: Weights, there_and_back_minutes: Number) -> Number:
    """The way home → place → home, on site only: travel · (there + back)."""
    return weights.travel * there_and_back_minutes


def substitution_cost(weights: Weights, substitution: Number) -> Number:
    """Another language than the wanted one: substitution · table cost (0-100)."""
    return weights.substitution * substitution


def level_cost(weights: Weights, steps: Number) -> Number:
    """Less fluent than wished: level · CEFR steps below the wish."""
    return weights.level * steps


def wished_cost(weights: Weights, is_wished: Number) -> Number:
    """The same person as before or wished: wished (a bonus, so negative)."""
    return weights.wished * is_wished


def gender_cost(weights: Weights, missed: Number) -> Number:
    """A soft gender wish is missed: gender."""
    return weights.gender * missed


def on_request_cost(weights: Weights, used: Number) -> Number:
    """Time is used that the volunteer gives only on request: on_request."""
    return weights.on_request * used


def option_cost(weights: Weights, option: int) -> int:
    """Not the first date: options[option], the last entry for all later ones."""
    return weights.options[min(option, len(weights.options) - 1)]


def change_cost(weights: Weights, changed: Number) -> Number:
    """Another person than in the proposal people have seen: change."""
    return weights.change * changed


def lending_cost(weights: Weights, lent: Number) -> Number:
    """A volunteer of another pool goes: lending."""
    return weights.lending * lent


def fairness_steps(weights: Weights) -> tuple[tuple[int, int], ...]:
    """Give (minutes from which on, additional points per minute) of the convex curve."""
    slopes = (0, *(slope for _, slope in weights.fairness))
    return tuple(
        (above, slope - before)
        for (above, slope), before in zip(weights.fairness, slopes, strict=False)
        if slope > before
    )


def fairness_curve(steps: tuple[tuple[int, int], ...], minutes: int) -> int:
    """Give the points of a load: sum over steps of additional points · max(0, minutes - above)."""
    points = 0
    for above, step in steps:
        if minutes > above:
            points += step * (minutes - above)
    return points


def fairness_cost(weights: Weights, lead_minutes: int, minutes: int) -> int:
    """One volunteer's minutes in one week: curve(lead + minutes) - curve(lead)."""
    steps = fairness_steps(weights)
    return fairness_curve(steps, lead_minutes + minutes) - fairness_curve(steps, lead_minutes)


def level_steps(level: int, wished_level: int) -> int:
    """Give the CEFR steps below the wish; an unknown level counts as all of them: ranked last."""
    return NATIVE_LEVEL if level == UNKNOWN_LEVEL else max(0, wished_level - level)


def speech_choice(problem: Problem, volunteer: Volunteer, seat: Seat) -> tuple[int, int] | None:
    """Give (substitution, steps) of the language that serves a seat at the least cost."""
    wanted = seat.language
    if wanted is None:
        return 0, 0
    choices = [
        (problem.substitution[wanted][spoken], level_steps(level, seat.wished_level))
        for spoken, level in volunteer.languages.items()
        if problem.substitution[wanted][spoken] >= 0
        and (seat.consent or not problem.needs_consent[wanted][spoken])
        and (level == UNKNOWN_LEVEL or level >= seat.min_level)
    ]
    weights = problem.weights

    def points(choice: tuple[int, int]) -> int:
        return substitution_cost(weights, choice[0]) + level_cost(weights, choice[1])

    return min(choices, key=lambda choice: (points(choice), choice), default=None)


def covered(volunteer: Volunteer, start: int, end: int, *, on_request: bool) -> bool:
    """Tell whether [start, end) lies in one stretch of availability, windows joined."""
    windows = volunteer.windows + (volunteer.soft_windows if on_request else ())
    reach = start
    for window in sorted(windows, key=lambda window: window.start):
        if window.start <= reach < window.end:
            reach = window.end
    return reach >= end


def pair_terms(
    problem: Problem, volunteer: Volunteer, seat: Seat, *, option: int, mode: Mode
) -> dict[str, int]:
    """Give the points of each term of one assignment; their sum is its cost."""
    weights, span = problem.weights, seat.spans[option]
    there_and_back = 0
    if mode == "on_site" and seat.place is not None:
        home, means = volunteer.home, volunteer.transport
        there_and_back = minutes(problem, means, home, seat.place)
        there_and_back += minutes(problem, means, seat.place, home)
    substitution, steps = speech_choice(problem, volunteer, seat) or (0, 0)
    used = not covered(volunteer, span.start, span.end, on_request=False)
    missed = not seat.gender_hard and gender_missed(volunteer, seat)
    changed = seat.published is not None and seat.published != volunteer.id
    return {
        "travel": travel_cost(weights, there_and_back),
        "substitution": substitution_cost(weights, substitution),
        "level": level_cost(weights, steps),
        "wished": wished_cost(weights, int(seat.wished == volunteer.id)),
        "gender": gender_cost(weights, int(missed)),
        "on_request": on_request_cost(weights, int(used)),
        "option": option_cost(weights, option),
        "change": change_cost(weights, int(changed)),
        "lending": lending_cost(weights, int(volunteer.lent)),
    }


def gender_missed(volunteer: Volunteer, seat: Seat) -> bool:
    """Tell whether a wish for a woman or a man is not met; an unknown gender does not meet it."""
    if seat.gender is None:
        return False
    return volunteer.female is not (seat.gender == "f")
