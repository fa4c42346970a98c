"""Sets of assignments of which one volunteer can do at most one, covering every conflict."""

from collections.abc import Iterator

import numpy as np

from matching.candidates import Candidates
from matching.rules import gap_minutes
from matching.tables import Ints


def conflict_cliques(candidates: Candidates, pairs: Ints) -> Iterator[list[int]]:
    """Give cliques (lists of pairs) that together cover every conflict within each volunteer.

    Parameters
    ----------
    pairs
        Pairs in ascending order, so by volunteer and start.
    """
    people = candidates.volunteer[pairs]
    for group in np.split(pairs, np.flatnonzero(np.diff(people)) + 1):
        if len(group) > 1:
            members = group.tolist()
            for clique in cover(_conflicts(candidates, group)):
                yield [members[number] for number in clique]


def _conflicts(candidates: Candidates, pairs: Ints) -> list[int]:
    """Give one bit mask of conflicting pairs per pair of one volunteer, in time order."""
    people = candidates.tables.volunteers
    means = people.transport[candidates.volunteer[pairs]]
    start, end, place = candidates.start[pairs], candidates.end[pairs], candidates.place[pairs]
    earlier, later = np.triu_indices(len(pairs), 1)
    gaps = gap_minutes(candidates.tables, means[earlier], place[earlier], place[later])
    clash = np.flatnonzero(end[earlier] + gaps > start[later])
    masks = [0] * len(pairs)
    for a, b in zip(earlier[clash].tolist(), later[clash].tolist(), strict=True):
        masks[a] |= 1 << b
        masks[b] |= 1 << a
    return masks


def cover(masks: list[int]) -> Iterator[list[int]]:
    """Cover all edges: from each pair in time order grow a clique over edges not covered yet."""
    uncovered = list(masks)
    for number in range(len(masks)):
        while uncovered[number]:
            clique = _grow(masks, uncovered, number)
            bits = sum(1 << member for member in clique)
            for member in clique:
                uncovered[member] &= ~bits
            yield sorted(clique)


def _grow(masks: list[int], uncovered: list[int], first: int) -> list[int]:
    clique, fresh = [first], uncovered[first]
    common = masks[first]
    while common:
        wanted = common & fresh or common
        member = (wanted & -wanted).bit_length() - 1
        clique.append(member)
        common &= masks[member]
    return clique
