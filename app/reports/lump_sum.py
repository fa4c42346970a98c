"""Evidence for the lump sum: which guides were active on the key dates."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlmodel import Session

from app.clock import local_day
from app.grants import monitor, past
from app.grants.monitor import Active, Found
from app.reports import words
from app.reports.asked import Asked
from app.sheets import Cell, Column, Row
from app.tables import Sponsor

COLUMNS = (
    Column("day", "Stichtag", "Key date", "date"),
    Column("guides", "Aktive am Stichtag", "Active on the day", "integer"),
    Column("met", "Bedingung erfüllt", "Condition met", "text"),
    Column("lump_sum_cents", "Pauschale in EUR", "Lump sum in EUR", "cents"),
    Column("number", "Nr.", "No.", "integer"),
    Column("volunteer_id", "Kennung", "Id", "text"),
    Column("volunteer", "Name", "Name", "text"),
    Column("coordinating", "Koordiniert", "Coordinates", "text"),
)
GUIDE, QUARTERS = "guide", (1, 4, 7, 10)


def rows(session: Session, one: Asked) -> list[Row]:
    """A row for each guide who is active on a key date; one without a name where nobody is."""
    sponsor = session.get_one(Sponsor, one.sponsor_id)
    active = {
        day: monitor.active_on(session, one.sponsor_id, day, one.as_of) for day in key_days(one)
    }
    named = words.people(session, {each.volunteer_id for some in active.values() for each in some})
    made: list[Row] = []
    house = past.house(session, sponsor, one.as_of)
    for day, some in active.items():
        (found,) = (f for f in monitor.judged(house, some, day) if f.code == "lump_sum")
        guides = [each for each in some if each.role == GUIDE]
        guides.sort(key=lambda each: (named.get(each.volunteer_id, ""), str(each.volunteer_id)))
        made += _of_day(day, found, guides, named, one.locale)
    return made


def key_days(one: Asked) -> list[date]:
    """The first and last day, and each first day of a quarter between; none that is ahead."""
    first, last = one.period.first_day, one.period.last_day
    quarters = [date(year, m, 1) for year in range(first.year, last.year + 1) for m in QUARTERS]
    days = {first, last, *(day for day in quarters if first < day < last)}
    return sorted(day for day in days if day <= local_day(one.as_of))


def _of_day(
    day: date, found: Found, guides: Sequence[Active], named: dict[UUID, str], locale: str
) -> list[Row]:
    same: dict[str, Cell] = {
        "day": day,
        "guides": found.have["guides"],
        "met": words.of(words.YES_NO, "yes" if found.finding.met else "no", locale),
        "lump_sum_cents": found.finding.cents,
    }
    nobody: Row = {
        **same, "number": None, "volunteer_id": None, "volunteer": None, "coordinating": None,
    }  # fmt: skip
    return [
        {
            **same,
            "number": number,
            "volunteer_id": str(each.volunteer_id),
            "volunteer": named.get(each.volunteer_id, ""),
            "coordinating": words.of(words.YES_NO, "yes" if each.coordinating else "no", locale),
        }
        for number, each in enumerate(guides, 1)
    ] or [nobody]
