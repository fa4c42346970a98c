"""Types that every body uses: unknown members are refused, text is trimmed and bounded."""

import re
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


_NOWHERE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]")
"""Signs that control a machine, and those that no file may hold."""


def no_control(value: Any) -> Any:
    """The value, unless it is a text with signs that nobody writes."""
    if isinstance(value, str) and _NOWHERE.search(value):
        raise ValueError("control characters are not allowed")
    return value


def as_one_line(text: str) -> str:
    """What somebody typed into a page, without line breaks and signs that nobody writes."""
    return " ".join(_NOWHERE.sub(" ", text).split())


def _one_line(value: str) -> str:
    if "\t" in value or len(value.splitlines()) > 1:
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
    without_control = field_validator("*")(no_control)


Typed = AfterValidator(no_control)
"""For text in addresses and forms, which no body guards."""

Email = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        to_lower=True,
        max_length=254,
        pattern=r"^[!-?A-~]+@[!-?A-~]+$",
    ),
]
"""With which somebody signs in: plain letters only, so that no two addresses look alike."""
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
