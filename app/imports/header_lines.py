"""Headings that stand in two lines: a group such as "Verfügbarkeit" over "Mo", "Di", "Mi"."""

from collections.abc import Callable, Sequence

from app.imports.reading import Cells

Means = Callable[[str], bool]
"""Whether a heading alone says what its column is."""

_FEWEST = 2


def joined(rows: Sequence[Cells], at: int, means: Means) -> tuple[Cells, int]:
    """The headings of the line `at`, with a line of groups above or below; where rows begin."""
    headings = rows[at]
    if at + 1 < len(rows) and _is_second_line(headings, rows[at + 1], means):
        return _below(headings, rows[at + 1], means), at + 2
    if at > 0 and _is_group_line(rows[at - 1], headings, means):
        return _below(rows[at - 1], headings, means), at + 1
    return headings, at + 1


def _is_second_line(headings: Cells, line: Cells, means: Means) -> bool:
    """Whether the next line names columns of its own, none of which the first line knows."""
    filled = [at for at, cell in enumerate(line) if cell]
    groups = _spread(headings, len(line))
    alone = [at for at in filled if not _cell(headings, at) or _repeats(headings, at)]
    named = sum(means(line[at]) or means(f"{groups[at]} {line[at]}") for at in filled)
    return len(filled) >= _FEWEST and named == len(filled) and len(alone) * 2 >= len(filled)


def _repeats(headings: Cells, at: int) -> bool:
    """Whether the heading is the first of a group that spreads to the right."""
    return not _cell(headings, at + 1)


def _is_group_line(line: Cells, headings: Cells, means: Means) -> bool:
    """Whether the line above names groups, and at least one heading needs its group."""
    filled = [at for at, cell in enumerate(line) if cell]
    groups = _spread(line, len(headings))
    helped = [
        at
        for at, heading in enumerate(headings)
        if heading and groups[at] and not means(heading) and means(f"{groups[at]} {heading}")
    ]
    empty = [at for at, heading in enumerate(headings) if not heading and means(groups[at])]
    return len(filled) >= _FEWEST and bool(helped or empty)


def _below(groups: Cells, line: Cells, means: Means) -> Cells:
    """Each column's heading: the lower one when it speaks for itself, else both together."""
    width = max(len(groups), len(line))
    spread = _spread(groups, width)
    return tuple(_one(_cell(groups, at), spread[at], _cell(line, at), means) for at in range(width))


def _one(own: str, group: str, lower: str, means: Means) -> str:
    if not lower:
        return own
    if means(lower) or not group:
        return lower
    return f"{group} {lower}"


def _spread(groups: Cells, width: int) -> list[str]:
    """The group over each column: a merged cell holds its text in its first column alone."""
    spread, last = [], ""
    for at in range(width):
        last = _cell(groups, at) or last
        spread.append(last)
    return spread


def _cell(cells: Cells, at: int) -> str:
    return cells[at] if at < len(cells) else ""
