"""The world of the matrix for a measurement: a database of its own, at the tests' present."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import time_machine

from app.settings import get_settings
from tests.app.matrix.world import World, found_world
from tests.databases import Databases

NOW = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)


@contextmanager
def found() -> Iterator[World]:
    """Everybody and everything; gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "LOTSENWERK_VAR": str(Path(folder) / "var"),
            "LOTSENWERK_SECRET": "only for a measurement",
            "LOTSENWERK_PASSWORD_MEMORY_KIB": "1024",
            "LOTSENWERK_BASE_URL": "http://test",
        }
        get_settings.cache_clear()
        made = Databases(Path(folder))
        made.prepare()
        try:
            with time_machine.travel(NOW, tick=False), made.fresh() as engine:
                yield found_world(engine)
        finally:
            made.remove()
