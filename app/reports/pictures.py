"""Pictures of reports: plain numbers become an SVG with words that say the same, or a PNG."""

import xml.etree.ElementTree as ET
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app import typesetting
from app.reports import captions, drawing, plots
from app.reports.burndown import budget
from app.reports.drawing import MARGIN, WIDTH, Frame
from app.reports.plots import Picture

__all__ = ["Picture", "budget", "demand_and_supply", "hours_by_month", "png"]

MOST_ROWS = 20
ROW_HEIGHT, BAR_HEIGHT = 42, 14
TENTH_OF_AN_HOUR = 6
"""The finest step of the axis, in minutes."""
NARROWEST, WIDEST = 100, 4000
PAGE = """\
#set page(width: float(sys.inputs.width) * 1pt, height: auto, margin: 0pt)
#image(bytes(sys.inputs.svg), format: "svg", width: 100%)
"""


def hours_by_month(months: Sequence[tuple[date, int, int]], locale: str = "de") -> Picture:
    """Hours of guides and interpreters, stacked by month; a month between without any is empty.

    Parameters
    ----------
    months : sequence of (date, int, int)
        A day of the month, minutes of guides, minutes of interpreters; several of one month add up.
    locale : str
        `de` or `en`; anything else reads German.

    Raises
    ------
    ValueError
        If minutes are negative, or there are more than 36 months from the first to the last.
    """
    if not months:
        return plots.nothing("hours", locale)
    plots.refuse_negative("Minutes", [minutes for _, *both in months for minutes in both])
    rows = _summed(months)
    description = _hours_described(rows, locale)
    svg = plots.sheet("hours", plots.plot_height(2), description, locale)
    top = plots.legend(svg, "hours", {"guides": "solid", "interpreters": "hatched"}, locale)
    values = drawing.ticks(0, max(60, *(row.total for row in rows)), TENTH_OF_AN_HOUR)
    named = {value: captions.hours(value, locale) for value in values}
    frame = plots.value_axis(svg, top, named, captions.said("hours_axis", locale))
    plots.month_axis(svg, frame, [row.month for row in rows], locale)
    _stacks(svg, frame, rows, locale)
    return plots.finished("hours", svg, description, locale)


@dataclass(frozen=True)
class _Stack:
    """Minutes of one month, given by its first day."""

    month: date
    guides: int
    interpreters: int

    @property
    def total(self) -> int:
        """Of both."""
        return self.guides + self.interpreters


def _summed(months: Sequence[tuple[date, int, int]]) -> list[_Stack]:
    guides: dict[date, int] = defaultdict(int)
    interpreters: dict[date, int] = defaultdict(int)
    for day, guiding, interpreting in months:
        guides[day.replace(day=1)] += guiding
        interpreters[day.replace(day=1)] += interpreting
    shown = plots.months(min(guides), max(guides))
    return [_Stack(month, guides[month], interpreters[month]) for month in shown]


def _hours_described(rows: Sequence[_Stack], locale: str) -> str:
    ends = {"first": rows[0].month, "last": rows[-1].month}
    named = {name: captions.month(month, locale) for name, month in ends.items()}
    guides, interpreters = sum(r.guides for r in rows), sum(r.interpreters for r in rows)
    said = captions.said(
        "hours_sum",
        locale,
        period=captions.said("in_months" if len(rows) > 1 else "in_month", locale, **named),
        total=captions.hours(guides + interpreters, locale),
        guides=captions.hours(guides, locale),
        interpreters=captions.hours(interpreters, locale),
    )
    most = max(rows, key=lambda row: row.total)
    if len(rows) == 1 or not most.total:
        return said
    month, total = captions.month(most.month, locale), captions.hours(most.total, locale)
    return f"{said} {captions.said('hours_most', locale, month=month, most=total)}"


def _stacks(svg: ET.Element, frame: Frame, rows: Sequence[_Stack], locale: str) -> None:
    slot = frame.width / len(rows)
    wide = min(slot * 0.7, 48)
    for place, row in enumerate(rows):
        words = captions.said(
            "stack",
            locale,
            month=captions.month(row.month, locale),
            guides=captions.hours(row.guides, locale),
            interpreters=captions.hours(row.interpreters, locale),
        )
        node = drawing.group(svg, words)
        x = frame.left + slot * (place + 0.5) - wide / 2
        middle, top = frame.y(row.guides), frame.y(row.total)
        drawing.bar(node, "hours", "solid", (x, middle), (wide, frame.bottom - middle))
        drawing.bar(node, "hours", "hatched", (x, top), (wide, middle - top))


def demand_and_supply(rows: Sequence[tuple[str, int, int]], locale: str = "de") -> Picture:
    """What was asked for in each language, and within it what was served; most asked for first.

    Parameters
    ----------
    rows : sequence of (str, int, int)
        The language as readers know it, how often it was asked for, how often served. Of more than
        20 the last ones are summed.
    locale : str
        `de` or `en`; anything else reads German.

    Raises
    ------
    ValueError
        If a figure is negative.
    """
    if not rows:
        return plots.nothing("demand", locale)
    plots.refuse_negative("Figures", [figure for _, *both in rows for figure in both])
    known = [(drawing.clean(label), asked, served) for label, asked, served in rows]
    known.sort(key=lambda row: (-row[1], -row[2], row[0]))
    shown = _with_rest(known, locale)
    height = drawing.legend_bottom(2) + ROW_HEIGHT * len(shown) + plots.AXIS_HEIGHT
    description = _demand_described(known, locale)
    svg = plots.sheet("demand", height, description, locale)
    top = plots.legend(svg, "demand", {"asked": "hatched", "served": "solid"}, locale)
    marks = drawing.ticks(0, max(max(asked, served) for _, asked, served in shown), 1, most=4)
    frame = Frame(MARGIN, top, WIDTH - 2 * MARGIN, ROW_HEIGHT * len(shown), 0, marks[-1])
    plots.count_axis(svg, frame, marks, locale)
    for place, row in enumerate(shown):
        _language(svg, frame, top + ROW_HEIGHT * place, row, locale)
    return plots.finished("demand", svg, description, locale)


def _with_rest(rows: Sequence[tuple[str, int, int]], locale: str) -> list[tuple[str, int, int]]:
    if len(rows) <= MOST_ROWS:
        return list(rows)
    rest = rows[MOST_ROWS - 1 :]
    label = captions.said("rest", locale, count=captions.number(len(rest), locale))
    summed = (label, sum(row[1] for row in rest), sum(row[2] for row in rest))
    return [*rows[: MOST_ROWS - 1], summed]


def _demand_described(rows: Sequence[tuple[str, int, int]], locale: str) -> str:
    sums = {"asked": sum(row[1] for row in rows), "served": sum(row[2] for row in rows)}
    figures = {name: captions.number(value, locale) for name, value in sums.items()}
    count = captions.number(len(rows), locale)
    said = captions.said("demand_sum", locale, **figures, count=count)
    label, asked, served = max(rows, key=lambda row: row[1] - row[2])
    if asked <= served:
        return said
    missing = {"open": asked - served, "asked": asked}
    named = {name: captions.number(value, locale) for name, value in missing.items()}
    return f"{said} {captions.said('demand_most', locale, label=label, **named)}"


def _language(
    svg: ET.Element, frame: Frame, top: float, row: tuple[str, int, int], locale: str
) -> None:
    """The label and the figures, and below them both bars, one within the other."""
    label, asked, served = row
    named = {"asked": captions.number(asked, locale), "served": captions.number(served, locale)}
    figures = captions.said("of", locale, **named)
    node = drawing.group(svg, f"{label}: {figures}")
    room = frame.width - drawing.width(figures) - 2 * MARGIN
    drawing.text(node, frame.left, top + 15, drawing.fitted(label, room))
    drawing.text(node, frame.right, top + 15, figures, "end")
    y, inset = top + 20, BAR_HEIGHT / 4
    long, part = (frame.width * value / frame.high for value in (asked, served))
    drawing.bar(node, "demand", "hatched", (frame.left, y), (long, BAR_HEIGHT))
    drawing.bar(node, "demand", "solid", (frame.left, y + inset), (part, BAR_HEIGHT - 2 * inset))


def png(picture: Picture, width: int = 1200) -> bytes:
    """The picture so many pixels wide, as high as it needs; the same picture, the same bytes.

    Text is set in Noto Sans or DejaVu Sans where they are installed, else in the serif letters that
    come with the typesetter.

    Raises
    ------
    ValueError
        If the width is not from 100 to 4000 pixels.
    """
    if not NARROWEST <= width <= WIDEST:
        raise ValueError(f"A picture is {NARROWEST} to {WIDEST} pixels wide, not {width}.")
    return typesetting.picture(PAGE, {"svg": picture.svg.decode(), "width": str(width)})
