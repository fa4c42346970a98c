"""A parents' day: its slots laid out as shifts of as few people as possible, with breaks.

All slots begin on one grid, the school's: who has had a break comes back when the next slot of
everybody else begins.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, groupby
from operator import itemgetter

from scheduling.parents_day_rules import (
    MOST_MINUTES,
    REST_MINUTES,
    WORK_MINUTES,
    Frame,
    SlotTooLong,
    TooManySlots,
)

__all__ = [
    "MOST_MINUTES",
    "REST_MINUTES",
    "WORK_MINUTES",
    "Frame",
    "Need",
    "Shift",
    "SlotTooLong",
    "TooManySlots",
    "lay_out",
]


@dataclass(frozen=True)
class Need:
    """How many slots of a language are needed.

    Parameters
    ----------
    language : str
        Any name for it.
    slots : int
        How many are to be laid out.
    at_once : int, optional
        By at most so many people at a time.
    taken : tuple of (start, end)
        When other people of the language are there already, in minutes, half-open: they count for
        `at_once`, and their slots are not among those to be laid out.
    """

    language: str
    slots: int
    at_once: int | None = None
    taken: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Shift:
    """What one person does: local minutes of her slots and of her breaks.

    Parameters
    ----------
    language : str
        As in the need.
    number : int
        Her place among the people of the language, from 1, in the order in which they begin.
    start, end : int
        Minutes after midnight, half-open: the first slot begins, the last one ends.
    slots : tuple of int
        When each slot begins.
    breaks : tuple of (start, end)
        Half-open.
    """

    language: str
    number: int
    start: int
    end: int
    slots: tuple[int, ...]
    breaks: tuple[tuple[int, int], ...]


def lay_out(frame: Frame, needs: Sequence[Need]) -> tuple[Shift, ...]:
    """The shifts of a parents' day: fewest people first, then shifts of even length.

    People of one language who cannot follow each other work at the same time; one group begins
    with the window, the next ends with it, so that the language is there as long as possible.

    Parameters
    ----------
    frame : Frame
        The window and the rules.
    needs : sequence of Need
        Each with at least one slot.

    Returns
    -------
    tuple of Shift
        In the order of the needs, then by their beginning.

    Raises
    ------
    TooManySlots
        If they do not fit with so many people at once.
    ValueError
        If a need has no slot or nobody at once.

    References
    ----------
    A break of 15 minutes after 120, at most 3 hours a person: what pools agree with schools.
    """
    return tuple(shift for need in needs for shift in _shifts(frame, need))


def _shifts(frame: Frame, need: Need) -> list[Shift]:
    if need.slots < 1 or (need.at_once is not None and need.at_once < 1):
        raise ValueError(f"a need of {need.slots} slots by {need.at_once} people is none")
    placed = _beside(frame, need) if need.at_once and need.taken else _placed(frame, need)
    return [
        _shift(frame, need.language, number, cell, slots)
        for number, (cell, slots) in enumerate(sorted(placed), start=1)
    ]


def _placed(frame: Frame, need: Need) -> list[tuple[int, int]]:
    """Where in the grid each person begins, and how many slots she does."""
    placed: list[tuple[int, int]] = []
    for number, lane in enumerate(_lanes(frame, need)):
        taken = [frame.taken(slots) for slots in lane]
        first = frame.cells - sum(taken) if number % 2 else 0
        begins = accumulate(taken[:-1], initial=first)
        placed += zip(begins, lane, strict=True)
    return placed


def _beside(frame: Frame, need: Need) -> list[tuple[int, int]]:
    """The same where others are there already: the longest gaps they leave are filled first."""
    gaps = sorted(_gaps(frame, need), key=lambda gap: (gap[0] - gap[1], gap))
    room = sum(end - begin for begin, end in gaps)
    if need.slots > room:
        raise TooManySlots(need.language, room)
    placed: list[tuple[int, int]] = []
    left = need.slots
    for begin, end in gaps:
        share = min(left, end - begin)
        if share:
            start = frame.start + begin * frame.step
            last = start + (end - begin) * frame.step - frame.pause_minutes
            within = replace(frame, start=start, end=last)
            own = _placed(within, Need(need.language, share, 1))
            placed += [(begin + cell, slots) for cell, slots in own]
        left -= share
    return placed


def _gaps(frame: Frame, need: Need) -> list[tuple[int, int]]:
    """Stretches of the grid in which one more person may be there, once for each of them."""
    begins = range(frame.start, frame.start + frame.cells * frame.step, frame.step)
    there = [
        sum(begin < end and start < begin + frame.slot_minutes for start, end in need.taken)
        for begin in begins
    ]
    gaps: list[tuple[int, int]] = []
    for others in range(need.at_once or 0):
        cells = enumerate(number <= others for number in there)
        for is_free, run in groupby(cells, key=itemgetter(1)):
            places = [cell for cell, _ in run]
            if is_free:
                gaps.append((places[0], places[-1] + 1))
    return gaps


def _shift(frame: Frame, language: str, number: int, cell: int, slots: int) -> Shift:
    """One person's slots from a place in the grid on, her breaks between even parts."""
    begins: list[int] = []
    breaks: list[tuple[int, int]] = []
    at = frame.start + cell * frame.step
    for part in even(slots, -(-slots // frame.block)):
        if begins and frame.rest_cells:
            breaks.append((begins[-1] + frame.slot_minutes, at))
        begins += range(at, at + part * frame.step, frame.step)
        at = begins[-1] + (1 + frame.rest_cells) * frame.step
    end = begins[-1] + frame.slot_minutes
    return Shift(language, number, begins[0], end, tuple(begins), tuple(breaks))


def even(total: int, parts: int) -> list[int]:
    """A number as a sum of equal parts, the larger ones first."""
    share, more = divmod(total, parts)
    return [share + 1] * more + [share] * (parts - more)


def _lanes(frame: Frame, need: Need) -> list[list[int]]:
    """People who follow each other, lane by lane: how many slots each of them does."""
    people = -(-need.slots // frame.most_slots)
    lanes = _packed(frame, even(need.slots, people))
    if need.at_once is None or len(lanes) <= need.at_once:
        return lanes
    if need.slots > need.at_once * frame.cells:
        raise TooManySlots(need.language, need.at_once * frame.cells)
    return _fewest(frame, need.slots, need.at_once)


def _packed(frame: Frame, shifts: Sequence[int]) -> list[list[int]]:
    """Shifts one after the other where the window has room, else in another lane."""
    lanes: list[list[int]] = []
    for slots in shifts:
        for lane in lanes:
            if sum(map(frame.taken, [*lane, slots])) <= frame.cells:
                lane.append(slots)
                break
        else:
            lanes.append([slots])
    return lanes


def _fewest(frame: Frame, slots: int, lanes: int) -> list[list[int]]:
    """The fewest people in so many lanes, then the most even lanes, by dynamic programming."""
    of_lane = _of_lane(frame, slots)
    best: dict[int, tuple[int, int, tuple[int, ...]]] = {0: (0, 0, ())}
    for _ in range(lanes):
        found: dict[int, tuple[int, int, tuple[int, ...]]] = {}
        for done, (people, uneven, shares) in best.items():
            for share in range(min(frame.cells, slots - done) + 1):
                far = uneven + (share * lanes - slots) ** 2
                way = (people + len(of_lane[share]), far, (*shares, share))
                found[done + share] = min(way, found.get(done + share, way))
        best = found
    return [of_lane[share] for share in best[slots][2] if share]


def _of_lane(frame: Frame, slots: int) -> list[list[int]]:
    """By number of slots the fewest people who do them one after the other, as even as can be."""
    ways: list[list[int]] = [[]]
    for wanted in range(1, min(frame.cells, slots) + 1):
        people = -(-wanted // frame.most_slots)
        while (way := _one_after_another(frame, wanted, people)) is None:
            people += 1
        ways.append(way)
    return ways


def _one_after_another(frame: Frame, slots: int, people: int) -> list[int] | None:
    """So many people's slots within one lane; None when their breaks leave no room.

    When even shares do not fit, as many as possible do what can be done without a break.
    """
    for without in range(people):
        shares = even(slots - without * frame.block, people - without) + [frame.block] * without
        fits = sum(map(frame.taken, shares)) <= frame.cells
        if fits and max(shares) <= frame.most_slots:
            return shares
    return None
