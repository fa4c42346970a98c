"""Draws synthetic weeks for tests and measurements; all names and numbers are invented.

A week has the regions of Hessen with their share of the people, languages of very different
demand, volunteers with one to four languages and part of the week free, parents' days with many
short slots beside single requests, teams, second dates, caps and clients with a budget.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from matching.problem import (
    ParentsDay,
    Pin,
    Place,
    Problem,
    Quota,
    Seat,
    Transport,
    Travel,
)
from matching.sample_ground import (
    Bools,
    Floats,
    Ints,
    Venues,
    chance,
    changing_week,
    draw_ground,
    draw_venues,
    ordinary_week,
)
from matching.sample_people import (
    DETOUR_PERCENT,
    FIXED_MINUTES,
    METRES_PER_MINUTE,
    Habits,
    People,
    Volunteers,
    draw_people,
)
from matching.sample_seats import (
    Columns,
    Demand,
    Scene,
    Wording,
    draw_seats,
    known_people,
)

Mix = Literal["plain", "full", "rich"]
TAGS = (
    *("ar", "prs", "uk", "tr", "fa", "ru", "kmr", "ti", "apc", "so", "ps", "ro", "bg", "sq", "ckb"),
    *("bs", "hr", "sr", "am", "en", "fr", "ur", "pa", "pl", "es", "om", "vi", "rmy", "acm", "ary"),
    *("el", "it", "pt", "hu", "zh", "th", "ta", "sw", "ka", "hy"),
)
# Wanted, spoken, cost: one way only where the other would make the frequent languages one pool.
SUBSTITUTES = (("apc", "ar", 20), ("fa", "prs", 15), ("bs", "hr", 10), ("hr", "bs", 10))
CONSENT = (("uk", "ru", 30), ("kmr", "tr", 40))
RELATED = ("ar", "apc", "uk", "ru")
NOBODY = -1
CLIENT_SEATS, CLIENT_MOST = 5, 4
TRAVEL = Travel(
    {
        "car": Transport(METRES_PER_MINUTE, DETOUR_PERCENT, FIXED_MINUTES),
        "transit": Transport(450, 140, 10),
    },
    same_town_minutes=FIXED_MINUTES,
    buffer_minutes=0,
)
RICH_HABITS = Habits(
    on_request=0.15,
    phone=0.4,
    unlimited=0.1,
    slow=0.3,
    expiring=0.15,
    busy=0.1,
    guide=0.2,
    picky=0.1,
    open_question=0.03,
    unknown_gender=0.05,
    cents=0.3,
    lent=0.05,
    long_days=0.1,
)
FULL_DEMAND = Demand(second_date=0.05, quota=0.05, shared_priority=False)
RICH_DEMAND = Demand(
    parents_day=0.2,
    team=0.1,
    second_date=0.2,
    phone=0.2,
    soft_gender=0.1,
    quota=0.5,
    guide=0.05,
    remote=0.05,
    silent=0.03,
    published=0.05,
    pinned=0.1,
    consent=0.3,
    blocked=0.5,
    shared_priority=False,
)
DEMANDS = {"plain": Demand(), "full": FULL_DEMAND, "rich": RICH_DEMAND}


@dataclass(frozen=True)
class Size:
    """How large a week is, and what is in it.

    A "plain" week has single requests, parents' days and teams that weigh as much as one seat; a
    "full" one also second dates, clients with a budget, and teams of which every seat counts; a
    "rich" one a little of everything a week may have.
    """

    volunteers: int
    seats: int
    regions: int
    languages: int = len(TAGS)
    mix: Mix = "rich"


SIZES = {
    "tiny": Size(4, 6, 2, 2),
    "small": Size(12, 24, 3, 3),
    "pool": Size(50, 100, 3, 8, mix="plain"),
    "region": Size(500, 2_000, 16, mix="plain"),
    "state": Size(3_000, 10_000, 33, mix="plain"),
    "nation": Size(20_000, 100_000, 400, mix="plain"),
}


def generate(size: Size, seed: int, *, clock_change: bool = False) -> Problem:
    """Draw one week; the same size and seed give the same problem.

    With `clock_change` it is one in which the clocks go back (even seed) or forward (odd seed).
    """
    random = np.random.default_rng(seed)
    ground = draw_ground(size.regions, random)
    supply = _shares(1 / np.arange(1, size.languages + 1))
    wanted = _shares(supply * random.lognormal(0, 0.45, size.languages))
    people = draw_people(size.volunteers, ground, supply, random)
    venues = draw_venues(size.seats, ground, random)
    demand = DEMANDS[size.mix]
    scene = Scene(ground, venues, wanted, demand, random)
    columns = draw_seats(size.seats, scene)
    calendar = changing_week(seed) if clock_change else ordinary_week()
    habits = RICH_HABITS if size.mix == "rich" else Habits()
    volunteers = Volunteers(people, calendar, habits, random).build(len(venues.x_m))
    known = known_people(columns, venues, people, scene)
    published = np.where(chance(random, len(known), demand.published), known, NOBODY)
    wording = Wording(columns, calendar, scene)
    seats = wording.build(_names(known), _names(published))
    groups = _groups(columns, is_slot=False)
    tags = _languages(size)
    pins = _pins(columns, seats, known, chance(random, len(known), demand.pinned))
    return Problem(
        languages=tags,
        substitution=_substitution(tags),
        needs_consent=_needs_consent(tags),
        places=_places(venues, people),
        travel=TRAVEL,
        volunteers=volunteers,
        seats=seats,
        all_or_none=groups,
        same_option=tuple(names for names in groups if len(seats[_row(names[0])].spans) > 1),
        at_most=_quotas(columns, demand.quota, random),
        parents_days=tuple(ParentsDay(names) for names in _groups(columns, is_slot=True)),
        pins=pins,
        blocks=_blocks(pins, len(seats), chance(random, len(pins), demand.blocked)),
    )


def _shares(weights: Floats) -> Floats:
    shares: Floats = weights / weights.sum()
    return shares


def _names(rows: Ints) -> list[str | None]:
    return [f"v{row}" if row != NOBODY else None for row in rows.tolist()]


def _row(seat: str) -> int:
    return int(seat[1:])


def _languages(size: Size) -> tuple[str, ...]:
    """Give the most frequent languages; in a rich week those that can stand in for others lead."""
    tags = tuple(dict.fromkeys(RELATED + TAGS)) if size.mix == "rich" else TAGS
    return tags[: size.languages]


def _substitution(tags: tuple[str, ...]) -> tuple[tuple[int, ...], ...]:
    known = {(wanted, spoken): cost for wanted, spoken, cost in SUBSTITUTES + CONSENT}
    return tuple(
        tuple(0 if wanted == spoken else known.get((wanted, spoken), -1) for spoken in tags)
        for wanted in tags
    )


def _needs_consent(tags: tuple[str, ...]) -> tuple[tuple[bool, ...], ...]:
    asked = {(wanted, spoken) for wanted, spoken, _ in CONSENT}
    return tuple(tuple((wanted, spoken) in asked for spoken in tags) for wanted in tags)


def _places(venues: Venues, people: People) -> tuple[Place, ...]:
    """Give venues, then homes, each a town of its own: only the same door is nearer."""
    x = np.concatenate([venues.x_m, people.x_m]).tolist()
    y = np.concatenate([venues.y_m, people.y_m]).tolist()
    return tuple(Place(*row) for row in zip(x, y, range(len(x)), strict=True))


def _groups(columns: Columns, *, is_slot: bool) -> tuple[tuple[str, ...], ...]:
    """Give the seats of requests with more than one, or those of parents' days."""
    rows = np.flatnonzero(columns.is_slot == is_slot)
    edges = np.flatnonzero(np.diff(columns.request[rows])) + 1
    least = 1 if is_slot else 2
    return tuple(
        tuple(f"s{row}" for row in part.tolist())
        for part in np.split(rows, edges)
        if len(part) >= least
    )


def _quotas(columns: Columns, share: float, random: np.random.Generator) -> tuple[Quota, ...]:
    """Give clients with five requests in one language near each other, of which four may be."""
    rows = np.flatnonzero(~columns.is_slot)
    rows = rows[np.lexsort((columns.venue[rows], columns.language[rows]))]
    clients = rows[: len(rows) // CLIENT_SEATS * CLIENT_SEATS].reshape(-1, CLIENT_SEATS)
    chosen = clients[chance(random, len(clients), share)]
    return tuple(Quota(tuple(f"s{row}" for row in some), CLIENT_MOST) for some in chosen.tolist())


def _pins(columns: Columns, seats: tuple[Seat, ...], known: Ints, chosen: Bools) -> tuple[Pin, ...]:
    """Pin some known people to single requests with one date, each at most once."""
    pins: dict[int, Pin] = {}
    for row in np.flatnonzero(chosen & (known != NOBODY) & _alone(columns)).tolist():
        if len(seats[row].spans) == 1:
            person = int(known[row])
            pins.setdefault(person, Pin(f"s{row}", f"v{person}"))
    return tuple(pins.values())


def _alone(columns: Columns) -> Bools:
    alone: Bools = np.bincount(columns.request)[columns.request] == 1
    return alone


def _blocks(pins: tuple[Pin, ...], seats: int, chosen: Bools) -> frozenset[tuple[str, str]]:
    """Keep some of those with accepted work away from the next seat."""
    some = [pin for pin, blocked in zip(pins, chosen.tolist(), strict=True) if blocked]
    return frozenset((pin.volunteer, f"s{(_row(pin.seat) + 1) % seats}") for pin in some)
