"""The rule of eligibility over whole blocks of (volunteer, slot) pairs, as arrays.

Every function takes volunteers and slots of equal length and says per pair whether the rule
fails; `eligibility.reasons` is the rule in words.
"""

from collections.abc import Callable

import numpy as np

from matching.problem import MODES
from matching.speech import NO_CONSENT, NO_LANGUAGE, NO_LEVEL
from matching.tables import NEVER, UNITS, Bools, Ints, Ragged, Tables, Whole

ON_SITE = MODES.index("on_site")


def minutes(tables: Tables, transport: Whole, start: Whole, end: Whole) -> Ints:
    """Give the minutes of one way between places, one transport per pair."""
    travel = tables.travel
    dx, dy = travel.x[start] - travel.x[end], travel.y[start] - travel.y[end]
    metres = np.sqrt((dx * dx + dy * dy).astype(np.float64)).astype(np.int64)
    ride = -(-metres * travel.detour[transport] // (100 * travel.speed[transport]))
    out_of_town = np.maximum(travel.same_town, travel.fixed[transport] + ride)
    way = np.where(travel.town[start] == travel.town[end], travel.same_town, out_of_town)
    way[start == end] = 0
    for means, matrix in travel.matrices.items():
        known = np.where(transport == means, matrix[start, end], NEVER)
        way = np.where(known >= 0, known, way)
    if len(travel.keys):
        count = len(travel.x)
        keys = (transport.astype(np.int64) * count + start) * count + end
        place, there = find(travel.keys, keys)
        way = np.where(there, travel.minutes[place], way)
    return way


def gap_minutes(tables: Tables, transport: Whole, start: Whole, end: Whole) -> Ints:
    """Give the minutes that must lie between two assignments; -1 as place means none."""
    placed = (start != NEVER) & (end != NEVER)
    a, b = np.where(placed, start, 0), np.where(placed, end, 0)
    towns = tables.travel.town
    buffer = np.where(towns[a] == towns[b], 0, tables.travel.buffer)
    return np.where(placed, minutes(tables, transport, a, b) + buffer, 0)


def inside(windows: Ragged, rows: Ints, start: Ints, end: Ints) -> Bools:
    """Tell per pair whether [start, end) lies in one of the row's disjoint, sorted windows."""
    opens, closes = windows.columns
    if not len(opens):
        return np.zeros(len(rows), dtype=np.bool_)
    low = min(int(opens.min()), int(start.min(initial=0)))
    width = max(int(opens.max()), int(start.max(initial=0))) - low + 1
    owners = windows.owners
    found = np.searchsorted(owners * width + opens - low, rows * width + start - low, "right") - 1
    held = np.maximum(found, 0)
    within: Bools = (found >= 0) & (owners[held] == rows) & (closes[held] >= end)
    return within


def choose_modes(tables: Tables, volunteer: Ints, slot: Ints) -> tuple[Ints, Bools, Bools]:
    """Give the first mode that works (-1 none), and what stands against the first one offered.

    Returns
    -------
    chosen, too_far, busy
        Index of the mode, and two flags that only count where no mode works.
    """
    wished = tables.seats.modes[tables.slots.seat[slot]]
    chosen = np.full(len(slot), NEVER)
    offered = np.zeros(len(slot), dtype=np.bool_)
    too_far, busy = np.zeros_like(offered), np.zeros_like(offered)
    for mode in wished.T:
        open_ = (mode != NEVER) & (chosen == NEVER) & tables.volunteers.modes[volunteer, mode]
        at = np.flatnonzero(open_)
        far, taken = _reach(tables, volunteer[at], slot[at], mode[at] == ON_SITE)
        first = ~offered[at]
        too_far[at] |= far & first
        busy[at] |= taken & first
        offered[at] = True
        chosen[at] = np.where(far | taken, NEVER, mode[at])
    return chosen, too_far, busy


def _reach(tables: Tables, volunteer: Ints, slot: Ints, on_site: Bools) -> tuple[Bools, Bools]:
    people = tables.volunteers
    place = np.where(on_site, tables.seats.place[tables.slots.seat[slot]], NEVER)
    home = people.home[volunteer]
    goal = np.where(place == NEVER, home, place)
    way = minutes(tables, people.transport[volunteer], home, goal)
    far = on_site & (way > people.max_travel[volunteer])
    return far, _busy(tables, volunteer, slot, place)


def _busy(tables: Tables, volunteer: Ints, slot: Ints, place: Ints) -> Bools:
    busy, slots, taken = tables.volunteers.busy, tables.slots, np.zeros(len(slot), dtype=np.bool_)
    counts = busy.counts[volunteer]
    transport = tables.volunteers.transport[volunteer]
    for number in range(busy.longest):
        at = np.flatnonzero((counts > number) & ~taken)
        starts, ends, where = (
            column[busy.start[volunteer[at]] + number] for column in busy.columns
        )
        means, here = transport[at], place[at]
        before = slots.end[slot[at]] + gap_minutes(tables, means, here, where) <= starts
        after = ends + gap_minutes(tables, means, where, here) <= slots.start[slot[at]]
        taken[at] = ~before & ~after
    return taken


def _role(tables: Tables, volunteer: Ints, slot: Ints) -> Bools:
    return ~tables.volunteers.roles[volunteer, tables.seats.role[tables.slots.seat[slot]]]


def _speech(kind: int) -> "Rule":
    def fails(tables: Tables, volunteer: Ints, slot: Ints) -> Bools:
        demand = tables.seats.speech[tables.slots.seat[slot]]
        wrong: Bools = tables.speech_code[demand, volunteer] == kind
        return wrong

    return fails


def _gender(tables: Tables, volunteer: Ints, slot: Ints) -> Bools:
    hard = tables.seats.gender_hard[tables.slots.seat[slot]]
    missed: Bools = hard & gender_missed(tables, volunteer, slot)
    return missed


def gender_missed(tables: Tables, volunteer: Ints, slot: Ints) -> Bools:
    """Tell per pair whether a wish for a woman or a man is not met."""
    wanted = tables.seats.gender[tables.slots.seat[slot]]
    missed: Bools = (wanted != NEVER) & (tables.volunteers.female[volunteer] != wanted)
    return missed


def _papers(tables: Tables, volunteer: Ints, slot: Ints) -> Bools:
    missing = np.zeros(len(slot), dtype=np.bool_)
    seat, end = tables.slots.seat[slot], tables.slots.end[slot]
    for name in range(tables.seats.papers.shape[1]):
        needed = tables.seats.papers[seat, name]
        missing |= needed & (tables.volunteers.papers[volunteer, name] < end)
    return missing


def find(keys: Ints, wanted: Ints) -> tuple[Ints, Bools]:
    """Give where each number stands in sorted keys, and whether it is there at all."""
    if not len(keys):
        return np.zeros(len(wanted), dtype=np.int64), np.zeros(len(wanted), dtype=np.bool_)
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return place, keys[place] == wanted


def _member(keys: Ints, wanted: Ints) -> Bools:
    return find(keys, wanted)[1]


def _blocked(tables: Tables, volunteer: Ints, slot: Ints) -> Bools:
    count = len(tables.seats.role)
    return _member(tables.blocked, volunteer * count + tables.slots.seat[slot])


def _wears(tables: Tables, tags: Ragged, volunteer: Ints, slot: Ints) -> Bools:
    """Tell per pair whether the seat has one of the volunteer's tags."""
    found = np.zeros(len(slot), dtype=np.bool_)
    counts, seats = tags.counts[volunteer], len(tables.seats.role)
    for number in range(tags.longest):
        at = np.flatnonzero((counts > number) & ~found)
        tag = tags.columns[0][tags.start[volunteer[at]] + number]
        found[at] = _member(tables.tagged, tag * seats + tables.slots.seat[slot[at]])
    return found


def _excluded(tables: Tables, volunteer: Ints, slot: Ints) -> Bools:
    return _wears(tables, tables.volunteers.excluded, volunteer, slot)


def _only_kinds(tables: Tables, volunteer: Ints, slot: Ints) -> Bools:
    choosy = tables.volunteers.choosy[volunteer]
    return choosy & ~_wears(tables, tables.volunteers.only, volunteer, slot)


def _open_question(tables: Tables, volunteer: Ints, slot: Ints) -> Bools:
    return tables.volunteers.open_question[volunteer]


def _unavailable(tables: Tables, volunteer: Ints, slot: Ints) -> Bools:
    slots = tables.slots
    return ~inside(tables.volunteers.all_windows, volunteer, slots.start[slot], slots.end[slot])


def left_of(tables: Tables, volunteer: Whole, slot: Whole, *, period: int, unit: int) -> Ints:
    """Give per pair what is left of the cap that counts for it, -1 where there is none.

    A cap for this very day, week or year counts before one for every such period.
    """
    rule = tables.volunteers.cap_rules.get((period, unit))
    if rule is None:
        return np.full(len(volunteer), NEVER, dtype=np.int64)
    found: Ints = rule.general[volunteer]
    if len(rule.keys):
        index = tables.slots.periods[period][slot] - rule.low
        place, special = find(rule.keys, volunteer * np.int64(rule.width) + index)
        special &= (index >= 0) & (index < rule.width)
        found[special] = rule.left[place[special]]
    return found


def amounts_of(tables: Tables, unit: int, slot: Whole) -> Ints:
    """Give what each slot takes from a cap in this unit: 1, its minutes or its cents."""
    slots = tables.slots
    if UNITS[unit] == "assignments":
        return np.ones(len(slot), dtype=np.int64)
    if UNITS[unit] == "minutes":
        return slots.end[slot] - slots.start[slot]
    return tables.seats.cents[slots.seat[slot]]


def _cap(tables: Tables, volunteer: Ints, slot: Ints) -> Bools:
    over = np.zeros(len(slot), dtype=np.bool_)
    for period, unit in tables.volunteers.cap_rules:
        left = left_of(tables, volunteer, slot, period=period, unit=unit)
        over |= (left >= 0) & (amounts_of(tables, unit, slot) > left)
    return over


Rule = Callable[[Tables, Ints, Ints], Bools]

RULES: tuple[tuple[str, Rule], ...] = (
    ("language", _speech(NO_LANGUAGE)),
    ("consent", _speech(NO_CONSENT)),
    ("level", _speech(NO_LEVEL)),
    ("role", _role),
    ("open_question", _open_question),
    ("unavailable", _unavailable),
    ("gender", _gender),
    ("papers", _papers),
    ("excluded", _excluded),
    ("only_kinds", _only_kinds),
    ("blocked", _blocked),
    ("cap", _cap),
)


def failures(tables: Tables, volunteer: Ints, slot: Ints) -> dict[str, Bools]:
    """Give per reason code (papers as one) which pairs fail it."""
    found = {code: rule(tables, volunteer, slot) for code, rule in RULES}
    chosen, too_far, busy = choose_modes(tables, volunteer, slot)
    stuck = chosen == NEVER
    found["too_far"], found["busy"] = too_far & stuck, busy & stuck
    found["mode"] = stuck & ~too_far & ~busy
    return found
