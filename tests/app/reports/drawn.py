"""Reading drawn pictures back, and a grant to draw."""

import xml.etree.ElementTree as ET
from datetime import date, timedelta
from itertools import combinations
from typing import Any

from app.reports import drawing, pictures
from app.reports.pictures import Picture

SVG = "{http://www.w3.org/2000/svg}"
TODAY, LAST = date(2027, 8, 1), date(2027, 12, 31)
STEADY = [(TODAY - timedelta(days=n), 100) for n in range(90)]
"""A grant that is used evenly."""


def grant(
    cents: int, days: Any = STEADY, today: date = TODAY, locale: str = "de", last: date = LAST
) -> Picture:
    """A grant."""
    return pictures.budget(days, cents, today=today, last_day=last, locale=locale)


def root(picture: Picture) -> ET.Element:
    """The drawing, read back."""
    return ET.fromstring(picture.svg)  # noqa: S314 - written a moment ago


def words(picture: Picture) -> list[str]:
    """All text that is drawn."""
    return [node.text or "" for node in root(picture).iter(f"{SVG}text")]


def bars(picture: Picture, kind: str) -> list[ET.Element]:
    """The bars of the data, "solid" or "hatched"."""
    fill = drawing.BLUE if kind == "solid" else "url("
    groups = root(picture).findall(f"{SVG}g")
    return [n for g in groups for n in g.iter(f"{SVG}rect") if n.attrib["fill"].startswith(fill)]


def lengths(picture: Picture, kind: str, side: str) -> list[float]:
    """How long these bars are."""
    return [float(bar.attrib[side]) for bar in bars(picture, kind)]


def boxes(picture: Picture) -> list[tuple[float, float, float, float, str]]:
    """Left, top, right and bottom of each text, as wide as it is at most."""
    found = []
    for node in root(picture).iter(f"{SVG}text"):
        size = int(node.get("font-size", drawing.SIZE))
        wide = drawing.width(node.text or "", size)
        shift = {"start": 0.0, "middle": 0.5, "end": 1.0}[node.get("text-anchor", "start")]
        left, base = float(node.attrib["x"]) - shift * wide, float(node.attrib["y"])
        found.append((left, base - 0.75 * size, left + wide, base + 0.2 * size, node.text or ""))
    return found


def overlaps(picture: Picture) -> list[tuple[str, str]]:
    """Texts that stand on each other."""
    return [
        (a[4], b[4])
        for a, b in combinations(boxes(picture), 2)
        if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
    ]
