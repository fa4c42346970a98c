"""Refuses a problem that contradicts itself, with one clear sentence, before any expensive work."""

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import pairwise

from matching.problem import MODES, NATIVE_LEVEL, Problem, Seat, Travel, Volunteer, Weights

MAX_SEATS = 200_000
MAX_VOLUNTEERS = 100_000
MAX_OPTIONS = 50
FARTHEST_M = 20_000_000
LARGEST = 10**12
WORDS: Mapping[str, frozenset[str]] = {
    "mode": frozenset(MODES),
    "gender": frozenset(("f", "m")),
    "period": frozenset(("day", "week", "year")),
    "unit": frozenset(("assignments", "minutes", "cents")),
}


def validate(problem: Problem) -> None:
    """Check sizes, numbers and references.

    Raises
    ------
    ValueError
        On the first fault found, in one sentence.
    """
    check_sizes(len(problem.seats), len(problem.volunteers))
    check_unique("volunteer", (volunteer.id for volunteer in problem.volunteers))
    check_unique("seat", (seat.id for seat in problem.seats))
    _weights(problem.weights)
    _languages(problem)
    _travel(problem.travel, len(problem.places))
    for number, place in enumerate(problem.places):
        _between(f"place {number}: x_m and y_m", -FARTHEST_M, FARTHEST_M, place.x_m, place.y_m)
        _between(f"place {number}: town", 0, LARGEST, place.town)
    for volunteer in problem.volunteers:
        _volunteer(problem, volunteer)
    for seat in problem.seats:
        _seat(problem, seat)
    _groups(problem)
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


def _between(name: str, low: int, high: int, *values: int) -> None:
    for value in values:
        whole = isinstance(value, int) and not isinstance(value, bool)
        _require(whole, f"{name} must be a whole number, not {value!r}")
        _require(low <= value <= high, f"{name} must lie between {low} and {high}, not {value}")


def _word(owner: str, kind: str, *values: str) -> None:
    for value in values:
        _require(value in WORDS[kind], f"{owner}: unknown {kind} {value!r}")


def check_unique(kind: str, ids: Iterable[str]) -> None:
    """Refuse an id that is given twice."""
    twice = [name for name, count in Counter(ids).items() if count > 1]
    _require(not twice, f"two of kind {kind} have the id {twice[0] if twice else ''!r}")


def _interval(owner: str, start: int, end: int) -> None:
    _between(f"{owner}: start and end", -LARGEST, LARGEST, start, end)
    _require(start < end, f"{owner}: end {end} is not after start {start}")


def _weights(weights: Weights) -> None:
    names = ("travel", "substitution", "level", "gender", "on_request", "change")
    for name in names:
        _between(f"weight {name}", 0, 10**6, getattr(weights, name))
    _between("weight wished", -(10**6), 10**6, weights.wished)
    _between("weight factor", 1, 10**9, weights.factor)
    _between("weight options", -(10**6), 10**6, *weights.options)
    _require(len(weights.options) > 0, "weight options must not be empty")
    for above, slope in weights.fairness:
        _between("weight fairness", 0, 10**6, above, slope)
    rising = all(a[0] < b[0] and a[1] <= b[1] for a, b in pairwise(weights.fairness))
    _require(rising, "weight fairness must rise in minutes and in points: it is convex")


def _languages(problem: Problem) -> None:
    count = len(problem.languages)
    check_unique("language", problem.languages)
    for table in (problem.substitution, problem.needs_consent):
        square = len(table) == count and all(len(row) == count for row in table)
        _require(square, f"substitution and needs_consent must be {count} × {count}")
    for wanted, row in enumerate(problem.substitution):
        _between(f"substitution of {problem.languages[wanted]}", -1, 100, *row)
        free = row[wanted] == 0 and not problem.needs_consent[wanted][wanted]
        _require(free, f"language {problem.languages[wanted]} must serve itself at cost 0")


def _travel(travel: Travel, places: int) -> None:
    for name, means in travel.transports.items():
        _between(f"transport {name}: metres_per_minute", 1, 10**5, means.metres_per_minute)
        _between(f"transport {name}: detour_percent", 100, 1000, means.detour_percent)
        _between(f"transport {name}: fixed_minutes", 0, 1440, means.fixed_minutes)
    flat = (travel.same_town_minutes, travel.buffer_minutes)
    _between("same_town_minutes and buffer_minutes", 0, 1440, *flat)
    for (name, start, end), minutes in travel.overrides.items():
        _require(name in travel.transports, f"override for unknown transport {name!r}")
        _between("override: from and to", 0, places - 1, start, end)
        _between("override: minutes", 0, 10**5, minutes)


def _volunteer(problem: Problem, volunteer: Volunteer) -> None:
    owner = f"volunteer {volunteer.id}"
    _between(f"{owner}: home", 0, len(problem.places) - 1, volunteer.home)
    known = volunteer.transport in problem.travel.transports
    _require(known, f"{owner}: unknown transport {volunteer.transport!r}")
    for language, level in volunteer.languages.items():
        _between(f"{owner}: language", 0, len(problem.languages) - 1, language)
        _between(f"{owner}: level", 0, NATIVE_LEVEL, level)
    _between(f"{owner}: valid_until", -LARGEST, LARGEST, *volunteer.papers.values())
    for window in (*volunteer.windows, *volunteer.soft_windows):
        _interval(f"{owner}, window", window.start, window.end)
    for busy in volunteer.busy:
        _interval(f"{owner}, busy", busy.start, busy.end)
        if busy.place is not None:
            _between(f"{owner}, busy: place", 0, len(problem.places) - 1, busy.place)
    _word(owner, "mode", *volunteer.modes)
    if volunteer.max_travel_minutes is not None:
        _between(f"{owner}: max_travel_minutes", 0, 10**5, volunteer.max_travel_minutes)
    _between(f"{owner}: lead_minutes", -(10**6), 10**6, volunteer.lead_minutes)
    _caps(owner, volunteer)


def _caps(owner: str, volunteer: Volunteer) -> None:
    for cap in volunteer.caps:
        _word(owner, "period", cap.period)
        _word(owner, "unit", cap.unit)
        _between(f"{owner}: what a cap has left", 0, LARGEST, cap.left)
        if cap.index is not None:
            _between(f"{owner}: cap index", -LARGEST, LARGEST, cap.index)
    keys = {(cap.period, cap.index, cap.unit) for cap in volunteer.caps}
    _require(len(keys) == len(volunteer.caps), f"{owner}: two caps for the same period and unit")


def _seat(problem: Problem, seat: Seat) -> None:
    owner = f"seat {seat.id}"
    _require(1 <= len(seat.spans) <= MAX_OPTIONS, f"{owner}: needs 1 to {MAX_OPTIONS} spans")
    for span in seat.spans:
        _interval(owner, span.start, span.end)
        _between(f"{owner}: day, week and year", -LARGEST, LARGEST, span.day, span.week, span.year)
    _require(len(set(seat.modes)) == len(seat.modes) > 0, f"{owner}: needs modes, none twice")
    _word(owner, "mode", *seat.modes)
    if seat.place is not None:
        _between(f"{owner}: place", 0, len(problem.places) - 1, seat.place)
    placed = seat.place is not None or "on_site" not in seat.modes
    _require(placed, f"{owner}: on site needs a place")
    if seat.language is not None:
        _between(f"{owner}: language", 0, len(problem.languages) - 1, seat.language)
    _between(f"{owner}: levels", 0, NATIVE_LEVEL, seat.min_level, seat.wished_level)
    _between(f"{owner}: priority", 0, 10**6, seat.priority)
    _between(f"{owner}: cents", 0, 10**9, seat.cents)
    if seat.gender is not None:
        _word(owner, "gender", seat.gender)


def _groups(problem: Problem) -> None:
    quotas = tuple(quota.seats for quota in problem.at_most)
    for names in (*problem.all_or_none, *problem.same_option, *quotas):
        for name in names:
            _require(name in problem.seat_index, f"a group names the unknown seat {name!r}")
        _require(len(names) > 0, "a group has no seats")
    for quota in problem.at_most:
        _between("at_most: k", 0, MAX_SEATS, quota.k)
    for names in problem.same_option:
        dates = {len(problem.seats[problem.seat_index[name]].spans) for name in names}
        _require(len(dates) == 1, f"seats {', '.join(names)} share a date but not their number")


def _pins(problem: Problem) -> None:
    check_unique("pin for a seat", (pin.seat for pin in problem.pins))
    for name, seat_id in (*((p.volunteer, p.seat) for p in problem.pins), *problem.blocks):
        _require(name in problem.volunteer_index, f"pin or block for unknown volunteer {name!r}")
        _require(seat_id in problem.seat_index, f"pin or block for unknown seat {seat_id!r}")
    options = {pin.seat: pin.option for pin in problem.pins}
    for pin in problem.pins:
        spans = problem.seats[problem.seat_index[pin.seat]].spans
        _between(f"pin of seat {pin.seat}: option", 0, len(spans) - 1, pin.option)
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
