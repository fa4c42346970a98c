"""What one volunteer can do at given prices, laid out for the exact program in `weeks`.

Which of her pairs can pay, which caps can bind and so are counted, in which steps, and which pair
can come right before which.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from matching.board import Board
from matching.compiled import kernel
from matching.gaps import gap_minutes

Array = npt.NDArray[Any]

LEVELS, SIDE_LEVELS, STATES = 64, 16, 1_024
"""Steps of the week's minutes, of each other cap, and of all three together."""
LOW = -(1 << 60)
NONE, SEVERAL = -1, -2
TOTAL, COUNT, DAY, WEEK, IS_MINUTES, UNIT, USE = range(7)
"""What is known of a cap at the moment: columns of `Desk.caps`."""
UNUSED, OF_WEEK, OF_DAY = range(3)
MINUTES, ITEMS, LIMIT, COUNTED = range(4)
"""What is known of a week: columns of `Desk.weeks`."""
A, B, C, A_END, B_END = range(5)
"""What a pair takes, and up to where: columns of `Desk.takes`."""


class Desk(NamedTuple):
    """Working arrays for one volunteer at a time.

    `grid` holds points per pair and state, `fronts` per day and state; `takes` what each pair
    takes of the week, the day and the longer cap; `shape` their steps and the unit of minutes.
    """

    items: Array
    profit: Array
    caps: Array
    weeks: Array
    takes: Array
    shape: Array
    grid: Array
    fronts: Array
    best: Array
    before: Array
    begins: Array
    link_first: Array
    links: Array
    starts: Array
    ends: Array
    places: Array
    days: Array


def make_desk(board: Board) -> Desk:
    """Give working arrays large enough for the busiest volunteer."""
    longest = int(np.diff(board.first).max(initial=0))
    return Desk(
        items=np.zeros(longest, np.int64),
        profit=np.zeros(longest, np.int64),
        caps=np.zeros((int(np.diff(board.key_first).max(initial=0)), 7), np.int64),
        weeks=np.zeros((int(np.diff(board.load_first).max(initial=0)), 4), np.int64),
        takes=np.zeros((longest, 5), np.int64),
        shape=np.zeros(4, np.int64),
        grid=np.zeros((longest, STATES), np.int64),
        fronts=np.zeros((longest + 1, STATES), np.int64),
        best=np.zeros(STATES, np.int64),
        before=np.zeros(STATES, np.int64),
        begins=np.zeros(longest + 3, np.int64),
        link_first=np.zeros(longest + 1, np.int64),
        links=np.zeros(_most_links(board), np.int32),
        starts=np.zeros(longest, np.int64),
        ends=np.zeros(longest, np.int64),
        places=np.zeros(longest, np.int64),
        days=np.zeros(longest, np.int64),
    )


def _most_links(board: Board) -> int:
    """Give how many pairs of pairs one volunteer has at most on her days."""
    change = np.flatnonzero(np.diff(board.volunteer, prepend=NONE) | np.diff(board.day, prepend=0))
    sizes = np.diff(change, append=len(board.day))
    links = np.bincount(board.volunteer[change], weights=sizes * (sizes - 1) // 2)
    return int(links.max(initial=1))


@kernel
def rise(board: Board, before: int, minutes: int) -> int:
    """Give the points of fairness that minutes add to a load."""
    points = 0
    after = before + minutes
    for number in range(len(board.above)):
        above = board.above[number]
        if after > above:
            points += board.step[number] * (after - max(before, above))
    return points


@kernel
def promising(
    board: Board, person: int, asked: tuple[Array, Array], is_open: Array, desk: Desk
) -> int:
    """List the pairs of a volunteer that can pay at these prices; gives how many."""
    prices, rents = asked
    count = 0
    for pair in range(board.first[person], board.first[person + 1]):
        slot = board.slot[pair]
        profit = prices[slot] - board.cost[pair] - rents[board.head[pair]]
        if profit <= 0 or not is_open[slot]:
            continue
        minutes = board.end[pair] - board.start[pair]
        if profit > rise(board, board.base[board.load[pair]], minutes):
            desk.items[count] = pair
            desk.profit[count] = profit
            count += 1
    return count


@kernel
def gcd(one: int, other: int) -> int:
    """Give the greatest common divisor."""
    while other:
        one, other = other, one % other
    return one


@kernel
def add_up(board: Board, person: int, count: int, desk: Desk) -> int:
    """Sum up what all promising pairs would take; gives the common unit of their minutes."""
    keys, weeks = board.key_first[person], board.load_first[person]
    caps, loads = desk.caps, desk.weeks
    for local in range(board.key_first[person + 1] - keys):
        caps[local, TOTAL], caps[local, COUNT], caps[local, UNIT] = 0, 0, 0
        caps[local, IS_MINUTES], caps[local, USE] = 1, UNUSED
    for local in range(board.load_first[person + 1] - weeks):
        loads[local, MINUTES], loads[local, ITEMS] = 0, 0
        loads[local, LIMIT] = -LOW
    unit = 0
    for item in range(count):
        pair = desk.items[item]
        minutes = board.end[pair] - board.start[pair]
        unit = gcd(minutes, unit)
        week = board.load[pair] - weeks
        loads[week, MINUTES] += minutes
        loads[week, ITEMS] += 1
        for need in range(board.need_first[pair], board.need_first[pair + 1]):
            local, amount = board.need_key[need] - keys, board.need_amount[need]
            if caps[local, COUNT] == 0:
                caps[local, DAY], caps[local, WEEK] = board.day[pair], week
            if caps[local, DAY] != board.day[pair]:
                caps[local, DAY] = SEVERAL
            if caps[local, WEEK] != week:
                caps[local, WEEK] = SEVERAL
            if amount != minutes:
                caps[local, IS_MINUTES] = 0
            caps[local, TOTAL] += amount
            caps[local, COUNT] += 1
            caps[local, UNIT] = gcd(amount, caps[local, UNIT])
    return unit


@kernel
def choose_caps(board: Board, person: int, desk: Desk) -> tuple[int, int, int]:
    """Decide which caps are counted and how; gives the longer cap and the steps of b and c."""
    keys, caps = board.key_first[person], desk.caps
    longer, b_steps = NONE, 1
    for local in range(board.key_first[person + 1] - keys):
        left = board.left[keys + local]
        if caps[local, TOTAL] <= left or board.rolling[keys + local]:
            continue
        week = caps[local, WEEK]
        if week >= 0 and caps[local, IS_MINUTES] and caps[local, COUNT] == desk.weeks[week, ITEMS]:
            desk.weeks[week, LIMIT] = min(desk.weeks[week, LIMIT], left)
            caps[local, USE] = OF_WEEK
            continue
        caps[local, UNIT] = (
            max(caps[local, UNIT], left // (SIDE_LEVELS - 1) + 1)
            if (left // caps[local, UNIT] >= SIDE_LEVELS)
            else caps[local, UNIT]
        )
        if caps[local, DAY] >= 0:
            caps[local, USE] = OF_DAY
            b_steps = max(b_steps, left // caps[local, UNIT] + 1)
        elif (
            longer == NONE
            or left * caps[longer, TOTAL] < board.left[keys + longer] * caps[local, TOTAL]
        ):
            longer = local
    if longer == NONE:
        return longer, b_steps, 1
    return longer, b_steps, board.left[keys + longer] // caps[longer, UNIT] + 1


@kernel
def count_minutes(board: Board, person: int, unit: int, desk: Desk) -> tuple[int, int]:
    """Give the steps and the unit of the week's minutes; 1 step where they need no counting."""
    most, weeks = 0, board.load_first[person]
    steps = len(board.above)
    for local in range(board.load_first[person + 1] - weeks):
        minutes, base = desk.weeks[local, MINUTES], board.base[weeks + local]
        bends = steps > 0 and base + minutes > board.above[0] and base < board.above[steps - 1]
        counts = bends or desk.weeks[local, LIMIT] < minutes
        desk.weeks[local, COUNTED] = counts
        if counts:
            most = max(most, min(minutes, desk.weeks[local, LIMIT]))
    if most // unit >= LEVELS:
        unit = most // (LEVELS - 1) + 1
    return most // unit + 1, unit


@kernel
def shape_grid(board: Board, person: int, count: int, desk: Desk) -> int:
    """Set the steps of the grid and the unit of minutes; gives the longer cap that is counted."""
    unit = add_up(board, person, count, desk)
    longer, b_steps, c_steps = choose_caps(board, person, desk)
    a_steps, unit = count_minutes(board, person, unit, desk)
    if a_steps * b_steps * c_steps > STATES:
        c_steps = 1
    if a_steps * b_steps > STATES:
        b_steps = 1
    desk.shape[0], desk.shape[1], desk.shape[2], desk.shape[3] = a_steps, b_steps, c_steps, unit
    return longer if c_steps > 1 else NONE


@kernel
def lay_out(board: Board, person: int, count: int, desk: Desk) -> None:
    """Write down what each pair takes of the three amounts, and up to where."""
    longer = shape_grid(board, person, count, desk)
    keys, weeks = board.key_first[person], board.load_first[person]
    takes = desk.takes
    day, of_day = -1, NONE
    for item in range(count):
        pair = desk.items[item]
        week = board.load[pair] - weeks
        minutes = board.end[pair] - board.start[pair]
        takes[item, A], takes[item, B], takes[item, C] = 0, 0, 0
        takes[item, A_END], takes[item, B_END] = desk.shape[0], desk.shape[1]
        if desk.weeks[week, COUNTED]:
            takes[item, A] = minutes // desk.shape[3]
            limit = min(desk.weeks[week, LIMIT], desk.weeks[week, MINUTES])
            takes[item, A_END] = limit // desk.shape[3] + 1
        else:
            desk.profit[item] -= rise(board, board.base[board.load[pair]], minutes)
        if item == 0 or board.day[pair] != day:
            day, of_day = board.day[pair], NONE
        for need in range(board.need_first[pair], board.need_first[pair + 1]):
            local = board.need_key[need] - keys
            use = desk.caps[local, USE]
            if local == longer:
                takes[item, C] = board.need_amount[need] // desk.caps[local, UNIT]
            if use == OF_DAY and desk.shape[1] > 1 and of_day in (NONE, local):
                of_day = local
                takes[item, B] = board.need_amount[need] // desk.caps[local, UNIT]
                takes[item, B_END] = board.left[keys + local] // desk.caps[local, UNIT] + 1


@kernel
def link(board: Board, count: int, desk: Desk) -> None:
    """List for each pair the pairs of the same day that can come right before it."""
    items, first, links = desk.items, desk.link_first, desk.links
    starts, ends, places, days = desk.starts, desk.ends, desk.places, desk.days
    for item in range(count):
        pair = items[item]
        starts[item], ends[item] = board.start[pair], board.end[pair]
        places[item], days[item] = board.place[pair], board.day[pair]
    transport = board.transport[board.volunteer[items[0]]]
    ways, table = board.ways, board.ways.table[transport]
    known = len(table) > 0
    number, begin = 0, 0
    for item in range(count):
        first[item] = number
        start, place = starts[item], places[item]
        if item and days[item] != days[item - 1]:
            begin = item
        for other in range(begin, item):
            pause = start - ends[other]
            if pause < 0:
                continue
            if place >= 0 and places[other] >= 0:
                if known:
                    gap = int(table[places[other], place])
                else:
                    gap = gap_minutes(ways, transport, places[other], place)
                if gap > pause:
                    continue
            links[number] = other
            number += 1
    first[count] = number
