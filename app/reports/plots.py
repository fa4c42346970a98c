"""What the pictures of reports share: the picture itself, its axes, its months."""

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from app.reports import captions, drawing
from app.reports.drawing import INK, MARGIN, WIDTH, Frame, Mark

MOST_MONTHS = 36
STRIP, PLOT_HEIGHT, AXIS_HEIGHT = 26, 190, 44
"""Heights in units: above a plot, of it, and of an axis below."""


@dataclass(frozen=True)
class Picture:
    """A picture as SVG, its title, and what is to be seen in it, in a sentence or two."""

    svg: bytes
    title: str
    description: str


def nothing(name: str, locale: str) -> Picture:
    """The picture of no data: its title and a sentence."""
    sentence = captions.said("nothing", locale)
    svg = sheet(name, 70, sentence, locale)
    drawing.text(svg, MARGIN, 52, sentence)
    return finished(name, svg, sentence, locale)


def sheet(name: str, height: float, description: str, locale: str) -> ET.Element:
    """An empty drawing with the title that belongs to the name."""
    return drawing.sheet(name, height, captions.said(name, locale), description, locale)


def finished(name: str, svg: ET.Element, description: str, locale: str) -> Picture:
    """The picture of a drawing."""
    return Picture(drawing.as_bytes(svg), captions.said(name, locale), description)


def refuse_negative(what: str, figures: Iterable[int]) -> None:
    """Refuse figures that count nothing.

    Raises
    ------
    ValueError
        If one is below 0.
    """
    lowest = min(figures, default=0)
    if lowest < 0:
        raise ValueError(f"{what} are not below 0; one of them is {lowest}.")


def months(first: date, last: date) -> list[date]:
    """The first days of all months from that of `first` to that of `last`.

    Raises
    ------
    ValueError
        If they are more than 36.
    """
    start, end = (day.year * 12 + day.month - 1 for day in (first, last))
    if end - start >= MOST_MONTHS:
        raise ValueError(
            f"A picture shows at most {MOST_MONTHS} months, not {end - start + 1}:"
            " give a shorter period."
        )
    return [date(month // 12, month % 12 + 1, 1) for month in range(start, end + 1)]


def plot_height(entries: int) -> float:
    """How high a drawing with a legend, a plot and an axis of months is."""
    return drawing.legend_bottom(entries) + STRIP + PLOT_HEIGHT + AXIS_HEIGHT


def legend(svg: ET.Element, name: str, marks: Mapping[str, Mark], locale: str) -> float:
    """The mark of each word of `captions`; gives where the drawing goes on."""
    entries = [(mark, captions.said(word, locale)) for word, mark in marks.items()]
    return drawing.legend(svg, name, entries)


def value_axis(svg: ET.Element, top: float, marks: Mapping[int, str], unit: str) -> Frame:
    """The frame of a plot below `top`, with a line for each mark and its words to the left."""
    left = MARGIN + max(drawing.width(words) for words in marks.values()) + 4
    size = (WIDTH - MARGIN - left, PLOT_HEIGHT)
    frame = Frame(left, top + STRIP, *size, low=min(marks), high=max(marks))
    drawing.text(svg, MARGIN, frame.top - 12, unit)
    for value, words in marks.items():
        y = frame.y(value)
        drawing.rule(svg, (left, y), (frame.right, y), drawing.FAINT if value else INK)
        drawing.text(svg, left - 4, y + 4.5, words, "end")
    return frame


def month_axis(svg: ET.Element, frame: Frame, shown: Sequence[date], locale: str) -> None:
    """Names of months below a plot, as many as find room, and the years below them."""
    slot = frame.width / len(shown)
    every = _every([captions.short_month(month, locale) for month in shown], slot)
    for place, month in enumerate(shown):
        x = frame.left + slot * (place + 0.5)
        end = frame.left + slot * (place + 1)
        drawing.rule(svg, (end, frame.bottom), (end, frame.bottom + 4), INK)
        if place % every == 0:
            words = captions.short_month(month, locale)
            drawing.text(svg, _inside(x, words), frame.bottom + 18, words, "middle")
        if _names_year(shown, place, slot):
            year = str(month.year)
            drawing.text(svg, _inside(x, year), frame.bottom + 35, year, "middle")


def _inside(x: float, words: str) -> float:
    """The middle of words, moved where they would end outside the drawing."""
    return min(x, WIDTH - 1 - drawing.width(words) / 2)


def _every(labels: Sequence[str], slot: float) -> int:
    """Each of how many months has its name: 1, 2, 3, 6 or 12."""
    pairs = [drawing.width(a) / 2 + drawing.width(b) / 2 for a, b in pairwise(labels)]
    wide = max(pairs, default=0) + drawing.SMALLEST_GAP
    return next((every for every in (1, 2, 3, 6) if slot * every >= wide), 12)


def _names_year(shown: Sequence[date], place: int, slot: float) -> bool:
    """Each January, and the first month unless a January follows too closely."""
    if place:
        return shown[place].month == 1
    room = drawing.width(str(shown[0].year)) + drawing.SMALLEST_GAP
    return shown[0].month == 1 or slot * (13 - shown[0].month) >= room or len(shown) == 1


def count_axis(svg: ET.Element, frame: Frame, marks: Sequence[int], locale: str) -> None:
    """Marks below a frame whose values go to the right; the outer two alone where it is tight."""
    drawing.rule(svg, (frame.left, frame.bottom), (frame.right, frame.bottom), INK)
    words = [captions.number(value, locale) for value in marks]
    crowded = drawing.width(words[-1]) * 1.5 + MARGIN > frame.width / (len(marks) - 1)
    for value, said in zip(marks, words, strict=True):
        x = frame.left + frame.width * value / frame.high
        drawing.rule(svg, (x, frame.bottom), (x, frame.bottom + 4), INK)
        if value == 0:
            drawing.text(svg, x, frame.bottom + 18, said)
        elif value == frame.high:
            drawing.text(svg, x, frame.bottom + 18, said, "end")
        elif not crowded:
            drawing.text(svg, x, frame.bottom + 18, said, "middle")
    drawing.text(svg, frame.right, frame.bottom + 36, captions.said("demand_axis", locale), "end")
