"""Types that every body uses: unknown members are refused, text is trimmed and bounded."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
)

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2199, 12, 31)


def _no_control(value: Any) -> Any:
    if isinstance(value, str) and any(ord(x) < 32 and x not in "\n\t" for x in value):
        raise ValueError("control characters are not allowed")
    return value


def _one_line(value: str) -> str:
    if "\n" in value or "\t" in value:
        raise ValueError("this must be one line")
    return value


def _in_our_time(moment: datetime) -> datetime:
    # Far outside a conversion to UTC leaves the calendar.
    if not FIRST_DAY <= moment.date() <= LAST_DAY:
        raise ValueError(f"the year must be between {FIRST_DAY.year} and {LAST_DAY.year}")
    return moment


class Strict(BaseModel):
    """A body: unknown members are refused, and control characters in every text."""

    model_config = ConfigDict(extra="forbid")
    no_control = field_validator("*")(_no_control)


Typed = AfterValidator(_no_control)
"""For text in addresses and forms, which no body guards."""

Email = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        to_lower=True,
        max_length=254,
        pattern=r"^[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+$",
    ),
]
OptionalEmail = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        max_length=254,
        pattern=r"^([^@\s,;<>\x00-\x1f]+@[^@\s,;<>\x00-\x1f]+)?$",
    ),
]
"""One address, or none."""
Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100),
    AfterValidator(_one_line),
]
Line = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=200), AfterValidator(_one_line)
]
Phone = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=40), AfterValidator(_one_line)
]
Place = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=100), AfterValidator(_one_line)
]
"""A town or a room, or nothing."""
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=300)]
PostalCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{5}$")]
Day = Annotated[date, Field(ge=FIRST_DAY, le=LAST_DAY)]
"""A day with which everybody can still reckon; birth dates have their own rule."""
Moment = Annotated[AwareDatetime, AfterValidator(_in_our_time)]
"""A point in time with its offset, in the same years."""
