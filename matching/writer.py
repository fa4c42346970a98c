"""Writes a problem the way `problemfiles.read_problem` reads it."""

from typing import Any

from matching.problem import Problem, Seat, Volunteer

PROBLEM_FORMAT = "lotsenwerk-problem/1"


def write_problem(problem: Problem) -> dict[str, Any]:
    """Turn a problem into what a file holds; `read_problem` gives the same problem back."""
    weights, travel, tags = problem.weights, problem.travel, problem.languages
    return {
        "format": PROBLEM_FORMAT,
        "languages": list(tags),
        "substitution": [
            {
                "wanted": tags[wanted],
                "spoken": tags[spoken],
                "cost": cost,
                "needs_consent": problem.needs_consent[wanted][spoken],
            }
            for wanted, row in enumerate(problem.substitution)
            for spoken, cost in enumerate(row)
            if wanted != spoken and cost >= 0
        ],
        "places": [vars(place) for place in problem.places],
        "travel": {
            "transports": {name: vars(means) for name, means in travel.transports.items()},
            "same_town_minutes": travel.same_town_minutes,
            "buffer_minutes": travel.buffer_minutes,
            "overrides": [
                {"transport": name, "from": start, "to": end, "minutes": minutes}
                for (name, start, end), minutes in travel.overrides.items()
            ],
            "matrices": {
                name: [list(row) for row in matrix] for name, matrix in travel.matrices.items()
            },
        },
        "volunteers": [_written_volunteer(volunteer, tags) for volunteer in problem.volunteers],
        "seats": [_written_seat(seat, tags) for seat in problem.seats],
        "all_or_none": [list(names) for names in problem.all_or_none],
        "same_option": [list(names) for names in problem.same_option],
        "at_most": [{"seats": list(quota.seats), "k": quota.k} for quota in problem.at_most],
        "parents_days": [vars(day) | {"seats": list(day.seats)} for day in problem.parents_days],
        "lendable": [_written_volunteer(volunteer, tags) for volunteer in problem.lendable],
        "pins": [vars(pin) for pin in problem.pins],
        "blocks": [{"volunteer": who, "seat": seat} for who, seat in sorted(problem.blocks)],
        "weights": vars(weights)
        | {
            "fairness": [{"above_minutes": a, "points": p} for a, p in weights.fairness],
            "options": list(weights.options),
        },
    }


def _written_volunteer(volunteer: Volunteer, tags: tuple[str, ...]) -> dict[str, Any]:
    lists = ("windows", "soft_windows", "busy", "caps")
    only = volunteer.only_kinds
    return (
        vars(volunteer)
        | {name: [vars(item) for item in getattr(volunteer, name)] for name in lists}
        | {name: sorted(getattr(volunteer, name)) for name in ("roles", "modes", "excluded")}
        | {
            "languages": {tags[index]: level for index, level in volunteer.languages.items()},
            "papers": dict(volunteer.papers),
            "only_kinds": None if only is None else sorted(only),
        }
    )


def _written_seat(seat: Seat, tags: tuple[str, ...]) -> dict[str, Any]:
    return vars(seat) | {
        "language": None if seat.language is None else tags[seat.language],
        "spans": [vars(span) for span in seat.spans],
        "papers": list(seat.papers),
        "modes": list(seat.modes),
        "mode_alternatives": list(seat.mode_alternatives),
        "tags": sorted(seat.tags),
    }
