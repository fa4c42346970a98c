"""Drawings as SVG: text, bars and lines on white, told apart without colour as well."""

import re
import unicodedata
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Literal

from allowance.money import is_english

WIDTH = 360
"""Of every drawing, in units: where it is shown 320 pixels wide, text is 11.5 pixels high."""
MARGIN = 6
SIZE, TITLE_SIZE, SMALLEST_GAP = 13, 15, 4
FONTS = "'Noto Sans', 'DejaVu Sans', sans-serif"
INK, FAINT, BLUE, ORANGE = "#1c2321", "#d5dadd", "#17406d", "#b35900"

Mark = Literal["solid", "hatched", "line", "dashed", "diamond"]
Anchor = Literal["start", "middle", "end"]
Point = tuple[float, float]

_MOST_LETTERS = 200
_LEGEND_TOP, _LEGEND_ROW = 36, 20
_FORBIDDEN = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\U00010000-\U0010fffd]"
)
"""What XML does not allow or advises against."""
_TURNING = re.compile("[\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
"""Unseen signs: some of them turn the direction of what follows."""
_ISOLATE, _END_ISOLATE = "\u2068", "\u2069"
_EMS = {
    letter: ems
    for letters, ems in ((" ',./:;IJ|ijl", 0.34), ("!()-[]frt", 0.42), ("MW@%mw", 1.0))
    for letter in letters
}
_CAPITAL, _USUAL, _FOREIGN, _LAST_LATIN = 0.8, 0.64, 1.0, "\u052f"


@dataclass(frozen=True)
class Frame:
    """Where values stand: a rectangle in units, its scale from `low` at the bottom to `high`."""

    left: float
    top: float
    width: float
    height: float
    low: int
    high: int

    @property
    def right(self) -> float:
        """The far edge."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.top + self.height

    def y(self, value: int) -> float:
        """How far down a value stands."""
        return self.top + self.height * ((self.high - value) / (self.high - self.low))


def clean(text: str) -> str:
    """A label as it may stand in XML: one line without control signs, at most 200 letters.

    One that is written from right to left is isolated, so that it turns nothing around it.
    """
    seen = _TURNING.sub("", _FORBIDDEN.sub("", text))
    line = " ".join(seen[:_MOST_LETTERS].split()) or "–"
    turned = any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in line)
    return f"{_ISOLATE}{line}{_END_ISOLATE}" if turned else line


def width(words: str, size: int = SIZE) -> float:
    """How wide text is at most in the fonts of `FONTS`, in units; an estimate."""
    return size * sum(_ems(letter) for letter in words)


def _ems(letter: str) -> float:
    if unicodedata.category(letter) in ("Mn", "Cf"):
        return 0
    if letter > _LAST_LATIN:
        return _FOREIGN
    return _EMS.get(letter, _CAPITAL if letter.isupper() else _USUAL)


def fitted(label: str, room: float) -> str:
    """A label of `clean`, shortened with an ellipsis where it is wider than the room."""
    if width(label) <= room:
        return label
    turned = label.startswith(_ISOLATE)
    bare = label.strip(_ISOLATE + _END_ISOLATE)
    while bare and width(f"{bare}…") > room:
        bare = bare[:-1].rstrip()
    return f"{_ISOLATE}{bare}…{_END_ISOLATE}" if turned else f"{bare}…"


def ticks(lowest: int, largest: int, unit: int, most: int = 5) -> list[int]:
    """Round values from at most `lowest` and 0 to at least `largest`, in even steps.

    A step is 1, 2 or 5 times a power of ten of units; there are at most `most` steps.
    """
    low, high = min(lowest, 0), max(largest, unit)
    step = next(s for s in _steps(unit) if -(-high // s) - low // s <= most)
    return list(range(low // step * step, -(-high // step) * step + 1, step))


def _steps(unit: int) -> Iterator[int]:
    for power in count():
        yield from (unit * leading * 10**power for leading in (1, 2, 5))


def sheet(name: str, height: float, title: str, description: str, locale: str) -> ET.Element:
    """An empty drawing with its title; `name` begins its ids, so that several share a page."""
    root = ET.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {WIDTH} {_units(height)}",
            "role": "img",
            "aria-labelledby": f"{name}-title",
            "aria-describedby": f"{name}-text",
            "lang": "en" if is_english(locale) else "de",
            "direction": "ltr",
            "font-family": FONTS,
            "font-size": str(SIZE),
            "fill": INK,
        },
    )
    ET.SubElement(root, "title", {"id": f"{name}-title"}).text = title
    ET.SubElement(root, "desc", {"id": f"{name}-text"}).text = description
    _add_hatching(root, name)
    _add(root, "rect", width=WIDTH, height=height, fill="#ffffff")
    heading = text(root, MARGIN, 22, title)
    heading.set("font-size", str(TITLE_SIZE))
    heading.set("font-weight", "bold")
    return root


def _add_hatching(root: ET.Element, name: str) -> None:
    pattern = _add(ET.SubElement(root, "defs"), "pattern", id=f"{name}-hatched", width=6, height=6)
    pattern.set("patternUnits", "userSpaceOnUse")
    pattern.set("patternTransform", "rotate(45)")
    _add(pattern, "rect", width=6, height=6, fill="#ffffff")
    _add(pattern, "rect", width=3, height=6, fill=ORANGE)


def as_bytes(root: ET.Element) -> bytes:
    """The drawing as a file: the same one, the same bytes."""
    made: bytes = ET.tostring(root, encoding="utf-8")
    return made


def text(
    parent: ET.Element, x: float, y: float, words: str, anchor: Anchor = "start"
) -> ET.Element:
    """Words on the line `y`, beginning, centred or ending at `x`."""
    node = _add(parent, "text", x=x, y=y)
    if anchor != "start":
        node.set("text-anchor", anchor)
    node.text = words
    return node


def group(parent: ET.Element, title: str) -> ET.Element:
    """What belongs together, with words that a pointer on it brings up."""
    node = ET.SubElement(parent, "g")
    ET.SubElement(node, "title").text = title
    return node


def bar(parent: ET.Element, name: str, mark: Mark, top_left: Point, size: Point) -> None:
    """A bar of width and height `size`, solid or hatched; none of size 0."""
    if min(size) <= 0:
        return
    node = _add(
        parent, "rect", x=top_left[0], y=top_left[1], width=size[0], height=size[1], fill=BLUE
    )
    if mark == "hatched":
        node.set("fill", f"url(#{name}-hatched)")
        node.set("stroke", ORANGE)


def line(parent: ET.Element, points: Sequence[Point], mark: Mark = "line") -> None:
    """A strong line through points, dashed where it is an estimate."""
    node = _add(parent, "polyline", fill="none", stroke=BLUE)
    node.set("points", " ".join(f"{_units(x)},{_units(y)}" for x, y in points))
    node.set("stroke-width", "2.5")
    if mark == "dashed":
        node.set("stroke", ORANGE)
        node.set("stroke-dasharray", "7 4")


def rule(parent: ET.Element, start: Point, end: Point, colour: str = FAINT) -> ET.Element:
    """A thin line that guides the eye."""
    return _add(parent, "line", x1=start[0], y1=start[1], x2=end[0], y2=end[1], stroke=colour)


def diamond(parent: ET.Element, x: float, y: float) -> None:
    """A mark of one day."""
    corners = ((x, y - 7), (x + 7, y), (x, y + 7), (x - 7, y))
    node = _add(parent, "polygon", fill=ORANGE, stroke="#ffffff")
    node.set("points", " ".join(f"{_units(a)},{_units(b)}" for a, b in corners))


def legend(parent: ET.Element, name: str, entries: Sequence[tuple[Mark, str]]) -> float:
    """What each mark means, one below the other; gives where the drawing goes on."""
    for place, (mark, words) in enumerate(entries):
        y = legend_bottom(place)
        if mark == "diamond":
            diamond(parent, MARGIN + 12, y + 6)
        elif mark in ("line", "dashed"):
            line(parent, ((MARGIN, y + 6), (MARGIN + 24, y + 6)), mark)
        else:
            bar(parent, name, mark, (MARGIN, y), (24, 12))
        text(parent, MARGIN + 32, y + 11, words)
    return legend_bottom(len(entries))


def legend_bottom(entries: int) -> float:
    """How far down a legend of so many entries reaches."""
    return _LEGEND_TOP + _LEGEND_ROW * entries


def _add(parent: ET.Element, tag: str, **attributes: float | str) -> ET.Element:
    told = {k: v if isinstance(v, str) else _units(v) for k, v in attributes.items()}
    return ET.SubElement(parent, tag, told)


def _units(value: float) -> str:
    """At most one decimal: finer is seen by nobody."""
    return f"{value:.1f}".removesuffix(".0")
