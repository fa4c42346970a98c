"""Regions of Hessen by official key, as they were on a day."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from scheduling import reference

_AGS = re.compile(r"0[0-9]{4}|0[0-9]{7}|0[0-9]{11}")


@dataclass(frozen=True)
class Region:
    """A Kreis, an independent town, or a town with special status inside of a Kreis.

    Parameters
    ----------
    ags : str
        Official key (Amtlicher Gemeindeschlüssel): text that starts with 0.
    valid_from, valid_to : date or None
        First and last day, both included; None is without limit.
    parent_ags : str or None
        The Kreis a special-status town lies in.
    status : str
        ``verified``, or what still has to be checked.
    """

    ags: str
    name: str
    kind: str
    nuts3: str | None
    regierungsbezirk: str
    valid_from: date | None
    valid_to: date | None
    parent_ags: str | None
    status: str

    def is_valid(self, day: date) -> bool:
        """Whether the region exists on a day."""
        return (self.valid_from or day) <= day <= (self.valid_to or day)


def regions(day: date) -> tuple[Region, ...]:
    """All regions that exist on a day, in the order of the table."""
    return tuple(region for region in _all() if region.is_valid(day))


def region_of(ags: str, day: date) -> Region | None:
    """The region an official key belongs to on a day: the longest prefix wins.

    Names are never compared: Kassel, Gießen, Fulda and Offenbach exist twice.

    Parameters
    ----------
    ags : str
        Key of a Kreis (5 digits), a commune (8), or a regional key (12) as text.
    day : date
        The day of the assignment.

    Returns
    -------
    Region or None
        None outside of Hessen, and for a key that is not in force on that day: the town of an
        ended key has gone elsewhere, so its old Kreis would be wrong.

    Raises
    ------
    ValueError
        If the text is no official key, for example because it lost its leading 0.
    """
    if not _AGS.fullmatch(ags):
        raise ValueError(f"{ags!r} is no AGS, expected 5, 8 or 12 digits that start with 0")
    key = _commune(ags)
    matches = [region for region in _all() if key.startswith(region.ags)]
    longest = max((len(region.ags) for region in matches), default=0)
    return next((one for one in matches if len(one.ags) == longest and one.is_valid(day)), None)


def _commune(ags: str) -> str:
    """The commune's key: a regional key has four digits for the association in its middle."""
    return ags if len(ags) < 12 else ags[:5] + ags[9:]


@cache
def _all() -> tuple[Region, ...]:
    return tuple(_region(row) for row in reference.rows("regions.csv"))


def _region(row: Mapping[str, str]) -> Region:
    return Region(
        ags=row["ags"],
        name=row["name"],
        kind=row["kind"],
        nuts3=row["nuts3"] or None,
        regierungsbezirk=row["regierungsbezirk"],
        valid_from=_day(row["valid_from"]),
        valid_to=_day(row["valid_to"]),
        parent_ags=row["parent_ags"] or None,
        status=row["status"],
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
