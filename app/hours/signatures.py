"""Who confirmed hours, as a record keeps it: the place, how, and on paper in which function."""

import re
from typing import Literal

MOST_LETTERS = 200
"""Of `service_record.confirmed_by`."""
FUNCTION_LETTERS = 60
Way = Literal["Link", "Code", "Papier"]
_OF_PLACE = re.compile(r" \((Link|Code|Papier)")


def of_place(name: str, way: Way, function: str = "") -> str:
    """A place confirms under its own name: `Löwenzahnschule (Papier: Sekretariat)`."""
    how = f" ({way}: {function[:FUNCTION_LETTERS]})" if function else f" ({way})"
    return name[: MOST_LETTERS - len(how)] + how


def is_of_place(signature: str) -> bool:
    """Whether it holds the name of a place; else it is that of a person."""
    return _OF_PLACE.search(signature) is not None
