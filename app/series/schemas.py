"""What travels about series: requests that come back by a rule."""

from datetime import date
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints, model_validator

from app.bodies import Day, Reason, Strict
from app.requests.schemas import Minutes, RequestDetails, TextChange, TimeOfDay
from app.tables import Mode

Weekday = Literal["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
Weekdays = Annotated[list[Weekday], Field(min_length=1, max_length=7)]
EveryWeeks = Annotated[int, Field(ge=1, le=8)]
Count = Annotated[int, Field(ge=1, le=104)]
Rule = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=512),
    Field(description="An RRULE of iCalendar with COUNT or UNTIL, such as FREQ=WEEKLY;COUNT=10"),
]
Scope = Literal["this", "following", "all"]
Fold = Literal[0, 1]


class Timing(Strict):
    """When it comes back: a rule, or weekdays every so many weeks until a day or so many times."""

    rule: Rule | None = None
    weekdays: Weekdays | None = None
    every_weeks: EveryWeeks | None = None
    until: Day | None = None
    count: Count | None = None

    @model_validator(mode="after")
    def one_way(self) -> Self:
        """A rule says everything itself, and a series has one end."""
        if self.rule and (self.weekdays or self.every_weeks or self.until or self.count):
            raise ValueError("give either rule or weekdays, every_weeks, until and count")
        if self.until and self.count:
            raise ValueError("give either until or count")
        return self


class SeriesCreate(RequestDetails, Timing):
    """A request that comes back; each date becomes a request of its own.

    Public holidays are left out, school holidays on wish. `fold` chooses in the hour that comes
    twice when the clocks go back.
    """

    first_day: Day
    start: TimeOfDay
    fold: Fold | None = None
    skip_school_holidays: bool = False

    @model_validator(mode="after")
    def comes_back(self) -> Self:
        """Without a rule there are weekdays."""
        if not self.rule and not self.weekdays:
            raise ValueError("give rule, or weekdays")
        return self


class SeatChange(Strict):
    """What may be changed about one seat of every date; `position` counts from 0."""

    position: Annotated[int, Field(ge=0, le=11)]
    mode: Mode | None = None
    gender: Literal["f", "m"] | None = None
    gender_hard: bool | None = None


class SeriesUpdate(TextChange, Timing):
    """What may be changed; only what is sent.

    `scope` "this" changes one date and makes it an exception, "following" cuts the series at a
    date, "all" changes every date that has not begun. With `preview` nothing is stored.
    """

    scope: Scope
    request_id: UUID | None = None
    preview: bool = False
    day: Day | None = None
    start: TimeOfDay | None = None
    fold: Fold | None = None
    duration_minutes: Minutes | None = None
    skip_school_holidays: bool | None = None
    seats: list[SeatChange] = Field(default_factory=list, max_length=12)
    reason: Reason = "Die Serie wurde geändert."

    @model_validator(mode="after")
    def scope_fits(self) -> Self:
        """One date has no rule, and only one date moves to another day."""
        _one_date(self.scope, self.request_id)
        asks = self.rule or self.weekdays or self.every_weeks or self.until or self.count
        if self.scope == "this" and (asks or self.skip_school_holidays is not None):
            raise ValueError("a rule is changed with scope following or all")
        if self.scope != "this" and self.day:
            raise ValueError("day moves one date: scope this")
        return self


class SeriesCancel(Strict):
    """Which dates will not take place, and why."""

    scope: Scope
    request_id: UUID | None = None
    reason: Reason

    @model_validator(mode="after")
    def scope_fits(self) -> Self:
        """One date, or the first of some, is named."""
        _one_date(self.scope, self.request_id)
        return self


def _one_date(scope: Scope, request_id: UUID | None) -> None:
    if (scope == "all") != (request_id is None):
        raise ValueError("request_id is given with scope this and following, and not with all")


class SeriesDate(BaseModel):
    """One date of a series: a request of its own.

    `series_day` is the day it stands for in the rule, also when it was moved; none when the rule
    names it no longer.
    """

    request_id: UUID
    series_day: date | None
    day: date
    start: str
    duration_minutes: int
    state: str
    exception: bool


class Skipped(BaseModel):
    """A day of the rule without a date, and why."""

    day: date
    reason: str


class SeriesRead(BaseModel):
    """A series: its rule, also as a sentence, and what each date asks for."""

    id: UUID
    sponsor_id: UUID
    institution_id: UUID
    institution: str
    follows_id: UUID | None
    rule: str
    first_day: date
    last_day: date
    start: str
    duration_minutes: int
    skip_school_holidays: bool
    topic: str
    note: str
    room: str
    contact_name: str
    contact_phone: str
    cost_centre: str
    people_count: int
    urgent: bool
    urgency_reason: str
    same_person_wished: bool
    consent_substitution: bool
    seats: list[dict[str, Any]]
    dates_left: int
    sentence: str = ""


class SeriesDetail(SeriesRead):
    """A series with its dates, and the days that were left out."""

    dates: list[SeriesDate]
    skipped: list[Skipped]
    warnings: list[str] = []


class Kept(BaseModel):
    """A date that a change leaves as it is, and why."""

    request_id: UUID
    day: date
    sentence: str


class SeriesChange(BaseModel):
    """What a change did, or with `preview` would do; then there is no series in the answer.

    `changed` have other texts, `moved` another time; `added` are new days.
    """

    preview: bool
    series: SeriesDetail | None
    changed: list[UUID]
    moved: list[UUID]
    cancelled: list[UUID]
    added: list[date]
    kept: list[Kept]
    skipped: list[Skipped]
