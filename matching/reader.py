"""Strict reading of JSON values: every fault is one sentence that names the place."""

import json
from collections.abc import Callable, Mapping
from typing import NoReturn, TypeVar

from matching.validate import MAX_SEATS, MAX_VOLUNTEERS, shown

Item = TypeVar("Item")

MOST_CHARACTERS = 600_000_000
MOST_OF_A_TEXT = 500
MOST_OF = {'"spans"': 2 * MAX_SEATS, '"id"': 2 * (MAX_SEATS + MAX_VOLUNTEERS)}
"""How often members that each seat (or each volunteer too) has once may stand in a file."""


def parse(source: str) -> object:
    """Read JSON text; NaN and infinities, which are no JSON, are refused.

    A text with far more seats than a problem may have is refused before any of them is read.

    Raises
    ------
    ValueError
        If the text is no JSON, or too large.
    """
    crowded = any(source.count(member) > most for member, most in MOST_OF.items())
    if len(source) > MOST_CHARACTERS or crowded:
        raise ValueError(f"the file is too large: a problem has at most {MAX_SEATS} seats")

    def refuse(name: str) -> NoReturn:
        raise ValueError(f"{name} is not a number that a file may hold")

    try:
        return json.loads(source, parse_constant=refuse)
    except (ValueError, RecursionError) as fault:
        raise ValueError(f"the file is no JSON: {fault}") from fault


class Record:
    """One JSON object; each member is taken once, and what is left over is refused."""

    def __init__(self, value: object, where: str) -> None:
        if not isinstance(value, dict):
            raise ValueError(f"{where} must be an object")
        self._rest: dict[str, object] = dict(value)
        self.where = where

    def take(self, name: str) -> object:
        """Take a member that must be there."""
        if name not in self._rest:
            raise ValueError(f"{self.where} lacks {name!r}")
        return self._rest.pop(name)

    def whole(self, name: str, default: int | None = None) -> int:
        """Take a whole number."""
        if default is not None and name not in self._rest:
            return default
        return whole(self.take(name), f"{self.where}, {name}")

    def whole_or_none(self, name: str) -> int | None:
        """Take a whole number that may be null or missing."""
        value = self._rest.pop(name, None)
        return None if value is None else whole(value, f"{self.where}, {name}")

    def text(self, name: str, default: str | None = None) -> str:
        """Take a text that is not empty."""
        if default is not None and name not in self._rest:
            return default
        return text(self.take(name), f"{self.where}, {name}")

    def text_or_none(self, name: str) -> str | None:
        """Take a text that may be null or missing."""
        value = self._rest.pop(name, None)
        return None if value is None else text(value, f"{self.where}, {name}")

    def flag(self, name: str) -> bool:
        """Take true or false, false when missing."""
        value = self._rest.pop(name, False)
        if not isinstance(value, bool):
            raise ValueError(f"{self.where}, {name} must be true or false")
        return value

    def flag_or_none(self, name: str) -> bool | None:
        """Take true, false or null, null when missing."""
        if self._rest.get(name) is None:
            self._rest.pop(name, None)
            return None
        return self.flag(name)

    def number_or_none(self, name: str) -> float | None:
        """Take a finite number that may be null."""
        value = self._rest.pop(name, None)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
            raise ValueError(f"{self.where}, {name} must be a number")
        return float(value)

    def rows(self, name: str, read: Callable[[object, str], Item]) -> tuple[Item, ...]:
        """Take a list, empty when missing, and read each of its values."""
        values = self._rest.pop(name, [])
        return rows(values, f"{self.where}, {name}", read)

    def pairs(self, name: str, read: Callable[[object, str], Item]) -> dict[str, Item]:
        """Take an object of equal members, empty when missing."""
        value = self._rest.pop(name, {})
        if not isinstance(value, dict):
            raise ValueError(f"{self.where}, {name} must be an object")
        where = f"{self.where}, {name}"
        return {
            text(key, f"{where}, a name"): read(item, f"{where}, {key}")
            for key, item in value.items()
        }

    def texts_or_none(self, name: str) -> tuple[str, ...] | None:
        """Take a list of texts that may be null or missing."""
        value = self._rest.pop(name, None)
        return None if value is None else texts(value, f"{self.where}, {name}")

    def has(self, name: str) -> bool:
        """Tell whether a member is there."""
        return name in self._rest

    def finish(self) -> None:
        """Refuse members nobody asked for."""
        if self._rest:
            raise ValueError(f"{self.where} has the unknown member {shown(min(self._rest))}")


def whole(value: object, where: str) -> int:
    """Read a whole number."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"{where} must be a whole number, not {shown(value)}")
    return value


def text(value: object, where: str) -> str:
    """Read a text that is not empty: one line, not endless, and of whole characters."""
    if not isinstance(value, str) or not value:
        raise ValueError(f"{where} must be a text")
    if len(value) > MOST_OF_A_TEXT or value.splitlines() != [value] or not _is_whole(value):
        raise ValueError(f"{where} must be one line of at most {MOST_OF_A_TEXT} characters")
    return value


def _is_whole(value: str) -> bool:
    """Tell whether a text has no half characters, which no file can hold."""
    return value.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in value)


def rows(value: object, where: str, read: Callable[[object, str], Item]) -> tuple[Item, ...]:
    """Read a list."""
    if not isinstance(value, list):
        raise ValueError(f"{where} must be a list")
    return tuple(read(item, f"{where} {number}") for number, item in enumerate(value))


def texts(value: object, where: str) -> tuple[str, ...]:
    """Read a list of texts."""
    return rows(value, where, text)


def look_up(table: Mapping[str, int], name: str, where: str) -> int:
    """Give the index of a language tag."""
    if name not in table:
        raise ValueError(f"{where}: unknown language {name!r}")
    return table[name]
