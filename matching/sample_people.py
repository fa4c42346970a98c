"""The volunteers of a synthetic week: where they live, what they speak, when they have time."""

from dataclasses import dataclass

import numpy as np

from matching.problem import MODES, Busy, Cap, Mode, Volunteer, Window
from matching.sample_ground import DAY, Calendar, Floats, Ground, Ints, chance, pick

PAPERS = {"police_record": 0.35, "health_training": 0.25, "court_training": 0.15}
WEEK_MINUTES = {120: 0.12, 180: 0.20, 240: 0.28, 360: 0.22, 480: 0.12, 600: 0.06}
LANGUAGES_EACH = {1: 0.45, 2: 0.33, 3: 0.16, 4: 0.06}
LEVELS = {0: 0.02, 3: 0.08, 4: 0.15, 5: 0.25, 6: 0.20, 7: 0.30}
LEADS = {-60: 0.15, 0: 0.55, 30: 0.15, 90: 0.10, 180: 0.05}
# Morning, afternoon, whole day, evening: first start and length in minutes of the wall clock.
STARTS, LENGTHS = np.array([480, 840, 480, 960]), np.array([240, 240, 600, 180])
CLOSING = 1_200
METRES_PER_MINUTE = 750
DETOUR_PERCENT = 130
FIXED_MINUTES = 5


@dataclass(frozen=True)
class Habits:
    """How often volunteers differ from the plain case, as shares of one."""

    on_request: float = 0.03
    phone: float = 0.10
    day_cap: float = 0.30
    unlimited: float = 0.0
    slow: float = 0.0
    expiring: float = 0.0
    busy: float = 0.0
    guide: float = 0.0
    picky: float = 0.0
    open_question: float = 0.0
    unknown_gender: float = 0.0
    cents: float = 0.0
    lent: float = 0.0
    long_days: float = 0.0


@dataclass(frozen=True)
class People:
    """Volunteers as columns; `spoken` is n × 4, in the order of preference, -1 for none."""

    x_m: Ints
    y_m: Ints
    spoken: Ints

    def speak(self, language: int) -> Ints:
        """Give the rows of those who speak a language."""
        return np.flatnonzero((self.spoken == language).any(axis=1))


def draw_people(count: int, ground: Ground, supply: Floats, random: np.random.Generator) -> People:
    """Draw homes by population, and languages by `supply` (shares, sum 1)."""
    region = random.choice(len(ground.share), count, p=ground.share)
    x, y = ground.near(random, region, np.ones(count))
    # The largest of log(share) + Gumbel noise are a draw without replacement with those shares.
    noise = np.log(supply) + random.gumbel(size=(count, len(supply)))
    most = min(len(supply), max(LANGUAGES_EACH))
    spoken = np.argsort(-noise, axis=1)[:, :most]
    number = pick(random, count, LANGUAGES_EACH)
    return People(x, y, np.where(np.arange(most) < number[:, None], spoken, -1))


class Volunteers:
    """Turns the columns into volunteers v0, v1, ... who live at the places `home`, home + 1, ..."""

    def __init__(
        self, people: People, calendar: Calendar, habits: Habits, random: np.random.Generator
    ) -> None:
        self.people = people
        self.calendar = calendar
        self.habits = habits
        self.random = random
        self.count = len(people.x_m)

    def build(self, home: int) -> tuple[Volunteer, ...]:
        """Draw everything else and give the volunteers."""
        firm, soft = self._windows()
        roles, kinds = self._roles(), self._kinds()
        speech, papers, caps = self._speech(), self._papers(), self._caps()
        busy, modes, reach = self._busy(), self._modes(), self._reach()
        transport, female = self._transport(), self._female()
        lead = pick(self.random, self.count, LEADS).tolist()
        question, lent = self._are(self.habits.open_question), self._are(self.habits.lent)
        long_days = self._are(self.habits.long_days)
        return tuple(
            Volunteer(
                id=f"v{n}",
                roles=roles[n],
                home=home + n,
                transport=transport[n],
                languages=speech[n],
                female=female[n],
                papers=papers[n],
                windows=tuple(firm[n]),
                soft_windows=tuple(soft[n]),
                busy=busy[n],
                caps=caps[n],
                modes=modes[n],
                max_travel_minutes=reach[n],
                excluded=frozenset(("kind:clinic",) if kinds[n] == 1 else ()),
                only_kinds=frozenset(("kind:school", "kind:clinic")) if kinds[n] == 2 else None,
                lead_minutes=lead[n],
                open_question=question[n],
                lent=lent[n],
                long_days=long_days[n],
            )
            for n in range(self.count)
        )

    def _are(self, share: float) -> list[bool]:
        return list(chance(self.random, self.count, share).tolist())

    def _roles(self) -> list[frozenset[str]]:
        both, one = frozenset(("interpreter", "guide")), frozenset(("interpreter",))
        return [both if guide else one for guide in self._are(self.habits.guide)]

    def _kinds(self) -> list[int]:
        """Give 1 for those who never go to clinics, 2 for those who go to few kinds of places."""
        picky = self.habits.picky
        return list(pick(self.random, self.count, {0: 1 - picky, 1: picky / 2, 2: picky / 2}))

    def _speech(self) -> list[dict[int, int]]:
        levels = pick(self.random, self.people.spoken.size, LEVELS).reshape(-1, self._most)
        return [
            {tongue: level for tongue, level in zip(*row, strict=True) if tongue >= 0}
            for row in zip(self.people.spoken.tolist(), levels.tolist(), strict=True)
        ]

    @property
    def _most(self) -> int:
        return int(self.people.spoken.shape[1])

    def _papers(self) -> list[dict[str, int]]:
        has = np.stack([chance(self.random, self.count, share) for share in PAPERS.values()], 1)
        expires = chance(self.random, self.count, self.habits.expiring)
        until = np.where(expires, 2 * DAY, 99 * DAY).tolist()
        return [
            {name: until[n] for name, held in zip(PAPERS, row, strict=True) if held}
            for n, row in enumerate(has.tolist())
        ]

    def _transport(self) -> list[str]:
        return ["transit" if slow else "car" for slow in self._are(self.habits.slow)]

    def _female(self) -> list[bool | None]:
        female, unknown = self._are(0.68), self._are(self.habits.unknown_gender)
        return [None if u else f for f, u in zip(female, unknown, strict=True)]

    def _modes(self) -> list[frozenset[Mode]]:
        every, near = frozenset(MODES), frozenset[Mode](("on_site",))
        return [every if remote else near for remote in self._are(self.habits.phone)]

    def _reach(self) -> list[int | None]:
        """Give the minutes of the way that the radius stands for (22 km, from 4 to 60)."""
        radius = np.clip(self.random.lognormal(np.log(22), 0.55, self.count), 4, 60)
        ride = np.ceil(10 * radius * DETOUR_PERCENT / METRES_PER_MINUTE).astype(np.int64)
        free = self._are(self.habits.unlimited)
        minutes = (FIXED_MINUTES + ride).tolist()
        return [None if any_ else way for way, any_ in zip(minutes, free, strict=True)]

    def _caps(self) -> list[tuple[Cap, ...]]:
        week = pick(self.random, self.count, WEEK_MINUTES).tolist()
        daily, yearly = self._are(self.habits.day_cap), self._are(self.habits.cents)
        left = pick(self.random, self.count, {4_000: 0.3, 20_000: 0.4, 96_000: 0.3}).tolist()
        return [
            (
                Cap("week", None, "minutes", week[n]),
                *((Cap("day", None, "assignments", 4),) if daily[n] else ()),
                *((Cap("year", 2026, "cents", left[n]),) if yearly[n] else ()),
            )
            for n in range(self.count)
        ]

    def _busy(self) -> list[tuple[Busy, ...]]:
        """Give some an hour of other work, at the first place of the week or nowhere."""
        has = self._are(self.habits.busy)
        day = self.random.integers(0, 6, self.count)
        wall = 60 * self.random.integers(8, 18, self.count)
        start = self.calendar.minute(day, wall).tolist()
        return [
            (Busy(start[n], start[n] + 60, 0 if n % 2 else None),) if has[n] else ()
            for n in range(self.count)
        ]

    def _windows(self) -> tuple[list[list[Window]], list[list[Window]]]:
        """Give firm and soft windows: five days of six in ten, and now and then a Saturday."""
        firm: list[list[Window]] = [[] for _ in range(self.count)]
        soft: list[list[Window]] = [[] for _ in range(self.count)]
        for day in np.argsort(self.calendar.day).tolist():
            for person, start, end, on_request in self._day(day):
                (soft if on_request else firm)[person].append(Window(start, end))
        return firm, soft

    def _day(self, day: int) -> list[tuple[int, int, int, bool]]:
        """Give (volunteer, start, end, on request) of one working day, in UTC minutes."""
        free = chance(self.random, self.count, 0.15 if day == 5 else 0.62)
        kind = self.random.integers(0, 4, self.count)
        start = STARTS[kind] + 60 * self.random.integers(0, 2, self.count)
        end = np.minimum(start + LENGTHS[kind], CLOSING)
        people = np.flatnonzero(free)
        twice = np.flatnonzero(free & (kind == 0) & chance(self.random, self.count, 0.3))
        person = np.concatenate([people, twice])
        begin = np.concatenate([start[people], np.full(len(twice), 900)])
        over = np.concatenate([end[people], np.full(len(twice), 1_140)])
        same = np.full(len(person), day)
        columns = (
            person,
            self.calendar.minute(same, begin),
            self.calendar.minute(same, over),
            chance(self.random, len(person), self.habits.on_request),
        )
        return list(zip(*(column.tolist() for column in columns), strict=True))
