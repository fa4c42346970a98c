"""Seats that must be decided together: teams that go as a whole, requests with one date."""

from matching.problem import Problem
from matching.schedule import Schedule


def strict_teams(problem: Problem) -> tuple[tuple[int, ...], ...]:
    """Give the all-or-none groups as seat rows.

    A team with accepted work in it is left out: accepted work stays, whether or not the rest
    can be filled.
    """
    pinned = {pin.seat for pin in problem.pins}
    return tuple(
        tuple(problem.seat_index[name] for name in names)
        for names in problem.all_or_none
        if pinned.isdisjoint(names)
    )


def bundles(problem: Problem) -> list[tuple[int, ...]]:
    """Split all seats into the smallest sets that no team and no common date crosses."""
    root = list(range(len(problem.seats)))

    def find(seat: int) -> int:
        while root[seat] != seat:
            root[seat] = root[root[seat]]
            seat = root[seat]
        return seat

    for names in problem.all_or_none + problem.same_option:
        rows = [problem.seat_index[name] for name in names]
        for row in rows[1:]:
            root[find(row)] = find(rows[0])
    found: dict[int, list[int]] = {}
    for seat in range(len(root)):
        found.setdefault(find(seat), []).append(seat)
    return [tuple(seats) for seats in found.values()]


def drop_partial_teams(schedule: Schedule, teams: tuple[tuple[int, ...], ...]) -> None:
    """Take out every team that is only partly filled, until none is left."""
    changed = True
    while changed:
        changed = False
        for team in teams:
            filled = [seat for seat in team if seat in schedule.pair_of]
            if filled and len(filled) < len(team):
                for seat in filled:
                    schedule.remove(schedule.pair_of[seat])
                changed = True
