"""Types that every body uses: unknown members are refused, text is trimmed and bounded."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints


class Strict(BaseModel):
    """A body: unknown members are refused."""

    model_config = ConfigDict(extra="forbid")


def _no_control(value: str) -> str:
    if any(ord(letter) < 32 and letter not in "\n\t" for letter in value):
        raise ValueError("control characters are not allowed")
    return value


Email = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        to_lower=True,
        max_length=254,
        pattern=r"^[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+$",
    ),
]
Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100),
    AfterValidator(_no_control),
]
Line = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=200), AfterValidator(_no_control)
]
Note = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=300), AfterValidator(_no_control)
]
Reason = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=3, max_length=300),
    AfterValidator(_no_control),
]
PostalCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{5}$")]
