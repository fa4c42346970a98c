"""A parents' day: its slots laid out as shifts of as few people as possible, with breaks.

All slots begin on one grid, the school's: who has had a break comes back when the next slot of
everybody else begins.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

WORK_MINUTES, REST_MINUTES, MOST_MINUTES = 120, 15, 180
MINUTES_A_DAY = 24 * 60


class TooManySlots(ValueError):
    """More slots of a language than its people can do at once within the window."""

    def __init__(self, language: str, most: int) -> None:
        super().__init__(f"at most {most} slots of {language!r} fit into the window")
        self.language, self.most = language, most


class SlotTooLong(ValueError):
    """Not even one slot fits into the window, or into the work without a break."""


@dataclass(frozen=True)
class Need:
    """How many slots of a language are needed; `at_once`: by at most so many people at a time."""

    language: str
    slots: int
    at_once: int | None = None


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


@dataclass(frozen=True)
class Frame:
    """The window of a parents' day and the rules of work within it, in minutes.

    Parameters
    ----------
    start, end : int
        The window, minutes after midnight, half-open.
    slot_minutes, pause_minutes : int
        Length of a slot, and of the way to the next one.
    work_minutes, rest_minutes : int
        Nobody works longer than `work_minutes` without a break of at least `rest_minutes`.
    most_minutes : int
        Nobody is there longer, breaks included.

    Raises
    ------
    ValueError
        If the window is none, or a length is not positive.
    SlotTooLong
        If no slot fits.
    """

    start: int
    end: int
    slot_minutes: int
    pause_minutes: int = 0
    work_minutes: int = WORK_MINUTES
    rest_minutes: int = REST_MINUTES
    most_minutes: int = MOST_MINUTES

    def __post_init__(self) -> None:
        """Refuse what cannot be a parents' day."""
        if not 0 <= self.start < self.end <= MINUTES_A_DAY:
            raise ValueError(f"{self.start} to {self.end} is no window within a day")
        if self.slot_minutes <= 0 or self.pause_minutes < 0 or self.rest_minutes < 0:
            raise ValueError("slots, pauses and breaks cannot be that short")
        if self.slot_minutes > min(self.end - self.start, self.work_minutes, self.most_minutes):
            raise SlotTooLong(f"a slot of {self.slot_minutes} minutes does not fit")

    @property
    def step(self) -> int:
        """From the beginning of one slot to that of the next."""
        return self.slot_minutes + self.pause_minutes

    @property
    def cells(self) -> int:
        """How many slots one after the other fit into the window."""
        return (self.end - self.start + self.pause_minutes) // self.step

    @property
    def block(self) -> int:
        """How many slots one person does without a break."""
        return (self.work_minutes + self.pause_minutes) // self.step

    @property
    def rest_cells(self) -> int:
        """How many slots a break takes."""
        return max(0, -(-(self.rest_minutes - self.pause_minutes) // self.step))

    @cached_property
    def most_slots(self) -> int:
        """How many slots one person can do."""
        most = min(self.most_minutes, self.end - self.start)
        return max(n for n in range(1, self.cells + 1) if self.minutes(n) <= most)

    def taken(self, slots: int) -> int:
        """How much of the grid one person's slots take with their breaks."""
        return slots + self.rest_cells * (-(-slots // self.block) - 1)

    def minutes(self, slots: int) -> int:
        """How long one person is there for so many slots."""
        return self.taken(slots) * self.step - self.pause_minutes


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
    placed: list[tuple[int, int]] = []
    for number, lane in enumerate(_lanes(frame, need)):
        taken = [frame.taken(slots) for slots in lane]
        first = frame.cells - sum(taken) if number % 2 else 0
        begins = accumulate(taken[:-1], initial=first)
        placed += zip(begins, lane, strict=True)
    return [
        _shift(frame, need.language, number, cell, slots)
        for number, (cell, slots) in enumerate(sorted(placed), start=1)
    ]


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
