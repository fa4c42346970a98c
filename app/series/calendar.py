"""When a series takes place: from its rule to days, without holidays, and to exact moments."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from app.clock import today
from app.errors import Invalid
from app.requests import times
from app.requests.times import Slot
from app.series.schemas import Timing
from app.tables import Series
from scheduling import holidays, recurrence, recurrence_text
from scheduling.recurrence_text import WEEKDAYS, Pattern

FEWEST, MOST = 2, 104
HORIZON = timedelta(days=731)
ONE_DAY = timedelta(days=1)


class RuleNotAccepted(Invalid):
    """The rule cannot be read, or is not allowed."""

    de = "{german}"
    en = "{english}"


class Endless(Invalid):
    """The series would never end."""

    de = "Die Serie braucht ein Ende: bitte until (ein Datum) oder count (eine Anzahl) angeben."
    en = "The series needs an end: please give until (a date) or count (a number of dates)."


class TooFewDates(Invalid):
    """A single date is no series."""

    de = (
        "Anzahl der Termine: {count}. Eine Serie hat mindestens zwei. Bitte die Regel ändern oder"
        " einzeln anfragen."
    )
    en = (
        "Number of dates: {count}. A series has at least two. Please change the rule or ask for a"
        " single date."
    )


class TooManyDates(Invalid):
    """More than two years of weeks."""

    de = "Das ergibt {count} Termine. Eine Serie hat höchstens 104: bitte früher enden lassen."
    en = "This makes {count} dates. A series has at most 104: please let it end earlier."


class RunsTooLong(Invalid):
    """So many dates take longer than two years."""

    de = "So viele Termine ({count}) dauern länger als zwei Jahre. Bitte weniger angeben."
    en = "So many dates ({count}) take longer than two years. Please give fewer."


class NothingLeft(Invalid):
    """The changed rule names no day at all."""

    de = "Die geänderte Regel ergibt keinen Termin. Bitte die Serie stattdessen absagen."
    en = "The changed rule makes no date. Please call the series off instead."


@dataclass(frozen=True)
class Calendar:
    """The rule of a series with its time of day; `fold` is for the hour that comes twice."""

    rule: str
    first_day: date
    start_minute: int
    duration_minutes: int
    fold: int | None = None
    skip_school_holidays: bool = False

    @classmethod
    def of(cls, series: Series) -> "Calendar":
        """As it is stored."""
        return cls(
            series.rule,
            series.first_day,
            series.start_minute,
            series.duration_minutes,
            series.template.get("fold"),
            bool(series.template.get("skip_school_holidays")),
        )

    @property
    def pattern(self) -> Pattern:
        """The rule taken apart."""
        return recurrence_text.parse(self.rule)

    def named(self) -> tuple[date, ...]:
        """Every day the rule names, holidays as well."""
        last = self.first_day + HORIZON
        return recurrence.days(self.rule, self.first_day, self.first_day, last)

    def left_out(self) -> dict[date, str]:
        """Named days on which nothing takes place, with a code: public or school."""
        return {day: code for day in self.named() if (code := self._holiday(day))}

    def days(self) -> tuple[date, ...]:
        """The days on which something takes place."""
        return tuple(day for day in self.named() if not self._holiday(day))

    def _holiday(self, day: date) -> str:
        if holidays.is_public_holiday(day):
            return "public"
        is_off = self.skip_school_holidays and holidays.is_school_holiday(day)
        return "school" if is_off else ""

    def slot(self, day: date) -> Slot:
        """The exact moments on a day; an hour that is missing or comes twice is never shifted."""
        return times.slot(day, self.start_minute, self.duration_minutes, self.fold)

    def require_whole(self) -> None:
        """Refuse more dates than are ever made: none of them is left out silently."""
        count = self.pattern.count
        if count is not None and len(self.named()) < count:
            raise RunsTooLong(count=count)

    def with_rule(self, pattern: Pattern) -> "Calendar":
        """The same with another rule, if that is accepted."""
        return replace(self, rule=guarded(recurrence_text.text(pattern), self.first_day))

    def ended_before(self, day: date) -> "Calendar":
        """As far as the day before, and no further than the week of the last date before it."""
        last = max((d for d in self.named() if d < day), default=day - ONE_DAY)
        sunday = last + timedelta(days=6 - last.weekday())
        return self.with_rule(replace(self.pattern, count=None, until=min(day - ONE_DAY, sunday)))

    def anchored(self, earliest: date) -> "Calendar":
        """In its first week a rule counts whole, so that an earlier weekday is not lost in it."""
        monday = self.first_day - timedelta(days=self.first_day.weekday())
        sunday = monday + timedelta(days=6)
        named = recurrence.days(self.rule, self.first_day, self.first_day, sunday)
        if named or self.pattern.frequency != "WEEKLY" or earliest >= self.first_day:
            return self
        return replace(self, first_day=max(monday, earliest))


def guarded(rule: str, first_day: date) -> str:
    """A rule in its written form: accepted, and with an end."""
    try:
        accepted = recurrence.guard(rule, first_day, today())
    except recurrence.RuleRefused as error:
        raise RuleNotAccepted(german=error.de, english=error.en) from error
    pattern = recurrence_text.parse(accepted)
    if pattern.count is None and pattern.until is None:
        raise Endless
    return accepted


def rule_of(body: Timing, first_day: date, present: Pattern | None = None) -> str:
    """The rule somebody wants; what is not sent stays as it is at present."""
    if body.rule:
        return guarded(body.rule, first_day)
    pattern = present or Pattern("WEEKLY")
    if body.weekdays or body.every_weeks:
        weekly = pattern if pattern.frequency == "WEEKLY" else Pattern(
            "WEEKLY", count=pattern.count, until=pattern.until
        )  # fmt: skip
        wanted = sorted({WEEKDAYS.index(day) for day in body.weekdays or ()})
        pattern = replace(
            weekly,
            interval=body.every_weeks or weekly.interval,
            weekdays=tuple((0, day) for day in wanted) or weekly.weekdays,
        )
    if body.until:
        pattern = replace(pattern, until=body.until, count=None)
    if body.count:
        pattern = replace(pattern, count=body.count, until=None)
    return guarded(recurrence_text.text(pattern), first_day)


def left_from(pattern: Pattern, named: Sequence[date], day: date) -> Pattern:
    """The rule from a day on: with a number of dates, as many as are left."""
    if pattern.count is None:
        return pattern
    return replace(pattern, count=sum(other >= day for other in named))


def require_number(days: Sequence[date], *, new: bool) -> None:
    """From two dates to 104; a series that was cut may have one left."""
    if len(days) > MOST:
        raise TooManyDates(count=len(days))
    if new and len(days) < FEWEST:
        raise TooFewDates(count=len(days))
    if not days:
        raise NothingLeft
