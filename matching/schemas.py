"""Loads the published JSON Schemas (2020-12) and the example: the package's reference data."""

import json
from functools import cache
from importlib.resources import files
from typing import Any, Literal


@cache
def load(name: Literal["problem.schema", "plan.schema", "example"]) -> Any:
    """Give the parsed content of one reference file of the package."""
    return json.loads(files("matching").joinpath(f"{name}.json").read_text(encoding="utf-8"))
