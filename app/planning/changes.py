"""What a plan does otherwise, seat by seat, in words of the service."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from app.planning.inquiries import ChangeRead
from matching import Assignment, Problem
from matching.standing import Change

SUPPOSED = "supposed-"
"""How the ids of people begin who only seem to be there."""


def reads(
    problem: Problem,
    names: Mapping[str, str],
    changes: Iterable[Change],
    *,
    supposed: frozenset[str] = frozenset(),
) -> list[ChangeRead]:
    """Changes of a plan; `supposed` are seats that have no row."""
    return [_read(problem, names, change, supposed) for change in changes]


def _read(
    problem: Problem, names: Mapping[str, str], change: Change, supposed: frozenset[str]
) -> ChangeRead:
    seat = problem.seats[problem.seat_index[change.seat]]
    return ChangeRead(
        seat_id=None if seat.id in supposed else UUID(seat.id),
        seat=names[seat.id],
        language=None if seat.language is None else problem.languages[seat.language],
        volunteer_id_before=_id(change.before),
        volunteer_before=_name(names, change.before),
        volunteer_id_after=_id(change.after),
        volunteer_after=_name(names, change.after),
    )


def _id(made: Assignment | None) -> UUID | None:
    return None if made is None or made.volunteer.startswith(SUPPOSED) else UUID(made.volunteer)


def _name(names: Mapping[str, str], made: Assignment | None) -> str | None:
    return None if made is None else names.get(made.volunteer, made.volunteer)
