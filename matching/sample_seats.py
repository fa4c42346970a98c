"""The seats of a synthetic week: requests of one to three people, and parents' days."""

from dataclasses import dataclass

import numpy as np

from matching.problem import Gender, Mode, Seat, Span
from matching.sample_ground import Bools, Calendar, Floats, Ground, Ints, Venues, chance, pick
from matching.sample_people import PAPERS, People

KINDS = ("office", "school", "kindergarten", "clinic")
DAYS = {0: 0.195, 1: 0.205, 2: 0.195, 3: 0.205, 4: 0.16, 5: 0.04}
HOURS = dict(enumerate((9, 15, 15, 11, 6, 7, 13, 11, 7, 3, 2, 1), start=8))
QUARTERS = {0: 0.55, 15: 0.08, 30: 0.30, 45: 0.07}
MINUTES = {30: 0.20, 45: 0.15, 60: 0.35, 90: 0.18, 120: 0.12}
PRIORITIES = {1: 0.5, 2: 0.3, 4: 0.15, 8: 0.05}
PAPER_SHARES = {-1: 0.82, 0: 0.09, 1: 0.06, 2: 0.03}
NOBODY, FEMALE, MALE, FEMALE_WISHED = range(4)
SLOT = 15
NEAREST = 4
BLOCK = 4_000_000


@dataclass(frozen=True)
class Demand:
    """How often seats differ from the plain case, as shares of one.

    With `shared_priority` a team weighs as much as one seat, else each of its seats does.
    """

    parents_day: float = 0.08
    team: float = 0.04
    second_date: float = 0.0
    phone: float = 0.10
    soft_gender: float = 0.05
    level: float = 0.10
    wished_level: float = 0.20
    consent: float = 0.15
    known: float = 0.35
    quota: float = 0.0
    guide: float = 0.0
    remote: float = 0.0
    silent: float = 0.0
    published: float = 0.0
    pinned: float = 0.0
    blocked: float = 0.0
    shared_priority: bool = True


@dataclass(frozen=True)
class Columns:
    """Seats as columns; `request` numbers the request, of slots the parents' day.

    `day`, `wall` and `minutes` have one column per date; a day of -1 means that there is none.
    """

    request: Ints
    is_slot: Bools
    venue: Ints
    language: Ints
    priority: Ints
    day: Ints
    wall: Ints
    minutes: Ints


@dataclass(frozen=True)
class Scene:
    """What seats are drawn from; `wanted` is the share of each language in the demand."""

    ground: Ground
    venues: Venues
    wanted: Floats
    demand: Demand
    random: np.random.Generator


def draw_seats(count: int, scene: Scene) -> Columns:
    """Draw so many seats, those of one request next to each other."""
    slots = int(count * scene.demand.parents_day)
    parts = _parents_days(slots, scene), _requests(count - slots, scene)
    days = int(parts[0].request.max(initial=-1)) + 1
    requests = np.concatenate([parts[0].request, parts[1].request + days])
    joined = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in ("is_slot", "venue", "language", "priority", "day", "wall", "minutes")
    }
    return Columns(request=requests, **joined)


def _parents_days(slots: int, scene: Scene) -> Columns:
    """Draw parents' days: slots of 15 minutes, three to eight a language, up to three languages."""
    random, rows = scene.random, list[tuple[int, ...]]()
    number = 0
    while len(rows) < slots:
        region = random.choice(len(scene.ground.share), 1, p=scene.ground.share)
        venue = int(scene.venues.choose(random, region)[0])
        day, first = int(random.integers(0, 5)), int(random.choice([840, 900, 960]))
        most = min(3, len(scene.wanted))
        for language in random.choice(len(scene.wanted), most, replace=False, p=scene.wanted):
            begin = first + SLOT * int(random.integers(0, 5))
            wall = range(begin, begin + SLOT * int(random.integers(3, 9)), SLOT)
            rows += [(number, venue, int(language), day, start) for start in wall]
        number += 1
    request, venues, language, days, starts = (
        np.array(rows[:slots], dtype=np.int64).reshape(-1, 5).T
    )
    none = np.full(slots, -1)
    return Columns(
        request=request,
        is_slot=np.ones(slots, dtype=np.bool_),
        venue=venues,
        language=language,
        priority=np.full(slots, 2),
        day=np.stack([days, none], axis=1),
        wall=np.stack([starts, none], axis=1),
        minutes=np.full((slots, 2), SLOT),
    )


def _requests(seats: int, scene: Scene) -> Columns:
    """Draw single requests: 3.5 in 100 need two people, one in 200 needs three."""
    random, team = scene.random, scene.demand.team
    number = pick(random, seats, {1: 1 - team, 2: 0.875 * team, 3: 0.125 * team})
    people = np.repeat(np.arange(seats), number)[:seats]
    region = random.choice(len(scene.ground.share), seats, p=scene.ground.share)
    dates = [_dates(seats, random) for _ in range(2)]
    second = chance(random, seats, scene.demand.second_date)
    day, wall, minutes = (np.stack(parts, axis=1) for parts in zip(*dates, strict=True))
    day[~second, 1] = -1
    return Columns(
        request=people,
        is_slot=np.zeros(seats, dtype=np.bool_),
        venue=scene.venues.choose(random, region)[people],
        language=random.choice(len(scene.wanted), seats, p=scene.wanted)[people],
        priority=_priority(number, scene)[people],
        day=day[people],
        wall=wall[people],
        minutes=minutes[people],
    )


def _priority(number: Ints, scene: Scene) -> Ints:
    """Draw the priority of each seat of a request; where it is shared, together that of one."""
    priority = pick(scene.random, len(number), PRIORITIES)
    return np.maximum(1, priority // number) if scene.demand.shared_priority else priority


def _dates(count: int, random: np.random.Generator) -> tuple[Ints, Ints, Ints]:
    """Give working day, wall-clock minute and length."""
    wall = 60 * pick(random, count, HOURS) + pick(random, count, QUARTERS)
    return pick(random, count, DAYS), wall, pick(random, count, MINUTES)


def known_people(columns: Columns, venues: Venues, people: People, scene: Scene) -> Ints:
    """Give some seats the person who came before: one of the four nearest speakers; else -1."""
    has = chance(scene.random, len(columns.request), scene.demand.known) & ~columns.is_slot
    found = np.full(len(columns.request), -1)
    for language in range(len(scene.wanted)):
        speakers = people.speak(language)
        seats = np.flatnonzero(has & (columns.language == language))
        step = max(1, BLOCK // max(1, len(speakers)))
        for begin in range(0, len(seats) if len(speakers) else 0, step):
            some = seats[begin : begin + step]
            near = _nearest(people, speakers, venues, columns.venue[some])
            choice = scene.random.integers(0, near.shape[1], len(some))
            found[some] = speakers[near[np.arange(len(some)), choice]]
    return found


def _nearest(people: People, speakers: Ints, venues: Venues, venue: Ints) -> Ints:
    """Give venues × 4 positions in `speakers`, as the crow flies."""
    x, y = people.x_m[speakers].astype(np.float32), people.y_m[speakers].astype(np.float32)
    east = venues.x_m[venue].astype(np.float32)[:, None] - x
    north = venues.y_m[venue].astype(np.float32)[:, None] - y
    distance = east * east + north * north
    most = min(NEAREST, len(speakers))
    near: Ints = np.argpartition(distance, most - 1, axis=1)[:, :most]
    return near


class Wording:
    """Turns columns into seats s0, s1, ... with the rest of what a request may ask for."""

    def __init__(self, columns: Columns, calendar: Calendar, scene: Scene) -> None:
        self.columns = columns
        self.calendar = calendar
        self.scene = scene
        self.count = len(columns.request)

    def build(self, known: list[str | None], published: list[str | None]) -> tuple[Seat, ...]:
        """Draw everything else and give the seats; venues are the first places of the problem."""
        demand, spans = self.scene.demand, self._spans()
        names = [f"{'day' if slot else 'r'}{n}" for n, slot in self._requests()]
        papers, gender, tags = self._papers(), self._gender(), self._tags()
        remote, phone = self._are(demand.remote), self._are(demand.phone)
        silent, guide = self._are(demand.silent), self._are(demand.guide)
        lowest, wished = self._levels(demand.level, 4), self._levels(demand.wished_level, 5)
        consent = self._are(demand.consent)
        venue, priority = self.columns.venue.tolist(), self.columns.priority.tolist()
        language = self.columns.language.tolist()
        return tuple(
            Seat(
                id=f"s{n}",
                request=names[n],
                role="guide" if guide[n] else "interpreter",
                spans=spans[n],
                place=None if remote[n] else venue[n],
                language=None if silent[n] else language[n],
                min_level=lowest[n],
                wished_level=wished[n],
                consent=consent[n],
                papers=papers[n],
                modes=_modes(remote=remote[n], phone=phone[n]),
                mode_alternatives=("video",) if phone[n] and not remote[n] else (),
                gender=gender[n][0],
                gender_hard=gender[n][1],
                priority=priority[n],
                cents=2_000,
                wished=known[n],
                tags=tags[n],
                published=published[n],
            )
            for n in range(self.count)
        )

    def _requests(self) -> list[tuple[int, bool]]:
        columns = self.columns
        return list(zip(columns.request.tolist(), columns.is_slot.tolist(), strict=True))

    def _are(self, share: float) -> list[bool]:
        """Draw one answer per request, no for the slots of parents' days."""
        answers = chance(self.scene.random, self.count, share)[self.columns.request]
        return list((answers & ~self.columns.is_slot).tolist())

    def _levels(self, share: float, level: int) -> list[int]:
        return [level if asked else 0 for asked in self._are(share)]

    def _spans(self) -> list[tuple[Span, ...]]:
        parts = [self._option(option) for option in range(self.columns.day.shape[1])]
        return [tuple(span for span in row if span) for row in zip(*parts, strict=True)]

    def _option(self, option: int) -> list[Span | None]:
        calendar = self.calendar
        day = self.columns.day[:, option]
        start = calendar.minute(day, self.columns.wall[:, option])
        end = start + self.columns.minutes[:, option]
        rows = (day, start, end, calendar.day[day], calendar.week[day])
        return [
            Span(a, b, local, week, calendar.year) if number >= 0 else None
            for number, a, b, local, week in zip(*(row.tolist() for row in rows), strict=True)
        ]

    def _papers(self) -> list[tuple[str, ...]]:
        asked = pick(self.scene.random, self.count, PAPER_SHARES)[self.columns.request]
        names = [(name,) for name in PAPERS]
        slots = self.columns.is_slot.tolist()
        return [
            names[number] if number >= 0 and not slot else ()
            for number, slot in zip(asked.tolist(), slots, strict=True)
        ]

    def _gender(self) -> list[tuple[Gender | None, bool]]:
        """Give who is asked for and whether it must be: mostly nobody in particular."""
        soft = self.scene.demand.soft_gender
        shares = {NOBODY: 0.93 - soft, FEMALE: 0.055, MALE: 0.015, FEMALE_WISHED: soft}
        asked = pick(self.scene.random, self.count, shares)[self.columns.request]
        words: tuple[tuple[Gender | None, bool], ...]
        words = (None, False), ("f", True), ("m", True), ("f", False)
        return [words[number] for number in np.where(self.columns.is_slot, 0, asked).tolist()]

    def _tags(self) -> list[frozenset[str]]:
        kinds = self.scene.venues.kind.tolist()
        tags = [frozenset((f"kind:{KINDS[k]}", f"institution:{n}")) for n, k in enumerate(kinds)]
        return [tags[venue] for venue in self.columns.venue.tolist()]


def _modes(*, remote: bool, phone: bool) -> tuple[Mode, ...]:
    if remote:
        return ("video", "phone")
    return ("on_site", "phone") if phone else ("on_site",)
