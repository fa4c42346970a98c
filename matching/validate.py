"""Refuses a problem that contradicts itself, with one clear sentence, before any expensive work."""

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import chain, pairwise

from matching.problem import (
    MODES,
    NATIVE_LEVEL,
    ParentsDay,
    Problem,
    Seat,
    Travel,
    Volunteer,
    Weights,
)

MAX_SEATS = 200_000
MAX_VOLUNTEERS = 100_000
MAX_OPTIONS = 50
MAX_SLOTS = 1_000
MAX_NAMES = 500
MOST_SHOWN = 40
Bounds = tuple[int, int]
NUMBER: Bounds = (-(10**12), 10**12)
AMOUNT: Bounds = (0, 10**12)
MOMENT: Bounds = (-(10**9), 10**9)
METRES: Bounds = (-20_000_000, 20_000_000)
WAY: Bounds = (0, 10**5)
DAY: Bounds = (0, 1_440)
LEVEL: Bounds = (0, NATIVE_LEVEL)
POINTS: Bounds = (0, 10**6)
EITHER: Bounds = (-(10**6), 10**6)
WORDS: Mapping[str, frozenset[str]] = {
    "mode": frozenset(MODES),
    "gender": frozenset(("f", "m")),
    "period": frozenset(("day", "week", "year", "tax_year")),
    "unit": frozenset(("assignments", "minutes", "cents")),
}


def validate(problem: Problem) -> None:
    """Check sizes, numbers and references.

    Raises
    ------
    ValueError
        On the first fault found, in one sentence.
    """
    everybody = problem.volunteers + problem.lendable
    check_sizes(len(problem.seats), len(everybody))
    check_unique("volunteer", (volunteer.id for volunteer in everybody))
    check_unique("seat", (seat.id for seat in problem.seats))
    _weights(problem.weights)
    _languages(problem)
    _travel(problem.travel, len(problem.places))
    for number, place in enumerate(problem.places):
        _between(f"place {number}", "x_m and y_m", METRES, place.x_m, place.y_m)
        _between(f"place {number}", "town", AMOUNT, place.town)
    for volunteer in everybody:
        _volunteer(problem, volunteer)
    for seat in problem.seats:
        _seat(problem, seat)
    _names(problem)
    _groups(problem)
    for day in problem.parents_days:
        _parents_day(problem, day)
    _pins(problem)


def check_sizes(seats: int, volunteers: int) -> None:
    """Refuse what no week can hold."""
    if seats > MAX_SEATS:
        raise ValueError(f"{seats} seats are too many: at most {MAX_SEATS}")
    if volunteers > MAX_VOLUNTEERS:
        raise ValueError(f"{volunteers} volunteers are too many: at most {MAX_VOLUNTEERS}")


def _require(holds: bool, sentence: str) -> None:
    if not holds:
        raise ValueError(sentence)


def _between(owner: str, label: str, bounds: Bounds, *values: object) -> None:
    low, high = bounds
    for value in values:
        if type(value) is not int or not low <= value <= high:
            name = f"{owner}: {label}" if owner else label
            whole = isinstance(value, int) and not isinstance(value, bool)
            _require(whole, f"{name} must be a whole number, not {shown(value)}")
            raise ValueError(f"{name} must lie between {low} and {high}, not {shown(value)}")


def shown(value: object) -> str:
    """Give a wrong value as it stands in a sentence: short, whatever it is."""
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "an object"
    written = repr(value)
    return written if len(written) <= MOST_SHOWN else f"{written[:MOST_SHOWN]}..."


def _word(owner: str, kind: str, *values: str) -> None:
    for value in values:
        if value not in WORDS[kind]:
            raise ValueError(f"{owner}: unknown {kind} {value!r}")


def check_unique(kind: str, ids: Iterable[str]) -> None:
    """Refuse an id that is given twice."""
    twice = [name for name, count in Counter(ids).items() if count > 1]
    _require(not twice, f"two of kind {kind} have the id {twice[0] if twice else ''!r}")


def _interval(owner: str, start: int, end: int) -> None:
    _between(owner, "start and end", MOMENT, start, end)
    if start >= end:
        raise ValueError(f"{owner}: end {end} is not after start {start}")


def _weights(weights: Weights) -> None:
    for name in (
        "travel",
        "substitution",
        "level",
        "gender",
        "on_request",
        "change",
        "lending",
        "opening",
    ):
        _between("", f"weight {name}", POINTS, getattr(weights, name))
    _between("", "weight wished", EITHER, weights.wished)
    _between("", "weight factor", (1, 10**9), weights.factor)
    _between("", "weight options", EITHER, *weights.options)
    _require(len(weights.options) > 0, "weight options must not be empty")
    for above, slope in weights.fairness:
        _between("", "weight fairness", POINTS, above, slope)
    rising = all(a[0] < b[0] and a[1] <= b[1] for a, b in pairwise(weights.fairness))
    _require(rising, "weight fairness must rise in minutes and in points: it is convex")


def _languages(problem: Problem) -> None:
    count = len(problem.languages)
    check_unique("language", problem.languages)
    for table in (problem.substitution, problem.needs_consent):
        square = len(table) == count and all(len(row) == count for row in table)
        _require(square, f"substitution and needs_consent must be {count} × {count}")
    for wanted, row in enumerate(problem.substitution):
        _between("", f"substitution of {problem.languages[wanted]}", (-1, 100), *row)
        free = row[wanted] == 0 and not problem.needs_consent[wanted][wanted]
        _require(free, f"language {problem.languages[wanted]} must serve itself at cost 0")


def _travel(travel: Travel, places: int) -> None:
    for name, means in travel.transports.items():
        owner = f"transport {name}"
        _between(owner, "metres_per_minute", (1, 10**5), means.metres_per_minute)
        _between(owner, "detour_percent", (100, 1000), means.detour_percent)
        _between(owner, "fixed_minutes", DAY, means.fixed_minutes)
    _between("", "same_town_minutes", DAY, travel.same_town_minutes)
    _between("", "buffer_minutes", DAY, travel.buffer_minutes)
    for (name, start, end), minutes in travel.overrides.items():
        _require(name in travel.transports, f"override for unknown transport {name!r}")
        _between("override", "from and to", (0, places - 1), start, end)
        _between("override", "minutes", WAY, minutes)
    for name, matrix in travel.matrices.items():
        _require(name in travel.transports, f"matrix for unknown transport {name!r}")
        square = len(matrix) == places and all(len(row) == places for row in matrix)
        _require(square, f"the matrix of {name} must be {places} × {places}")
        for row in matrix:
            _between(f"matrix of {name}", "minutes", (-1, WAY[1]), *row)


def _volunteer(problem: Problem, volunteer: Volunteer) -> None:
    owner, places = f"volunteer {volunteer.id}", (0, len(problem.places) - 1)
    _between(owner, "home", places, volunteer.home)
    if volunteer.transport not in problem.travel.transports:
        raise ValueError(f"{owner}: unknown transport {volunteer.transport!r}")
    _between(owner, "language", (0, len(problem.languages) - 1), *volunteer.languages)
    _between(owner, "level", LEVEL, *volunteer.languages.values())
    _between(owner, "valid_until", NUMBER, *volunteer.papers.values())
    for window in chain(volunteer.windows, volunteer.soft_windows):
        _interval(owner, window.start, window.end)
    for busy in volunteer.busy:
        _interval(owner, busy.start, busy.end)
        if busy.place is not None:
            _between(owner, "place of busy time", places, busy.place)
    _word(owner, "mode", *volunteer.modes)
    if volunteer.max_travel_minutes is not None:
        _between(owner, "max_travel_minutes", WAY, volunteer.max_travel_minutes)
    _between(owner, "lead_minutes", EITHER, volunteer.lead_minutes)
    _caps(owner, volunteer)


def _caps(owner: str, volunteer: Volunteer) -> None:
    for cap in volunteer.caps:
        _word(owner, "period", cap.period)
        _word(owner, "unit", cap.unit)
        _between(owner, "what a cap has left", AMOUNT, cap.left)
        if cap.index is not None:
            _between(owner, "cap index", NUMBER, cap.index)
    keys = {(cap.period, cap.index, cap.unit) for cap in volunteer.caps}
    _require(len(keys) == len(volunteer.caps), f"{owner}: two caps for the same period and unit")


def _seat(problem: Problem, seat: Seat) -> None:
    owner = f"seat {seat.id}"
    if not 1 <= len(seat.spans) <= MAX_OPTIONS:
        raise ValueError(f"{owner}: needs 1 to {MAX_OPTIONS} spans")
    for span in seat.spans:
        _interval(owner, span.start, span.end)
        numbers = span.day, span.week, span.year, span.tax_year
        _between(owner, "day, week and years", NUMBER, *numbers)
    _modes(owner, seat)
    if seat.place is not None:
        _between(owner, "place", (0, len(problem.places) - 1), seat.place)
    if seat.language is not None:
        _between(owner, "language", (0, len(problem.languages) - 1), seat.language)
    _between(owner, "levels", LEVEL, seat.min_level, seat.wished_level)
    _between(owner, "priority", POINTS, seat.priority)
    _between(owner, "cents", (0, 10**9), seat.cents)
    if seat.gender is not None:
        _word(owner, "gender", seat.gender)


def _modes(owner: str, seat: Seat) -> None:
    modes = seat.modes + seat.mode_alternatives
    _word(owner, "mode", *modes)
    if not seat.modes or len(set(modes)) < len(modes):
        raise ValueError(f"{owner}: needs modes, and none twice")
    if seat.place is None and "on_site" in modes:
        raise ValueError(f"{owner}: on site needs a place")


def _names(problem: Problem) -> None:
    """Roles and papers become columns, so there must be few."""
    roles = {seat.role for seat in problem.seats}
    papers = {name for seat in problem.seats for name in seat.papers}
    for kind, names in (("roles", roles), ("papers", papers)):
        few = len(names) <= MAX_NAMES
        _require(few, f"{len(names)} different {kind} are too many: at most {MAX_NAMES}")


def _groups(problem: Problem) -> None:
    quotas = (quota.seats for quota in problem.at_most)
    days = (day.seats for day in problem.parents_days)
    for names in chain(problem.all_or_none, problem.same_option, quotas, days):
        for name in names:
            _require(name in problem.seat_index, f"a group names the unknown seat {name!r}")
        _require(len(names) > 0, "a group has no seats")
    for quota in problem.at_most:
        _between("at_most", "k", (0, MAX_SEATS), quota.k)
    for names in problem.same_option:
        dates = {len(problem.seats[problem.seat_index[name]].spans) for name in names}
        _require(len(dates) == 1, f"seats {', '.join(names)} share a date but not their number")


def _parents_day(problem: Problem, day: ParentsDay) -> None:
    owner = f"parents' day of {day.seats[0]}"
    most = (1, DAY[1])
    _between(owner, "work_minutes and rest_minutes", most, day.work_minutes, day.rest_minutes)
    _between(owner, "most_minutes", most, day.most_minutes)
    slots = sum(len(problem.seats[problem.seat_index[name]].spans) for name in day.seats)
    _require(slots <= MAX_SLOTS, f"{owner}: {slots} slots are too many: at most {MAX_SLOTS}")


def _pins(problem: Problem) -> None:
    check_unique("pin for a seat", (pin.seat for pin in problem.pins))
    for name, seat_id in (*((p.volunteer, p.seat) for p in problem.pins), *problem.blocks):
        _require(name in problem.volunteer_index, f"pin or block for unknown volunteer {name!r}")
        _require(seat_id in problem.seat_index, f"pin or block for unknown seat {seat_id!r}")
    options = {pin.seat: pin.option for pin in problem.pins}
    for pin in problem.pins:
        spans = problem.seats[problem.seat_index[pin.seat]].spans
        _between(f"pin of seat {pin.seat}", "option", (0, len(spans) - 1), pin.option)
        free = (pin.volunteer, pin.seat) not in problem.blocks
        _require(
            free, f"volunteer {pin.volunteer} is pinned to seat {pin.seat} and blocked from it"
        )
    for names in problem.same_option:
        chosen = {options[name] for name in names if name in options}
        _require(len(chosen) < 2, f"seats {', '.join(names)} are pinned to different dates")
    _double_booked(problem)


def _double_booked(problem: Problem) -> None:
    work: dict[str, list[tuple[int, int, str]]] = {}
    for pin in problem.pins:
        span = problem.seats[problem.seat_index[pin.seat]].spans[pin.option]
        work.setdefault(pin.volunteer, []).append((span.start, span.end, pin.seat))
    for name, spans in work.items():
        for (_, end, seat), (start, _, other) in pairwise(sorted(spans)):
            _require(end <= start, f"volunteer {name} is pinned to {seat} and {other} at one time")
