"""Draws synthetic weeks for tests and measurements; all names and numbers are invented.

A week has towns of very different size, languages of very different demand, volunteers with one
to three languages and part of the week free, parents' days with many short slots beside single
requests, teams, alternative dates, caps and a budget.
"""

from dataclasses import dataclass

import numpy as np

from matching.problem import (
    MODES,
    Cap,
    Pin,
    Place,
    Problem,
    Quota,
    Seat,
    Span,
    Transport,
    Travel,
    Volunteer,
    Window,
)

TAGS = (
    *("ar", "prs", "uk", "tr", "fa", "ru", "kmr", "ti", "apc", "so", "ps", "ro", "bg", "sq", "ckb"),
    *("bs", "hr", "sr", "am", "en", "fr", "ur", "pa", "pl", "es", "om", "vi", "rmy", "acm", "ary"),
)
SUBSTITUTES = (("ar", "apc", 20), ("apc", "ar", 20), ("prs", "fa", 15), ("fa", "prs", 15))
CONSENT = (("uk", "ru", 30), ("kmr", "tr", 40))
DAY = 1_440
KINDS = ("school", "kindergarten", "social_office", "clinic")


@dataclass(frozen=True)
class Size:
    """How large a week is."""

    volunteers: int
    seats: int
    towns: int
    languages: int = len(TAGS)


SIZES = {
    "tiny": Size(4, 6, 2, 2),
    "small": Size(12, 24, 3, 3),
    "pool": Size(50, 100, 4, 8),
    "region": Size(500, 2_000, 16),
    "state": Size(3_000, 10_000, 33),
}


def generate(size: Size, seed: int) -> Problem:
    """Draw one week; the same size and seed give the same problem."""
    return _Week(size, seed).problem()


class _Week:
    def __init__(self, size: Size, seed: int) -> None:
        self.size = size
        self.random = np.random.default_rng(seed)
        share = 1 / np.arange(1, size.towns + 1)
        self.town_share = share / share.sum()
        self.tags = TAGS[: size.languages]
        demand = 1 / np.arange(1, size.languages + 1)
        self.demand = demand / demand.sum()
        self.centres = self.random.integers(0, 20_000 * int(size.towns**0.5), (size.towns, 2))
        self.places: list[Place] = []

    def problem(self) -> Problem:
        people = tuple(self._volunteer(number) for number in range(self.size.volunteers))
        sites = [self._place(3_000) for _ in range(max(2, self.size.seats // 8))]
        seats: list[Seat] = []
        while len(seats) < self.size.seats:
            seats += self._request(len(seats), sites, people)
        seats = seats[: self.size.seats]
        wanted = _groups(seats)
        substitution, consent = _tables(self.tags)
        return Problem(
            languages=self.tags,
            substitution=substitution,
            needs_consent=consent,
            places=tuple(self.places),
            travel=Travel({"car": Transport(750), "transit": Transport(450, 140, 10)}),
            volunteers=people,
            seats=tuple(seats),
            all_or_none=tuple(ids for name, ids in wanted.items() if name.startswith("team")),
            same_option=tuple(ids for name, ids in wanted.items() if name.startswith("team")),
            at_most=_quotas(seats),
            pins=_pins(seats, people),
        )

    def _chance(self, share: float) -> bool:
        return bool(self.random.random() < share)

    def _pick(self, *values: int) -> int:
        return values[int(self.random.integers(len(values)))]

    def _place(self, spread: int) -> int:
        town = int(self.random.choice(self.size.towns, p=self.town_share))
        x, y = self.centres[town] + self.random.normal(0, spread, 2).astype(int)
        self.places.append(Place(int(x), int(y), town))
        return len(self.places) - 1

    def _volunteer(self, number: int) -> Volunteer:
        count = min(len(self.tags), self._pick(1, 2, 2, 3))
        spoken = self.random.choice(len(self.tags), count, replace=False, p=self.demand)
        levels = {int(language): self._pick(0, 3, 4, 5, 6, 7, 7) for language in spoken}
        windows: list[Window] = []
        soft: list[Window] = []
        for day in range(5):
            if self._chance(0.7):
                start = day * DAY + 60 * self._pick(7, 8, 8, 12, 14)
                window = Window(start, start + 60 * self._pick(4, 6, 9))
                (soft if self._chance(0.1) else windows).append(window)
        return Volunteer(
            id=f"v{number}",
            roles=frozenset(("interpreter", "guide") if self._chance(0.2) else ("interpreter",)),
            home=self._place(6_000),
            transport="car" if self._chance(0.6) else "transit",
            languages=levels,
            female=None if self._chance(0.05) else self._chance(0.68),
            papers={"police_record": self._pick(-DAY, 2 * DAY, 99 * DAY, 99 * DAY, 99 * DAY)},
            windows=tuple(windows),
            soft_windows=tuple(soft),
            caps=(
                Cap("day", None, "assignments", self._pick(2, 2, 3, 8)),
                Cap("week", None, "minutes", self._pick(120, 180, 240, 360)),
                Cap("year", 2026, "cents", self._pick(4_000, 20_000, 96_000)),
            ),
            modes=frozenset(MODES) if self._chance(0.5) else frozenset(("on_site",)),
            max_travel_minutes=self._pick(25, 35, 45, 60),
            excluded=frozenset(("kind:social_office",) if self._chance(0.05) else ()),
            only_kinds=frozenset(("kind:school", "kind:kindergarten"))
            if self._chance(0.05)
            else None,
            lead_minutes=self._pick(-120, 0, 0, 60, 180),
            open_question=self._chance(0.02),
        )

    def _request(self, first: int, sites: list[int], people: tuple[Volunteer, ...]) -> list[Seat]:
        kind = self.random.random()
        place = sites[int(self.random.integers(len(sites)))]
        day, priority = self._pick(0, 1, 1, 2, 3, 3, 4), self._pick(1, 1, 1, 2, 2, 4, 8)
        if kind < 0.03:
            language = self._language()
            spans = [_span(day, 840 + 15 * slot, 15) for slot in range(self._pick(4, 6, 8))]
            return [
                self._seat(
                    f"s{first + slot}", f"day{first}", (span,), place=place, language=language
                )
                for slot, span in enumerate(spans)
            ]
        options = tuple(
            _span((day + shift) % 5, self._minute(), self._pick(30, 45, 60, 60, 90, 120))
            for shift in range(3 if self._chance(0.15) else 1)
        )
        count = 2 if kind < 0.07 else 1
        name = f"team{first}" if count > 1 else f"request{first}"
        return [
            self._seat(
                f"s{first + number}",
                name,
                options,
                place=place,
                language=language,
                priority=priority,
                wished=self._known(place, language, people) if self._chance(0.2) else None,
            )
            for number in range(count)
            for language in [self._language()]
        ]

    def _known(self, place: int, language: int, people: tuple[Volunteer, ...]) -> str | None:
        """Give the nearest of some speakers: the person who came before."""
        some = self.random.permutation(len(people))[:200].tolist()
        here = self.places[place]
        near = [
            (abs(home.x_m - here.x_m) + abs(home.y_m - here.y_m), number)
            for number in some
            for home in [self.places[people[number].home]]
            if language in people[number].languages
        ]
        return people[min(near)[1]].id if near else None

    def _language(self) -> int:
        return int(self.random.choice(len(self.tags), p=self.demand))

    def _minute(self) -> int:
        return 60 * self._pick(8, 9, 9, 10, 10, 11, 13, 14, 14, 15, 16) + self._pick(0, 0, 15, 30)

    def _seat(
        self,
        name: str,
        request: str,
        spans: tuple[Span, ...],
        *,
        place: int,
        language: int,
        priority: int = 2,
        wished: str | None = None,
    ) -> Seat:
        kind = KINDS[int(self.random.integers(len(KINDS)))]
        return Seat(
            id=name,
            request=request,
            role="guide" if self._chance(0.05) else "interpreter",
            spans=spans,
            place=place,
            language=language,
            min_level=self._pick(0, 0, 3),
            wished_level=self._pick(0, 4, 5),
            consent=self._chance(0.3),
            papers=("police_record",) if kind in ("school", "kindergarten") else (),
            modes=("on_site",) if self._chance(0.85) else ("on_site", "phone"),
            gender="f" if self._chance(0.1) else None,
            gender_hard=self._chance(0.5),
            priority=priority,
            cents=2_000,
            wished=wished,
            tags=frozenset((f"kind:{kind}", f"institution:{place}")),
        )


def _span(day: int, minute: int, minutes: int) -> Span:
    start = day * DAY + minute
    return Span(start, start + minutes, day, 49, 2026)


def _tables(
    tags: tuple[str, ...],
) -> tuple[tuple[tuple[int, ...], ...], tuple[tuple[bool, ...], ...]]:
    cost = np.where(np.eye(len(tags), dtype=np.bool_), 0, -1)
    consent = np.zeros(cost.shape, dtype=np.bool_)
    for wanted, spoken, points in SUBSTITUTES + CONSENT:
        if wanted in tags and spoken in tags:
            pair = tags.index(wanted), tags.index(spoken)
            cost[pair] = points
            consent[pair] = (wanted, spoken, points) in CONSENT
    return tuple(map(tuple, cost.tolist())), tuple(map(tuple, consent.tolist()))


def _groups(seats: list[Seat]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for seat in seats:
        found[seat.request] = (*found.get(seat.request, ()), seat.id)
    return {name: ids for name, ids in found.items() if len(ids) > 1}


def _quotas(seats: list[Seat]) -> tuple[Quota, ...]:
    """Let every tenth seat belong to one client who may have four of five."""
    ids = [seat.id for seat in seats[::10]]
    chunks = [tuple(ids[start : start + 5]) for start in range(0, len(ids), 5)]
    return tuple(Quota(chunk, max(1, len(chunk) - 1)) for chunk in chunks if len(chunk) > 1)


def _pins(seats: list[Seat], people: tuple[Volunteer, ...]) -> tuple[Pin, ...]:
    """Pin the wished person on every thirtieth seat that has one."""
    wished = [seat for seat in seats if seat.wished is not None and len(seat.spans) == 1]
    chosen: dict[str, Pin] = {}
    for seat in wished[::30]:
        chosen.setdefault(str(seat.wished), Pin(seat.id, str(seat.wished)))
    return tuple(chosen.values())
