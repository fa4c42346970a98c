"""Where and when a synthetic week takes place: regions of Hessen, local days in UTC minutes."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

DAY = 1_440
CLOCK = 60
METRES_PER_DEGREE = 111_200
METRES_PER_DEGREE_EAST = 71_000
KIND_SHARES = {0: 0.3, 1: 0.3, 2: 0.2, 3: 0.2}
CENTRAL = 0.55
SEATS_PER_VENUE = 14
GERMANY = ((47.6, 54.5), (6.3, 14.5))

# Name, latitude, longitude, thousands of people, how far they live from the centre in km. The
# first three and the first sixteen lie together, so that smaller weeks have one piece of ground.
HESSEN = (
    ("Frankfurt", 50.11, 8.68, 773, 6),
    ("Offenbach", 50.10, 8.77, 135, 3),
    ("Bad Homburg", 50.23, 8.62, 55, 3),
    ("Wiesbaden", 50.08, 8.24, 285, 5),
    ("Darmstadt", 49.87, 8.65, 165, 4),
    ("Hanau", 50.13, 8.92, 101, 3),
    ("Rüsselsheim", 49.99, 8.41, 68, 3),
    ("Kreis Bergstraße", 49.64, 8.64, 275, 9),
    ("Kreis Darmstadt-Dieburg", 49.90, 8.84, 300, 9),
    ("Kreis Groß-Gerau", 49.92, 8.48, 215, 7),
    ("Hochtaunuskreis", 50.28, 8.49, 185, 8),
    ("Main-Kinzig-Kreis", 50.20, 9.19, 325, 13),
    ("Main-Taunus-Kreis", 50.09, 8.45, 242, 5),
    ("Odenwaldkreis", 49.66, 9.00, 97, 9),
    ("Kreis Offenbach", 50.01, 8.78, 360, 7),
    ("Rheingau-Taunus-Kreis", 50.14, 8.07, 188, 10),
    ("Wetteraukreis", 50.34, 8.75, 315, 11),
    ("Kassel", 51.31, 9.48, 204, 4),
    ("Fulda", 50.55, 9.68, 69, 3),
    ("Gießen", 50.58, 8.68, 94, 3),
    ("Marburg", 50.80, 8.77, 78, 3),
    ("Wetzlar", 50.56, 8.50, 54, 3),
    ("Kreis Gießen", 50.55, 8.85, 180, 10),
    ("Lahn-Dill-Kreis", 50.68, 8.31, 200, 10),
    ("Kreis Limburg-Weilburg", 50.39, 8.06, 173, 10),
    ("Kreis Marburg-Biedenkopf", 50.85, 8.60, 170, 11),
    ("Vogelsbergkreis", 50.75, 9.39, 106, 14),
    ("Kreis Fulda", 50.60, 9.75, 155, 12),
    ("Kreis Hersfeld-Rotenburg", 50.87, 9.71, 120, 12),
    ("Kreis Kassel", 51.40, 9.38, 237, 13),
    ("Schwalm-Eder-Kreis", 51.03, 9.40, 180, 14),
    ("Kreis Waldeck-Frankenberg", 51.27, 8.87, 157, 15),
    ("Werra-Meißner-Kreis", 51.19, 10.05, 100, 12),
)


@dataclass(frozen=True)
class Ground:
    """Regions, one row each: centre and spread in metres on a plane, share of the population."""

    x_m: Floats
    y_m: Floats
    spread_m: Floats
    share: Floats

    def near(self, random: np.random.Generator, region: Ints, scale: Floats) -> tuple[Ints, Ints]:
        """Draw a point in each given region, normal around the centre with spread · scale."""
        spread = self.spread_m[region] * scale
        x = self.x_m[region] + random.normal(0, 1, len(region)) * spread
        y = self.y_m[region] + random.normal(0, 1, len(region)) * spread
        return x.astype(np.int64), y.astype(np.int64)


def draw_ground(regions: int, random: np.random.Generator) -> Ground:
    """Give the first regions of Hessen, and invented ones all over Germany for those beyond."""
    known = np.array([row[1:] for row in HESSEN[:regions]], dtype=np.float64)
    table = np.concatenate([known, _invented(max(0, regions - len(HESSEN)), random)])
    north, east, people, spread = table.T
    return Ground(
        x_m=(east - 9.0) * METRES_PER_DEGREE_EAST,
        y_m=(north - 50.5) * METRES_PER_DEGREE,
        spread_m=1_000 * spread,
        share=people / people.sum(),
    )


def _invented(count: int, random: np.random.Generator) -> Floats:
    columns = (
        random.uniform(*GERMANY[0], count),
        random.uniform(*GERMANY[1], count),
        np.clip(random.lognormal(5.0, 0.6, count), 40, 1_800),
        random.uniform(4, 14, count),
    )
    return np.stack(columns, axis=1)


@dataclass(frozen=True)
class Venues:
    """Buildings, sorted by region: those of region r are at first[r]:first[r + 1].

    `weight` is the running sum of how often people are asked for there.
    """

    x_m: Ints
    y_m: Ints
    kind: Ints
    first: Ints
    weight: Floats

    def choose(self, random: np.random.Generator, region: Ints) -> Ints:
        """Draw a venue in each region."""
        before = np.concatenate(([0.0], self.weight))
        low, high = before[self.first[region]], before[self.first[region + 1]]
        found = np.searchsorted(self.weight, low + random.random(len(region)) * (high - low))
        venue: Ints = np.clip(found, self.first[region], self.first[region + 1] - 1)
        return venue


def draw_venues(seats: int, ground: Ground, random: np.random.Generator) -> Venues:
    """Draw venues by population, at least two a region; more than half lie in the centre."""
    number = np.maximum(2, (seats / SEATS_PER_VENUE * ground.share).astype(np.int64))
    region = np.repeat(np.arange(len(number)), number)
    central = chance(random, len(region), CENTRAL)
    x, y = ground.near(random, region, np.where(central, 0.25, 1.0))
    return Venues(
        x_m=x,
        y_m=y,
        kind=pick(random, len(region), KIND_SHARES),
        first=np.concatenate(([0], np.cumsum(number))),
        weight=np.cumsum(random.pareto(1.5, len(region)) + 0.3),
    )


@dataclass(frozen=True)
class Calendar:
    """The six days of work (Monday to Saturday) as days of the plan.

    `day` is the local day since the plan's start, `week` its ISO week, `end` the UTC minute in
    which the local day is over.
    """

    day: Ints
    week: Ints
    end: Ints
    year: int = 2026

    def minute(self, working_day: Ints, wall: Ints) -> Ints:
        """Give UTC minutes of wall-clock minutes after 3:00, when the clocks have changed."""
        return self.end[working_day] - DAY + wall


def ordinary_week() -> Calendar:
    """Give a week that starts on Monday, all days of 24 hours."""
    day = np.arange(6)
    return Calendar(day, np.full(6, 49), (day + 1) * DAY)


def changing_week(seed: int) -> Calendar:
    """Give a week from Thursday on in which the clocks change on Sunday.

    Back with an even seed (that day has 1,500 minutes), forward with an odd one (1,380). The
    work of a Saturday is done on that Sunday; Monday to Wednesday belong to the next ISO week.
    """
    back = seed % 2 == 0
    lengths = np.full(7, DAY)
    lengths[3] += CLOCK if back else -CLOCK
    day = np.array([4, 5, 6, 0, 1, 3])
    week = (43 if back else 13) + (day > 3)
    return Calendar(day, week.astype(np.int64), np.cumsum(lengths)[day])


def chance(random: np.random.Generator, count: int, share: float) -> Bools:
    """Draw yes or no `count` times."""
    return random.random(count) < share


def pick(random: np.random.Generator, count: int, shares: Mapping[int, float]) -> Ints:
    """Draw whole numbers `count` times with the given shares."""
    weight = np.array(list(shares.values()), dtype=np.float64)
    values = np.array(list(shares), dtype=np.int64)
    return values[random.choice(len(values), count, p=weight / weight.sum())]
