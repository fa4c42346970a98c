"""What the engine is asked: volunteers, seats, groups and weights, in integers only.

Times are UTC minutes from the plan's start, intervals are half-open, money is integer cents.
Local days, ISO weeks and grant years are computed outside: the package knows no time zone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

Period = Literal["day", "week", "year", "tax_year"]
Unit = Literal["assignments", "minutes", "cents"]
Mode = Literal["on_site", "phone", "video"]
Gender = Literal["f", "m"]

MODES: tuple[Mode, ...] = ("on_site", "phone", "video")
UNKNOWN_LEVEL = 0
NATIVE_LEVEL = 7


@dataclass(frozen=True)
class Place:
    """A building on a plane in metres; the same index means the same building."""

    x_m: int
    y_m: int
    town: int


@dataclass(frozen=True)
class Transport:
    """How fast one mode of transport goes: fixed minutes plus detoured distance over speed."""

    metres_per_minute: int
    detour_percent: int = 130
    fixed_minutes: int = 5


@dataclass(frozen=True)
class Travel:
    """Travel model: a formula, unless a routing service gave minutes.

    `overrides` maps (transport, from, to) to minutes and wins over `matrices`; a matrix holds the
    minutes between all places (rows = from, -1 = not known) and wins over the formula.
    """

    transports: Mapping[str, Transport]
    same_town_minutes: int = 20
    buffer_minutes: int = 10
    overrides: Mapping[tuple[str, int, int], int] = field(default_factory=dict)
    matrices: Mapping[str, tuple[tuple[int, ...], ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Window:
    """The half-open interval [start, end) in minutes."""

    start: int
    end: int


@dataclass(frozen=True)
class Busy:
    """Time already taken [start, end); place None means that nobody has to travel to it."""

    start: int
    end: int
    place: int | None = None


@dataclass(frozen=True)
class Cap:
    """What is left in a period after the load so far.

    Index None speaks for every such period that has no cap of its own in the same unit.
    """

    period: Period
    index: int | None
    unit: Unit
    left: int


@dataclass(frozen=True)
class Span:
    """When a seat takes place: [start, end) with its local day, ISO week and years.

    `year` numbers the grant year and `tax_year` that of the payment. Seats of which each kind has a
    limit of its own have other numbers in the same year: a cap is of one number.
    """

    start: int
    end: int
    day: int
    week: int
    year: int
    tax_year: int = 0

    @property
    def minutes(self) -> int:
        return self.end - self.start


@dataclass(frozen=True)
class Volunteer:
    """One person of the pool with everything that decides where she may go.

    `languages` maps a language index to a level (0 unknown, 1-6 A1-C2, 7 native), `papers` a name
    to the minute until which it is valid (exclusive). `windows` is availability, `soft_windows`
    time "on request". `lead_minutes` is the quarter's lead over the pool's median, together with
    minutes of this week that no seat of the problem stands for. `lent` marks a volunteer of another
    pool, whose every assignment costs `weights.lending`; `long_days` one who wants no limit and no
    breaks on parents' days.
    """

    id: str
    roles: frozenset[str]
    home: int
    transport: str
    languages: Mapping[int, int] = field(default_factory=dict)
    female: bool | None = None
    papers: Mapping[str, int] = field(default_factory=dict)
    windows: tuple[Window, ...] = ()
    soft_windows: tuple[Window, ...] = ()
    busy: tuple[Busy, ...] = ()
    caps: tuple[Cap, ...] = ()
    modes: frozenset[Mode] = frozenset(MODES)
    max_travel_minutes: int | None = None
    excluded: frozenset[str] = frozenset()
    only_kinds: frozenset[str] | None = None
    lead_minutes: int = 0
    open_question: bool = False
    lent: bool = False
    long_days: bool = False


@dataclass(frozen=True)
class Seat:
    """One role to be filled: `spans` has one entry per alternative date.

    `modes` are alternatives in order of preference, `mode_alternatives` those nobody asked for but
    which would do: never planned, only offered as a repair. `wished` is the same person as before,
    `published` the volunteer of a proposal that people have already seen.
    """

    id: str
    request: str
    role: str
    spans: tuple[Span, ...]
    place: int | None = None
    language: int | None = None
    min_level: int = 0
    wished_level: int = 0
    consent: bool = False
    papers: tuple[str, ...] = ()
    modes: tuple[Mode, ...] = ("on_site",)
    mode_alternatives: tuple[Mode, ...] = ()
    gender: Gender | None = None
    gender_hard: bool = False
    priority: int = 1
    cents: int = 0
    wished: str | None = None
    tags: frozenset[str] = frozenset()
    published: str | None = None


@dataclass(frozen=True)
class Quota:
    """At most `k` of these seats are filled: a cap per client, a grant's budget."""

    seats: tuple[str, ...]
    k: int


@dataclass(frozen=True)
class ParentsDay:
    """Slots of one parents' day, which may be split between people.

    A volunteer works at most `most_minutes` of it, and in any `work_minutes + rest_minutes` at most
    `work_minutes`: a break of 15 minutes after 120. Nothing of it holds for `long_days` volunteers.
    """

    seats: tuple[str, ...]
    work_minutes: int = 120
    rest_minutes: int = 15
    most_minutes: int = 180


@dataclass(frozen=True)
class Pin:
    """Accepted work: this volunteer keeps this seat on this option."""

    seat: str
    volunteer: str
    option: int = 0


@dataclass(frozen=True)
class Weights:
    """A named profile of points; 20 points weigh as much as one minute of travel.

    `fairness` holds (minutes from which on, points per minute); `options` the points of the
    first, second, ... alternative date, the last entry counting for all later ones. `opening`
    are the points of each volunteer who has anything to do at all: with it as the only cost a plan
    needs the fewest people.
    """

    name: str = "default"
    factor: int = 10_000
    travel: int = 20
    fairness: tuple[tuple[int, int], ...] = ((0, 0), (120, 2), (240, 5), (360, 10))
    substitution: int = 10
    level: int = 200
    wished: int = -400
    gender: int = 600
    on_request: int = 300
    options: tuple[int, ...] = (0, 100, 200)
    change: int = 3_000
    lending: int = 2_000
    opening: int = 0


@dataclass(frozen=True)
class Problem:
    """Everything that crosses the seam into the engine.

    `substitution` is n × n (rows = wanted, columns = spoken): a cost from 0 to 100, or -1 for
    never; `needs_consent` has the same shape. `lendable` are volunteers of other pools who could be
    asked: never planned, only offered as a repair.
    """

    languages: tuple[str, ...]
    substitution: tuple[tuple[int, ...], ...]
    needs_consent: tuple[tuple[bool, ...], ...]
    places: tuple[Place, ...]
    travel: Travel
    volunteers: tuple[Volunteer, ...]
    seats: tuple[Seat, ...]
    all_or_none: tuple[tuple[str, ...], ...] = ()
    same_option: tuple[tuple[str, ...], ...] = ()
    at_most: tuple[Quota, ...] = ()
    parents_days: tuple[ParentsDay, ...] = ()
    lendable: tuple[Volunteer, ...] = ()
    pins: tuple[Pin, ...] = ()
    blocks: frozenset[tuple[str, str]] = frozenset()
    weights: Weights = Weights()

    @cached_property
    def seat_index(self) -> dict[str, int]:
        return {seat.id: number for number, seat in enumerate(self.seats)}

    @cached_property
    def volunteer_index(self) -> dict[str, int]:
        return {volunteer.id: number for number, volunteer in enumerate(self.volunteers)}
