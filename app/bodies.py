"""Types that every body uses: unknown members are refused, text is trimmed and bounded."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, field_validator


def _no_control(value: Any) -> Any:
    if isinstance(value, str) and any(ord(x) < 32 and x not in "\n\t" for x in value):
        raise ValueError("control characters are not allowed")
    return value


def _one_line(value: str) -> str:
    if "\n" in value or "\t" in value:
        raise ValueError("this must be one line")
    return value


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
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=300)]
PostalCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{5}$")]
