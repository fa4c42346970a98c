"""What travels about a volunteer's time: windows, rules, absences, extra times, phrases."""

from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints, model_validator

from app.bodies import Day, Line, Strict
from app.tables import Parity, Season

MINUTES_A_DAY = 1440
MOST_WEEKS = 8
"""As far apart may the weeks of a window be."""
Minute = Annotated[int, Field(ge=0, le=MINUTES_A_DAY)]
Phrase = Annotated[Line, StringConstraints(min_length=1)]
Week = Annotated[
    str, StringConstraints(pattern=r"^20[0-9]{2}-W[0-9]{2}$"), Field(examples=["2027-W03"])
]
"""A calendar week as ISO 8601 writes it."""


class PartOfDay(Strict):
    """Local time of a day, half-open, minutes from midnight."""

    start_minute: Minute
    end_minute: Minute

    @model_validator(mode="after")
    def ends_after_start(self) -> Self:
        """The time must have a length."""
        if self.start_minute >= self.end_minute:
            raise ValueError("end_minute must be after start_minute")
        return self


class WindowWrite(PartOfDay):
    """One weekly window in local time, half-open, minutes from midnight; Monday is 0.

    Every second week needs `anchor_day`: any day of a week in which it holds. `parity` is that of
    the calendar week (ISO 8601). `valid_from` and `valid_to` are both included.
    """

    weekday: Annotated[int, Field(ge=0, le=6)]
    soft: bool = False
    every_weeks: Annotated[int, Field(ge=1, le=MOST_WEEKS)] = 1
    season: Season = Season.ALWAYS
    parity: Parity = Parity.ANY
    anchor_day: Day | None = None
    valid_from: Day | None = None
    valid_to: Day | None = None

    @model_validator(mode="after")
    def holds_on_some_day(self) -> Self:
        """The last day is not before the first."""
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValueError("valid_to must not be before valid_from")
        return self


class WindowRead(BaseModel):
    """One weekly window in local time."""

    weekday: int
    start_minute: int
    end_minute: int
    soft: bool
    every_weeks: int
    season: str
    parity: str
    anchor_day: date | None
    valid_from: date | None
    valid_to: date | None


class RecurrenceWrite(PartOfDay):
    """Time that comes back by an iCalendar rule, such as every first Saturday of the month."""

    rule: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=512),
        Field(examples=["FREQ=MONTHLY;BYDAY=1SA"]),
    ]
    first_day: Day
    soft: bool = False


class RecurrenceRead(BaseModel):
    """Time that comes back by a rule, and the next days on which it does."""

    rule: str
    first_day: date
    start_minute: int
    end_minute: int
    soft: bool
    next_days: list[date]


class AvailabilityWrite(Strict):
    """All weekly windows and rules at once; what was there before is replaced.

    The windows come as such or as a phrase that is read and shown back. `anchor_day` answers which
    week "jede 2. Woche" means. With `keep_work` confirmed work that lies outside stays booked, and
    the offices concerned are asked to look at it.
    """

    windows: list[WindowWrite] | None = Field(default=None, max_length=100)
    phrase: Phrase | None = None
    anchor_day: Day | None = None
    recurrences: list[RecurrenceWrite] = Field(default_factory=list, max_length=50)
    keep_work: bool = False

    @model_validator(mode="after")
    def one_of_both(self) -> Self:
        """Windows or phrase, not both."""
        if (self.windows is None) == (self.phrase is None):
            raise ValueError("give either windows or phrase")
        if self.anchor_day is not None and self.phrase is None:
            raise ValueError("anchor_day belongs to phrase; windows have their own")
        return self


class AbsenceRead(BaseModel):
    """Days on which a volunteer cannot, both included, or that part of each of these days."""

    id: UUID
    first_day: date
    last_day: date
    start_minute: int
    end_minute: int
    reason: str


class ExtraTimeRead(BaseModel):
    """Time on one day besides the weekly windows."""

    id: UUID
    day: date
    start_minute: int
    end_minute: int
    soft: bool


class AvailabilityRead(BaseModel):
    """When she can: windows, how they read as a sentence, rules, and what differs from today on."""

    windows: list[WindowRead]
    understood: str
    understood_en: str
    recurrences: list[RecurrenceRead]
    extra_times: list[ExtraTimeRead]
    absences: list[AbsenceRead]


class WorkOutside(BaseModel):
    """A booking that would lie outside of her times; where it is, is only told to its own pool."""

    id: UUID
    starts_at: datetime
    ends_at: datetime
    institution: str


class AvailabilitySaved(AvailabilityRead):
    """When she can from now on, and the bookings that lie outside of it and did not before."""

    work_outside: list[WorkOutside]


class AbsenceSaved(AbsenceRead):
    """An absence, and the bookings in it; a preview has no `id`, for nothing was stored."""

    id: UUID | None  # type: ignore[assignment]
    work_outside: list[WorkOutside]


class ExtraTimeSaved(ExtraTimeRead):
    """An extra time, in the same shape; it never leaves a booking outside."""

    id: UUID | None  # type: ignore[assignment]
    work_outside: list[WorkOutside]


class AbsenceWrite(Strict):
    """Days on which a volunteer cannot, both included, or a whole calendar week.

    With `start_minute` and `end_minute` only that part of each day is meant.
    """

    first_day: Day | None = None
    last_day: Day | None = None
    week: Week | None = None
    start_minute: Minute | None = None
    end_minute: Minute | None = None
    reason: Annotated[Line, StringConstraints(max_length=100)] = ""
    keep_work: bool = False

    @model_validator(mode="after")
    def days_or_week(self) -> Self:
        """Both days or a week, not both, and the last day is not before the first."""
        both = self.first_day is not None and self.last_day is not None
        if both != (self.first_day is not None or self.last_day is not None):
            raise ValueError("give both first_day and last_day")
        if both == (self.week is not None):
            raise ValueError("give either first_day and last_day, or week")
        first, last = self.days()
        if last < first:
            raise ValueError("last_day must not be before first_day")
        return self

    @model_validator(mode="after")
    def both_minutes_or_none(self) -> Self:
        """Half a part of a day is none."""
        if (self.start_minute is None) != (self.end_minute is None):
            raise ValueError("give both start_minute and end_minute, or none of them")
        start, end = self.minutes()
        if start >= end:
            raise ValueError("end_minute must be after start_minute")
        return self

    def days(self) -> tuple[date, date]:
        """First and last day, both included."""
        if self.first_day and self.last_day:
            return self.first_day, self.last_day
        year, _, week = (self.week or "").partition("-W")
        try:
            return (
                date.fromisocalendar(int(year), int(week), 1),
                date.fromisocalendar(int(year), int(week), 7),
            )
        except ValueError as error:
            raise ValueError(f"the year {year} has no calendar week {week}") from error

    def minutes(self) -> tuple[int, int]:
        """The part of each day; all of it unless said otherwise."""
        if self.start_minute is None or self.end_minute is None:
            return 0, MINUTES_A_DAY
        return self.start_minute, self.end_minute


class ExtraTimeWrite(PartOfDay):
    """Time on one day besides the weekly windows; `soft` is on request only."""

    day: Day
    soft: bool = False


class PhraseWrite(Strict):
    """How somebody says when she can, in her own words."""

    phrase: Phrase
    anchor_day: Day | None = None


class PhraseQuestion(BaseModel):
    """What a phrase leaves open: the member that answers it, and the values it may take."""

    member: Literal["anchor_day"]
    question: str
    question_en: str
    choices: list[date]


class PhraseRead(BaseModel):
    """What was understood of a phrase, and what was not; nothing is stored."""

    windows: list[WindowRead]
    understood: str
    understood_en: str
    not_understood: list[str]
    questions: list[PhraseQuestion]
