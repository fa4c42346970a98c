"""What travels about hours without an appointment, and about closed months."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from app.bodies import Moment, Note, Reason, Strict
from app.hours.schemas import Doubt, Kilometres, Minutes
from app.tables import ActivityKind, Fundable, VolunteerRole

Month = Annotated[str, StringConstraints(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]
"""As `2027-01`."""


def first_day(month: str) -> date:
    """The first day of a month as `2027-01`."""
    return date.fromisoformat(f"{month}-01")


class ActivityCreate(Strict):
    """Hours without an appointment; without `volunteer_id` one's own.

    `fundable` is said by the office alone. After 14 days the office gives a reason.
    """

    volunteer_id: UUID | None = None
    sponsor_id: UUID | None = None
    role: VolunteerRole = VolunteerRole.GUIDE
    kind: ActivityKind
    started_at: Moment
    ended_at: Moment
    break_minutes: Minutes = 0
    kilometres: Kilometres = 0
    fundable: Fundable = Fundable.UNKNOWN
    reason: Note = ""


class ActivityUpdate(Strict):
    """What is corrected, as long as nobody has confirmed it."""

    kind: ActivityKind | None = None
    started_at: Moment | None = None
    ended_at: Moment | None = None
    break_minutes: Minutes | None = None
    kilometres: Kilometres | None = None
    fundable: Fundable | None = None


class ActivityConfirm(Strict):
    """Whether the funding line pays it: `yes` or `no`, where that was not said before."""

    fundable: Fundable = Fundable.UNKNOWN


class ActivityEnd(Strict):
    """Why these hours do not count."""

    reason: Reason


class ActivityRead(BaseModel):
    """Hours without an appointment."""

    id: UUID
    sponsor_id: UUID
    volunteer_id: UUID
    volunteer: str
    role: str
    kind: str
    started_at: datetime
    ended_at: datetime
    break_minutes: int
    minutes: int
    kilometres: int
    fundable: str
    state: str
    source: str
    confirmed_at: datetime | None
    reason: str
    doubts: list[Doubt]
    """What a person should look at before it counts."""


class MonthClose(Strict):
    """The month that is settled; `despite_open` closes it though something still waits."""

    month: Month = Field(description="As `2027-01`")
    despite_open: bool = False
    sponsor_id: UUID | None = None

    @property
    def first_day(self) -> date:
        """The month as a day."""
        return first_day(self.month)


class Reopen(Strict):
    """Why hours of a closed month have to be changed."""

    reason: Reason


class ClosedMonthRead(BaseModel):
    """A month whose hours were settled; with `reopened_at` they can be changed again."""

    id: UUID
    sponsor_id: UUID
    month: str
    closed_at: datetime
    closed_by: UUID | None
    reopened_at: datetime | None
    reopened_by: UUID | None
    reason: str
