"""Tables everybody may read: languages, regions and holidays."""

from datetime import date
from typing import Annotated

from pydantic import Field

from app.errors import Invalid
from app.sponsors.schemas import (
    HolidaysRead,
    LanguageOption,
    PublicHoliday,
    RegionRead,
    SchoolHolidays,
    StandIn,
)
from scheduling import holidays, languages, regions

LONGEST_DAYS = 5 * 366
Day = Annotated[date, Field(ge=date(1991, 1, 1), le=date(2100, 12, 31))]
"""A day of the years whose holidays follow rules that are known."""


class DaysInWrongOrder(Invalid):
    """The last day is before the first one."""

    slug, title = "days-in-wrong-order", "Days in the wrong order"
    de = "Der letzte Tag liegt vor dem ersten. Bitte vertauschen."
    en = "The last day is before the first one. Please swap them."


class TooManyDays(Invalid):
    """More days at once than somebody reads."""

    slug, title = "too-many-days", "Too many days"
    de = "Bitte höchstens fünf Jahre auf einmal abfragen."
    en = "Please ask for at most five years at once."


def suggested(q: str, limit: int) -> list[LanguageOption]:
    """Languages like `q`, each with who may stand in for it."""
    found = languages.suggest(q, limit)
    asked = languages.understand(q).candidates if q else ()
    return [_option(one, ask=one.tag in asked) for one in found]


def _option(one: languages.Language, *, ask: bool) -> LanguageOption:
    return LanguageOption(
        tag=one.tag,
        german=one.german,
        english=one.english,
        own_name=one.own_name,
        script=one.script,
        direction=one.direction,
        variety_of=one.variety_of,
        synonyms=list(one.synonyms),
        ask=ask,
        substitutes=[
            StandIn(tag=tag, cost=found.cost, needs_consent=found.needs_consent)
            for tag, found in languages.stand_ins(one.tag)
        ],
    )


def regions_on(day: date) -> list[RegionRead]:
    """Regions of Hessen that exist on a day."""
    return [
        RegionRead(
            ags=one.ags,
            name=one.name,
            kind=one.kind,
            regierungsbezirk=one.regierungsbezirk,
            parent_ags=one.parent_ags,
            valid_from=one.valid_from,
            valid_to=one.valid_to,
            status=one.status,
        )
        for one in regions.regions(day)
    ]


def holidays_between(first: date, last: date, locale: str) -> HolidaysRead:
    """Public and school holidays of some days, with a warning where nobody knows them yet."""
    if last < first:
        raise DaysInWrongOrder
    if (last - first).days > LONGEST_DAYS:
        raise TooManyDays
    public = holidays.public_holidays(first, last)
    return HolidaysRead(
        public=[PublicHoliday(day=day, name=name) for day, name in public],
        school=[
            SchoolHolidays(name=one.name, first=one.first, last=one.last)
            for one in holidays.school_holidays(first, last)
        ],
        school_known_until=holidays.known_until(),
        warning=holidays.school_holiday_warning(first, last, locale),
    )
