"""What one person may do on a parents' day: how many slots, with which breaks."""

from dataclasses import dataclass
from functools import cached_property

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
