"""A column whose values only the key opens."""

from typing import Any

from sqlalchemy import Dialect, String
from sqlalchemy.types import TypeDecorator

from app.sealing import seal, unseal


def sealed_length(plain: int) -> int:
    """How long at most `plain` letters of ASCII are when they are sealed."""
    padded = (plain // 16 + 1) * 16
    return 7 + 4 * ((57 + padded + 2) // 3)


class Sealed(TypeDecorator[str]):
    """A text of at most so many letters of ASCII: plain in the program, sealed in the database."""

    impl = String
    cache_ok = True

    def __init__(self, plain: int) -> None:
        super().__init__(sealed_length(plain))
        self.plain = plain

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Seal what is written."""
        if value is None:
            return None
        if len(value.encode()) > self.plain:
            raise ValueError(f"At most {self.plain} letters can be sealed here.")
        return seal(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        """Open what is read."""
        return None if value is None else unseal(value)

    @property
    def python_type(self) -> type[str]:
        """What the program sees."""
        return str
