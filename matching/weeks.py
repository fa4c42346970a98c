"""One volunteer's best weeks at given prices: the exact program behind the bound.

Her pairs in time order; F(i, a, b, c) is the most profit of a choice that ends with pair i and has
taken a minutes of the week, b of a cap of the day and c of one longer cap, each in whole units:

    F(i, ·) = price - rent - cost + max F(j, · - amounts_i) over pairs j with end_j + gap ≤ start_i

At the end of a day b starts again, at the end of a week fairness(a) is paid and a starts again.
What cannot bind is not counted. Caps beyond these three, and amounts finer than the grid, are
relaxed: the value is then at least the exact one, so that every bound stays valid.
"""

from typing import Any

import numpy.typing as npt

from matching.board import Board
from matching.compiled import kernel
from matching.desk import (
    A_END,
    B_END,
    COUNTED,
    LOW,
    NONE,
    A,
    B,
    C,
    Desk,
    lay_out,
    link,
    promising,
    rise,
)

Array = npt.NDArray[Any]


@kernel
def move_on(source: Array, target: Array, take: Array, shape: Array, profit: int) -> None:
    """Let the states a pair leads to follow from `source`; all others of `target` are LOW."""
    a_steps, b_steps, c_steps = shape[0], shape[1], shape[2]
    a, b, c = take[A], take[B], take[C]
    for state in range(a_steps * b_steps * c_steps):
        target[state] = LOW
    for high in range(c_steps - c):
        for middle in range(take[B_END] - b):
            here = (high * b_steps + middle) * a_steps
            there = ((high + c) * b_steps + middle + b) * a_steps + a
            for low in range(take[A_END] - a):
                target[there + low] = source[here + low] + profit


@kernel
def fill_rows(desk: Desk, begin: int, end: int, front: Array) -> None:
    """Work out F of one day's pairs from the front of the day and the pairs before each.

    The best of all that can come before is taken state by state, then moved on once.
    """
    grid, takes, shape, profits = desk.grid, desk.takes, desk.shape, desk.profit
    first, links, best, before = desk.link_first, desk.links, desk.best, desk.before
    states = shape[0] * shape[1] * shape[2]
    for item in range(begin, end):
        for state in range(states):
            before[state] = front[state]
        for at in range(first[item], first[item + 1]):
            other = grid[links[at]]
            for state in range(states):
                before[state] = max(before[state], other[state])
        row = grid[item]
        move_on(before, row, takes[item], shape, profits[item])
        for state in range(states):
            best[state] = max(best[state], row[state])


@kernel
def fold(board: Board, desk: Desk, week: int, front: Array) -> None:
    """Begin a new day from the best of the one before: b starts again, and a after the week.

    `week` is the load that ends with the day, -1 when it goes on.
    """
    a_steps, b_steps, c_steps = desk.shape[0], desk.shape[1], desk.shape[2]
    for state in range(a_steps * b_steps * c_steps):
        front[state] = LOW
    for high in range(c_steps):
        for middle in range(b_steps):
            here = (high * b_steps + middle) * a_steps
            there = high * b_steps * a_steps
            for low in range(a_steps):
                value = desk.best[here + low]
                if week >= 0:
                    value -= rise(board, board.base[week], low * desk.shape[3])
                    front[there] = max(front[there], value)
                else:
                    front[there + low] = max(front[there + low], value)


@kernel
def ending_week(board: Board, desk: Desk, last: int, later: int) -> int:
    """Give the load that ends between two pairs (later -1: the end), if its minutes count."""
    load = board.load[desk.items[last]]
    if later >= 0 and board.load[desk.items[later]] == load:
        return NONE
    local = load - board.load_first[board.volunteer[desk.items[last]]]
    return int(load) if desk.weeks[local, COUNTED] else NONE


@kernel
def sweep(board: Board, count: int, desk: Desk) -> int:
    """Fill the grid day by day; gives the number of days. The last front holds the end."""
    states = desk.shape[0] * desk.shape[1] * desk.shape[2]
    items, day, fronts, best = desk.items, board.day, desk.fronts, desk.best
    for state in range(states):
        fronts[0, state], best[state] = LOW, LOW
    fronts[0, 0], best[0] = 0, 0
    days, begin = 0, 0
    while begin < count:
        end = begin + 1
        while end < count and day[items[end]] == day[items[begin]]:
            end += 1
        desk.begins[days] = begin
        fill_rows(desk, begin, end, fronts[days])
        days += 1
        later = end if end < count else NONE
        fold(board, desk, ending_week(board, desk, end - 1, later), fronts[days])
        for state in range(states):
            best[state] = fronts[days, state]
        begin = end
    desk.begins[days], desk.begins[days + 1] = count, count
    return days


@kernel
def unfold(board: Board, desk: Desk, day: int, state: int) -> tuple[int, int]:
    """Give the pair (-1: none of that day) and state before a fold that led to a state."""
    a_steps, b_steps = desk.shape[0], desk.shape[1]
    first, end = desk.begins[day], desk.begins[day + 1]
    later = end if desk.begins[day + 1] < desk.begins[day + 2] else NONE
    week = ending_week(board, desk, end - 1, later)
    value = desk.fronts[day + 1, state]
    high, low = state // (a_steps * b_steps), state % a_steps
    for middle in range(b_steps):
        for a in range(a_steps):
            if week < 0 and a != low:
                continue
            before = (high * b_steps + middle) * a_steps + a
            wanted = value
            if week >= 0:
                wanted += rise(board, board.base[week], a * desk.shape[3])
            if desk.fronts[day, before] == wanted:
                return NONE, before
            for item in range(first, end):
                if desk.grid[item, before] == wanted:
                    return item, before
    return NONE, state


@kernel
def step_back(desk: Desk, item: int, front: Array, state: int) -> int:
    """Give the pair of the same day before this one in the best choice, -1 for none."""
    wanted = desk.grid[item, state + shift(desk, item)] - desk.profit[item]
    if front[state] == wanted:
        return NONE
    for at in range(desk.link_first[item], desk.link_first[item + 1]):
        if desk.grid[desk.links[at], state] == wanted:
            return int(desk.links[at])
    return NONE


@kernel
def shift(desk: Desk, item: int) -> int:
    """Give how far a pair moves the state."""
    take = desk.takes[item]
    return int((take[C] * desk.shape[1] + take[B]) * desk.shape[0] + take[A])


@kernel
def walk_back(board: Board, days: int, state: int, chosen: Array, desk: Desk) -> None:
    """Mark the pairs of the choice that ends in a state of the last front."""
    for day in range(days - 1, -1, -1):
        item, state = unfold(board, desk, day, state)
        while item >= 0:
            chosen[desk.items[item]] = 1
            state -= shift(desk, item)
            item = step_back(desk, item, desk.fronts[day], state)


@kernel
def best_weeks(
    board: Board,
    person: int,
    asked: tuple[Array, Array],
    is_open: Array,
    chosen: Array,
    desk: Desk,
) -> int:
    """Give the most profit a volunteer can make at these prices, and mark her choice.

    `asked` are the prices per slot and the rents per head; `chosen` holds 1 for each chosen pair
    and 0 for her others.
    """
    for pair in range(board.first[person], board.first[person + 1]):
        chosen[pair] = 0
    count = promising(board, person, asked, is_open, desk)
    if count == 0:
        return 0
    lay_out(board, person, count, desk)
    link(board, count, desk)
    days = sweep(board, count, desk)
    most, best = board.opening[person], NONE
    for state in range(desk.shape[0] * desk.shape[1] * desk.shape[2]):
        if desk.fronts[days, state] > most:
            most, best = desk.fronts[days, state], state
    if best >= 0:
        walk_back(board, days, best, chosen, desk)
    return int(most - board.opening[person])
