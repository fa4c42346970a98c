"""What a word does in a sentence about availability."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Literal

FIRST_MINUTE, LAST_MINUTE = 8 * 60, 20 * 60
MINUTES_A_DAY = 24 * 60
WHOLE_DAY = (8 * 60, 18 * 60)
WORKDAYS = (0, 1, 2, 3, 4)
EVERY_DAY = (*WORKDAYS, 5, 6)
Season = Literal["always", "term_time", "school_holidays"]
Parity = Literal["", "even", "odd"]
SEASONS: tuple[Season, ...] = ("always", "term_time", "school_holidays")
PARITIES: tuple[Parity, ...] = ("even", "odd")


class Kind(Enum):
    """What a word does in a sentence about availability."""

    DAYS = auto()
    SPAN = auto()
    FROM = auto()
    UNTIL = auto()
    NOT_BEFORE = auto()
    NOT_AFTER = auto()
    PART = auto()
    FLEXIBLE = auto()
    NOT = auto()
    ONLY = auto()
    SOFT = auto()
    ON_REQUEST = auto()
    EVERY = auto()
    SEASON = auto()
    PARITY = auto()
    VALIDITY = auto()
    ELSE = auto()
    NOTHING_ELSE = auto()
    SEPARATOR = auto()
    STOP = auto()
    CLOSING = auto()
    AND = auto()
    FILLER = auto()
    UNKNOWN = auto()


LIMITS = frozenset({Kind.NOT_BEFORE, Kind.NOT_AFTER})
"""Times that cut what was said before; alone they mean the same as "ab" and "bis"."""
OPEN_ENDED = frozenset({Kind.FROM, Kind.UNTIL})
TIMES = LIMITS | OPEN_ENDED | {Kind.SPAN, Kind.PART, Kind.FLEXIBLE}
CONDITIONS = frozenset({Kind.SOFT, Kind.ON_REQUEST, Kind.EVERY, Kind.SEASON, Kind.PARITY})
"""Words that say when, or how surely, the days and times beside them hold."""
BREAKS = frozenset({Kind.SEPARATOR, Kind.STOP})
SILENT = frozenset({Kind.FILLER, Kind.ONLY, Kind.CLOSING, Kind.NOTHING_ELSE})
NEEDS_NUMBERS = (TIMES - {Kind.FLEXIBLE}) | {
    Kind.DAYS,
    Kind.EVERY,
    Kind.SEASON,
    Kind.PARITY,
    Kind.VALIDITY,
}


@dataclass(frozen=True)
class Token:
    """One word or sign, with its place in the text.

    `numbers` are, by its kind, weekdays, minutes of the day, weeks, a place in `SEASONS` and
    whether it may speak for the whole phrase, a place in `PARITIES`, or two day numbers (0 for
    none).
    """

    kind: Kind
    start: int
    end: int
    numbers: tuple[int, ...] = ()
