"""By what a person finds a row of a list again."""

from app.imports.rows import RowReader

_LONGEST = 80
_NAMES = ("name_surname_first", "full_name", "name", "institution")
_WHEN = ("day", "moment", "start")


def of(number: str, row: RowReader) -> str:
    """The row's number with the name or the appointment it is about: "Nr 7 · Beispiel, Ada"."""
    said = _person(row) or _named(row)
    return f"Nr {number} · {said[:_LONGEST]}" if said else f"Nr {number}"


def _person(row: RowReader) -> str:
    return ", ".join(name for name in (row.peek("surname"), row.peek("given_name")) if name)


def _named(row: RowReader) -> str:
    name = next((text for field in _NAMES if (text := row.peek(field))), "")
    when = " ".join(text for field in _WHEN if (text := row.peek(field)))
    return ", ".join(part for part in (name, when) if part)
