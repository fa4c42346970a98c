"""Seats that must be decided together: teams that go as a whole, requests with one date."""

from collections.abc import Iterable, Sequence

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
    index = problem.seat_index
    names = problem.all_or_none + problem.same_option
    return joined(len(problem.seats), ([index[name] for name in group] for group in names))


def joined(count: int, groups: Iterable[Sequence[int]]) -> list[tuple[int, ...]]:
    """Split 0, 1, ... count - 1 into the smallest sets that no group crosses."""
    root = list(range(count))

    def find(item: int) -> int:
        while root[item] != item:
            root[item] = root[root[item]]
            item = root[item]
        return item

    for group in groups:
        for item in group[1:]:
            root[find(item)] = find(group[0])
    found: dict[int, list[int]] = {}
    for item in range(count):
        found.setdefault(find(item), []).append(item)
    return [tuple(items) for items in found.values()]


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
